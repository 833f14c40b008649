"""Feature flags in AppConfig.

In: an environment, its clients, and what shall change, as intents. Out: documents, differences, deployments.
Never: a document that AWS would refuse, an update that overwrites somebody else's, printing.
"""
