"""A Lambda of one function, behind the client's interface, that answers as AWS does.

It keeps `$LATEST`, versions and aliases, and answers an invocation with the tail of a log that ends with
a REPORT line, in text or JSON. Formats as in Lambda's documentation of logs (November 2026). What it
knows is a workload and a seed, so that a run can be repeated to the byte.
"""

from __future__ import annotations

import base64
import io
import json
import math
import random
import threading
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from platform_cli.operate.tuning.workloads import Workload

LATEST = "$LATEST"
_RECYCLED_SHARE = 0.002
"""How many calls find their environment gone, though no other call took it."""
_ARM_SPEED = 0.97
"""Duration on arm64 against x86_64; an assumption of the simulation alone."""


@dataclass(frozen=True)
class Configuration:
    """A version of the function."""

    memory_mb: int
    timeout_seconds: int
    architecture: str = "arm64"
    revision: int = 1
    description: str = ""


@dataclass
class _Function:
    latest: Configuration
    versions: dict[str, Configuration] = field(default_factory=dict)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    published: int = 0
    settling: int = 0


class SimulatedLambda:
    """The calls of boto3's Lambda client that tuning makes.

    Args:
        workload: What the function does.
        seed: Of all randomness.
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
        self.workload = workload
        self.log_format = log_format
        self.calls = 0
        self.throttled = 0
        self.gigabyte_seconds = 0.0
        self.concurrency = concurrency
        self.functions = {name: _Function(Configuration(memory_mb, timeout_seconds, architecture))}
        self._random = random.Random(seed)
        self._run_calls = run_calls
        self._idle: dict[tuple[str, str], int] = {}
        self._lock = threading.RLock()

    # --- configuration, versions, aliases ------------------------------------------------------

    def get_function_configuration(self, *, FunctionName: str, Qualifier: str = LATEST) -> dict[str, Any]:
        """Tell a version's configuration."""
        with self._lock:
            function = self._function(FunctionName)
            version = self._version_of(function, Qualifier)
            told = self._told(FunctionName, version, self._configuration(function, version))
            if function.settling and version == LATEST:
                function.settling -= 1
                told["LastUpdateStatus"] = "InProgress"
            return told

    def update_function_configuration(
        self, *, FunctionName: str, MemorySize: int, RevisionId: str | None = None
    ) -> dict[str, Any]:
        """Change `$LATEST`."""
        with self._lock:
            function = self._function(FunctionName)
            if RevisionId is not None and RevisionId != f"r{function.latest.revision}":
                raise refusal("PreconditionFailedException", "The Revision Id provided does not match")
            function.latest = replace(
                function.latest, memory_mb=MemorySize, revision=function.latest.revision + 1
            )
            function.settling = 1
            return self._told(FunctionName, LATEST, function.latest)

    def publish_version(
        self, *, FunctionName: str, Description: str = "", RevisionId: str | None = None
    ) -> dict[str, Any]:
        """Publish `$LATEST`; where nothing changed since the last version, AWS gives that one again."""
        with self._lock:
            function = self._function(FunctionName)
            if RevisionId is not None and RevisionId != f"r{function.latest.revision}":
                raise refusal("PreconditionFailedException", "The Revision Id provided does not match")
            last = function.versions.get(str(function.published))
            if last is not None and (last.memory_mb, last.architecture) == (
                function.latest.memory_mb,
                function.latest.architecture,
            ):
                return self._told(FunctionName, str(function.published), last)
            function.published += 1
            version = str(function.published)
            function.versions[version] = replace(function.latest, description=Description)
            # Publishing touches the configuration that it copies.
            function.latest = replace(function.latest, revision=function.latest.revision + 1)
            return self._told(FunctionName, version, function.versions[version])

    def list_versions_by_function(self, *, FunctionName: str, **_: Any) -> dict[str, Any]:
        """List `$LATEST` and the versions."""
        with self._lock:
            function = self._function(FunctionName)
            every = {LATEST: function.latest, **function.versions}
            return {"Versions": [self._told(FunctionName, v, c) for v, c in every.items()]}

    def delete_function(self, *, FunctionName: str, Qualifier: str | None = None) -> dict[str, Any]:
        """Delete a version, or the function."""
        with self._lock:
            function = self._function(FunctionName)
            if Qualifier is None:
                del self.functions[FunctionName]
                return {}
            if any(alias["FunctionVersion"] == Qualifier for alias in function.aliases.values()):
                raise refusal("ResourceConflictException", "Version is referenced by an alias")
            function.versions.pop(Qualifier, None)
            return {}

    def create_alias(
        self, *, FunctionName: str, Name: str, FunctionVersion: str, Description: str = ""
    ) -> dict[str, Any]:
        """Name a version."""
        with self._lock:
            function = self._function(FunctionName)
            if Name in function.aliases:
                raise refusal("ResourceConflictException", f"Alias already exists: {Name}")
            function.aliases[Name] = {"Name": Name, "FunctionVersion": FunctionVersion}
            return {**function.aliases[Name], "Description": Description}

    def delete_alias(self, *, FunctionName: str, Name: str) -> dict[str, Any]:
        """Forget a name; AWS answers the same where there is none."""
        with self._lock:
            self._function(FunctionName).aliases.pop(Name, None)
            return {}

    def list_aliases(self, *, FunctionName: str, **_: Any) -> dict[str, Any]:
        """List the names."""
        with self._lock:
            return {"Aliases": list(self._function(FunctionName).aliases.values())}

    def get_account_settings(self) -> dict[str, Any]:
        """Tell the account's limits."""
        return {"AccountLimit": {"UnreservedConcurrentExecutions": self.concurrency}}

    def get_function_concurrency(self, **_: Any) -> dict[str, Any]:
        """Tell the reserved concurrency: none."""
        return {}

    def _function(self, name: str) -> _Function:
        if name not in self.functions:
            raise refusal("ResourceNotFoundException", f"Function not found: {name}")
        return self.functions[name]

    def _version_of(self, function: _Function, qualifier: str) -> str:
        alias = function.aliases.get(qualifier)
        return alias["FunctionVersion"] if alias is not None else qualifier

    def _configuration(self, function: _Function, version: str) -> Configuration:
        if version == LATEST:
            return function.latest
        if version not in function.versions:
            raise refusal("ResourceNotFoundException", f"Function not found: {version}")
        return function.versions[version]

    def _told(self, name: str, version: str, it: Configuration) -> dict[str, Any]:
        return {
            "FunctionName": name,
            "Version": version,
            "MemorySize": it.memory_mb,
            "Timeout": it.timeout_seconds,
            "Architectures": [it.architecture],
            "RevisionId": f"r{it.revision}",
            "Description": it.description,
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "LoggingConfig": {"LogFormat": self.log_format},
        }

    # --- invocations ---------------------------------------------------------------------------

    def invoke(
        self, *, FunctionName: str, Qualifier: str = LATEST, LogType: str = "None", **_: Any
    ) -> dict[str, Any]:
        """Run the workload once."""
        with self._lock:
            function = self._function(FunctionName)
            version = self._version_of(function, Qualifier)
            it = self._configuration(function, version)
            work, source = self.workload, self._random
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


def refusal(code: str, message: str, status: int = 400) -> Exception:
    """What boto3 raises when AWS says no."""
    from botocore.exceptions import ClientError

    said: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(said, "Lambda")
