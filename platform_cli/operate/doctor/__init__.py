"""Examine a machine, a workspace and an environment; mend what can be mended safely.

In: surroundings and the checks to make. Out: a diagnosis, and fixes that the caller may apply.
Never: a change without being told to; a check that hides another; printing.
"""
