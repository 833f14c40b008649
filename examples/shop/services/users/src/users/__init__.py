"""A user's own data: handlers (HTTP) → logic (rules) → data (DynamoDB)."""
