"""POST /products: a product that the site offers from now on."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from servicekit.api import Api, answer, api_handler

from catalog import wiring
from catalog.logic.products import Product

api = Api(__name__)


@api.post("/products")
def add_product() -> Response[str]:
    """Keep the product of the body."""
    product = api.body(Product)
    wiring.products().put(product)
    return answer(201, product)


handler = api_handler(api)
