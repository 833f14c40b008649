"""What the tests share: products in memory in the place of the database."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from catalog import wiring
from catalog.logic.products import Product


class ProductsInMemory:
    """Products in a mapping."""

    def __init__(self) -> None:
        self.kept: dict[str, Product] = {}

    def put(self, product: Product) -> None:
        self.kept[product.sku] = product

    def first(self, count: int) -> Sequence[Product]:
        return [self.kept[sku] for sku in sorted(self.kept)][:count]


@pytest.fixture
def products(monkeypatch: pytest.MonkeyPatch) -> ProductsInMemory:
    """The products that handlers see."""
    there = ProductsInMemory()
    monkeypatch.setattr(wiring, "products", lambda: there)
    return there
