"""Dashboards to be looked at outside of CloudWatch's console.

In: bodies of dashboards, as CloudWatch reads them. Out: panels with their points, measured or made up for a
preview. Never: what is on a dashboard, which `stacks` decides, or how it is drawn.
"""
