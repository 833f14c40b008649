"""The alarms of an environment: how they are, whether they are of use, whether they tell anybody.

In: an environment, clients, and the names of the alarms that there should be. Out: states, findings, proofs.
"""
