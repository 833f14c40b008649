"""Event store orders, into table order-view."""

from __future__ import annotations

from servicekit.projections import projection_handler

from orders.logic.orders import shown

handler = projection_handler("orders", "order-view", shown, key="order_id")
