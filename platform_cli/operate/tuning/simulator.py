"""A Lambda of one function, behind the client's interface, that answers as AWS does.

It answers an invocation with the tail of a log that ends with a REPORT line, in text or JSON. Formats as
in Lambda's documentation of logs (November 2026). What it knows is a workload and a seed, so that a run
can be repeated to the byte.

Each size draws from a stream of its own. So the tenth call of 512 MB is the same whatever was called before
it, and strategies that call sizes in another order, or less often, are judged by the same calls; only a
drift, which is one of time, comes to each call when it is made.
"""

from __future__ import annotations

import base64
import io
import json
import math
import random
from typing import Any, Literal

from platform_cli.operate.tuning.simulated_functions import (
    LATEST,
    Configuration,
    SimulatedFunctions,
    refusal,
)
from platform_cli.operate.tuning.workloads import Workload

_RECYCLED_SHARE = 0.002
"""How many calls find their environment gone, though no other call took it."""
_ARM_SPEED = 0.97
"""Duration on arm64 against x86_64; an assumption of the simulation alone."""


class SimulatedLambda(SimulatedFunctions):
    """The calls of boto3's Lambda client that tuning makes.

    Args:
        workload: What the function does.
        seed: Of all randomness; each size has its own stream of it.
        name: The function's.
        memory_mb: Of `$LATEST`.
        timeout_seconds: Of the function.
        log_format: Of its log.
        run_calls: After how many calls the workload's drift has run its course.
        concurrency: The account's limit.
    """

    def __init__(
        self,
        workload: Workload,
        seed: int,
        *,
        name: str = "simulated",
        memory_mb: int = 512,
        timeout_seconds: int = 900,
        architecture: str = "arm64",
        log_format: Literal["Text", "JSON"] = "JSON",
        run_calls: int = 300,
        concurrency: int = 1000,
    ) -> None:
        super().__init__(
            name, Configuration(memory_mb, timeout_seconds, architecture), log_format, concurrency
        )
        self.workload = workload
        self.calls = 0
        self.throttled = 0
        self.gigabyte_seconds = 0.0
        self._seed = seed
        self._sources: dict[tuple[str, int], random.Random] = {}
        self._run_calls = run_calls
        self._idle: dict[tuple[str, str], int] = {}

    def invoke(
        self, *, FunctionName: str, Qualifier: str = LATEST, LogType: str = "None", **_: Any
    ) -> dict[str, Any]:
        """Run the workload once."""
        with self._lock:
            function = self._function(FunctionName)
            version = self._version_of(function, Qualifier)
            it = self._configuration(function, version)
            work, source = self.workload, self._source(it)
            if work.throttle_share and source.random() < work.throttle_share:
                self.throttled += 1
                raise refusal("TooManyRequestsException", "Rate Exceeded.", 429)
            progress = self.calls / self._run_calls
            self.calls += 1
            request = f"{self.calls:08x}-0000-4000-8000-{source.getrandbits(48):012x}"
            took = work.draw_ms(it.memory_mb, progress, source)
            if it.architecture == "arm64":
                took *= _ARM_SPEED
            init = self._start((FunctionName, version), source)
            if init is not None:
                took += work.cold_ms * work.expected_ms(it.memory_mb) / work.expected_ms(3008)
            used = min(it.memory_mb, max(30, round(work.used_mb * source.uniform(0.95, 1.0))))
            status, error = self._outcome(it, took, source)
            if status == "timeout":
                took = it.timeout_seconds * 1000.0
            if status == "error" and error == "Runtime.ExitError":
                took, used = min(took, 50.0), it.memory_mb
            billed = math.ceil(took + (init or 0.0))
            self.gigabyte_seconds += billed / 1000 * it.memory_mb / 1024
            if status == "success" or error == "ValueError":
                self._idle[(FunctionName, version)] = self._idle.get((FunctionName, version), 0) + 1
            silent = work.silent_share and source.random() < work.silent_share
            report = "" if silent else self._report(request, it, took, billed, used, init, status, error)
            return self._answer(request, version, it, status, error, report if LogType == "Tail" else "")

    def _source(self, it: Configuration) -> random.Random:
        where = (it.architecture, it.memory_mb)
        if where not in self._sources:
            self._sources[where] = random.Random(f"{self._seed}/{it.architecture}/{it.memory_mb}")
        return self._sources[where]

    def _start(self, where: tuple[str, str], source: random.Random) -> float | None:
        """The duration of a cold start, or None where a warm environment takes the call."""
        idle = self._idle.get(where, 0)
        if idle and source.random() >= _RECYCLED_SHARE:
            self._idle[where] = idle - 1
            return None
        return self.workload.init_ms * math.exp(source.gauss(0, 0.1))

    def _outcome(self, it: Configuration, took: float, source: random.Random) -> tuple[str, str | None]:
        if it.memory_mb < self.workload.fails_below_mb:
            return "error", "Runtime.ExitError"
        if took > it.timeout_seconds * 1000:
            return "timeout", "Sandbox.Timedout"
        if self.workload.error_share and source.random() < self.workload.error_share:
            return "error", "ValueError"
        return "success", None

    def _report(
        self,
        request: str,
        it: Configuration,
        took: float,
        billed: int,
        used: int,
        init: float | None,
        status: str,
        error: str | None,
    ) -> str:
        # What a handler raises is a successful call to the runtime: only text and JSON of crashes say more.
        crashed = error in ("Runtime.ExitError", "Sandbox.Timedout")
        if self.log_format == "Text":
            line = (
                f"REPORT RequestId: {request}\tDuration: {took:.2f} ms\tBilled Duration: {billed} ms\t"
                f"Memory Size: {it.memory_mb} MB\tMax Memory Used: {used} MB\t"
            )
            line += f"Init Duration: {init:.2f} ms\t" if init is not None else ""
            line += f"Status: {status}\t" if crashed else ""
            return line + (f"Error Type: {error}" if crashed and status == "error" else "")
        metrics = {
            "durationMs": round(took, 3),
            "billedDurationMs": billed,
            "memorySizeMB": it.memory_mb,
            "maxMemoryUsedMB": used,
        }
        if init is not None:
            metrics["initDurationMs"] = round(init, 3)
        record: dict[str, Any] = {"requestId": request, "metrics": metrics, "status": status}
        if error is not None:
            record["errorType"] = error
        return json.dumps({"time": "2026-11-20T08:00:00.000Z", "type": "platform.report", "record": record})

    def _answer(
        self, request: str, version: str, it: Configuration, status: str, error: str | None, report: str
    ) -> dict[str, Any]:
        payload: dict[str, Any] = {"ok": True}
        if error == "Sandbox.Timedout":
            said = f"RequestId: {request} Error: Task timed out after {it.timeout_seconds}.00 seconds"
            payload = {"errorType": error, "errorMessage": said}
        elif error is not None:
            said = f"RequestId: {request} Error: Runtime exited with error: signal: killed"
            payload = {
                "errorType": error,
                "errorMessage": said if error == "Runtime.ExitError" else "a simulated mistake",
            }
        answer: dict[str, Any] = {
            "StatusCode": 200,
            "ExecutedVersion": version,
            "Payload": io.BytesIO(json.dumps(payload).encode()),
            "ResponseMetadata": {"RequestId": request},
            "LogResult": base64.b64encode(f"{report}\n".encode()).decode() if report else "",
        }
        if status != "success":
            answer["FunctionError"] = "Unhandled"
        return answer
