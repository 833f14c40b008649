"""Events on buses: published by hand, kept in archives, and replayed.

In: an environment and clients. Out: archives, replays with their progress, ids of events.
Never: an event that the blueprint does not declare, where it declares any.
"""
