"""Settings in Parameter Store, `/<system>/<env>/<group>/<key>`.

In: an environment, its clients, values. Out: what is stored, how it differs from the blueprint, changes.
Never: the value of a secure setting in an event, an error or a record; printing.
"""
