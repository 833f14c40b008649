"""Read a cloud assembly.

In: a folder `cdk.out` as the CDK writes it. Out: typed stacks, assets, weak references, template differences.
Never: AWS, the CDK, Node.js.
"""
