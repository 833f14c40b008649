"""By the clock, at midnight: closes the books of the day."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from servicekit.observability import observability

from books import wiring

tools = observability(__name__)


def close_books(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Close the books; an error is retried by the scheduler."""
    closed = wiring.closing().close()
    tools.logger.info("closed", extra={"closing": closed})
    return closed


handler = tools.watch(close_books)
