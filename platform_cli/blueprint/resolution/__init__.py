"""Source models to resolved ones, one module a subject: every default applied, every name final.

In: a `Blueprint` of one environment and its `Names`. Out: the values of `resolved/`.
Never: findings; what arrives here has been checked.
"""
