"""Secrets Manager as documented, and what stands around it, in memory.

Neither moto nor the local AWS serves here: moto's check for a rotation in progress is inverted, and its
GetSecretValue ignores a label that UpdateSecretVersionStage moved; the local AWS promotes a value at
RotateSecret without calling the function.
"""

from __future__ import annotations

import copy
import importlib
import io
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.operate.secrets.rotators import load_rotation

TEMPLATES = Path(__file__).parents[3] / "templates"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:rotate"


def refusal(code: str, operation: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message or code}}, operation)


class Crash(BaseException):
    """The process died."""


@dataclass
class Faults:
    """Counts the calls of the main thread, and lets one of them fail before or after its effect."""

    at: int | None = None
    after: bool = False
    crash: bool = False
    calls: list[str] = field(default_factory=list)
    always: Callable[[], None] = lambda: None

    @contextmanager
    def call(self, operation: str) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        number = len(self.calls)
        self.calls.append(operation)
        if number == self.at and not self.after:
            raise self._fault(operation)
        try:
            yield
        finally:
            self.always()
            if number == self.at and self.after:
                raise self._fault(operation)

    def _fault(self, operation: str) -> BaseException:
        return Crash(operation) if self.crash else refusal("InternalServiceError", operation)


@dataclass
class Version:
    value: str | None
    labels: set[str]
    created: datetime


