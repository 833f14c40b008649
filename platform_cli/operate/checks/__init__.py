"""The checks of the doctor, one file for each or for a few that belong together.

In: a context. Out: a result with its evidence. A module whose name does not begin with `_` and that has
a tuple `CHECKS` is found by itself, in a checkout and in a wheel alike.
Never: a heavy import at the top of a module, since `platform explain` imports them all; a change.
"""
