"""The whole system in one environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from platform_cli.blueprint.resolved.analytics import ResolvedAnalytics
from platform_cli.blueprint.resolved.apis import ResolvedApi
from platform_cli.blueprint.resolved.base import Resolved
from platform_cli.blueprint.resolved.costs import ResolvedCostAnomalies
from platform_cli.blueprint.resolved.data import (
    ResolvedBucket,
    ResolvedFlag,
    ResolvedFlagsRelease,
    ResolvedSecret,
    ResolvedSetting,
    ResolvedTable,
)
from platform_cli.blueprint.resolved.edge import GLOBAL_REGION, ResolvedCdn, ResolvedLoadBalancer
from platform_cli.blueprint.resolved.events import ResolvedBus, ResolvedQueue, ResolvedStream, ResolvedTopic
from platform_cli.blueprint.resolved.firewalls import ResolvedFirewall
from platform_cli.blueprint.resolved.identity import ResolvedIdentity
from platform_cli.blueprint.resolved.logs import ResolvedLogs
from platform_cli.blueprint.resolved.network import (
    ResolvedCache,
    ResolvedDatabase,
    ResolvedHost,
    ResolvedNetwork,
)
from platform_cli.blueprint.resolved.objectives import ResolvedObjectives
from platform_cli.blueprint.resolved.operations import (
    ResolvedAlarms,
    ResolvedBackup,
    ResolvedBudget,
    ResolvedDashboard,
    ResolvedPatch,
    ResolvedSampling,
)
from platform_cli.blueprint.resolved.services import ResolvedFunction, ResolvedService
from platform_cli.blueprint.resolved.usage import ResolvedUsage


class ResolvedEnvironment(Resolved):
    """The whole system in one environment; what `synth`, `deploy` and `operate` work from."""

    system: str
    owner: str
    environment: str
    target: Literal["aws", "local"]
    account: str
    """Twelve digits; `000000000000` on the local AWS."""
    region: str
    profile: str | None
    protect: bool
    tags: Mapping[str, str]
    identity: Mapping[str, ResolvedIdentity]
    tables: Mapping[str, ResolvedTable]
    buckets: Mapping[str, ResolvedBucket]
    secrets: Mapping[str, ResolvedSecret]
    settings: tuple[ResolvedSetting, ...]
    flags: Mapping[str, ResolvedFlag]
    buses: Mapping[str, ResolvedBus]
    queues: Mapping[str, ResolvedQueue]
    topics: Mapping[str, ResolvedTopic]
    streams: Mapping[str, ResolvedStream]
    apis: Mapping[str, ResolvedApi]
    services: Mapping[str, ResolvedService]
    flags_release: ResolvedFlagsRelease = ResolvedFlagsRelease()
    analytics: Mapping[str, ResolvedAnalytics] = {}
    networks: Mapping[str, ResolvedNetwork] = {}
    hosts: Mapping[str, ResolvedHost] = {}
    """What functions call outside of AWS."""
    databases: Mapping[str, ResolvedDatabase] = {}
    caches: Mapping[str, ResolvedCache] = {}
    firewalls: Mapping[str, ResolvedFirewall] = {}
    cdns: Mapping[str, ResolvedCdn] = {}
    load_balancers: Mapping[str, ResolvedLoadBalancer] = {}
    alarms: ResolvedAlarms = ResolvedAlarms.model_construct()
    logs: ResolvedLogs = ResolvedLogs()
    sampling: ResolvedSampling | None = None
    """None means X-Ray's own rule."""
    objectives: ResolvedObjectives = ResolvedObjectives.model_construct()
    """What the system as a whole promises; each service has its own."""
    dashboards: Mapping[str, ResolvedDashboard] = {}
    cost_anomalies: ResolvedCostAnomalies | None = None
    budgets: Mapping[str, ResolvedBudget] = {}
    backups: Mapping[str, ResolvedBackup] = {}
    usage: ResolvedUsage = ResolvedUsage.model_construct()
    """For its cost; no stack depends on it."""
    patches: tuple[ResolvedPatch, ...] = ()
    extend: str | None = None
    """POSIX path of the user's hook, relative to the workspace."""

    @property
    def regions(self) -> tuple[str, ...]:
        """Where stacks of the environment are: its own region, then others.

        Others hold copies of its data, or what CloudFront takes from us-east-1.
        """
        others = {plan.copy_to for plan in self.backups.values() if plan.copy_to}
        for table in self.tables.values():
            if table.encryption == "customer_managed":
                others |= set(table.replicas)
        for secret in self.secrets.values():
            if secret.encryption == "customer_managed":
                others |= set(secret.replicas)
        for bucket in self.buckets.values():
            others |= set(bucket.replicas)
        # Where there are alarms, those of CDNs are there too.
        if any(cdn.needs_global or self.alarms.wanted for cdn in self.cdns.values()):
            others.add(GLOBAL_REGION)
        return (self.region, *sorted(others - {self.region}))

    @property
    def alarm_regions(self) -> tuple[str, ...]:
        """Where its alarms are beside its own region: those of CDNs are in us-east-1."""
        return (GLOBAL_REGION,) if self.cdns and self.region != GLOBAL_REGION else ()

    @property
    def functions(self) -> tuple[ResolvedFunction, ...]:
        """All functions, by service and name."""
        return tuple(f for s in self.services.values() for f in s.functions.values())
