"""Talk to AWS.

In: account, region, profile or endpoint. Out: boto3 clients, and AWS's errors as ours.
Never: knowledge of blueprints. The only room that builds clients.
"""
