"""Calls of the local AWS by the agent, whose process loads no AWS library for them. Standard library only."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

TIMEOUT_SECONDS = 20.0


class CallFailed(Exception):
    """The local AWS does not answer, or refuses."""


def authorization(scope: str) -> str:
    """A signature as far as the emulator reads it: it finds the service by its scope, and verifies nothing.

    Args:
        scope: The service, as signatures name it.
    """
    return (
        f"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{scope}/aws4_request, "
        "SignedHeaders=host, Signature=0"
    )


def call(
    place: tuple[str, int],
    scope: str,
    target: str,
    asked: Mapping[str, Any],
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Any:
    """Call a service that speaks JSON, and give its answer.

    Args:
        place: Host and port of the local AWS.
        scope: The service, as signatures name it.
        target: Its protocol's name and the operation: `Logs_20140328.DescribeLogGroups`.
        asked: The input.
        timeout_seconds: For the answer.

    Raises:
        CallFailed: There is no answer, or a refusal.
    """
    operation = target.rpartition(".")[2]
    connection = http.client.HTTPConnection(*place, timeout=timeout_seconds)
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": target,
        "Authorization": authorization(scope),
    }
    try:
        connection.request("POST", "/", json.dumps(asked), headers)
        response = connection.getresponse()
        content = response.read()
        answer = json.loads(content) if content else {}
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CallFailed(f"{operation}: {error or type(error).__name__}") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise CallFailed(f"{operation}: {response.status} {content[:300].decode(errors='replace')}")
    return answer
