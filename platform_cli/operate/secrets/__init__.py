"""Secrets: their state, their values, and their rotation.

In: an environment, its clients, and what shall happen. Out: reports, plans, and what was done.
Never: a value in an error, an event, a record or a log; printing; a rotation left half-way in silence.
"""
