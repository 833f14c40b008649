"""GET /health"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws_lambda_powertools.event_handler import Response

from health import wiring
from health.logic.checkup import Check, examine
from servicekit.api import Api, answer, api_handler


def routes(checks: Callable[[], Mapping[str, Check]]) -> Api:
    """The routes, on checks that are made at the first request."""
    api = Api(__name__)

    @api.get("/health")
    def health() -> Response[str]:
        checkup = examine(checks())
        for name, error in checkup.failures.items():
            api.observability.logger.error("check failed", extra={"check": name, "error": repr(error)})
        return answer(200 if checkup.healthy else 503, checkup.document())

    return api


handler = api_handler(routes(wiring.checks))
