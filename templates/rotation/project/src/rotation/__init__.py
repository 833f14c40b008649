"""Changes one secret in the four steps of Secrets Manager."""
