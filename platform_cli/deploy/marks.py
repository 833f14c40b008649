"""A mark in a template that makes CloudFormation see a change where its text has none.

CloudFormation compares texts: a consumer whose producer's output changed has the same template as
before, and a template whose outputs alone changed is «no changes» to some servers. A changed resource
`Metadata` is an update to all of them, and touches no property, so the values are read anew and
nothing else happens. The mark is taken out again before anything is compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from platform_cli.assembly.references import INTRINSIC

MARK = "platform:read-at"


def marked(template: Mapping[str, Any], token: str) -> Mapping[str, Any]:
    """The template with `token` on every resource that reads another stack, or on the first."""
    resources: Mapping[str, Any] = template.get("Resources") or {}
    chosen = [name for name, resource in resources.items() if INTRINSIC in json.dumps(resource)]
    chosen = chosen or sorted(resources)[:1]
    return {
        **template,
        "Resources": {
            name: _with_mark(resource, token) if name in chosen else resource
            for name, resource in resources.items()
        },
    }


def unmarked(template: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The template as it was before it was marked."""
    if template is None:
        return None
    resources = template.get("Resources")
    if not isinstance(resources, Mapping):
        return template
    return {**template, "Resources": {name: _without_mark(r) for name, r in resources.items()}}


def _with_mark(resource: Mapping[str, Any], token: str) -> Mapping[str, Any]:
    return {**resource, "Metadata": {**(resource.get("Metadata") or {}), MARK: token}}


def _without_mark(resource: Any) -> Any:
    metadata = resource.get("Metadata") if isinstance(resource, Mapping) else None
    if not isinstance(metadata, Mapping) or MARK not in metadata:
        return resource
    kept = {key: value for key, value in metadata.items() if key != MARK}
    without = {key: value for key, value in resource.items() if key != "Metadata"}
    return {**without, "Metadata": kept} if kept else without
