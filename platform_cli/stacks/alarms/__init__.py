"""Which alarms an environment has: a resolved environment comes in.

Out go alarms with names, thresholds and whom they tell. Pure: it never builds a resource.
"""
