"""Constructs of the CDK, one a capability, and the stacks that wire them.

In: frozen resolved values. Out: resources of a template.
Never imported before `runtime.cdk_runtime()` prepared the process; never AWS.
"""
