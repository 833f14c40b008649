"""Health: handlers (HTTP) → logic (verdict) → data (a cheap read)."""
