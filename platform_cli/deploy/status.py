"""How an environment stands, without an assembly."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.addresses import edge_addresses
from platform_cli.deploy.answers import Clock, now
from platform_cli.deploy.deployed import ObservedStack
from platform_cli.deploy.following import in_progress
from platform_cli.deploy.lock import Lock, held
from platform_cli.deploy.locking import read_lock
from platform_cli.deploy.observing import belongs, list_stacks, names_of
from platform_cli.deploy.planning import removal_order
from platform_cli.deploy.records import DeploymentRecord, read_records
from platform_cli.deploy.releases import RunningRelease, running_releases

Health = Literal["ready", "busy", "failed"]
_READY = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})


@dataclass(frozen=True)
class StackStatus:
    """One stack.

    Attributes:
        name: Its name.
        status: As CloudFormation says it.
        health: `ready` serves; `busy` changes just now; `failed` needs another deployment.
        reason: CloudFormation's remark, mostly empty.
        updated: When it last changed.
        outputs: Values by logical name.
        protected: Whether it refuses deletion.
        region: Where it is, if that is not the environment's own region.
    """

    name: str
    status: str
    health: Health
    reason: str
    updated: datetime | None
    outputs: Mapping[str, str]
    protected: bool
    region: str | None = None


@dataclass(frozen=True)
class EnvironmentStatus:
    """All of them.

    Attributes:
        system: The system.
        environment: The environment's name.
        stacks: Producers first.
        urls: Addresses of APIs, by the API's name.
        lock: Who deploys just now, or None.
        last: The latest deployment, or None.
        releases: Functions of which a new version takes over just now.
        edge: Addresses of CDNs and load balancers, as `cdns.site`.
    """

    system: str
    environment: str
    stacks: tuple[StackStatus, ...]
    urls: Mapping[str, str] = field(default_factory=dict)
    lock: Lock | None = None
    last: DeploymentRecord | None = None
    releases: tuple[RunningRelease, ...] = ()
    edge: Mapping[str, str] = field(default_factory=dict)

    @property
    def deployed(self) -> bool:
        """Whether there is anything."""
        return bool(self.stacks)


def read_status(
    environment: ResolvedEnvironment, clients: Clients, *, clock: Clock = now
) -> EnvironmentStatus:
    """Look at the stacks in each region, the lock and the last deployment; changes nothing.

    Raises:
        PlatformError: What AWS refuses.
    """
    names = names_of(environment)
    with aws_errors("reading the stacks", target=clients.target), ThreadPoolExecutor(2) as pool:
        lock = pool.submit(read_lock, names, clients)
        records = pool.submit(read_records, names, clients, 1)
        looking: list[Clients] = []
        for region in environment.regions:
            # The local AWS is used as one region.
            if (there := clients.elsewhere(region)) not in looking:
                looking.append(there)
        found = {
            stack.name: stack
            for here in pool.map(lambda one: tuple(list_stacks(one)), looking)
            for stack in here
            if belongs(stack, names)
        }
        latest = records.result()
        return EnvironmentStatus(
            system=environment.system,
            environment=environment.environment,
            stacks=tuple(_status(stack, environment.region) for stack in reversed(removal_order(found))),
            urls={
                name: found[stack].outputs["Url"]
                for name in sorted(environment.apis)
                if (stack := names.stack("api", name)) in found and "Url" in found[stack].outputs
            },
            edge=edge_addresses(environment, {name: stack.outputs for name, stack in found.items()}),
            lock=lock.result() if held(lock.result(), clock) else None,
            last=latest[0] if latest else None,
            releases=running_releases(environment, clients),
        )


def _status(stack: ObservedStack, home: str) -> StackStatus:
    health: Health = "failed"
    if in_progress(stack.status):
        health = "busy"
    elif stack.status in _READY:
        health = "ready"
    return StackStatus(
        stack.name,
        stack.status,
        health,
        stack.status_reason,
        stack.updated,
        stack.outputs,
        stack.termination_protection,
        stack.region if stack.region != home else None,
    )
