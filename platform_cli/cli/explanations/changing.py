"""What can go wrong when flags and settings are changed."""

from __future__ import annotations

CHANGING = {
    "history-unwritten": (
        "A change was made, and the record of who made it and why could not be written to Parameter "
        "Store; the message says what was refused. The change holds, so do not repeat it."
    ),
}
