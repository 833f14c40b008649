"""How long a sign-in with IAM Identity Center holds, as the AWS CLI keeps it.

The CLI and botocore keep the token in `~/.aws/sso/cache`, in a file called after the SHA-1 of the session's
name or, in the older way, of its start URL (botocore's `SSOTokenLoader`, 1.43, read in November 2026).
"""

from __future__ import annotations

import configparser
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class SignIn:
    """A sign-in; `expires` None is one that was never made, `renewable` one that botocore renews itself."""

    session: str
    expires: datetime | None
    renewable: bool


def read_sign_in(profile: str | None, home: Path, variables: Mapping[str, str]) -> SignIn | None:
    """The sign-in behind a profile; None if the profile does not use one.

    Args:
        profile: Of the AWS configuration; None takes AWS_PROFILE, or the default one.
        home: The user's.
        variables: Of the process.
    """
    if variables.get("AWS_ACCESS_KEY_ID"):
        return None  # those come before a profile
    config = configparser.RawConfigParser()
    try:
        config.read(variables.get("AWS_CONFIG_FILE") or home / ".aws" / "config", encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None
    name = profile or variables.get("AWS_PROFILE") or "default"
    section = next((s for s in (f"profile {name}", name) if config.has_section(s)), None)
    if section is None:
        return None
    session = config.get(section, "sso_session", fallback=None)
    url = config.get(section, "sso_start_url", fallback=None)
    if session is None and url is None:
        return None
    key = session or url or ""
    told = _token(home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(key.encode()).hexdigest()}.json")
    return SignIn(key, _moment(told.get("expiresAt")), session is not None and _renewable(told))


def _token(path: Path) -> Mapping[str, object]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _renewable(told: Mapping[str, object]) -> bool:
    registered = _moment(told.get("registrationExpiresAt"))
    return bool(told.get("refreshToken")) and registered is not None and registered > datetime.now(UTC)


def _moment(said: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(said).replace("UTC", "+00:00").replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
