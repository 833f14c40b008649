"""What a blueprint means in one environment: every default applied, every name final.

These values are what the later stages read. They are frozen, hold no position and no path of the
machine, and serialise to the same JSON wherever they are computed, so that a hash of them says
whether anything changed. What the user writes is in `model/`; `resolve()` turns it into these.

The order of mappings is the order of names, never the order in the file: moving a table up in the
blueprint changes nothing.
"""

from platform_cli.blueprint.resolved.analytics import (
    ResolvedAnalytics,
    ResolvedColumn,
    ResolvedConnector,
    ResolvedStreamRead,
    ResolvedStreamWritten,
)
from platform_cli.blueprint.resolved.apis import (
    ResolvedApi,
    ResolvedCors,
    ResolvedDomain,
    ResolvedQuota,
    ResolvedThrottle,
    ResolvedUsagePlan,
)
from platform_cli.blueprint.resolved.base import Architecture, Resolved
from platform_cli.blueprint.resolved.costs import ResolvedCostAnomalies
from platform_cli.blueprint.resolved.data import (
    ResolvedBucket,
    ResolvedCapacity,
    ResolvedFlag,
    ResolvedIndex,
    ResolvedKey,
    ResolvedScaling,
    ResolvedSecret,
    ResolvedSetting,
    ResolvedTable,
)
from platform_cli.blueprint.resolved.edge import (
    GLOBAL_REGION,
    ResolvedApiAnswers,
    ResolvedAssets,
    ResolvedCdn,
    ResolvedCdnApi,
    ResolvedLoadBalancer,
)
from platform_cli.blueprint.resolved.environment import ResolvedEnvironment
from platform_cli.blueprint.resolved.events import (
    ResolvedBus,
    ResolvedDeadLetter,
    ResolvedEventType,
    ResolvedQueue,
    ResolvedStream,
    ResolvedSubscription,
    ResolvedTopic,
)
from platform_cli.blueprint.resolved.firewalls import CountedRule, ManagedRules, ResolvedFirewall
from platform_cli.blueprint.resolved.identity import ResolvedIdentity, ResolvedPassword
from platform_cli.blueprint.resolved.logs import ResolvedLogQuery, ResolvedLogs
from platform_cli.blueprint.resolved.network import ResolvedCache, ResolvedDatabase, ResolvedNetwork
from platform_cli.blueprint.resolved.objectives import (
    OBJECTIVE_DAYS,
    ResolvedBusinessMetric,
    ResolvedMetricAlarm,
    ResolvedObjectives,
)
from platform_cli.blueprint.resolved.operations import (
    ResolvedAlarmChange,
    ResolvedAlarms,
    ResolvedBackup,
    ResolvedBackupLock,
    ResolvedBackupRule,
    ResolvedBudget,
    ResolvedDashboard,
    ResolvedMetric,
    ResolvedPatch,
    ResolvedSampling,
    ResolvedWidget,
)
from platform_cli.blueprint.resolved.services import (
    LIVE,
    ResolvedAccess,
    ResolvedFunction,
    ResolvedPermission,
    ResolvedProvisioned,
    ResolvedRelease,
    ResolvedRequest,
    ResolvedRoute,
    ResolvedRouteCache,
    ResolvedService,
)
from platform_cli.blueprint.resolved.triggers import (
    BucketTrigger,
    BusTrigger,
    QueueTrigger,
    ScheduleTrigger,
    StreamTrigger,
    TopicTrigger,
    Trigger,
)
from platform_cli.blueprint.resolved.usage import (
    ResolvedBucketUsage,
    ResolvedBusUsage,
    ResolvedDatabaseUsage,
    ResolvedFunctionUsage,
    ResolvedIdentityUsage,
    ResolvedMessageUsage,
    ResolvedNetworkUsage,
    ResolvedStreamUsage,
    ResolvedTableUsage,
    ResolvedUsage,
)

__all__ = [
    "GLOBAL_REGION",
    "LIVE",
    "OBJECTIVE_DAYS",
    "Architecture",
    "BucketTrigger",
    "BusTrigger",
    "CountedRule",
    "ManagedRules",
    "QueueTrigger",
    "Resolved",
    "ResolvedAccess",
    "ResolvedAlarmChange",
    "ResolvedAlarms",
    "ResolvedApi",
    "ResolvedApiAnswers",
    "ResolvedAnalytics",
    "ResolvedAssets",
    "ResolvedBackup",
    "ResolvedBackupLock",
    "ResolvedBackupRule",
    "ResolvedBucket",
    "ResolvedBucketUsage",
    "ResolvedBudget",
    "ResolvedBus",
    "ResolvedBusUsage",
    "ResolvedBusinessMetric",
    "ResolvedCache",
    "ResolvedCapacity",
    "ResolvedCdn",
    "ResolvedCdnApi",
    "ResolvedCors",
    "ResolvedCostAnomalies",
    "ResolvedColumn",
    "ResolvedConnector",
    "ResolvedDashboard",
    "ResolvedDatabase",
    "ResolvedDatabaseUsage",
    "ResolvedDeadLetter",
    "ResolvedDomain",
    "ResolvedEnvironment",
    "ResolvedEventType",
    "ResolvedFirewall",
    "ResolvedFlag",
    "ResolvedFunction",
    "ResolvedFunctionUsage",
    "ResolvedIdentity",
    "ResolvedIdentityUsage",
    "ResolvedIndex",
    "ResolvedKey",
    "ResolvedLoadBalancer",
    "ResolvedLogQuery",
    "ResolvedLogs",
    "ResolvedMessageUsage",
    "ResolvedMetric",
    "ResolvedMetricAlarm",
    "ResolvedNetwork",
    "ResolvedNetworkUsage",
    "ResolvedObjectives",
    "ResolvedPassword",
    "ResolvedPatch",
    "ResolvedPermission",
    "ResolvedProvisioned",
    "ResolvedQueue",
    "ResolvedQuota",
    "ResolvedRelease",
    "ResolvedRequest",
    "ResolvedRoute",
    "ResolvedRouteCache",
    "ResolvedSampling",
    "ResolvedScaling",
    "ResolvedSecret",
    "ResolvedService",
    "ResolvedSetting",
    "ResolvedStream",
    "ResolvedStreamUsage",
    "ResolvedSubscription",
    "ResolvedTable",
    "ResolvedTableUsage",
    "ResolvedStreamRead",
    "ResolvedThrottle",
    "ResolvedStreamWritten",
    "ResolvedTopic",
    "ResolvedUsage",
    "ResolvedUsagePlan",
    "ResolvedWidget",
    "ScheduleTrigger",
    "StreamTrigger",
    "TopicTrigger",
    "Trigger",
]
