"""What the AppConfig Agent's stand-in answers: the deployed configuration, its flags evaluated.

Standard library only: the agent's process loads nothing else.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

from platform_cli.local.calling import authorization
from platform_cli.local.rules import evaluate_flags

FRESH_SECONDS = 1.0
_BACKEND_TIMEOUT_SECONDS = 10

Name = tuple[str, str, str]
"""Application, environment and configuration, each by name or id."""


class AgentError(Exception):
    """What the caller gets instead of a configuration."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(str(document.get("Message")))
        self.status = status
        self.document = document


@dataclass(frozen=True)
class Configuration:
    """A deployed configuration.

    Attributes:
        content: As it was deployed; feature flags in their retrieval format.
        content_type: Of the content.
        label: The version's label, if it has one.
    """

    content: bytes
    content_type: str
    label: str | None = None


class Backend(Protocol):
    """Where deployed configurations come from."""

    def open(self, name: Name) -> str:
        """A token for the first `read`. Raises `AgentError`."""

    def read(self, token: str) -> tuple[str, Configuration | None]:
        """The token for the next read, and the configuration, or None if it is unchanged."""


class AppConfigData:
    """The local AWS's AppConfigData.

    Args:
        host: Of the local AWS.
        port: Of the local AWS.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    def open(self, name: Name) -> str:
        """Start a session."""
        body = json.dumps(
            {
                "ApplicationIdentifier": name[0],
                "EnvironmentIdentifier": name[1],
                "ConfigurationProfileIdentifier": name[2],
            }
        ).encode()
        _, content = self._call("POST", "/configurationsessions", body)
        return str(json.loads(content)["InitialConfigurationToken"])

    def read(self, token: str) -> tuple[str, Configuration | None]:
        """Get the latest configuration."""
        headers, content = self._call("GET", f"/configuration?configuration_token={quote(token)}", None)
        following = headers.get("Next-Poll-Configuration-Token", "")
        if not content:
            return following, None
        kind = headers.get("Content-Type", "application/octet-stream")
        return following, Configuration(content, kind, headers.get("Version-Label"))

    def _call(self, method: str, path: str, body: bytes | None) -> tuple[Mapping[str, str], bytes]:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_BACKEND_TIMEOUT_SECONDS)
        # AppConfigData has no name of its own in the path.
        headers = {"Authorization": authorization("appconfig"), "Content-Type": "application/json"}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise AgentError(
                HTTPStatus.BAD_GATEWAY, {"Message": f"the local AWS does not answer: {error}"}
            ) from error
        finally:
            connection.close()
        if response.status >= HTTPStatus.BAD_REQUEST:
            raise AgentError(response.status, _refusal(content))
        return dict(response.headers), content


@dataclass
class _Session:
    token: str
    read_at: float = float("-inf")
    configuration: Configuration | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Agent:
    """Answers requests, with one backend session for each configuration.

    Args:
        backend: Where configurations come from.
        clock: Seconds, monotonic.
    """

    def __init__(self, backend: Backend, clock: Callable[[], float] = time.monotonic) -> None:
        self._backend = backend
        self._clock = clock
        self._sessions: dict[Name, _Session] = {}
        self._lock = threading.Lock()

    def answer(self, name: Name, flags: Sequence[str], context: Mapping[str, str]) -> Configuration:
        """The configuration as the agent gives it.

        Args:
            name: Which one.
            flags: Keys of the flags wanted; all if empty. One alone comes without its key.
            context: For the rules of variants.

        Raises:
            AgentError: 404 if there is none, 400 if a flag is unknown.
        """
        configuration = self._latest(name)
        document = _as_flags(configuration)
        if document is None:
            if flags:
                raise AgentError(
                    HTTPStatus.BAD_REQUEST, {"Message": "the configuration holds no feature flags"}
                )
            return configuration
        unknown = [key for key in flags if key not in document]
        if unknown:
            raise AgentError(
                HTTPStatus.BAD_REQUEST,
                {
                    "Message": "Configuration data missing one or more flag values",
                    "Reason": "InvalidParameters",
                    "Details": {"InvalidParameters": {key: {"Problem": "NoSuchFlag"} for key in unknown}},
                },
            )
        evaluated = evaluate_flags({key: document[key] for key in flags or document}, context)
        shown = evaluated[flags[0]] if len(flags) == 1 else evaluated
        return Configuration(json.dumps(shown).encode(), configuration.content_type, configuration.label)

    def _latest(self, name: Name) -> Configuration:
        with self._lock:
            session = self._sessions.setdefault(name, _Session(token=""))
        with session.lock:
            if session.configuration is None or self._clock() - session.read_at > FRESH_SECONDS:
                self._refresh(name, session)
            configuration = session.configuration
        if configuration is None:
            raise AgentError(
                HTTPStatus.NOT_FOUND,
                {"Message": f"no configuration of {name[2]} was deployed to {name[0]}/{name[1]}"},
            )
        return configuration

    def _refresh(self, name: Name, session: _Session) -> None:
        try:
            try:
                following, configuration = self._backend.read(session.token or self._backend.open(name))
            except AgentError:
                if not session.token:
                    raise
                # Tokens die with the server that gave them.
                following, configuration = self._backend.read(self._backend.open(name))
        except AgentError as error:
            session.token = ""
            if error.status < HTTPStatus.INTERNAL_SERVER_ERROR or session.configuration is None:
                session.configuration = None
                raise
            return  # The backend is in trouble: what was last seen is better than nothing.
        session.token = following
        session.read_at = self._clock()
        if configuration is not None:
            session.configuration = configuration


def _as_flags(configuration: Configuration) -> dict[str, Any] | None:
    """The flags of a feature-flag configuration in its retrieval format; None for other content."""
    try:
        document = json.loads(configuration.content)
    except ValueError:
        return None
    if not isinstance(document, dict) or not document:
        return None
    if all(isinstance(value, dict) and isinstance(value.get("enabled"), bool) for value in document.values()):
        return document
    shaped = all(isinstance(v, dict) and ("enabled" in v or "_variants" in v) for v in document.values())
    return document if shaped else None


def _refusal(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
        return {"Message": document.get("message") or document.get("Message") or "refused"}
    except (ValueError, AttributeError):
        return {"Message": content.decode(errors="replace")[:500]}
