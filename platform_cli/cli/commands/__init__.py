"""The commands: a module each.

In: a context with the session, and what was typed. Out: one call of a room, rendered.
Never: logic. Heavy imports stand in the bodies, so that a command loads what it needs alone.
"""
