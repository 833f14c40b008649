"""Notifications: handlers (queue, HTTP) → logic (words) → data (DynamoDB)."""
