"""What products are, without AWS."""
