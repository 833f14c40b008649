"""Products of the site."""
