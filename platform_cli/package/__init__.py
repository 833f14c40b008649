"""Build Lambda packages.

In: a service's source and lock file. Out: reproducible zips for its code and its dependencies.
Never: AWS, the CDK.
"""
