"""What an environment's resources did lately, as far as waste shows in it.

In: a resolved environment and clients. Out: a `WasteObservation`. Reads metrics, log groups and NAT
gateways; changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.operate.cost.log_groups import LogGroup, read_log_groups
from platform_cli.operate.cost.measuring import Measurement, measure
from platform_cli.operate.cost.metrics import Metric, read_metrics
from platform_cli.operate.cost.store_peaks import StorePeaks, read_store_peaks


@dataclass(frozen=True)
class WasteObservation:
    """What was seen.

    Attributes:
        measurement: The use of functions and things.
        ready_peaks: For functions with provisioned concurrency, the most of it that was in use at once;
            None where there is no data.
        log_groups: Those that bear the environment's names.
        nat_bytes: By network, bytes that its NAT gateways passed on; without an entry, none were found.
        stores: Databases and caches at their busiest.
        window_days: The length of the period that was asked for; the measurement may rest on fewer days.
        bucket_objects: Objects in buckets, as counted last.
    """

    measurement: Measurement
    ready_peaks: Mapping[str, float | None] = field(default_factory=dict)
    log_groups: tuple[LogGroup, ...] = ()
    nat_bytes: Mapping[str, float] = field(default_factory=dict)
    stores: StorePeaks = field(default_factory=StorePeaks)
    window_days: int = 14
    bucket_objects: Mapping[str, float] = field(default_factory=dict)


def observe_waste(
    environment: ResolvedEnvironment, clients: Clients, now: datetime, days: int = 14
) -> WasteObservation:
    """Look at what an environment did.

    Args:
        environment: The environment.
        clients: Its clients.
        now: The end of the period.
        days: Its length.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    return WasteObservation(
        measurement=measure(environment, clients, now, days),
        ready_peaks=_ready_peaks(environment, clients, now, days),
        log_groups=tuple(read_log_groups(environment, clients, now)),
        nat_bytes=_nat_bytes(environment, clients, now, days),
        stores=read_store_peaks(environment, clients, now, days),
        window_days=days,
        bucket_objects=_bucket_objects(environment, clients, now, days),
    )


def _ready_peaks(
    environment: ResolvedEnvironment, clients: Clients, now: datetime, days: int
) -> dict[str, float | None]:
    metrics = {
        function.address: Metric(
            "AWS/Lambda",
            "ProvisionedConcurrentExecutions",
            (("FunctionName", function.physical_name),),
            "Maximum",
        )
        for function in environment.functions
        if function.provisioned_concurrency is not None
    }
    found = read_metrics(metrics, clients, now, days)
    return {address: series.greatest for address, series in found.items()}


def _bucket_objects(
    environment: ResolvedEnvironment, clients: Clients, now: datetime, days: int
) -> dict[str, float]:
    metrics = {
        bucket.name: Metric(
            "AWS/S3",
            "NumberOfObjects",
            (("BucketName", bucket.physical_name), ("StorageType", "AllStorageTypes")),
            "Average",
        )
        for bucket in environment.buckets.values()
        if not bucket.external
    }
    found = read_metrics(metrics, clients, now, days)
    return {name: series.last for name, series in found.items() if series.last is not None}


def _nat_bytes(
    environment: ResolvedEnvironment, clients: Clients, now: datetime, days: int
) -> dict[str, float]:
    if not any(network.nat_gateways for network in environment.networks.values()):
        return {}
    wanted = {
        "tag:system": environment.system,
        "tag:environment": environment.environment,
        "state": "available",
    }
    filters = [{"Name": name, "Values": [value]} for name, value in wanted.items()]
    with aws_errors("reading the NAT gateways", target=clients.target):
        pages = clients.client("ec2").get_paginator("describe_nat_gateways").paginate(Filters=filters)
        gateways = [gateway for page in pages for gateway in page["NatGateways"]]
    metrics = {
        gateway["NatGatewayId"]: Metric(
            "AWS/NATGateway", "BytesOutToDestination", (("NatGatewayId", gateway["NatGatewayId"]),)
        )
        for gateway in gateways
    }
    series = read_metrics(metrics, clients, now, days)
    passed: dict[str, float] = {}
    for gateway in gateways:
        network = _network_of(environment, gateway)
        if network is not None:
            passed[network] = passed.get(network, 0.0) + series[gateway["NatGatewayId"]].total
    return passed


def _network_of(environment: ResolvedEnvironment, gateway: Mapping[str, Any]) -> str | None:
    """The network that a gateway's name begins with; with one network, it is that one."""
    ours = [n for n in environment.networks.values() if n.nat_gateways]
    if len(ours) == 1:
        return ours[0].name
    name = next((tag["Value"] for tag in gateway.get("Tags", ()) if tag["Key"] == "Name"), "")
    matching = [n.name for n in ours if name.startswith(n.physical_name)]
    return max(matching, key=len, default=None)
