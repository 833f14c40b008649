"""What is on the dashboards of an environment: a resolved environment comes in.

Out go dashboards as CloudWatch reads them (`body.py`). Pure: it never builds a resource.
"""
