"""Releases of functions by CodeDeploy: those that go on, and why one was taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import pages
from platform_cli.deploy.causes import StackFailure
from platform_cli.deploy.events import ReleaseProgress, Report
from platform_cli.deploy.observing import names_of

ALIAS_TYPE = "AWS::Lambda::Alias"
_RUNNING = ["Created", "Queued", "InProgress", "Baking", "Ready"]
_ENDED_BADLY = ["Failed", "Stopped"]
_MOMENTS = {"BeforeAllowTraffic": "before", "AfterAllowTraffic": "after"}
_AGAIN = "repair it and deploy again; the version before serves all calls"


@dataclass(frozen=True)
class ReleaseGroup:
    """Where CodeDeploy keeps the releases of a function."""

    application: str
    name: str


@dataclass(frozen=True)
class RunningRelease:
    """A release that goes on.

    Attributes:
        deployment: CodeDeploy's id of it.
        status: As CodeDeploy says it: `InProgress`.
        percent: Of the calls that the new version gets by now; None where nobody says.
        function: `service.function`; empty where only the group is known.
    """

    deployment: str
    status: str
    percent: float | None
    function: str = ""


def group_of(template: Mapping[str, Any], alias: str) -> ReleaseGroup | None:
    """Who moves an alias of a template; None for one that moves at once."""
    resources: Mapping[str, Any] = template.get("Resources") or {}
    update = (resources.get(alias) or {}).get("UpdatePolicy", {}).get("CodeDeployLambdaAliasUpdate")
    if not isinstance(update, Mapping):
        return None
    application = _named(resources, update.get("ApplicationName"), "ApplicationName")
    name = _named(resources, update.get("DeploymentGroupName"), "DeploymentGroupName")
    return ReleaseGroup(application, name) if application and name else None


def running_releases(environment: ResolvedEnvironment, clients: Clients) -> tuple[RunningRelease, ...]:
    """All releases of an environment that go on; none where they may not be looked at."""
    names = names_of(environment)
    groups = {
        function.address: ReleaseGroup(names.releases(function.service), function.name)
        for function in environment.functions
        if function.release and function.release.guarded and environment.target == "aws"
    }
    if not groups:
        return ()
    with ThreadPoolExecutor(min(8, len(groups))) as pool:
        found = pool.map(lambda group: running_release(group, clients), groups.values())
        return tuple(
            replace(release, function=address)
            for address, release in zip(groups, found, strict=True)
            if release is not None
        )


def running_release(group: ReleaseGroup, clients: Clients) -> RunningRelease | None:
    """The release of a group that goes on; None if there is none, or it may not be looked at."""
    for deployment in _deployments(group, clients, _RUNNING):
        weights = [_weight(target, clients) for target in _targets(deployment["deploymentId"], clients)]
        share = next((round(100 * weight, 1) for weight in weights if weight is not None), None)
        return RunningRelease(deployment["deploymentId"], deployment["status"], share)
    return None


class ReleaseWatch:
    """Tells how the releases of one stack go on, while CloudFormation waits for them.

    Args:
        stack: Its name.
        template: What is deployed.
        clients: One's own: the role that deploys may not look at CodeDeploy.
        report: Is told of each change.
    """

    def __init__(self, stack: str, template: Mapping[str, Any], clients: Clients, report: Report) -> None:
        self._stack = stack
        self._template = template
        self._clients = clients
        self._report = report
        self._going_on: dict[str, ReleaseGroup] = {}
        self._told: dict[str, RunningRelease] = {}

    def see(self, event: Mapping[str, Any]) -> None:
        """Take notice of an event of CloudFormation."""
        if event.get("ResourceType") != ALIAS_TYPE:
            return
        alias = event["LogicalResourceId"]
        group = group_of(self._template, alias)
        if group and event["ResourceStatus"] == "UPDATE_IN_PROGRESS":
            self._going_on[alias] = group
        elif not event["ResourceStatus"].endswith("_IN_PROGRESS"):
            self._going_on.pop(alias, None)

    def look(self) -> None:
        """Report each release that moved on."""
        for alias, group in self._going_on.items():
            release = running_release(group, self._clients)
            if release and release != self._told.get(alias):
                self._told[alias] = release
                self._report(
                    ReleaseProgress(
                        self._stack, group.name, release.deployment, release.status, release.percent
                    )
                )


def explained(cause: StackFailure, template: Mapping[str, Any], clients: Clients) -> StackFailure:
    """A failure of an alias with what CodeDeploy says of it: the alarm, or the hook."""
    group = group_of(template, cause.logical_id) if cause.type == ALIAS_TYPE else None
    if group is None:
        return cause
    ended = max(_deployments(group, clients, _ENDED_BADLY), key=_time, default=None)
    if ended is None:
        return cause
    error = ended.get("errorInformation") or {}
    told = " ".join(str(error.get("message") or "").split())
    if error.get("code") == "ALARM_ACTIVE":
        names = ", ".join(_active(group, told, clients))
        reason = f"the new version was taken back, as its alarm is on: {names or told}"
        return replace(cause, reason=reason, hint=f"`platform logs` shows what went wrong; {_AGAIN}")
    for target in _targets(ended["deploymentId"], clients):
        for moment in target.get("lifecycleEvents") or ():
            if moment.get("status") == "Failed" and moment.get("lifecycleEventName") in _MOMENTS:
                when = _MOMENTS[moment["lifecycleEventName"]]
                reason = f"the new version was taken back: its hook {when} traffic refused it"
                return replace(cause, reason=reason, hint=f"`platform logs` of the hook says why; {_AGAIN}")
    if error.get("code") == "MANUAL_STOP":
        return replace(cause, reason="somebody stopped the release, and the new version was taken back")
    return replace(cause, reason=f"CodeDeploy gave the release up: {told}") if told else cause


def _named(resources: Mapping[str, Any], value: Any, key: str) -> str | None:
    if isinstance(value, Mapping) and isinstance(value.get("Ref"), str):
        value = (resources.get(value["Ref"]) or {}).get("Properties", {}).get(key)
    return value if isinstance(value, str) else None


def _time(deployment: Mapping[str, Any]) -> Any:
    return deployment["createTime"]


def _deployments(group: ReleaseGroup, clients: Clients, statuses: list[str]) -> Iterator[Mapping[str, Any]]:
    """Deployments of a group; nothing where they may not be looked at, or there is no such group."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = clients.client("codedeploy")
        ids = client.list_deployments(
            applicationName=group.application,
            deploymentGroupName=group.name,
            includeOnlyStatuses=statuses,
        ).get("deployments", [])
        found = [client.get_deployment(deploymentId=one)["deploymentInfo"] for one in ids[:_LATEST]]
    except (BotoCoreError, ClientError):
        return
    yield from found


