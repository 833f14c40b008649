"""Take an environment away: stacks in reverse order, what they cannot delete before, the rest after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from platform_cli.aws.clients import Clients, verify_account
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, expecting, now, pages
from platform_cli.deploy.causes import DeploymentFailed
from platform_cli.deploy.deployed import ObservedStack
from platform_cli.deploy.events import Remark, Removed, Report, StackFinished, StackStarted, silent
from platform_cli.deploy.executing import DeploymentInterrupted
from platform_cli.deploy.following import Conduct, settle
from platform_cli.deploy.locking import deployment_lock
from platform_cli.deploy.observing import belongs, list_stacks, names_of, with_templates
from platform_cli.deploy.operations import delete_stack
from platform_cli.deploy.planning import removal_levels
from platform_cli.deploy.starting import stop
from platform_cli.deploy.stateful import Destruction, removed_with_stack
from platform_cli.deploy.waiting import all_of
from platform_cli.errors import PlatformError

_DELETED_AT_ONCE = 1000  # DeleteObjects' limit
_PARAMETERS_AT_ONCE = 10
_WORKERS = 8


@dataclass(frozen=True)
class DestroyPlan:
    """What goes.

    Attributes:
        system: The system.
        environment: The environment's name.
        levels: Stacks in the order in which they go; those of one level go at the same time.
        data: Resources with data that go with them, or stay where `retained`.
        parameters: Names of settings and records that go.
    """

    system: str
    environment: str
    levels: tuple[tuple[ObservedStack, ...], ...]
    data: tuple[Destruction, ...]
    parameters: tuple[str, ...]

    @property
    def stacks(self) -> tuple[ObservedStack, ...]:
        """All of them, in an order in which they could go one by one."""
        return tuple(stack for level in self.levels for stack in level)

    @property
    def empty(self) -> bool:
        """Whether there is nothing."""
        return not self.stacks and not self.parameters


@dataclass(frozen=True)
class Destruct:
    """What went; `declined` if the user did not want it."""

    plan: DestroyPlan
    declined: bool = False


def destroy(
    environment: ResolvedEnvironment,
    clients: Clients,
    *,
    approve: Callable[[DestroyPlan], bool],
    report: Report = silent,
    command: str = "platform destroy",
    clock: Clock = now,
    sleep: Sleep | None = None,
) -> Destruct:
    """Take a whole environment away, after showing what goes.

    Raises:
        PlatformError: `protected` if the environment is; `deploy-locked` while somebody deploys.
        DeploymentFailed: With the resource that could not be deleted.
    """
    _refuse_protected(environment)
    verify_account(clients)
    names = names_of(environment)
    plan = plan_destroy(environment, clients)
    if plan.empty:
        return Destruct(plan)
    if not approve(plan):
        return Destruct(plan, declined=True)
    with deployment_lock(names, clients, command, clock=clock):
        execute_destroy(plan, environment, clients, report, sleep=sleep)
    return Destruct(plan)


def plan_destroy(environment: ResolvedEnvironment, clients: Clients) -> DestroyPlan:
    """Find all that belongs to an environment; changes nothing.

    Raises:
        PlatformError: `protected` if the environment is.
    """
    _refuse_protected(environment)
    names = names_of(environment)
    with aws_errors("reading the stacks", target=clients.target), ThreadPoolExecutor(_WORKERS) as pool:
        found: dict[str, ObservedStack] = {}
        for region in environment.regions:
            there = clients.elsewhere(region)
            here = {stack.name: stack for stack in list_stacks(there) if belongs(stack, names)}
            found |= with_templates(here, there, pool)
        levels = removal_levels(found)
        parameters = tuple(name for name in _parameters(names, clients) if not _is_lock(name, names))
    data = tuple(
        destruction
        for level in levels
        for stack in level
        for destruction in removed_with_stack(stack.name, stack.template or {})
    )
    return DestroyPlan(environment.system, environment.environment, levels, data, parameters)


def execute_destroy(
    plan: DestroyPlan,
    environment: ResolvedEnvironment,
    clients: Clients,
    report: Report = silent,
    *,
    sleep: Sleep | None = None,
) -> None:
    """Carry out a plan; run again after an interrupt, it goes on.

    Raises:
        DeploymentFailed: With the resource that could not be deleted.
        DeploymentInterrupted: On Ctrl-C.
    """
    _refuse_protected(environment)
    conduct = Conduct(report, sleep)
    running: set[str] = set()
    try:
        with aws_errors("destroying", target=clients.target):
            for level in plan.levels:
                _destroy_level(level, clients, conduct, running)
            _delete_parameters(names_of(environment), clients, report)
    except KeyboardInterrupt:
        raise DeploymentInterrupted(tuple(sorted(running))) from None


def _destroy_level(
    level: tuple[ObservedStack, ...], clients: Clients, conduct: Conduct, running: set[str]
) -> None:
    """Delete stacks at the same time; after a failure the others run to their end."""

    def one(planned: ObservedStack) -> None:
        if conduct.stop.is_set():
            return
        running.add(planned.name)
        there = clients.elsewhere(planned.region or clients.target.region)
        _destroy_stack(planned, there, conduct)
        running.discard(planned.name)

    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="stack") as pool:
        futures = [pool.submit(one, planned) for planned in level]
        try:
            all_of(futures)
        except KeyboardInterrupt:
            conduct.stop.set()
            raise
    errors = [error for future in futures if (error := future.exception()) is not None]
    failures = tuple(f for error in errors if isinstance(error, DeploymentFailed) for f in error.failures)
    if failures:
        raise DeploymentFailed(failures)
    if errors:
        raise errors[0]


def _destroy_stack(planned: ObservedStack, clients: Clients, conduct: Conduct) -> None:
    stack = settle(planned.name, clients, conduct)
    if stack is None or stack.status == "DELETE_COMPLETE":
        return
    conduct.report(StackStarted(stack.name, "remove"))
    cloudformation = clients.client("cloudformation")
    if stack.termination_protection:
        cloudformation.update_termination_protection(StackName=stack.id, EnableTerminationProtection=False)
    resources: list[Mapping[str, Any]] = []
    with expecting("ValidationError", message="does not exist"):
        resources = list(
            pages(cloudformation.list_stack_resources, "StackResourceSummaries", StackName=stack.id)
        )
    declared: Mapping[str, Any] = (planned.template or {}).get("Resources") or {}
    for resource in resources:
        policy = declared.get(resource["LogicalResourceId"], {}).get("DeletionPolicy")
        physical_id = resource.get("PhysicalResourceId")
        if policy in ("Retain", "RetainExceptOnCreate") or not physical_id:
            continue
        if resource["ResourceType"] == "AWS::S3::Bucket":
            _empty_bucket(physical_id, clients, conduct.report)
        elif resource["ResourceType"] == "AWS::KinesisAnalyticsV2::Application":
            stop(physical_id, physical_id, clients, conduct)
        elif resource["ResourceType"] == "AWS::AppConfig::ConfigurationProfile":
            _delete_versions(physical_id, resources, clients, conduct.report)
    delete_stack(stack.name, stack.id, clients, conduct, template=planned.template)
    conduct.report(StackFinished(stack.name, "remove", "done"))


def _empty_bucket(bucket: str, clients: Clients, report: Report) -> None:
    """Delete every object in every version, and the marks of deleted ones."""
    s3 = clients.client("s3")
    count = 0
    with expecting("NoSuchBucket"):
        # What writes to the bucket still may: looked at until nothing is left.
        while batch := list(_versions(s3, bucket)):
            for at in range(0, len(batch), _DELETED_AT_ONCE):
                answer = s3.delete_objects(
                    Bucket=bucket, Delete={"Objects": batch[at : at + _DELETED_AT_ONCE], "Quiet": True}
                )
                if errors := answer.get("Errors"):
                    raise PlatformError(
                        f"{bucket} cannot be emptied: {errors[0].get('Key')}: {errors[0].get('Message')}",
                        hint="a lock or a policy keeps objects there: release them and run the command again",
                        code="bucket-not-emptied",
                    )
            count += len(batch)
    if count:
        report(Removed("objects", bucket, count))


def _versions(s3: Any, bucket: str) -> Iterator[dict[str, str]]:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for item in (*(page.get("Versions") or ()), *(page.get("DeleteMarkers") or ())):
            yield {"Key": item["Key"], "VersionId": item["VersionId"]}


def _delete_versions(
    profile: str, resources: list[Mapping[str, Any]], clients: Clients, report: Report
) -> None:
    """A profile that has versions cannot be deleted."""
    application = next(
        (r["PhysicalResourceId"] for r in resources if r["ResourceType"] == "AWS::AppConfig::Application"),
        None,
    )
    if application is None:
        return
    appconfig = clients.client("appconfig")
    which = {"ApplicationId": application, "ConfigurationProfileId": profile}
    count = 0
    with expecting("ResourceNotFoundException"):
        for item in list(pages(appconfig.list_hosted_configuration_versions, "Items", **which)):
            appconfig.delete_hosted_configuration_version(**which, VersionNumber=item["VersionNumber"])
            count += 1
    if count:
        report(Removed("versions", profile, count))


def _parameters(names: Names, clients: Clients) -> list[str]:
    found = pages(
        clients.client("ssm").describe_parameters,
        "Parameters",
        ParameterFilters=[
            {"Key": "Path", "Option": "Recursive", "Values": [f"/{names.system}/{names.environment}"]}
        ],
    )
    return sorted(parameter["Name"] for parameter in found)


def _delete_parameters(names: Names, clients: Clients, report: Report) -> None:
    """Settings first, records after them; the lock is for its owner to give back."""
    records = names.record("")
    every = [name for name in _parameters(names, clients) if not _is_lock(name, names)]
    for kind in (
        [n for n in every if not n.startswith(records)],
        [n for n in every if n.startswith(records)],
    ):
        for at in range(0, len(kind), _PARAMETERS_AT_ONCE):
            clients.client("ssm").delete_parameters(Names=kind[at : at + _PARAMETERS_AT_ONCE])
    if every:
        report(Removed("parameters", f"/{names.system}/{names.environment}", len(every)))
    else:
        report(Remark("no-parameters", "no settings or records were left"))


def _is_lock(name: str, names: Names) -> bool:
    return name == names.record("lock")


def _refuse_protected(environment: ResolvedEnvironment) -> None:
    if environment.protect:
        raise PlatformError(
            f'the environment "{environment.environment}" is protected and is not destroyed',
            hint="take `protect` away in the blueprint, deploy that, then destroy",
            code="protected",
            where=f"environments.{environment.environment}.protect",
        )
