"""What the regular expressions of the model mean, in words."""

from __future__ import annotations

import re

from platform_cli.blueprint.model import base

_NAME_RULES = {
    base.NAME_PATTERN: "a name has letters, digits, - and _, and begins with a letter",
    base.STACK_NAME_PATTERN: "this name has lower case letters, digits and -, and begins with a letter",
    base.KEY_PATTERN: "the name of a setting has letters, digits, -, _ and .",
    base.VARIABLE_PATTERN: "a variable has letters, digits and _, and begins with a letter",
    base.FLAG_PATTERN: "a flag has letters, digits, - and _, begins with a lower case letter, "
    "and has at most 64 characters",
}
_FORMS = {
    base.REGION_PATTERN: "a region is written like eu-west-1",
    r"^[A-Z]{2}$": "a country is written with two capital letters (ISO 3166), like DE",
    r"^vpc-[0-9a-z]+$": "the id of a VPC begins with vpc-",
    r"^subnet-[0-9a-z]+$": "the id of a subnet begins with subnet-",
    r"^sg-[0-9a-z]+$": "the id of a security group begins with sg-",
    r"^(/.*)?$": "a JSON pointer begins with /, like /Resources/Main/Properties",
    r"^cache\.[a-z0-9]+\.[a-z0-9]+$": "a node type is written like cache.t4g.small",
    r"^[a-z][a-z0-9_]{0,62}$": "the name of a database has lower case letters, digits and _",
}


def rule_of_names(pattern: str) -> str | None:
    """What a name that has to match must look like; None if the pattern is of something else."""
    return _NAME_RULES.get(pattern)


def form_of(pattern: str) -> str | None:
    """What a text that has to match looks like, with an example; None if that is not known."""
    if "SampleCount" in pattern:
        return "there is Sum, Average, Minimum, Maximum, SampleCount, and percentiles like p95"
    if ":[A-Za-z" in pattern:
        return "an action is written like ses:SendEmail"
    return _FORMS.get(pattern)


def similar_name(name: str, pattern: str) -> str | None:
    """The name, changed as little as the pattern needs; None where that does not help."""
    candidates = (
        name.lower(),
        re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"),
        re.sub(r"\W+", "_", name),
    )
    return next((c for c in candidates if c != name and re.search(pattern, c)), None)