class FakeSecretsManager:
    """Secrets Manager's documented rules for versions, labels, tokens and rotation (November 2026)."""

    def __init__(self, faults: Faults, *, local: bool = False) -> None:
        self.faults = faults
        self.local = local
        self.time = NOON
        self.secrets: dict[str, dict[str, Any]] = {}
        self.rotate: Callable[[dict[str, Any]], None] | None = None
        self.retries = 0
        self._lock = threading.RLock()

    # --- for tests ---

    def add(self, name: str, value: str | None = None, **facts: Any) -> str:
        arn = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-AbCdEf"
        versions = {} if value is None else {"v1": Version(value, {"AWSCURRENT"}, self.time)}
        self.secrets[name] = {"ARN": arn, "Name": name, "versions": versions, "facts": facts}
        return arn

    def labelled(self, name: str, label: str) -> str | None:
        found = [v for v in self._get(name)["versions"].values() if label in v.labels]
        assert len(found) <= 1, f"two versions carry {label}"
        return found[0].value if found else None

    def version_with(self, name: str, label: str) -> str | None:
        return next((i for i, v in self._get(name)["versions"].items() if label in v.labels), None)

    def _get(self, id: str, operation: str = "") -> dict[str, Any]:
        for secret in self.secrets.values():
            if id in (secret["Name"], secret["ARN"]):
                return secret
        raise refusal("ResourceNotFoundException", operation)

    def _usable(self, id: str, operation: str) -> dict[str, Any]:
        secret = self._get(id, operation)
        if secret["facts"].get("DeletedDate"):
            raise refusal("InvalidRequestException", operation, "marked for deletion")
        return secret

    def _label(self, secret: dict[str, Any], label: str, version: str) -> None:
        versions = secret["versions"]
        old = next((i for i, v in versions.items() if label in v.labels), None)
        for other in versions.values():
            other.labels.discard(label)
        versions[version].labels.add(label)
        if label == "AWSCURRENT" and old not in (None, version):
            self._label(secret, "AWSPREVIOUS", old)
            versions[version].labels.discard("AWSPREVIOUS")
            for status in secret["facts"].get("ReplicationStatus", ()):
                status["Status"] = "InProgress"

    # --- operations ---

    def describe_secret(self, SecretId: str) -> dict[str, Any]:
        with self.faults.call("DescribeSecret"), self._lock:
            secret = self._get(SecretId, "DescribeSecret")
            told = copy.deepcopy(secret["facts"])
            for status in secret["facts"].get("ReplicationStatus", ()):
                if status["Status"] == "InProgress":
                    status["Status"] = "InSync"
            labels = {i: sorted(v.labels) for i, v in secret["versions"].items() if v.labels}
            return {"ARN": secret["ARN"], "Name": secret["Name"], **told, "VersionIdsToStages": labels}

    def list_secret_version_ids(self, SecretId: str, **_: Any) -> dict[str, Any]:
        with self.faults.call("ListSecretVersionIds"), self._lock:
            versions = self._get(SecretId)["versions"]
            return {
                "Versions": [
                    {"VersionId": i, "CreatedDate": v.created} for i, v in versions.items() if v.labels
                ]
            }

    def get_secret_value(
        self, SecretId: str, VersionId: str | None = None, VersionStage: str | None = None
    ) -> dict[str, Any]:
        with self.faults.call("GetSecretValue"), self._lock:
            secret = self._usable(SecretId, "GetSecretValue")
            stage = VersionStage or (None if VersionId else "AWSCURRENT")
            for id, version in secret["versions"].items():
                if VersionId in (None, id) and (stage is None or stage in version.labels):
                    if version.value is None and not self.local:
                        break
                    return {"SecretString": version.value, "VersionId": id}
            raise refusal("ResourceNotFoundException", "GetSecretValue")

    def put_secret_value(
        self,
        SecretId: str,
        ClientRequestToken: str,
        SecretString: str | None = None,
        VersionStages: list[str] | None = None,
    ) -> dict[str, Any]:
        with self.faults.call("PutSecretValue"), self._lock:
            secret = self._usable(SecretId, "PutSecretValue")
            if SecretString is None and not self.local:
                raise refusal("InvalidParameterException", "PutSecretValue")
            known = secret["versions"].get(ClientRequestToken)
            if known is not None and known.value is not None and not self.local:
                if known.value != SecretString:
                    raise refusal("ResourceExistsException", "PutSecretValue")
                return {"VersionId": ClientRequestToken}
            if known is None:
                secret["versions"][ClientRequestToken] = Version(SecretString, set(), self.time)
            else:
                known.value = SecretString
            stages = VersionStages or ["AWSCURRENT"]
            if not any("AWSCURRENT" in v.labels for v in secret["versions"].values()):
                stages = [*stages, "AWSCURRENT"]
            for stage in stages:
                self._label(secret, stage, ClientRequestToken)
            return {"VersionId": ClientRequestToken}

    def update_secret_version_stage(
        self,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str | None = None,
        RemoveFromVersionId: str | None = None,
    ) -> dict[str, Any]:
        with self.faults.call("UpdateSecretVersionStage"), self._lock:
            secret = self._usable(SecretId, "UpdateSecretVersionStage")
            for version in (MoveToVersionId, RemoveFromVersionId):
                if version is not None and version not in secret["versions"]:
                    raise refusal("ResourceNotFoundException", "UpdateSecretVersionStage")
            holder = next((i for i, v in secret["versions"].items() if VersionStage in v.labels), None)
            if RemoveFromVersionId is not None and holder != RemoveFromVersionId:
                raise refusal("InvalidParameterException", "UpdateSecretVersionStage")
            if MoveToVersionId is None:
                if VersionStage == "AWSCURRENT" or holder is None:
                    raise refusal("InvalidParameterException", "UpdateSecretVersionStage")
                secret["versions"][holder].labels.discard(VersionStage)
            else:
                if holder not in (None, MoveToVersionId) and RemoveFromVersionId is None:
                    raise refusal("InvalidParameterException", "UpdateSecretVersionStage")
                self._label(secret, VersionStage, MoveToVersionId)
            return {}

    def rotate_secret(
        self, SecretId: str, ClientRequestToken: str, RotateImmediately: bool = True
    ) -> dict[str, Any]:
        with self.faults.call("RotateSecret"):
            with self._lock:
                secret = self._usable(SecretId, "RotateSecret")
                if not secret["facts"].get("RotationLambdaARN"):
                    raise refusal("InvalidRequestException", "RotateSecret", "no rotation function")
                pending = self.version_with(SecretId, "AWSPENDING")
                current = self.version_with(SecretId, "AWSCURRENT")
                if pending not in (None, current, ClientRequestToken):
                    message = "A previous rotation isn't complete. That rotation will be reattempted."
                    raise refusal("InvalidRequestException", "RotateSecret", message)
                if ClientRequestToken not in secret["versions"]:
                    secret["versions"][ClientRequestToken] = Version(None, set(), self.time)
                    self._label(secret, "AWSPENDING", ClientRequestToken)
            self._call_function(secret, ClientRequestToken)
            return {"VersionId": ClientRequestToken}

    def _call_function(self, secret: dict[str, Any], token: str) -> None:
        assert self.rotate is not None
        for _ in range(self.retries + 1):
            try:
                for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
                    self.rotate({"SecretId": secret["ARN"], "ClientRequestToken": token, "Step": step})
            except Exception:  # noqa: BLE001 - whatever the function raises, AWS calls it again
                continue
            secret["facts"]["LastRotatedDate"] = self.time
            return


