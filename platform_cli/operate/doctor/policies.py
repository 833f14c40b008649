"""Which statements of a resource's policy let anybody in. Pure.

Follows what S3 calls public (Amazon S3 User Guide, "The meaning of public", November 2026), for every kind of
resource alike. IAM Access Analyzer would prove more; it charges for each policy it is asked about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_OPERATORS = frozenset(
    {
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
        "arnequals",
        "arnlike",
        "ipaddress",
    }
)
"""A request without the key does not pass them, and they name what is let in, not what is kept out."""
_CLOSING_KEYS = frozenset(
    {
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceip",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:userid",
        "kms:calleraccount",
        "lambda:eventsourcetoken",
    }
)
_ACCOUNT_DIGITS = 12


def open_statements(policy: str | Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """The statements that allow anybody, whoever and wherever they are.

    Args:
        policy: As AWS gives it, JSON or parsed; None or empty where there is none.
    """
    told = json.loads(policy) if isinstance(policy, str) and policy else policy or {}
    for statement in _listed(told.get("Statement") or ()):
        if statement.get("Effect") == "Allow" and _anybody(statement) and not _closed(statement):
            yield statement


def actions_of(statement: Mapping[str, Any]) -> str:
    """What a statement allows: `sqs:SendMessage, sqs:ReceiveMessage`."""
    if "NotAction" in statement:
        return "nearly everything"
    return ", ".join(str(action) for action in _listed(statement.get("Action") or "*"))


def conditions_of(statement: Mapping[str, Any]) -> dict[str, list[str]]:
    """The keys of a statement's conditions in lower case, with all that they are compared with."""
    found: dict[str, list[str]] = {}
    for keys in (statement.get("Condition") or {}).values():
        for key, values in keys.items():
            found.setdefault(key.lower(), []).extend(str(value) for value in _listed(values))
    return found


def _anybody(statement: Mapping[str, Any]) -> bool:
    if "NotPrincipal" in statement:
        return True
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        return any("*" in _listed(names) for names in principal.values())
    return principal == "*"


def _closed(statement: Mapping[str, Any]) -> bool:
    """Whether a condition leaves only known callers or places: all must hold, so one such is enough."""
    for operator, keys in (statement.get("Condition") or {}).items():
        # "ForAllValues:" and "IfExists" let in who has no such key at all.
        if operator.lower().removeprefix("foranyvalue:") not in _OPERATORS:
            continue
        for key, values in keys.items():
            if key.lower() in _CLOSING_KEYS and all(_fixed(str(value)) for value in _listed(values)):
                return True
    return False


def _fixed(value: str) -> bool:
    """Whether a value names one account, organisation, network or resource."""
    parts = value.split(":")
    if parts[0] == "arn" and len(parts) > 4 and len(parts[4]) == _ACCOUNT_DIGITS and parts[4].isdigit():
        return True
    return bool(value) and not any(sign in value for sign in "*?$") and not value.endswith("/0")


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
