"""Bus events: what was said at a closing is kept, to be shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from servicekit.events import read_event
from servicekit.observability import observability

from books import wiring
from books.logic.books import Closings

tools = observability(__name__)


def keeping(closings: Callable[[], Closings]) -> Callable[[dict[str, Any], LambdaContext], None]:
    """What is done with an event, on a table that is found at the first one."""

    def keep(event: dict[str, Any], _context: LambdaContext) -> None:
        closings().keep(read_event(json.dumps(event)).data)
        tools.count("ClosingsKept")

    return keep


handler = tools.watch(keeping(wiring.closings))