_LATEST = 10
"""CodeDeploy lists the newest first; older ones say nothing of this release."""


def _targets(deployment: str, clients: Clients) -> list[Mapping[str, Any]]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = clients.client("codedeploy")
        ids = list(pages(client.list_deployment_targets, "targetIds", deploymentId=deployment))
        if not ids:
            return []
        answer = client.batch_get_deployment_targets(deploymentId=deployment, targetIds=ids)
    except (BotoCoreError, ClientError):
        return []
    return [target["lambdaTarget"] for target in answer["deploymentTargets"] if "lambdaTarget" in target]


def _weight(target: Mapping[str, Any], clients: Clients) -> float | None:
    """The part of the calls that an alias leads to the new version, from 0 to 1."""
    from botocore.exceptions import BotoCoreError, ClientError

    info = target.get("lambdaFunctionInfo") or {}
    try:
        alias = clients.client("lambda").get_alias(
            FunctionName=info["functionName"], Name=info["functionAlias"]
        )
    except (BotoCoreError, ClientError, KeyError):
        return None
    version = str(info.get("targetVersion"))
    if alias["FunctionVersion"] == version:
        return 1.0
    weights: Mapping[str, float] = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return float(weights.get(version, 0))


def _active(group: ReleaseGroup, told: str, clients: Clients) -> list[str]:
    """The alarms of a group that CodeDeploy names, else those that are on."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        info = clients.client("codedeploy").get_deployment_group(
            applicationName=group.application, deploymentGroupName=group.name
        )["deploymentGroupInfo"]
        names = [alarm["name"] for alarm in (info.get("alarmConfiguration") or {}).get("alarms", ())]
        named = [name for name in names if name in told]
        if named or not names:
            return named
        alarms = clients.client("cloudwatch").describe_alarms(AlarmNames=names, StateValue="ALARM")
    except (BotoCoreError, ClientError):
        return []
    return [alarm["AlarmName"] for alarm in alarms["MetricAlarms"]]
