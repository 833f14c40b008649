"""The blueprint as a whole."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.alarms import Alarms
from platform_cli.blueprint.model.analytics import Analytics
from platform_cli.blueprint.model.apis import Api, Firewall
from platform_cli.blueprint.model.base import (
    Items,
    Named,
    NamedStacks,
    NothingIsEmpty,
    Region,
    Source,
    StackName,
    Text,
    ThingsMayBeEmpty,
)
from platform_cli.blueprint.model.costs import CostAnomalies
from platform_cli.blueprint.model.data import (
    Bucket,
    ConfigGroup,
    ExternalBucket,
    ExternalTable,
    Flag,
    FlagName,
    Secret,
    Table,
)
from platform_cli.blueprint.model.edge import Cdn, LoadBalancer
from platform_cli.blueprint.model.events import Bus, EventStore, Queue, Stream, Topic
from platform_cli.blueprint.model.identity import Identity
from platform_cli.blueprint.model.logs import Logs
from platform_cli.blueprint.model.network import (
    Cache,
    Database,
    ExternalCertificate,
    ExternalHost,
    ExternalHostedZone,
    ExternalNetwork,
    Network,
)
from platform_cli.blueprint.model.objectives import Objectives
from platform_cli.blueprint.model.operations import Backup, Budget, Dashboard, Patch
from platform_cli.blueprint.model.releases import FlagsRelease
from platform_cli.blueprint.model.services import (
    Architecture,
    Encryption,
    LogRetention,
    MemoryMb,
    Runtime,
    Service,
    TimeoutSeconds,
)
from platform_cli.blueprint.model.tracing import Tracing
from platform_cli.blueprint.model.usage import Usage


class Defaults(Source):
    """What functions have that say nothing else."""

    runtime: Runtime = "python3.13"
    """The Python that runs functions."""
    architecture: Architecture = "arm64"
    """The processor."""
    memory_mb: MemoryMb = 512
    """Megabytes."""
    timeout_seconds: TimeoutSeconds = 10
    """Seconds after which a call is ended."""
    log_retention_days: LogRetention | None = None
    """Days that logs are kept; without it, 30, and 90 in protected environments."""
    tracing: bool = True
    """Whether calls are traced with X-Ray."""
    encryption: Encryption = "aws_managed"
    """Whose key encrypts the environment variables."""


class Environment(Source):
    """A place where the whole system runs."""

    target: Literal["aws", "local"] = "aws"
    """AWS, or the embedded local AWS of this machine."""
    account: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")] | None = None
    """The AWS account: twelve digits in quotes."""
    region: Region | None = None
    """The AWS region, such as `eu-west-1`."""
    profile: Text | None = None
    """The profile of the AWS configuration that signs in."""
    protect: bool = False
    """Whether data is retained, stacks cannot be deleted and changes need approval."""
    account_concurrency: int = Field(default=1000, ge=10)
    """How many functions may run at once in the account and region: Lambda's quota, as AWS granted it."""
    overrides: Annotated[dict[str, Any], NothingIsEmpty] = Field(default_factory=dict)
    """What is different here; the same shape as the blueprint."""


class External(Source):
    """What exists already: it is referenced, never changed."""

    networks: Named[ExternalNetwork] = Field(default_factory=dict)
    """VPCs."""
    tables: Named[ExternalTable] = Field(default_factory=dict)
    """DynamoDB tables."""
    buckets: Named[ExternalBucket] = Field(default_factory=dict)
    """S3 buckets."""
    certificates: Named[ExternalCertificate] = Field(default_factory=dict)
    """Certificates of host names."""
    hosted_zones: Named[ExternalHostedZone] = Field(default_factory=dict)
    """Hosted zones of Route 53."""
    hosts: Named[ExternalHost] = Field(default_factory=dict)
    """What functions call outside of AWS: `access: { hosts.NAME: call }`."""


