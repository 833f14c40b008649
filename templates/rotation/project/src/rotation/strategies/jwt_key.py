"""Keys that sign tokens (HS256, HS384, HS512): tokens of the old key are accepted until they end.

Let `ROTATION_GRACE_SECONDS` be at least as long as a token lives.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from rotation.keys import Keys
from rotation.steps import lambda_handler

ALGORITHM = "HS256"
_DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def sign(claims: dict[str, Any], key_id: str, key: str, algorithm: str = ALGORITHM) -> str:
    """A token (RFC 7519)."""
    header = {"alg": algorithm, "typ": "JWT", "kid": key_id}
    body = ".".join(_coded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return f"{body}.{_coded(hmac.digest(key.encode(), body.encode(), _DIGESTS[algorithm]))}"


def verify(token: str, key: str, algorithm: str = ALGORITHM) -> bool:
    """Whether a key signed a token."""
    body, _, signature = token.rpartition(".")
    wanted = _coded(hmac.digest(key.encode(), body.encode(), _DIGESTS[algorithm]))
    return hmac.compare_digest(wanted, signature)


def signs(ring: dict[str, Any], key: str) -> bool:
    """Whether a key is long enough for the algorithm (RFC 7518, 3.2), signs and verifies."""
    algorithm = ring.get("algorithm") or ALGORITHM
    if algorithm not in _DIGESTS or len(key) < hashlib.new(_DIGESTS[algorithm]).digest_size:
        return False
    return verify(sign({"sub": "rotation"}, "test", key, algorithm), key, algorithm)


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


handler = lambda_handler(lambda _: Keys(signs, algorithm=ALGORITHM))
