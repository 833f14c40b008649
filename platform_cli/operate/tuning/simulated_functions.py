"""Functions, versions and aliases of a simulated Lambda, behind the calls of boto3's client."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any, Literal

LATEST = "$LATEST"


@dataclass(frozen=True)
class Configuration:
    """A version of the function."""

    memory_mb: int
    timeout_seconds: int
    architecture: str = "arm64"
    revision: int = 1
    description: str = ""


@dataclass
class Function:
    """A function with its versions and aliases; `settling` answers still say that it is being changed.

    `provisioned` is by alias or version; `reserved` is None where nothing is.
    """

    latest: Configuration
    versions: dict[str, Configuration] = field(default_factory=dict)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    published: int = 0
    settling: int = 0
    provisioned: dict[str, int] = field(default_factory=dict)
    reserved: int | None = None


class SimulatedFunctions:
    """What Lambda knows of functions.

    Args:
        name: Of the first function.
        latest: Its `$LATEST`.
        log_format: Of its log.
        concurrency: The account's limit.
    """

    def __init__(
        self, name: str, latest: Configuration, log_format: Literal["Text", "JSON"], concurrency: int
    ) -> None:
        self.log_format = log_format
        self.concurrency = concurrency
        self.functions = {name: Function(latest)}
        self._lock = threading.RLock()

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
            function.provisioned.pop(Qualifier, None)
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
            function = self._function(FunctionName)
            function.aliases.pop(Name, None)
            function.provisioned.pop(Name, None)
            return {}

    def list_aliases(self, *, FunctionName: str, **_: Any) -> dict[str, Any]:
        """List the names."""
        with self._lock:
            return {"Aliases": list(self._function(FunctionName).aliases.values())}

    def get_function(self, *, FunctionName: str) -> dict[str, Any]:
        """Tell `$LATEST` and where its code is."""
        with self._lock:
            told = self._told(FunctionName, LATEST, self._function(FunctionName).latest)
            told |= {"Role": "arn:aws:iam::000000000000:role/simulated", "Runtime": "python3.13"}
            return {"Configuration": {**told, "Handler": "simulated.handler"}, "Code": {"Location": ""}}

    def list_functions(self, **_: Any) -> dict[str, Any]:
        """List the functions."""
        with self._lock:
            return {"Functions": [self._told(name, LATEST, f.latest) for name, f in self.functions.items()]}

    def list_layers(self, **_: Any) -> dict[str, Any]:
        """List the layers: there are none."""
        return {"Layers": []}

    def create_function(
        self,
        *,
        FunctionName: str,
        MemorySize: int,
        Timeout: int,
        Architectures: list[str],
        Description: str = "",
        **_: Any,
    ) -> dict[str, Any]:
        """Create a function."""
        with self._lock:
            if FunctionName in self.functions:
                raise refusal("ResourceConflictException", f"Function already exist: {FunctionName}")
            latest = Configuration(MemorySize, Timeout, Architectures[0], description=Description)
            self.functions[FunctionName] = Function(latest, settling=1)
            return self._told(FunctionName, LATEST, latest)

    def get_account_settings(self) -> dict[str, Any]:
        """Tell the account's limits."""
        return {"AccountLimit": {"UnreservedConcurrentExecutions": self.concurrency}}

    def get_function_concurrency(self, *, FunctionName: str) -> dict[str, Any]:
        """Tell the reserved concurrency."""
        with self._lock:
            reserved = self._function(FunctionName).reserved
            return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}

    def put_function_concurrency(
        self, *, FunctionName: str, ReservedConcurrentExecutions: int
    ) -> dict[str, Any]:
        """Reserve concurrency."""
        with self._lock:
            self._function(FunctionName).reserved = ReservedConcurrentExecutions
            return {"ReservedConcurrentExecutions": ReservedConcurrentExecutions}

    def put_provisioned_concurrency_config(
        self, *, FunctionName: str, Qualifier: str, ProvisionedConcurrentExecutions: int
    ) -> dict[str, Any]:
        """Keep environments of an alias or a version ready."""
        with self._lock:
            self._function(FunctionName).provisioned[Qualifier] = ProvisionedConcurrentExecutions
            return {"RequestedProvisionedConcurrentExecutions": ProvisionedConcurrentExecutions}

    def _function(self, name: str) -> Function:
        if name not in self.functions:
            raise refusal("ResourceNotFoundException", f"Function not found: {name}")
        return self.functions[name]

    def _version_of(self, function: Function, qualifier: str) -> str:
        alias = function.aliases.get(qualifier)
        return alias["FunctionVersion"] if alias is not None else qualifier

    def _configuration(self, function: Function, version: str) -> Configuration:
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


def refusal(code: str, message: str, status: int = 400) -> Exception:
    """What boto3 raises when AWS says no."""
    from botocore.exceptions import ClientError

    said: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(said, "Lambda")
