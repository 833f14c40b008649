"""GET /notifications"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from notifications import wiring
from notifications.logic.mailbox import ListQuery, NotificationStore
from servicekit.api import Api, answer, api_handler
from servicekit.clock import Clock, utc_now


def routes(store: Callable[[], NotificationStore], clock: Clock = utc_now) -> Api:
    """The routes, on a store that is made at the first request."""
    api = Api(__name__)

    @api.get("/notifications")
    def show() -> Response[str]:
        user_id, query = api.caller.user_id, api.query(ListQuery)
        newest = store().newest(user_id, query.limit, clock())
        shown = [notification.model_dump(mode="json", exclude={"user_id"}) for notification in newest]
        return answer(200, {"notifications": shown})

    return api


handler = api_handler(routes(wiring.store))