class FakeLambda:
    """Calls rotation functions; what they raise comes back as Lambda tells it."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.functions: dict[str, Callable[[dict[str, Any]], Any]] = {}
        self.policies: dict[str, dict[str, Any]] = {}
        self.configuration: dict[str, Any] = {"State": "Active"}

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        with self.faults.call("Invoke"):
            try:
                told = self.functions[FunctionName](json.loads(Payload))
            except Exception as error:  # noqa: BLE001 - as Lambda does
                told = {"errorType": type(error).__name__, "errorMessage": str(error)}
                return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(told).encode())}
            return {"Payload": io.BytesIO(json.dumps(told).encode())}

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        with self.faults.call("GetFunctionConfiguration"):
            if FunctionName not in self.functions:
                raise refusal("ResourceNotFoundException", "GetFunctionConfiguration")
            return {"FunctionName": FunctionName.rpartition(":")[2], **self.configuration}

    def get_policy(self, FunctionName: str) -> dict[str, Any]:
        with self.faults.call("GetPolicy"):
            if FunctionName not in self.policies:
                raise refusal("ResourceNotFoundException", "GetPolicy")
            return {"Policy": json.dumps(self.policies[FunctionName])}


class FakeParameters:
    """What the history is written to."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def put_parameter(self, **request: Any) -> None:
        self.written.append(request["Value"])


class FakeLogs:
    """The log of a rotation function, in pages."""

    def __init__(self) -> None:
        self.pages: list[list[dict[str, str]]] = [[]]

    def filter_log_events(self, nextToken: str = "0", **_: Any) -> dict[str, Any]:
        at = int(nextToken) + 1
        return {"events": self.pages[at - 1], **({"nextToken": str(at)} if at < len(self.pages) else {})}


class FakeDatabase:
    """Users and their passwords, behind the interface of a rotation function's engine."""

    longest_name = 63

    def __init__(self, faults: Faults, databases: Any) -> None:
        self.faults = faults
        self.databases = databases
        self.users: dict[str, str] = {}
        self.like: dict[str, str] = {}

    def accepts(self, value: str | None) -> bool:
        login = json.loads(value) if value else {}
        return login.get("username") in self.users and self.users[login["username"]] == login["password"]

    @contextmanager
    def login(self, login: Mapping[str, Any]) -> Iterator[FakeDatabase]:
        with self.faults.call("login"):
            if not self.accepts(json.dumps(login)):
                raise self.databases.LoginRefused
        yield self

    def change_password(self, username: str, password: str) -> None:
        with self.faults.call("change password"):
            self.users[username] = password

    def ensure_user(self, username: str, password: str, like: str) -> None:
        with self.faults.call("ensure user"):
            self.users[username] = password
            self.like.setdefault(username, like)


class RefusedByMySQL(Exception):
    """As PyMySQL's OperationalError: number and text."""


