"""Projections of event stores: which there are, how they are, and building one anew from the first event.

In: an environment and clients. Out: projections, their state, and how far a replay came.
Never: a view taken away before the new one is there; the projection's function replaces row by row.
"""
