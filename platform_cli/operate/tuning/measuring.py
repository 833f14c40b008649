"""Make calls, and read what they told."""

from __future__ import annotations

import base64
import json
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from platform_cli.deploy.answers import Sleep
from platform_cli.errors import PlatformError
from platform_cli.operate.reports import parse_report
from platform_cli.operate.tuning.observations import Observation, Variant, observe
from platform_cli.operate.tuning.rounds import Call
from platform_cli.operate.tuning.variants import Published

_THROTTLED = ("TooManyRequestsException", "EC2ThrottledException", "ServiceException", "ThrottlingException")
_TRIES = 8
_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 20.0
_SHARE_OF_RESERVED = 4
_SHARE_OF_ACCOUNT = 10
_SMALL_ACCOUNT = 20
MOST_LANES = 8

Processor = Callable[[bytes], bytes | None]
"""Takes the payload before a call, or the answer after it; may give another payload."""


class Measurer:
    """Calls sizes in turns: several sizes at a time, but never two calls of one, which would start cold.

    Where Lambda refuses for lack of capacity, fewer are called at a time from then on.

    Args:
        client: Of Lambda.
        places: Where the sizes can be called.
        payloads: What to send.
        lanes: How many calls at a time.
        sleep: Waits after a refusal.
        before: Is called with the payload before each call.
        after: Is called with the answer after each call.
    """

    def __init__(
        self,
        client: Any,
        places: Mapping[Variant, Published],
        payloads: Sequence[bytes],
        *,
        lanes: int,
        sleep: Sleep,
        before: Processor | None = None,
        after: Processor | None = None,
    ) -> None:
        self._client = client
        self._places = places
        self._payloads = payloads
        self.lanes = max(1, lanes)
        self.throttled = 0
        self._sleep = sleep
        self._before = before
        self._after = after
        self._lock = threading.Lock()

    def __call__(self, calls: Sequence[Call]) -> list[Observation]:
        """Make calls, and bring what they told, in the same order."""
        observations: list[Observation] = []
        pool = ThreadPoolExecutor(self.lanes, thread_name_prefix="tuning")
        try:
            at = 0
            while at < len(calls):
                turn = _turn(calls[at:], self.lanes)
                observations += pool.map(self._one, turn) if self.lanes > 1 else map(self._one, turn)
                at += len(turn)
        finally:
            # After Ctrl-C, nobody waits for the calls that still run.
            pool.shutdown(wait=False, cancel_futures=True)
        return observations

    def _one(self, call: Call) -> Observation:
        place, payload = self._places[call.variant], self._payloads[call.payload]
        if self._before is not None:
            payload = self._before(payload) or payload
        return call_once(
            self._client,
            place.function,
            place.alias,
            payload,
            call,
            sleep=self._wait,
            after=self._after,
        )

    def _wait(self, seconds: float) -> None:
        with self._lock:
            self.throttled += 1
            self.lanes = max(1, self.lanes // 2)
        self._sleep(seconds)


def call_once(
    client: Any,
    function: str,
    qualifier: str,
    payload: bytes,
    call: Call,
    *,
    sleep: Sleep,
    after: Processor | None = None,
) -> Observation:
    """Call a size once, and wait for the answer; a refusal for lack of capacity is tried again, ever later.

    Args:
        client: Of Lambda.
        function: Its name.
        qualifier: The size's alias or version.
        payload: What to send.
        call: Which call of the run it is.
        sleep: Waits after a refusal.
        after: Is called with the answer.

    Raises:
        PlatformError: `no-capacity` if Lambda has refused for too long.
    """
    from botocore.exceptions import ConnectionClosedError, ReadTimeoutError, ResponseStreamingError

    try:
        answer = _invoke(client, function, qualifier, payload, sleep)
        body: bytes = answer["Payload"].read()
    except (ConnectionClosedError, ReadTimeoutError, ResponseStreamingError) as error:
        # It was made, and billed; what it told is lost.
        return observe(call.variant, call.order, None, None, call.payload, lost=str(error))
    tail = base64.b64decode(answer.get("LogResult") or "").decode(errors="replace")
    reports = [report for line in tail.splitlines() if (report := parse_report(line)) is not None]
    failure = _failure(body) if answer.get("FunctionError") else None
    if after is not None:
        after(body)
    return observe(call.variant, call.order, reports[-1] if reports else None, failure, call.payload)


def safe_lanes(client: Any, function: str, wanted: int = MOST_LANES) -> int:
    """How many calls at a time leave enough concurrency for users.

    A quarter of what is reserved for the function, or a tenth of what the account has left.
    """
    told = client.get_function_concurrency(FunctionName=function)
    reserved: int | None = told.get("ReservedConcurrentExecutions")
    if reserved is not None:
        if reserved == 0:
            raise PlatformError(
                f"the function {function} is switched off: its reserved concurrency is 0",
                code="function-unusable",
            )
        return max(1, min(wanted, reserved // _SHARE_OF_RESERVED))
    return max(1, min(wanted, _unreserved(client) // _SHARE_OF_ACCOUNT))


def _unreserved(client: Any) -> int:
    from botocore.exceptions import ClientError

    try:
        limits = client.get_account_settings().get("AccountLimit", {})
    except ClientError:
        # Who may tune a function need not be allowed to read the account: then it counts as a small one.
        return _SMALL_ACCOUNT
    return int(limits.get("UnreservedConcurrentExecutions", _SMALL_ACCOUNT))


def _turn(calls: Sequence[Call], lanes: int) -> list[Call]:
    turn: list[Call] = []
    for call in calls[:lanes]:
        if any(call.variant == other.variant for other in turn):
            break
        turn.append(call)
    return turn


def _invoke(client: Any, function: str, qualifier: str, payload: bytes, sleep: Sleep) -> Mapping[str, Any]:
    from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

    for attempt in range(_TRIES):
        # Together with the jitter, so that lanes that were refused at once do not return at once.
        pause = min(_LONGEST_PAUSE_SECONDS, _PAUSE_SECONDS * 2**attempt) * (0.5 + random.random() / 2)
        try:
            answer: Mapping[str, Any] = client.invoke(
                FunctionName=function, Qualifier=qualifier, Payload=payload, LogType="Tail"
            )
        except ClientError as error:
            if not _passes(error.response):
                raise
            if attempt == _TRIES - 1:
                raise PlatformError(
                    f"Lambda has refused {_TRIES} times to call {function} for lack of capacity",
                    hint="tune at a quieter time, or with `--concurrency 1`",
                    code="no-capacity",
                ) from error
            sleep(pause)
        except (ConnectTimeoutError, EndpointConnectionError):
            # It never reached Lambda, so making it again is no second call.
            if attempt == _TRIES - 1:
                raise
            sleep(pause)
        else:
            return answer
    raise AssertionError("the last attempt either returns or raises")


def _passes(response: Mapping[str, Any]) -> bool:
    """Whether a refusal is for lack of capacity, or a fault of Lambda's own; either passes."""
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
    return response.get("Error", {}).get("Code") in _THROTTLED or status in (429, 500, 502, 503, 504)


def _failure(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if isinstance(told, dict):
        return told
    return {"errorType": "Unknown", "errorMessage": body.decode(errors="replace")}
