"""Invoke a function and bring back all that it said."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Sleep, expecting, pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.functions import find_function, log_group
from platform_cli.operate.reports import InvocationReport, parse_report

_LARGEST_PAYLOAD_BYTES = 6 * 1024 * 1024
_TRIES = 8
_PAUSE_SECONDS = 0.25


@dataclass(frozen=True)
class FunctionError:
    """What a handler raised, or what Lambda says of it (a timeout, no memory left).

    Attributes:
        type: `ValueError`, `Sandbox.Timedout`.
        message: Its text.
        trace: The stack trace, a line each; empty where there is none.
    """

    type: str
    message: str
    trace: tuple[str, ...] = ()


@dataclass(frozen=True)
class Invocation:
    """What came back.

    Attributes:
        address: `service.function`.
        function_name: As Lambda knows it.
        request_id: Of this invocation.
        payload: The response, as it came.
        error: What the function failed with, or None.
        log: The end of its log, a line each; at most 4 KB where AWS gives it.
        report: What it took; None where nobody said.
        version: Which version ran.
    """

    address: str
    function_name: str
    request_id: str
    payload: bytes
    error: FunctionError | None
    log: tuple[str, ...]
    report: InvocationReport | None
    version: str


def invoke(
    environment: ResolvedEnvironment,
    address: str,
    payload: bytes,
    clients: Clients,
    *,
    sleep: Sleep = time.sleep,
) -> Invocation:
    """Invoke a function and wait for its answer.

    Args:
        environment: Where.
        address: `service.function`.
        payload: JSON; empty means `{}`.
        clients: Of the environment.
        sleep: Waits for the log where AWS does not give it with the answer.

    Raises:
        PlatformError: `unknown-function`, `invalid-payload`, `not-deployed`, or what AWS refuses. That
            the function itself fails is no error here, but in `Invocation.error`.
    """
    function = find_function(environment, address)
    body = _checked(payload)
    name = function.physical_name
    with (
        aws_errors(f"invoking {address}", target=clients.target),
        expecting("ResourceNotFoundException") as missing,
    ):
        answer = clients.client("lambda").invoke(FunctionName=name, Payload=body, LogType="Tail")
    if missing:
        raise PlatformError(
            f'the function "{address}" is not deployed to "{environment.environment}"',
            hint=f"run `platform deploy --env {environment.environment}`",
            code="not-deployed",
        )
    response: bytes = answer["Payload"].read()
    request_id = answer["ResponseMetadata"].get("RequestId") or ""
    if answer.get("LogResult"):
        lines = base64.b64decode(answer["LogResult"]).decode(errors="replace").splitlines()
    else:
        with aws_errors(f"reading the log of {address}", target=clients.target):
            lines = _logged(log_group(environment, function), request_id, clients, sleep)
    reports = [report for line in lines if (report := parse_report(line)) is not None]
    return Invocation(
        address=address,
        function_name=name,
        request_id=reports[-1].request_id if reports and not request_id else request_id,
        payload=response,
        error=_error(response) if answer.get("FunctionError") else None,
        log=tuple(line for line in lines if line.strip()),
        report=reports[-1] if reports else None,
        version=str(answer.get("ExecutedVersion") or "$LATEST"),
    )


def _checked(payload: bytes) -> bytes:
    if not payload.strip():
        return b"{}"
    if len(payload) > _LARGEST_PAYLOAD_BYTES:
        raise PlatformError(
            f"the payload has {len(payload)} bytes, and Lambda takes {_LARGEST_PAYLOAD_BYTES}",
            code="invalid-payload",
            exit_code=ExitCode.USAGE,
        )
    try:
        json.loads(payload)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        at = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise PlatformError(
            f"the payload is not JSON: {error.args[0]}{at}",
            hint="give an object such as '{\"id\": 1}', a string in quotes, or nothing for {}",
            code="invalid-payload",
            exit_code=ExitCode.USAGE,
        ) from error
    return payload


def _error(payload: bytes) -> FunctionError:
    try:
        told: Any = json.loads(payload)
    except (json.JSONDecodeError, UnicodeDecodeError):
        told = None
    if not isinstance(told, dict):
        return FunctionError("Unknown", payload.decode(errors="replace"))
    trace = told.get("stackTrace") or ()
    lines = trace.splitlines() if isinstance(trace, str) else [str(line).rstrip("\n") for line in trace]
    return FunctionError(
        str(told.get("errorType") or "Unknown"),
        str(told.get("errorMessage") or ""),
        tuple(part for line in lines for part in line.splitlines()),
    )


def _logged(group: str, request_id: str, clients: Clients, sleep: Sleep) -> list[str]:
    """The lines of one invocation from its log group, once its last one is there."""
    lines: list[str] = []
    if not request_id:
        return lines
    for attempt in range(_TRIES):
        if attempt:
            sleep(_PAUSE_SECONDS)
        with expecting("ResourceNotFoundException"):
            lines = _between(group, request_id, clients)
        if any(parse_report(line) is not None for line in lines):
            break
    return lines


def _between(group: str, request_id: str, clients: Clients) -> list[str]:
    """From START to REPORT: what a handler prints does not carry the request's id."""
    logs = clients.client("logs")
    started = list(
        pages(
            logs.filter_log_events,
            "events",
            paging=("nextToken", "nextToken"),
            logGroupName=group,
            filterPattern=f'"{request_id}"',
        )
    )
    if not started:
        return []
    stream = started[0]["logStreamName"]
    first, last = (edge(e["timestamp"] for e in started) for edge in (min, max))
    events = logs.get_log_events(
        logGroupName=group, logStreamName=stream, startTime=first, endTime=last + 1, startFromHead=True
    )["events"]
    lines = [event["message"].rstrip("\n") for event in events]
    begin = next((i for i, line in enumerate(lines) if request_id in line), 0)
    end = next((i for i in range(len(lines) - 1, -1, -1) if request_id in lines[i]), len(lines) - 1)
    return lines[begin : end + 1]
