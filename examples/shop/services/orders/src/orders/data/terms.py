"""Today's terms, from settings and flags."""

from __future__ import annotations

from dataclasses import dataclass

from orders.logic.placing import Terms
from servicekit.flags import Flags
from servicekit.settings import Settings

FREE_SHIPPING = "free-shipping"


@dataclass(frozen=True)
class SettingsTerms:
    """`config.orders`, `config.prices` and the flag `free-shipping`, which may differ between users."""

    orders: Settings
    prices: Settings
    flags: Flags
    currency: str

    def __call__(self, user_id: str) -> Terms:
        """The terms for a user."""
        free = self.flags.enabled(FREE_SHIPPING, context={"user_id": user_id})
        return Terms(
            prices_cents={sku: self.prices.integer(sku) for sku in self.prices.all()},
            shipping_cents=self.orders.integer("shipping-cents"),
            free_shipping_from_cents=self.orders.integer("free-shipping-from-cents") if free else None,
            max_items=self.orders.integer("max-items"),
            currency=self.currency,
        )
