"""What the services of this workspace share.

In: events of AWS Lambda. Out: answers, published events; settings, secrets and flags by the names of
the blueprint. Never: knowledge of any one service.
"""
