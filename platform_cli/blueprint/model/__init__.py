"""What the user writes: one frozen pydantic model a thing of the blueprint language.

In: plain data of a parsed YAML document. Out: a `Blueprint`, optional where the language has a default.
Never: defaults that depend on something else, names on AWS, positions; those come in `resolve()`.
"""

from platform_cli.blueprint.model.document import Blueprint, Defaults, Environment

__all__ = ["Blueprint", "Defaults", "Environment"]
