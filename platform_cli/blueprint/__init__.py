"""Read and resolve the blueprint.

In: YAML text. Out: `Blueprint`, findings, and for each environment a frozen `ResolvedEnvironment`.
Never: AWS, the CDK, templates, printing.
"""
