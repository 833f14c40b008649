"""IAM statements as frozen values, and the documents that IAM reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Statement:
    """What is allowed, on what, and when. `sid` names the line of the blueprint that it comes from."""

    sid: str | None
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, str | tuple[str, ...]]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def document(self) -> dict[str, Any]:
        """The statement as IAM reads it."""
        rendered: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        rendered |= {"Effect": "Allow", "Action": list(self.actions), "Resource": list(self.resources)}
        if self.conditions:
            rendered["Condition"] = {
                operator: {
                    key: value if isinstance(value, str) else list(value) for key, value in keys.items()
                }
                for operator, keys in self.conditions.items()
            }
        return rendered


def policy(statements: Iterable[Statement]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": [statement.document() for statement in statements]}
