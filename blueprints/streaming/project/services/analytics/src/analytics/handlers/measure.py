"""Stream orders: volume, revenue and large orders, in tumbling windows."""

from __future__ import annotations

from servicekit.windows import window_handler

from analytics import wiring
from analytics.logic.windows import WINDOW_SECONDS

handler = window_handler(__name__, wiring.windows, window_seconds=WINDOW_SECONDS)
