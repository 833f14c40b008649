"""In: a resolved environment. Out: what to do when its data or its region is lost, with the real names.

Never: asking AWS, or anything that must work while AWS does not.
"""
