"""Environments made by hand, and assemblies synthesized once a session."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import (
    BucketTrigger,
    BusTrigger,
    QueueTrigger,
    ResolvedAccess,
    ResolvedApi,
    ResolvedBucket,
    ResolvedBus,
    ResolvedCors,
    ResolvedDeadLetter,
    ResolvedEnvironment,
    ResolvedEventType,
    ResolvedFlag,
    ResolvedFunction,
    ResolvedIdentity,
    ResolvedIndex,
    ResolvedKey,
    ResolvedPassword,
    ResolvedQueue,
    ResolvedRoute,
    ResolvedSecret,
    ResolvedService,
    ResolvedSetting,
    ResolvedStream,
    ResolvedSubscription,
    ResolvedTable,
    ResolvedThrottle,
    ResolvedTopic,
    ScheduleTrigger,
    StreamTrigger,
    TopicTrigger,
)
from platform_cli.errors import PlatformError
from platform_cli.package.building import Artifact, ServicePackage
from platform_cli.stacks.assembling import assemble
from platform_cli.stacks.linting import lint_templates
from platform_cli.stacks.support import require_built

ACCOUNT, REGION = "111111111111", "eu-west-1"
MadeOnce = Callable[[str, Callable[[Path], None]], Path]


class Factory:
    """Makes resolved values with plain defaults; whatever is given replaces them."""

    def __init__(self, **environment: Any) -> None:
        self.settings: dict[str, Any] = {
            "system": "shop",
            "owner": "team-commerce",
            "environment": "dev",
            "target": "aws",
            "account": ACCOUNT,
            "region": REGION,
            "profile": None,
            "protect": False,
            "tags": {"cost-centre": "42"},
        } | environment
        self.names = Names(self.settings["system"], self.settings["environment"], ACCOUNT, REGION)

    def environment(self, **parts: Any) -> ResolvedEnvironment:
        sections = "identity tables buckets secrets flags buses queues topics streams apis services"
        empty: dict[str, Any] = {section: {} for section in sections.split()}
        return ResolvedEnvironment(**(self.settings | empty | {"settings": ()} | parts))

    def table(self, name: str, **values: Any) -> ResolvedTable:
        defaults: dict[str, Any] = {
            "physical_name": self.names.resource(name),
            "partition_key": ResolvedKey(name="PK"),
            "sort_key": ResolvedKey(name="SK"),
            "indexes": {},
            "capacity": None,
            "encryption": "aws_owned",
            "stream": None,
            "ttl": None,
            "point_in_time_recovery": False,
            "backup": None,
            "replicas": (),
        }
        return ResolvedTable(name=name, **(defaults | values))

    def bucket(self, name: str, **values: Any) -> ResolvedBucket:
        defaults: dict[str, Any] = {
            "physical_name": self.names.bucket(name),
            "versioned": True,
            "infrequent_after_days": None,
            "archive_after_days": None,
            "expire_after_days": None,
            "expire_noncurrent_after_days": None,
            "intelligent_tiering": False,
            "encryption": "aws_managed",
        }
        return ResolvedBucket(name=name, **(defaults | values))

    def secret(self, name: str, **values: Any) -> ResolvedSecret:
        defaults: dict[str, Any] = {
            "physical_name": self.names.secret(name),
            "description": "",
            "generate_length": 32,
            "exclude_punctuation": False,
            "database": None,
            "replicas": (),
            "rotation_days": None,
            "rotation_strategy": None,
        }
        return ResolvedSecret(name=name, **(defaults | values))

    def queue(self, name: str, **values: Any) -> ResolvedQueue:
        fifo = values.get("fifo", False)
        defaults: dict[str, Any] = {
            "physical_name": self.names.queue(name, fifo=fifo),
            "fifo": fifo,
            "visibility_timeout_seconds": 60,
            "retention_days": 4,
            "delay_seconds": 0,
            "subscription": None,
            "dead_letter": ResolvedDeadLetter(
                physical_name=self.names.queue(name, dead_letter=True, fifo=fifo),
                max_receives=3,
                retention_days=14,
            ),
        }
        return ResolvedQueue(name=name, **(defaults | values))

    def identity(self, name: str, **values: Any) -> ResolvedIdentity:
        defaults: dict[str, Any] = {
            "physical_name": self.names.resource(name),
            "sign_in": "email",
            "self_sign_up": True,
            "mfa": "off",
            "password": ResolvedPassword(
                min_length=12, lowercase=True, uppercase=True, numbers=True, symbols=False
            ),
            "clients": ("web",),
            "groups": (),
        }
        return ResolvedIdentity(name=name, **(defaults | values))

    def api(self, name: str, **values: Any) -> ResolvedApi:
        defaults: dict[str, Any] = {
            "physical_name": self.names.resource(name),
            "kind": "http",
            "authorizer": None,
            "cors": None,
            "throttle": None,
            "firewall": None,
            "allowed_ips": (),
            "cache_ttl_seconds": None,
            "domain": None,
            "access_log_retention_days": 30,
        }
        return ResolvedApi(name=name, **(defaults | values))

    def function(self, service: str, name: str, **values: Any) -> ResolvedFunction:
        defaults: dict[str, Any] = {
            "physical_name": self.names.function(service, name),
            "handler": f"{service}.handlers.{name}.handler",
            "runtime": "python3.13",
            "architecture": "arm64",
            "memory_mb": 512,
            "timeout_seconds": 10,
            "ephemeral_storage_mb": 512,
            "tracing": True,
            "log_retention_days": 30,
            "environment": {},
            "routes": (),
            "triggers": (),
            "access": (),
            "permissions": (),
            "network": None,
            "reserved_concurrency": None,
            "provisioned_concurrency": None,
            "release": None,
        }
        return ResolvedFunction(service=service, name=name, **(defaults | values))

    def service(self, name: str, *functions: ResolvedFunction) -> ResolvedService:
        return ResolvedService(name=name, path=f"services/{name}", functions={f.name: f for f in functions})

    def named(self, *things: Any) -> dict[str, Any]:
        return {thing.name: thing for thing in things}


def access(*lines: str) -> tuple[ResolvedAccess, ...]:
    """`tables.main: read`, …"""
    found = []
    for line in lines:
        target, verb = line.split(": ")
        kind, name = target.split(".", 1)
        found.append(ResolvedAccess(kind=kind, name=name, verb=verb))
    return tuple(found)


def route(line: str, **values: Any) -> ResolvedRoute:
    """`GET /orders` of the API `public`."""
    method, path = line.split(" ")
    return ResolvedRoute(**({"api": "public", "method": method, "path": path, "authorizer": None} | values))


def everything(factory: Factory) -> dict[str, Any]:
    """Each thing that the stacks build, in one system."""
    make = factory
    stream = {
        "batch_size": 100,
        "batch_window_seconds": 1,
        "starting_position": "latest",
        "bisect_on_error": True,
        "max_retries": 3,
        "max_age_seconds": 3600,
        "parallelization": 2,
        "tumbling_window_seconds": None,
        "on_failure": "notifications",
    }
    orders = make.service(
        "orders",
        make.function(
            "orders",
            "create",
            routes=(
                route("POST /orders", authorizer="users"),
                route("GET /orders/{id}", authorizer="users", scopes=("orders.read",)),
            ),
            access=access(
                "tables.main: read_write",
                "tables.plain: read",
                "buses.events: publish",
                "secrets.payment: read",
                "config.api: read",
                "flags.new-checkout: read",
                "streams.order-events: put",
                "buckets.receipts: read_write",
                "topics.news: publish",
            ),
            environment={"CURRENCY": "EUR", "LOG_LEVEL": "WARNING"},
            reserved_concurrency=5,
        ),
        make.function("orders", "health", routes=(route("GET /health"),), tracing=False),
    )
    workers = make.service(
        "workers",
        make.function(
            "workers",
            "notify",
            triggers=(
                QueueTrigger(queue="notifications", batch_size=10, batch_window_seconds=0, max_concurrency=5),
            ),
            access=access("tables.main: write", "queues.later: send", "functions.orders.create: invoke"),
        ),
        make.function(
            "workers",
            "project",
            triggers=(
                StreamTrigger(kind="table_stream", source="main", **stream),
                StreamTrigger(kind="stream", source="order-events", **stream),
            ),
        ),
        make.function(
            "workers",
            "tally",
            triggers=(StreamTrigger(kind="stream", source="order-events", **stream, enhanced_fan_out=True),),
        ),
        make.function(
            "workers",
            "react",
            triggers=(
                BusTrigger(bus="events", detail_types=("OrderCreated",), sources=()),
                BusTrigger(bus="events", detail_types=("OrderShipped",), sources=("shop.orders",)),
                BucketTrigger(bucket="receipts", events=("created", "removed"), prefix="in/", suffix=".pdf"),
                TopicTrigger(topic="news", filter_policy='{"kind": ["sale"]}'),
                ScheduleTrigger(schedule="rate(5 minutes)", timezone="UTC", enabled=True, input='{"a": 1}'),
                ScheduleTrigger(
                    schedule="cron(0 6 * * ? *)", timezone="Europe/Paris", enabled=False, input=None
                ),
            ),
        ),
    )
    auth = make.service(
        "auth",
        make.function(
            "auth",
            "login",
            routes=(route("POST /login"), route("ANY /session/{proxy+}", authorizer="users")),
            access=access("identity.users: sign_in"),
        ),
    )
    return {
        "identity": make.named(
            make.identity("users", groups=("staff",)),
            make.identity("drivers", sign_in="phone", mfa="required", clients=("app",)),
        ),
        "tables": make.named(
            make.table(
                "main",
                indexes={
                    "GSI1": ResolvedIndex(
                        name="GSI1",
                        partition_key=ResolvedKey(name="GSI1PK"),
                        sort_key=ResolvedKey(name="GSI1SK", type="number"),
                    )
                },
                encryption="customer_managed",
                stream="new_and_old_images",
                ttl="expires_at",
                point_in_time_recovery=True,
            ),
            make.table("plain", sort_key=None),
            make.table("legacy", physical_name="Legacy", external=True),
        ),
        "buckets": make.named(
            make.bucket(
                "receipts",
                encryption="customer_managed",
                infrequent_after_days=30,
                expire_noncurrent_after_days=30,
            ),
            make.bucket("public-assets", versioned=False, expire_after_days=365),
        ),
        "secrets": make.named(make.secret("payment", description="Key of the payment provider")),
        "settings": (
            ResolvedSetting(
                group="api",
                key="rate-limit",
                parameter_name=make.names.parameter("api", "rate-limit"),
                value="100",
                type="integer",
                secure=False,
            ),
        ),
        "flags": make.named(
            ResolvedFlag(
                name="new-checkout",
                description="One-page checkout",
                owner="team-commerce",
                default=False,
                remove_after="2027-03-01",
                attributes={},
            )
        ),
        "buses": make.named(
            ResolvedBus(
                name="events",
                physical_name=make.names.resource("events"),
                archive_days=30,
                events=(
                    ResolvedEventType(detail_type="OrderCreated", schema_text='{"type": "object"}'),
                    ResolvedEventType(detail_type="OrderShipped"),
                ),
            )
        ),
        "topics": make.named(ResolvedTopic(name="news", physical_name=make.names.topic("news"), fifo=False)),
        "queues": make.named(
            make.queue(
                "notifications",
                subscription=ResolvedSubscription(
                    bus="events", topic=None, detail_types=("OrderCreated", "OrderShipped"), sources=()
                ),
            ),
            make.queue(
                "later",
                subscription=ResolvedSubscription(bus=None, topic="news", detail_types=(), sources=()),
            ),
            make.queue(
                "in-order",
                fifo=True,
                high_throughput=True,
                subscription=ResolvedSubscription(
                    bus="events", topic=None, detail_types=(), sources=("orders",), message_group="orders"
                ),
            ),
        ),
        "streams": make.named(
            ResolvedStream(
                name="order-events",
                physical_name=make.names.resource("order-events"),
                shards=None,
                retention_hours=24,
            )
        ),
        "apis": make.named(
            make.api(
                "public",
                authorizer="users",
                cors=ResolvedCors(
                    origins=("https://shop.example",),
                    methods=("GET", "POST"),
                    headers=("authorization", "content-type"),
                    max_age_seconds=600,
                    credentials=False,
                ),
                throttle=ResolvedThrottle(rate=1000, burst=500),
            )
        ),
        "services": make.named(auth, orders, workers),
    }


@pytest.fixture(scope="session")
def factory() -> Callable[..., Factory]:
    return Factory


@pytest.fixture(scope="session")
def lines() -> Callable[..., tuple[ResolvedAccess, ...]]:
    return access


@pytest.fixture(scope="session")
def full(factory: Callable[..., Factory]) -> Callable[..., ResolvedEnvironment]:
    """The system with one of each, in an environment as asked for."""

    def make(**settings: Any) -> ResolvedEnvironment:
        chosen = factory(**settings)
        return chosen.environment(**everything(chosen))

    return make


def archive(content: str, folder: Path) -> Artifact:
    path = folder / f"{hashlib.sha256(content.encode()).hexdigest()}.zip"
    with zipfile.ZipFile(path, "w") as writer:
        writer.writestr(zipfile.ZipInfo("content.txt"), content)
    return Artifact(path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def stand_ins(environment: ResolvedEnvironment, folder: Path) -> Mapping[str, ServicePackage]:
    """Small archives in the place of packages."""
    return {
        name: ServicePackage(
            service=name,
            code=archive(name, folder),
            layers={
                (function.runtime, function.architecture): archive("dependencies", folder)
                for function in service.functions.values()
            },
        )
        for name, service in environment.services.items()
    }


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Mapping[str, ServicePackage]]:
    folder = tmp_path_factory.mktemp("archives")
    return lambda environment: stand_ins(environment, folder)


Templates = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def templates_of(
    made_once: MadeOnce, packages: Callable[..., Mapping[str, ServicePackage]]
) -> Callable[[ResolvedEnvironment], Templates]:
    """The templates of an environment by stack name, each environment synthesized once a run."""
    known: dict[str, Templates] = {}

    def synthesize(environment: ResolvedEnvironment) -> Templates:
        key = hashlib.sha256(environment.model_dump_json().encode()).hexdigest()[:16]
        if key not in known:
            out = made_once(
                f"templates-{key}",
                lambda folder: assemble(environment, packages(environment), folder, folder),
            )
            known[key] = {
                path.name.removesuffix(".template.json"): json.loads(path.read_text())
                for path in sorted(out.glob("*.template.json"))
            }
        return known[key]

    return synthesize


@pytest.fixture(scope="session")
def templates(
    full: Callable[..., ResolvedEnvironment], templates_of: Callable[[ResolvedEnvironment], Templates]
) -> Templates:
    """The system with one of each, unprotected, on AWS."""
    return templates_of(full())


@pytest.fixture(scope="session")
def protected_templates(
    full: Callable[..., ResolvedEnvironment], templates_of: Callable[[ResolvedEnvironment], Templates]
) -> Templates:
    """The same in a protected environment."""
    return templates_of(full(environment="prod", protect=True))


@pytest.fixture(scope="session")
def lint(made_once: MadeOnce) -> Callable[[Templates], list[str]]:
    """Errors that cfn-lint finds in templates; the same template is looked at once a run."""

    def look(folder: Path, name: str, text: str) -> None:
        template = folder / f"{name}.template.json"
        template.write_text(text)
        errors = [str(error) for error in lint_templates([template], REGION)]
        (folder / "errors.json").write_text(json.dumps(errors))

    def run(templates: Templates) -> list[str]:
        found: list[str] = []
        for name, template in sorted(templates.items()):
            text = json.dumps(template, indent=1)
            key = hashlib.sha256(f"{name} {text}".encode()).hexdigest()[:16]
            folder = made_once(f"lint-{key}", partial(look, name=name, text=text))
            found += json.loads((folder / "errors.json").read_text())
        return found

    return run


def synthesize_with_rules(blueprint: Path, name: str, out: Path, archives: Path) -> None:
    """Synthesize a workspace in one of its environments, with cdk-nag's rules looking on.

    Their findings are in the assembly's `validation-report.json`. Its archives are stand-ins: packaging has
    tests of its own, and needs a package index.
    """
    from platform_cli.blueprint.loading import inspect_blueprint
    from platform_cli.blueprint.resolving import resolve

    def add_rules(app: Any) -> None:
        from aws_cdk import Validations
        from cdk_nag import AwsSolutionsChecks

        Validations.of(app).add_plugins(AwsSolutionsChecks(app))

    environment = resolve(inspect_blueprint(blueprint), name)
    require_built(environment)
    archives.mkdir()
    out.mkdir()
    try:
        packages = stand_ins(environment, archives)
        flink = {one: archive(f"flink {one}", archives) for one in environment.analytics}
        assemble(environment, packages, blueprint.parent, out, analytics=flink, check=add_rules)
    except PlatformError:
        # A finding ends the synthesis after everything is written; which ones stand is for a test to say.
        if not (out / "validation-report.json").is_file():
            raise


class Assemblies(Mapping[str, Path]):
    """A workspace synthesized in each of its environments: each when it is first asked for, once a run."""

    def __init__(self, system: str, blueprint: Path, made_once: MadeOnce) -> None:
        from platform_cli.blueprint.loading import inspect_blueprint

        inspection = inspect_blueprint(blueprint)
        assert inspection.blueprint is not None, inspection.errors
        self._environments = tuple(inspection.blueprint.environments)
        self._system, self._blueprint, self._made_once = system, blueprint, made_once

    def __getitem__(self, environment: str) -> Path:
        if environment not in self._environments:
            raise KeyError(environment)

        def make(folder: Path) -> None:
            synthesize_with_rules(self._blueprint, environment, folder / "out", folder / "archives")

        return self._made_once(f"{self._system}-{environment}", make) / "out"

    def __iter__(self) -> Iterator[str]:
        return iter(self._environments)

    def __len__(self) -> int:
        return len(self._environments)

    def __contains__(self, environment: object) -> bool:
        return environment in self._environments


@pytest.fixture(scope="session")
def assemblies_of(made_once: MadeOnce) -> Callable[[str], Assemblies]:
    """The assemblies of a system of these tests: the blueprint in the folder of its name."""
    return lambda system: Assemblies(system, Path(__file__).parent / system / "blueprint.yaml", made_once)


@pytest.fixture(scope="session")
def shop_assemblies(made_once: MadeOnce) -> Mapping[str, Path]:
    """The example system in each of its environments."""
    shop = Path(__file__).parent.parent.parent / "examples" / "shop"
    return Assemblies("shop", shop / "blueprint.yaml", made_once)


@pytest.fixture(scope="session")
def ledger_assemblies(assemblies_of: Callable[[str], Assemblies]) -> Mapping[str, Path]:
    """A system with networks, databases and caches in each of its environments."""
    return assemblies_of("ledger")


@pytest.fixture(scope="session")
def partner_assemblies(assemblies_of: Callable[[str], Assemblies]) -> Mapping[str, Path]:
    """A system with a REST API and firewalls in each of its environments."""
    return assemblies_of("partner")


@pytest.fixture(scope="session")
def released_assemblies(assemblies_of: Callable[[str], Assemblies]) -> Mapping[str, Path]:
    """A system whose functions are released with care in each of its environments."""
    return assemblies_of("released")


@pytest.fixture(scope="session")
def warehouse_assemblies(assemblies_of: Callable[[str], Assemblies]) -> Mapping[str, Path]:
    """A system with all that can be said of data in each of its environments."""
    return assemblies_of("warehouse")


@pytest.fixture(scope="session")
def exchange_assemblies(assemblies_of: Callable[[str], Assemblies]) -> Mapping[str, Path]:
    """A system with all that drives functions in each of its environments."""
    return assemblies_of("exchange")


@pytest.fixture(scope="session")
def starter_assemblies(made_once: MadeOnce) -> Mapping[str, Mapping[str, Path]]:
    """Each blueprint as `platform init` makes it, in each of its environments."""
    from platform_cli.scaffold.catalog import blueprints_root
    from platform_cli.scaffold.workspaces import init_workspace

    def make(folder: Path, name: str) -> None:
        answers = {"region": "eu-west-1", "prod_account": "222222222222", "contact": "oncall@example.com"}
        init_workspace(folder / "shop", name, answers)

    found: dict[str, Mapping[str, Path]] = {}
    for name in sorted(path.name for path in blueprints_root().iterdir() if path.is_dir()):
        root = made_once(f"workspace-{name}", partial(make, name=name))
        found[name] = Assemblies(f"init-{name}", root / "shop" / "blueprint.yaml", made_once)
    return found


OWN_SYSTEMS = ("ledger", "partner", "released", "warehouse", "exchange")


@pytest.fixture(scope="session")
def every_system(
    shop_assemblies: Mapping[str, Path],
    assemblies_of: Callable[[str], Assemblies],
    starter_assemblies: Mapping[str, Mapping[str, Path]],
) -> Mapping[str, Mapping[str, Path]]:
    """The assemblies of the example, each blueprint, and the systems of these tests."""
    own = {name: assemblies_of(name) for name in OWN_SYSTEMS}
    return {"shop": shop_assemblies, **own, **starter_assemblies}


@pytest.fixture(scope="session")
def every_assembly(every_system: Mapping[str, Mapping[str, Path]]) -> Mapping[str, Path]:
    """All of them, as `shop prod`."""
    return {
        f"{system} {environment}": path
        for system, assemblies in every_system.items()
        for environment, path in assemblies.items()
    }
