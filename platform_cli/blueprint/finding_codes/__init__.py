"""Every code that a finding can have, with its severity and what it means; a module for each subject.

This is the only place that says how bad a finding is. `platform explain` and `docs/blueprint.md` show
the descriptions.
"""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.analytics import ANALYTICS_CODES
from platform_cli.blueprint.finding_codes.apis import API_CODES
from platform_cli.blueprint.finding_codes.data import DATA_CODES, SECRET_CODES
from platform_cli.blueprint.finding_codes.edge import EDGE_CODES
from platform_cli.blueprint.finding_codes.events import EVENT_CODES
from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.networks import NETWORK_CODES
from platform_cli.blueprint.finding_codes.references import REFERENCE_CODES
from platform_cli.blueprint.finding_codes.releases import RELEASE_CODES
from platform_cli.blueprint.finding_codes.services import ESCAPE_CODES, PRESET_CODES, SERVICE_CODES
from platform_cli.blueprint.finding_codes.watching import PROMISE_CODES, WATCHING_CODES
from platform_cli.blueprint.finding_codes.writing import (
    NAME_CODES,
    SHAPE_CODES,
    STRUCTURE_CODES,
    YAML_CODES,
)

__all__ = ["CODES", "FindingCode"]

CODES: Mapping[str, FindingCode] = {
    **YAML_CODES,
    **SHAPE_CODES,
    **STRUCTURE_CODES,
    **REFERENCE_CODES,
    **API_CODES,
    **EDGE_CODES,
    **EVENT_CODES,
    **ANALYTICS_CODES,
    **RELEASE_CODES,
    **PROMISE_CODES,
    **WATCHING_CODES,
    **DATA_CODES,
    **SECRET_CODES,
    **NETWORK_CODES,
    **SERVICE_CODES,
    **NAME_CODES,
    **PRESET_CODES,
    **ESCAPE_CODES,
}