class Blueprint(Source):
    """One system: its services, what they use, and where they run."""

    blueprint: Literal[1]
    """The version of the language."""
    system: StackName
    """The name of the system; it begins every name on AWS."""
    owner: Text
    """The team that answers for the system."""
    tags: Annotated[
        dict[
            Annotated[str, StringConstraints(min_length=1, max_length=128)],
            Annotated[str, StringConstraints(max_length=256)],
        ],
        NothingIsEmpty,
    ] = Field(default_factory=dict)
    """Tags of everything that can have tags."""
    include: Items[Text] = ()
    """Files that bring services, relative to this file; `*` and `**` match."""
    defaults: Defaults = Defaults.model_construct()
    """What functions have that say nothing else."""
    environments: Annotated[dict[StackName, Environment], Field(min_length=1)]
    """Where the system runs; the first one is the default of every command."""
    identity: Named[Identity] = Field(default_factory=dict)
    """User pools."""
    networks: Named[Network] = Field(default_factory=dict)
    """VPCs."""
    external: External = External.model_construct()
    """What exists already."""
    tables: Named[Table] = Field(default_factory=dict)
    """DynamoDB tables."""
    buckets: NamedStacks[Bucket] = Field(default_factory=dict)
    """S3 buckets."""
    databases: NamedStacks[Database] = Field(default_factory=dict)
    """Aurora clusters."""
    caches: NamedStacks[Cache] = Field(default_factory=dict)
    """ElastiCache caches."""
    event_stores: Named[EventStore] = Field(default_factory=dict)
    """Events that are the truth of something, by what they are about."""
    streams: Named[Stream] = Field(default_factory=dict)
    """Kinesis streams."""
    analytics: Named[Analytics] = Field(default_factory=dict)
    """SQL over streams, in Apache Flink."""
    buses: Named[Bus] = Field(default_factory=dict)
    """EventBridge buses."""
    queues: Named[Queue] = Field(default_factory=dict)
    """SQS queues."""
    topics: Named[Topic] = Field(default_factory=dict)
    """SNS topics."""
    apis: NamedStacks[Api] = Field(default_factory=dict)
    """API Gateway APIs."""
    firewalls: Named[Firewall] = Field(default_factory=dict)
    """Web ACLs."""
    cdns: NamedStacks[Cdn] = Field(default_factory=dict)
    """CloudFront distributions."""
    load_balancers: NamedStacks[LoadBalancer] = Field(default_factory=dict)
    """Application load balancers."""
    secrets: Named[Secret] = Field(default_factory=dict)
    """Secrets in Secrets Manager."""
    config: Named[ConfigGroup] = Field(default_factory=dict)
    """Settings in Parameter Store, by group."""
    flags: Annotated[dict[FlagName, Flag], ThingsMayBeEmpty] = Field(default_factory=dict)
    """Feature flags in AppConfig."""
    flags_release: FlagsRelease = FlagsRelease.model_construct()
    """How a change of a flag reaches everybody."""
    services: NamedStacks[Service] = Field(default_factory=dict)
    """Services."""
    alarms: Alarms = Alarms.model_construct()
    """Who is told about trouble."""
    tracing: Tracing = Tracing.model_construct()
    """Which requests are traced."""
    logs: Logs = Logs.model_construct()
    """Whose key logs are under, and what is masked in them."""
    objectives: Objectives = Objectives.model_construct()
    """What the system promises to its users."""
    dashboards: Named[Dashboard] = Field(default_factory=dict)
    """Dashboards of your own."""
    cost_anomalies: CostAnomalies | None = None
    """Who is told of odd costs."""
    budgets: Named[Budget] = Field(default_factory=dict)
    """Limits of cost."""
    backups: Named[Backup] = Field(default_factory=dict)
    """Backup plans."""
    usage: Usage = Usage.model_construct()
    """How much the system is used, for `platform cost`."""
    patches: Annotated[dict[Text, Items[Patch]], NothingIsEmpty] = Field(default_factory=dict)
    """Changes to the templates of stacks: `data`, `events`, `services.orders`, …"""
    extend: Text | None = None
    """A Python file with `extend(stack, environment)`, called with each CDK stack."""
