"""Work on what is deployed.

In: a resolved environment and its deployment. Out: invocations, logs, verdicts.
Never: synthesis, printing.
"""
