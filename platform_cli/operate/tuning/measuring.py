"""Make calls, and read what they told."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Mapping
from typing import Any

from platform_cli.deploy.answers import Sleep
from platform_cli.operate.reports import parse_report
from platform_cli.operate.tuning.observations import Observation, observe
from platform_cli.operate.tuning.racing import Call

_THROTTLED = ("TooManyRequestsException", "EC2ThrottledException", "ServiceException", "ThrottlingException")
_TRIES = 8
_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 20.0


def call_once(
    client: Any, function: str, qualifier: str, payload: bytes, call: Call, *, sleep: Sleep
) -> Observation:
    """Call a size once, and wait for the answer; a refusal for lack of capacity is tried again, ever later.

    Args:
        client: Of Lambda.
        function: Its name.
        qualifier: The size's alias or version.
        payload: What to send.
        call: Which call of the run it is.
        sleep: Waits after a refusal.
    """
    answer = _invoke(client, function, qualifier, payload, sleep)
    body: bytes = answer["Payload"].read()
    tail = base64.b64decode(answer.get("LogResult") or "").decode(errors="replace")
    reports = [report for line in tail.splitlines() if (report := parse_report(line)) is not None]
    failure = _failure(body) if answer.get("FunctionError") else None
    return observe(call.variant, call.order, reports[-1] if reports else None, failure, call.payload)


def _invoke(client: Any, function: str, qualifier: str, payload: bytes, sleep: Sleep) -> Mapping[str, Any]:
    from botocore.exceptions import ClientError

    for attempt in range(_TRIES):
        try:
            answer: Mapping[str, Any] = client.invoke(
                FunctionName=function, Qualifier=qualifier, Payload=payload, LogType="Tail"
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _THROTTLED or attempt == _TRIES - 1:
                raise
            pause = min(_LONGEST_PAUSE_SECONDS, _PAUSE_SECONDS * 2**attempt)
            sleep(pause * (0.5 + random.random() / 2))
        else:
            return answer
    raise AssertionError("the last attempt either returns or raises")


def _failure(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    return (
        told
        if isinstance(told, dict)
        else {"errorType": "Unknown", "errorMessage": body.decode(errors="replace")}
    )
