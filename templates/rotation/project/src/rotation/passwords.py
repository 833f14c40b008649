"""New random texts."""

from __future__ import annotations

import os
import secrets
import string

LENGTH = 32
PUNCTUATION = "!#$%&()*+,-.:;<=>?[]^_{|}~"
"""Without quotes, backslash, `/` and `@`, which break connection strings somewhere."""


def password(length: int | None = None, *, punctuation: bool | None = None) -> str:
    """A random text with at least a lower-case letter, a capital and a digit.

    Args:
        length: Characters; None takes `ROTATION_LENGTH` of the function's environment, or 32.
        punctuation: Whether to use more than letters and digits; None takes `ROTATION_PUNCTUATION`.
    """
    size = length or int(os.environ.get("ROTATION_LENGTH") or LENGTH)
    if punctuation is None:
        punctuation = os.environ.get("ROTATION_PUNCTUATION", "").lower() == "true"
    alphabet = string.ascii_letters + string.digits + (PUNCTUATION if punctuation else "")
    while True:
        made = "".join(secrets.choice(alphabet) for _ in range(size))
        kinds = (str.islower, str.isupper, str.isdigit)
        if size < len(kinds) or all(any(kind(c) for c in made) for kind in kinds):
            return made
