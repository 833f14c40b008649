"""POST /orders"""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from orders import wiring
from orders.logic.orders import NewOrder, presented
from orders.logic.placing import OrderDesk
from servicekit.api import Api, answer, api_handler


def routes(desk: Callable[[], OrderDesk]) -> Api:
    """The routes, on a desk that is made at the first request."""
    api = Api(__name__)

    @api.post("/orders")
    def create() -> Response[str]:
        user_id, request = api.caller.user_id, api.body(NewOrder)
        with api.counting_failures("OrdersFailed"):
            order, created = desk().place(user_id, request, api.header("Idempotency-Key"), api.request_id)
        api.observability.logger.info("order placed", extra={"order_id": order.order_id, "new": created})
        if created:
            api.observability.count("OrdersCreated")
            api.observability.measure("RevenueCents", order.total_cents)
        location = {"Location": f"/orders/{order.order_id}"}
        return answer(201 if created else 200, presented(order), headers=location)

    return api


handler = api_handler(routes(wiring.desk))
