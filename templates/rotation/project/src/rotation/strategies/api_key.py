"""API keys that a service of ours checks: the old key is accepted for a time beside the new one."""

from __future__ import annotations

from typing import Any

from rotation.keyring import KEY_BYTES
from rotation.keys import Keys
from rotation.steps import lambda_handler


def long_enough(ring: dict[str, Any], key: str) -> bool:
    """Whether a key cannot be guessed."""
    return len(key) >= KEY_BYTES // 2


handler = lambda_handler(lambda _: Keys(long_enough))
