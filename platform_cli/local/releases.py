"""Releases on the local AWS: it has no CodeDeploy, so an alias moves on at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from platform_cli.local.templates import properties, resources


def release_at_once(template: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Take out of aliases who moves them and what is kept warm; gives their ids and what differs."""
    for logical_id, alias in resources(template, "AWS::Lambda::Alias").items():
        if alias.pop("UpdatePolicy", None):
            yield (
                logical_id,
                "moves to a new version for all calls at once, and asks no hook: there is no CodeDeploy",
            )
        if properties(alias).pop("ProvisionedConcurrencyConfig", None):
            yield logical_id, "keeps nothing warm"
