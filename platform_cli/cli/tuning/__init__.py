"""`platform tune-memory`: which functions, by which means, and what happens with the answers.

In: the session and what was typed. Out: calls of `operate/tuning`, rendered.
Never: a choice of its own.
"""
