"""Signing up and in: handlers (HTTP) → logic (rules) → data (Cognito)."""
