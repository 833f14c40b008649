"""Networks, databases and caches, and networks that exist already."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.alarm_kinds import CacheAlarms, DatabaseAlarms
from platform_cli.blueprint.model.apis import HostName
from platform_cli.blueprint.model.base import Items, Name, NothingIsEmpty, Source, Text

Endpoint = Literal[
    "appconfigdata",
    "cloudwatch",
    "dynamodb",
    "events",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "sts",
    "xray",
]


PrefixLists = Annotated[
    dict[Literal["dynamodb", "s3"], Annotated[str, StringConstraints(pattern=r"^pl-[0-9a-f]{8,17}$")]],
    NothingIsEmpty,
]


class Network(Source):
    """A VPC with private subnets."""

    cidr: Text
    """Its addresses, such as `10.0.0.0/16`; AWS cannot change them later without a new network."""
    availability_zones: int = Field(default=2, ge=1, le=6)
    """Zones that it spans."""
    nat_gateways: int = Field(default=1, ge=0, le=6)
    """Ways out to the internet; each costs by the hour."""
    flow_logs: bool = True
    """Whether connections are logged."""
    endpoints: Items[Endpoint] = ()
    """AWS services reached without leaving the network."""
    prefix_lists: PrefixLists = Field(default_factory=dict)
    """Ids of AWS's lists of addresses of `dynamodb` and `s3`, for regions that this tool does not know."""


class ExternalNetwork(Source):
    """A VPC that exists already."""

    vpc_id: Annotated[str, StringConstraints(pattern=r"^vpc-[0-9a-z]+$")]
    """Its id."""
    subnet_ids: Items[Annotated[str, StringConstraints(pattern=r"^subnet-[0-9a-z]+$")]] = ()
    """Private subnets in which functions, databases and caches are placed."""
    public_subnet_ids: Items[Annotated[str, StringConstraints(pattern=r"^subnet-[0-9a-z]+$")]] = ()
    """Public subnets in which load balancers are placed."""
    security_group_ids: Items[Annotated[str, StringConstraints(pattern=r"^sg-[0-9a-z]+$")]] = ()
    """Security groups of the functions, beside their own."""
    endpoints: Items[Endpoint] = ()
    """AWS services that it has endpoints of."""
    endpoint_security_group_ids: Items[Annotated[str, StringConstraints(pattern=r"^sg-[0-9a-z]+$")]] = ()
    """Security groups of its interface endpoints; they let functions in already."""
    prefix_lists: PrefixLists = Field(default_factory=dict)
    """Ids of AWS's lists of addresses of `dynamodb` and `s3`, for regions that this tool does not know."""


class ExternalHost(Source):
    """Something outside of AWS, or in another network, that functions call."""

    name: HostName
    """Its host name, such as `api.payments.example`."""
    port: int = Field(default=443, ge=1, le=65535)
    """The port that it answers on."""
    addresses: Items[Text] = ()
    """CIDR blocks that it answers from; without it, any: a security group knows no names."""


class ExternalCertificate(Source):
    """A certificate in Certificate Manager that exists already."""

    arn: Annotated[
        str, StringConstraints(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$")
    ]
    """Its ARN; for an API or a load balancer, of their own region; for a CDN, of us-east-1."""


class ExternalHostedZone(Source):
    """A hosted zone in Route 53 that exists already."""

    id: Annotated[str, StringConstraints(pattern=r"^Z[0-9A-Z]+$")]
    """Its id."""
    name: Text
    """Its domain, such as `shop.example`."""


class DatabaseCapacity(Source):
    """Aurora capacity units (ACU), each about 2 GB of memory."""

    min_acu: float = Field(default=0.5, ge=0, le=256, multiple_of=0.5)
    """Units that are always there; 0 pauses an idle database."""
    max_acu: float = Field(default=2, ge=1, le=256, multiple_of=0.5)
    """Units that it never goes beyond."""


class Database(Source):
    """An Aurora Serverless cluster."""

    engine: Literal["aurora-postgresql", "aurora-mysql"]
    """What it speaks."""
    version: Text | None = None
    """The engine's version."""
    network: Name
    """Where it stands."""
    capacity: DatabaseCapacity = DatabaseCapacity.model_construct()
    """How large it may grow."""
    readers: int = Field(default=0, ge=0, le=15)
    """Copies that only read."""
    database_name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")] | None = None
    """The database inside of the cluster; without it, the name here."""
    proxy: bool = False
    """Whether functions share connections through an RDS proxy."""
    backup_retention_days: int | None = Field(default=None, ge=1, le=35)
    """Days of Aurora's own backups; without it, 7, and 30 in protected environments."""
    backup: Name | None = None
    """The plan under `backups` that backs it up."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    """Whose key encrypts the data, its backups and the master's secret; AWS takes no other one afterwards."""
    alarms: DatabaseAlarms = DatabaseAlarms.model_construct()
    """What is different from the alarms of other databases."""


class Cache(Source):
    """An ElastiCache replication group."""

    engine: Literal["valkey", "redis"] = "valkey"
    """What it speaks."""
    version: Text | None = None
    """The engine's version."""
    network: Name
    """Where it stands."""
    multi_az: bool | None = None
    """Whether a copy in another zone takes over; without it, in protected environments."""
    node_type: Annotated[str, StringConstraints(pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")] = "cache.t4g.small"
    """The size of a node."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    """Whose key encrypts the data on disk; AWS takes no other one afterwards."""
    alarms: CacheAlarms = CacheAlarms.model_construct()
    """What is different from the alarms of other caches."""
