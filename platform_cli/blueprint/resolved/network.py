"""Networks, and what runs inside of them, in one environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved


class ResolvedNetwork(Resolved):
    """A VPC, or one that exists already (`external`: referenced, never changed).

    For an external network `cidr` is None, `availability_zones` and `nat_gateways` are 0, and `vpc_id`,
    `subnet_ids` and `security_group_ids` say where functions are placed; for ours those are empty.
    """

    name: str
    physical_name: str
    cidr: str | None
    availability_zones: int
    nat_gateways: int
    flow_logs: bool
    endpoints: tuple[str, ...]
    """Services reached without leaving the network: `dynamodb`, `s3`, `secretsmanager`."""
    external: bool = False
    vpc_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    public_zones: int = 0
    """Zones that have a public subnet even without a NAT gateway: those of load balancers."""
    public_subnet_ids: tuple[str, ...] = ()
    endpoint_group_ids: tuple[str, ...] = ()
    """Security groups of the interface endpoints of an external network."""
    prefix_lists: Mapping[str, str] = {}
    """Ids of AWS's lists of addresses that the blueprint says itself, by service."""
    log_retention_days: int = 30
    """Of its flow log."""


class ResolvedHost(Resolved):
    """Something that functions call and that is not ours; without `addresses`, it may have any."""

    name: str
    host_name: str
    port: int
    addresses: tuple[str, ...]


class ResolvedDatabase(Resolved):
    """An Aurora Serverless cluster; capacity in Aurora capacity units (ACU)."""

    name: str
    physical_name: str
    engine: Literal["aurora-postgresql", "aurora-mysql"]
    version: str | None
    """The engine's version; None is the default of the stacks."""
    network: str
    min_acu: float
    max_acu: float
    readers: int
    database_name: str
    backup_retention_days: int
    backup: str | None
    proxy: bool = False
    """Whether functions share connections through an RDS proxy."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    log_retention_days: int = 30


class ResolvedCache(Resolved):
    """An ElastiCache replication group."""

    name: str
    physical_name: str
    engine: Literal["valkey", "redis"]
    version: str | None
    network: str
    multi_az: bool
    node_type: str
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
