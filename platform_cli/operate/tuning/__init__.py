"""Find the memory size of a function that is best under a stated aim, and prove it.

In: a resolved environment and clients of Lambda. Out: measurements, a choice with its certainty, records.
Never: a change to what serves users beyond the seconds that publishing a version takes; printing.
"""
