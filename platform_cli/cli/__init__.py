"""The command line.

In: arguments. Out: an exit code; all rendering.
Never: logic that another room could hold. The only user of typer and rich.
"""
