"""The codes of findings about objectives and metrics of the business."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.code_kinds import FindingCode
from platform_cli.blueprint.code_kinds import error as _error
from platform_cli.blueprint.code_kinds import notice as _notice
from platform_cli.blueprint.code_kinds import warning as _warning

PROMISE_CODES: Mapping[str, FindingCode] = {
    "contradictory-objectives": _warning(
        "`error_percent` allows more failures than `availability_percent` leaves. The stricter of the two is "
        "the error budget, so the other one means nothing."
    ),
    "metric-alarm-without-limit": _error(
        "The alarm of a metric does not say what is bad: `drop_percent`, against the window before, or "
        "`above`."
    ),
    "metric-elsewhere": _error(
        "A function sets the namespace or the service's name of its metrics itself, so they are not where "
        "the alarms and dashboards of the service look for them."
    ),
    "metric-never-written": _warning(
        "A metric is declared, and no code of the service, nor of the shared libraries, has its name in "
        "quotes. An alarm on it would never go on. Handlers write it with `observability.count` or `measure`."
    ),
    "promise-without-alarm": _notice(
        "Objectives, or limits of metrics, are stated, and `alarms.contacts` names nobody. There are no "
        "alarms then; dashboards and `platform doctor` show the objectives all the same."
    ),
}
