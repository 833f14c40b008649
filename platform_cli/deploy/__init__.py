"""Bring AWS to the state of an assembly.

In: an assembly, what is deployed. Out: a plan without side effects, then a deployment.
Never: synthesis, printing.
"""
