"""What a product is, and where products can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field


class Product(BaseModel):
    """Something that the site offers; the price is in cents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: str = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9-]+$")
    name: str = Field(min_length=1, max_length=200)
    price_cents: int = Field(ge=0, le=100_000_000)


class Products(Protocol):
    """Where products are kept."""

    def put(self, product: Product) -> None:
        """Add a product, or take its place."""

    def first(self, count: int) -> Sequence[Product]:
        """The first products by their number."""
