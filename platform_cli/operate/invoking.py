"""Invoke a function and bring back all that it said."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, expecting, now, pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.functions import find_function, log_group
from platform_cli.operate.reports import InvocationReport, parse_report

_LARGEST_PAYLOAD_BYTES = 6 * 1024 * 1024
# The clocks of this machine and of the log differ a little.
_CLOCK_TOLERANCE = timedelta(seconds=2)
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
        function_name: As Lambda knows it, with the alias where it has one.
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
    clock: Clock = now,
) -> Invocation:
    """Invoke a function and wait for its answer.

    Args:
        environment: Where.
        address: `service.function`.
        payload: JSON; empty means `{}`.
        clients: Of the environment.
        sleep: Waits for the log where it does not come with the answer.
        clock: The time.

    Raises:
        PlatformError: `unknown-function`, `invalid-payload`, `not-deployed`, or what AWS refuses. That
            the function itself fails is no error here, but in `Invocation.error`.
    """
    function = find_function(environment, address)
    body = checked_payload(payload)
    # With its alias, where it has one: as callers reach it.
    name = function.called_name
    started = clock()
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
    lines = base64.b64decode(answer.get("LogResult") or "").decode(errors="replace").splitlines()
    if not any(parse_report(line) is not None for line in lines):
        # AWS ends the tail with the report; the local AWS gives what the function said, or nothing.
        with aws_errors(f"reading the log of {address}", target=clients.target):
            block = _logged(log_group(environment, function), started, request_id, lines, clients, sleep)
        lines = block or lines
    reports = [report for line in lines if (report := parse_report(line)) is not None]
    return Invocation(
        address=address,
        function_name=name,
        request_id=reports[-1].request_id if reports else request_id,
        payload=response,
        error=_error(response) if answer.get("FunctionError") else None,
        log=tuple(line for line in lines if line.strip()),
        report=reports[-1] if reports else None,
        version=str(answer.get("ExecutedVersion") or "$LATEST"),
    )


def checked_payload(payload: bytes) -> bytes:
    """The payload as Lambda takes it; nothing becomes `{}`.

    Raises:
        PlatformError: `invalid-payload`: it is too long, or no JSON.
    """
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


def _logged(
    group: str, started: datetime, request_id: str, tail: list[str], clients: Clients, sleep: Sleep
) -> list[str]:
    """The lines of this invocation from the log group, once its report is there; else none."""
    for attempt in range(_TRIES):
        if attempt:
            sleep(_PAUSE_SECONDS)
        events: list[Mapping[str, Any]] = []
        with expecting("ResourceNotFoundException"):
            events = list(
                pages(
                    clients.client("logs").filter_log_events,
                    "events",
                    paging=("nextToken", "nextToken"),
                    logGroupName=group,
                    startTime=int((started - _CLOCK_TOLERANCE).timestamp() * 1000),
                )
            )
        block = _chosen(_blocks(events), request_id, tail)
        if block:
            return block
    return []


def _blocks(events: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Lines from START to REPORT by request; one stream handles one request at a time."""
    open_blocks: dict[str, list[str]] = {}
    finished: dict[str, list[str]] = {}
    for event in events:
        line, stream = event["message"].rstrip("\n"), event.get("logStreamName", "")
        if line.startswith("START RequestId:"):
            open_blocks[stream] = []
        open_blocks.setdefault(stream, []).append(line)
        report = parse_report(line)
        if report is not None:
            finished[report.request_id] = open_blocks.pop(stream)
    return finished


def _chosen(blocks: Mapping[str, list[str]], request_id: str, tail: list[str]) -> list[str]:
    """The block of this request: by its id, else by what the function said, else the only one."""
    if request_id in blocks:
        return blocks[request_id]
    said = {line for line in tail if line.strip()}
    matching = [lines for lines in blocks.values() if said <= set(lines)]
    return matching[0] if len(matching) == 1 else []
