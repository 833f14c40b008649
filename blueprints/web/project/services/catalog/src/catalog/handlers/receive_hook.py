"""POST /hooks/products: a supplier tells of a product. It comes through the load balancer."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler

from catalog import wiring
from catalog.logic.products import Product

api = Api(__name__)


@api.post("/hooks/products")
def receive_hook() -> Response[str]:
    """Keep the product that was told."""
    wiring.products().put(api.body(Product))
    return answer(202, {"received": True})


handler = api_handler(api)
