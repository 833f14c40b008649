"""Functions of which only the place in a network matters."""
