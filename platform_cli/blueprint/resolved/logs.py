"""Logs in one environment."""

from __future__ import annotations

from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved


class ResolvedLogs(Resolved):
    """Whose key logs are under, and which kinds of personal data are masked in those of functions."""

    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    mask: tuple[str, ...] = ()
    """Sorted; keys of `blueprint.personal_data.IDENTIFIERS`."""


class ResolvedLogQuery(Resolved):
    """A saved question to the logs of a service, in the language of Logs Insights."""

    name: str
    query: str
    description: str | None = None
