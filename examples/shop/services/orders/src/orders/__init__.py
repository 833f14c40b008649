"""Orders: handlers (HTTP) → logic (rules) → data (DynamoDB, settings)."""
