"""How secrets of each kind change; each module has a `handler`."""
