"""Take keys, tokens and values of secrets out of what AWS and boto3 say."""

from __future__ import annotations

import re

_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,16}\b"), r"\1…"),
    (re.compile(r"(?i)\b(x-amz-security-token|authorization|aws_session_token)\b\s*[:=]\s*\S.*"), r"\1: …"),
    # AWS's own checks repeat the value that is wrong; that of a secret must not be shown.
    (re.compile(r"(?is)\bvalue '.*?' at '(\w*(?:secret|password|token|value)\w*)'"), r"value at '\1'"),
    # botocore's checks do so for every parameter, and by the message alone none can be told from another.
    (re.compile(r"(?s)(for parameter [^\n,]*?), value: .*?(?=, (?:type|valid)|\n|$)"), r"\1"),
)


def redacted(text: str) -> str:
    """The text without what must not be shown, in one line."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return " ".join(text.split())
