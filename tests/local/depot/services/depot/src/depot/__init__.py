"""A depot for parcels."""
