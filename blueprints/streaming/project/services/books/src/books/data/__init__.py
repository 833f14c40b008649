"""Where the service keeps things: the only package that talks to AWS."""
