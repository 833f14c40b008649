"""Bookings in a PostgreSQL, and how often each account was used in a Redis."""
