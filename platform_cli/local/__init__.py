"""Run the embedded local AWS.

In: a workspace, an assembly. Out: a running emulator, an assembly it can take, the list of what was left out.
Never: blueprints' YAML, printing, or changing the assembly it was given. The only user of MiniStack.
"""
