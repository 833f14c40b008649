"""Feature flags, read from the AppConfig Agent beside the function.

The agent (a Lambda layer) polls AppConfig, evaluates the flags' rules and answers over local HTTP;
it caches, so each call here asks it. Where there is no agent, or no such flag, the default holds:
a flag must never be the reason why a request fails.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from servicekit.clock import Clock, timestamp, utc_now
from servicekit.environment import required_variable

Fetch = Callable[[str, Mapping[str, str]], Mapping[str, Any]]
"""Path and context of an evaluation to the agent's answer; raises `OSError` or `ValueError`."""

TIMEOUT_SECONDS = 0.5
PAUSE_SECONDS = 30.0

_log = logging.getLogger(__name__)


class Flags:
    """The flags of one AppConfig profile.

    Args:
        path: Of the profile at the agent.
        fetch: How to ask the agent.
        pause_seconds: How long the agent is left alone after it did not answer.
        clock: Gives the context value `now`, which the rules of schedules look at.
    """

    def __init__(
        self,
        path: str,
        fetch: Fetch,
        *,
        pause_seconds: float = PAUSE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Clock = utc_now,
    ) -> None:
        self._path = path
        self._fetch = fetch
        self._pause_seconds = pause_seconds
        self._monotonic = monotonic
        self._clock = clock
        self._ask_after = float("-inf")

    @classmethod
    def from_environment(cls) -> Flags:
        """The flags of the blueprint; the function needs a `flags.NAME: read`."""
        application, environment, profile = (
            quote(required_variable(f"FLAGS_{part}", "flags.NAME: read"), safe="")
            for part in ("APPLICATION", "ENVIRONMENT", "PROFILE")
        )
        port = int(os.environ.get("AWS_APPCONFIG_EXTENSION_HTTP_PORT", "2772"))
        return cls(
            f"/applications/{application}/environments/{environment}/configurations/{profile}", agent_at(port)
        )

    def enabled(self, name: str, *, default: bool = False, context: Mapping[str, str] | None = None) -> bool:
        """Whether the flag is on.

        Args:
            context: What rules look at, for instance `{"user_id": …}`; `now` is added.
        """
        value = self._flag(name, context).get("enabled", default)
        return value if isinstance(value, bool) else default

    def attribute(
        self, name: str, attribute: str, default: Any, context: Mapping[str, str] | None = None
    ) -> Any:
        """An attribute of a flag that is on; the default where it is off."""
        flag = self._flag(name, context)
        return flag.get(attribute, default) if flag.get("enabled") is True else default

    def _flag(self, name: str, context: Mapping[str, str] | None) -> Mapping[str, Any]:
        now = self._monotonic()
        if now < self._ask_after:
            return {}
        try:
            moment = {"now": timestamp(self._clock())}
            flag = self._fetch(self._path, {**moment, **(context or {})}).get(name)
        except (OSError, ValueError, http.client.HTTPException) as error:
            self._ask_after = now + self._pause_seconds
            _log.info("no flags, the defaults hold: %s", type(error).__name__)
            return {}
        return flag if isinstance(flag, Mapping) else {}


def agent_at(port: int, timeout_seconds: float = TIMEOUT_SECONDS) -> Fetch:
    """Ask the agent that listens on `port` of this host."""

    def fetch(path: str, context: Mapping[str, str]) -> Mapping[str, Any]:
        connection = http.client.HTTPConnection("localhost", port, timeout=timeout_seconds)
        try:
            connection.putrequest("GET", path)
            for key, value in context.items():
                connection.putheader("Context", f"{key}={value}")
            connection.endheaders()
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise ValueError(f"the agent answered {response.status}")
        document = json.loads(body)
        if not isinstance(document, dict):
            raise ValueError("the agent's answer is not an object")
        return document

    return fetch
