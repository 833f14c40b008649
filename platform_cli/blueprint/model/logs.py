"""Logs: under whose key they are, what is masked in them, and questions to ask of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from platform_cli.blueprint.model.base import Items, Source, Text

PersonalData = Literal[
    "address",
    "bank_account",
    "credit_card",
    "email",
    "identity_number",
    "ip_address",
    "name",
    "passport",
    "phone",
    "secret_key",
    "tax_number",
]


class LogQuery(Source):
    """A question to the logs of a service, saved in CloudWatch Logs Insights."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    """In the language of Logs Insights."""
    description: Text | None = None
    """What it answers."""


class Logs(Source):
    """The logs of functions, APIs and firewalls."""

    encryption: Literal["aws_managed", "customer_managed"] | None = None
    """Whose key they are under; without it, your own in protected environments."""
    mask: Items[PersonalData] | None = None
    """What is masked in the logs of functions; without it, what identifies or pays, where protected."""
