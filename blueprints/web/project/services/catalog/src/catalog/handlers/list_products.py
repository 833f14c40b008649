"""GET /products: what the site offers."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler

from catalog import wiring

MOST = 100

api = Api(__name__)


@api.get("/products")
def list_products() -> Response[str]:
    """Answer with the first products."""
    return answer(200, {"products": wiring.products().first(MOST)})


handler = api_handler(api)
