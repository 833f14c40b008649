"""How values look to people: one module a subject.

In: frozen values of the rooms. Out: text and Rich renderables.
Never: calls that compute, read or change anything.
"""
