"""Cost anomaly detection."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from platform_cli.blueprint.model.base import Items, Source, Text


class CostAnomalies(Source):
    """AWS learns what is usually spent, and tells of what is odd."""

    watch: Literal["account", "system"] = "account"
    """Each AWS service of the account; or the system's tag, which only a management account can."""
    above_usd: float = Field(default=20, gt=0)
    """US dollars beyond what is usual, from which the contacts are told."""
    contacts: Items[Text] = ()
    """Mail addresses; without them, those of the critical contacts of the alarms."""