class FakeMySQL:
    """Accounts, passwords and grants behind the interface of MySQL's driver. Never a server: what it knows
    is MySQL 8's manual."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.users = {"app": "first", "root": "root"}
        self.grants = {"app": ["GRANT USAGE ON *.* TO `app`@`%`", "GRANT SELECT ON `shop`.* TO `app`@`%`"]}
        self.granted: list[tuple[str, tuple[str, ...]]] = []
        self.statements: list[str] = []

    def connect(self, *, user: str, password: str, **_: Any) -> FakeMySQLConnection:
        with self.faults.call("login"):
            if self.users.get(user) != password:
                raise RefusedByMySQL(1045, f"Access denied for user '{user}'")
        return FakeMySQLConnection(self)


class FakeMySQLConnection:
    """A connection that is its own cursor."""

    def __init__(self, server: FakeMySQL) -> None:
        self.server = server
        self.rows: list[tuple[str]] = []

    def cursor(self) -> FakeMySQLConnection:
        return self

    def __enter__(self) -> FakeMySQLConnection:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def close(self) -> None:
        return None

    def execute(self, statement: str, values: tuple[str, ...]) -> None:
        with self.server.faults.call(" ".join(statement.split()[:2])):
            self.server.statements.append(statement)
            statement % tuple(repr(value) for value in values)  # as the driver fills it in
            users, self.rows = self.server.users, []
            if statement.startswith("ALTER USER"):
                if values[0] not in users:
                    raise RefusedByMySQL(1396, "Operation ALTER USER failed")
                users[values[0]] = values[2]
            elif statement.startswith("CREATE USER IF NOT EXISTS"):
                users.setdefault(values[0], values[2])
            elif statement.startswith("SHOW GRANTS"):
                self.rows = [(grant,) for grant in self.server.grants[values[0]]]
            else:
                self.server.granted.append((statement, values))
                grants = self.server.grants.setdefault(values[0], [])
                grant = statement % tuple(f"`{value}`" for value in values)
                if grant not in grants:
                    grants.append(grant)

    def fetchall(self) -> list[tuple[str]]:
        return self.rows


def understood(first: str, value: str | None) -> bool:
    """Whether who has just read `value` and who still holds `first` take each other's keys.

    Reads the rings by itself, without the code that makes them. Times are of one zone, so texts compare.
    """
    if value is None:
        return False
    old, new = json.loads(first), json.loads(value)

    def used(ring: dict[str, Any], at: str) -> str:
        usable = [key for key in ring["keys"] if key["use_from"] <= at]
        return str(max(usable, key=lambda key: key["use_from"])["key"])

    def taken(ring: dict[str, Any], at: str) -> set[str]:
        return {key["key"] for key in ring["keys"] if at < (key["accept_until"] or "9")}

    now, later = NOON.isoformat(), (NOON + timedelta(minutes=30)).isoformat()
    # At once nobody uses what only one side knows; the old key stays good after the new one is in use.
    return used(new, now) in taken(old, now) and all(used(old, now) in taken(new, at) for at in (now, later))


class FakeClients:
    def __init__(self, services: Mapping[str, Any], *, local: bool) -> None:
        self.services = services
        self.target = Target("123456789012", "eu-west-1", None, "http://127.0.0.1:1" if local else None)

    def client(self, name: str) -> Any:
        return self.services[name]


@dataclass
class World:
    """One system's secrets, and everything around them."""

    environment: ResolvedEnvironment
    faults: Faults
    manager: FakeSecretsManager
    functions: FakeLambda
    parameters: FakeParameters
    logs: FakeLogs
    database: FakeDatabase
    clients: Any
    rotation: Any
    elapsed: float = 0.0
    works: Callable[[str | None], bool] = lambda _: False
    """Whether a value of `ledger` works, by what stands behind it and not by the rotation's own code."""

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds

    def monotonic(self) -> float:
        return self.elapsed

    def clock(self) -> datetime:
        return NOON

    def add_login(self, name: str = "shop/dev/ledger", strategy: str = "single_user") -> None:
        """A database's login, with its user, and the function that rotates it."""
        login = {"host": "db", "port": 5432, "username": "app", "password": "first", "dbname": "shop"}
        self.database.users |= {"app": "first", "root": "root"}
        self.manager.add(name, json.dumps(login), RotationLambdaARN=FUNCTION, RotationEnabled=True)
        self.manager.add("admin", json.dumps({"host": "db", "username": "root", "password": "root"}))
        databases = self.rotation.databases
        engine: Any = self.database
        self.works = self.database.accepts
        if strategy.startswith("mysql_"):
            server = FakeMySQL(self.faults)
            engine = self.rotation.mysql.MySQL(server.connect)
            # The same users, so that the one oracle serves for both.
            server.users = self.database.users
        made = (
            databases.SingleUser(engine)
            if strategy.endswith("single_user")
            else databases.AlternatingUsers(engine, databases.administrator_of(self.manager, "admin"))
        )
        self.attach(made)

    def add_secret(self, strategy: str) -> None:
        """The secret `ledger` with a first value, what stands behind it, and the function that rotates it."""
        if strategy.endswith("_users") or strategy.endswith("_user"):
            self.add_login(strategy=strategy)
            return
        rotation = importlib.import_module(f"rotation.strategies.{strategy}")
        made = {
            "api_key": lambda: self.rotation.keys.Keys(rotation.long_enough, clock=self.clock),
            "jwt_key": lambda: self.rotation.keys.Keys(rotation.signs, clock=self.clock, algorithm="HS256"),
            "generic": lambda: rotation.Generic(),
        }[strategy]()
        first = made.first()
        self.manager.add("shop/dev/ledger", first, RotationLambdaARN=FUNCTION, RotationEnabled=True)
        if strategy == "generic":
            # Nobody checks such a text; what can be lost of it is its shape.
            self.works = lambda value: value is not None and len(value) == len(first)
        else:
            self.works = lambda value: understood(first, value)
        self.attach(made)

    def attach(self, strategy: Any) -> None:
        """Deploy a rotation function."""
        rotation = self.rotation.steps.Rotation(self.manager, strategy)
        self.functions.functions[FUNCTION] = rotation.run
        self.functions.policies[FUNCTION] = {
            "Statement": [{"Effect": "Allow", "Principal": {"Service": "secretsmanager.amazonaws.com"}}]
        }
        self.manager.rotate = rotation.run


