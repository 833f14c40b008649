"""Synthesize the CDK stacks.

In: a `ResolvedEnvironment` and packages. Out: a cloud assembly.
Never: AWS calls. The only user of aws_cdk.
"""
