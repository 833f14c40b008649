"""What time AWS has, asked without credentials."""

from __future__ import annotations

from datetime import datetime

_TIMEOUT_SECONDS = 8


def served_time(region: str) -> datetime | None:
    """The date in the answer of a region's public server; None if it does not answer.

    Args:
        region: As AWS calls it.
    """
    from email.utils import parsedate_to_datetime
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    request = Request(f"https://sts.{region}.{suffix}/", method="HEAD")
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
            said = answer.headers.get("Date")
    except HTTPError as refused:  # a refusal carries the date as well
        said = refused.headers.get("Date")
    except (OSError, ValueError):
        return None
    try:
        return parsedate_to_datetime(said) if said else None
    except ValueError:
        return None