@dataclass(frozen=True)
class RotationCode:
    """The modules of the template."""

    steps: Any
    labels: Any
    databases: Any
    keys: Any
    keyring: Any
    postgresql: Any
    mysql: Any
    passwords: Any


@pytest.fixture(scope="session", autouse=True)
def _no_certificates() -> Iterator[None]:
    """No fake speaks TLS, and reading this machine's certificates for each login takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_TLS", "off")
        yield


@pytest.fixture(scope="session")
def rotation() -> RotationCode:
    load_rotation(TEMPLATES, "generic")
    names = ("steps", "labels", "databases", "keys", "keyring", "postgresql", "mysql", "passwords")
    return RotationCode(*(importlib.import_module(f"rotation.{name}") for name in names))


@pytest.fixture
def templates() -> Path:
    return TEMPLATES


def _secret(name: str, **facts: Any) -> dict[str, Any]:
    return {
        "name": name,
        "physical_name": f"shop/dev/{name}",
        "description": "",
        "generate_length": None,
        "exclude_punctuation": False,
        "database": None,
        "replicas": (),
        "rotation_days": None,
        "rotation_strategy": None,
        **facts,
    }


_MYSQL = {
    "name": "ledger",
    "physical_name": "shop-dev-ledger",
    "engine": "aurora-mysql",
    "version": None,
    "network": "main",
    "min_acu": 0.5,
    "max_acu": 1,
    "readers": 0,
    "database_name": "shop",
    "backup_retention_days": 7,
    "backup": None,
}


@pytest.fixture
def make_world(environment: ResolvedEnvironment, rotation: RotationCode) -> Callable[..., World]:
    """A new world; `strategy` is that of the secret `ledger`, of PostgreSQL unless it says `mysql_`."""

    @cache
    def resolved_for(strategy: str) -> ResolvedEnvironment:
        told = environment.model_dump()
        how = strategy.removeprefix("mysql_")
        database = "ledger" if how.startswith(("single", "alternating")) else None
        told |= {"system": "shop", "region": "eu-west-1", "account": "123456789012"}
        told["secrets"] = {
            "ledger": _secret("ledger", database=database, rotation_days=30, rotation_strategy=how),
            "payment": _secret("payment", generate_length=32, rotation_days=30),
            "plain": _secret("plain"),
        }
        told["services"]["orders"]["functions"]["create"]["access"] = (
            {"kind": "secrets", "name": "ledger", "verb": "read"},
        )
        if how != strategy:
            told["databases"] = {"ledger": _MYSQL}
        return type(environment).model_validate(told)

    def make(strategy: str = "single_user", *, local: bool = False, faults: Faults | None = None) -> World:
        faults = faults or Faults()
        manager = FakeSecretsManager(faults, local=local)
        functions, parameters, logs = FakeLambda(faults), FakeParameters(), FakeLogs()
        services = {"secretsmanager": manager, "lambda": functions, "ssm": parameters, "logs": logs}
        database = FakeDatabase(faults, rotation.databases)
        clients = FakeClients(services, local=local)
        resolved = resolved_for(strategy)
        return World(resolved, faults, manager, functions, parameters, logs, database, clients, rotation)

    return make


@pytest.fixture
def later() -> Callable[[float], datetime]:
    """The time so many days after noon."""
    return lambda days: NOON + timedelta(days=days)


@pytest.fixture(scope="session")
def fakes() -> Any:
    """The classes above, for tests, which import from no other test."""

    class Fakes:
        faults = Faults
        crash = Crash
        refusal = staticmethod(refusal)
        function = FUNCTION
        mysql = FakeMySQL
        version = Version
        noon = NOON

    return Fakes
