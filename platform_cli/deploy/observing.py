"""Look at what an environment holds; changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.naming import CONCERNS, LAST_CONCERNS, NAMED_CONCERNS, Names
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import expecting, pages, parsed_template
from platform_cli.deploy.applications import applications_of, observe_applications
from platform_cli.deploy.deployed import Observed, ObservedFlags, ObservedSeeds, ObservedStack
from platform_cli.deploy.lineage import FlagsPlace, Lineage, read_lineage
from platform_cli.deploy.locking import read_lock
from platform_cli.deploy.marks import unmarked
from platform_cli.deploy.roles import Roles
from platform_cli.deploy.seeds import FlagsHome, flags_home, wanted_parameters, wanted_secrets
from platform_cli.deploy.sites import sites_of

_WORKERS = 8
_NAMED_PREFIXES = tuple(f"{concern}-" for concern in NAMED_CONCERNS)
_PARAMETERS_AT_ONCE = 10
_GONE = "DELETE_COMPLETE"


def names_of(environment: ResolvedEnvironment) -> Names:
    """The names of an environment."""
    return Names(environment.system, environment.environment, environment.account, environment.region)


def observe(
    assembly: Assembly,
    clients: Clients,
    environment: ResolvedEnvironment | None = None,
    *,
    roles: Roles | None = None,
) -> Observed:
    """What there is of an assembly, and what else belongs to its environment.

    Args:
        assembly: What shall be.
        clients: One's own.
        environment: Adds the stacks that the assembly no longer has, the seeds and the lock.
        roles: With whose rights to look; found out if None.

    Raises:
        PlatformError: AWS refuses, with what it refuses.
    """
    roles = roles or Roles(clients)
    looking: dict[str, Clients] = {}
    for artifact in assembly.stacks:
        looking.setdefault(artifact.region, roles.reading(artifact))
    for region in environment.regions if environment is not None else ():
        looking.setdefault(region, roles.reading(None).elsewhere(region))
    with aws_errors("reading the stacks", target=clients.target), ThreadPoolExecutor(_WORKERS) as pool:
        if environment is None:
            found = list(pool.map(lambda a: (a, read_stack(a.name, looking[a.region])), assembly.stacks))
            every: dict[str, ObservedStack] = {}
            for region, reading in looking.items():
                here = {s.name: s for a, s in found if s is not None and a.region == region}
                every |= with_templates(here, reading, pool)
            return Observed(stacks=every)
        names = names_of(environment)
        lock = pool.submit(read_lock, names, clients)
        parameters = pool.submit(_existing_parameters, wanted_parameters(environment, assembly), clients)
        secrets = pool.submit(_existing_secrets, wanted_secrets(environment), names, clients)
        wanted = {stack.name for stack in assembly.stacks}
        by_region = {
            region: {
                stack.name: stack
                for stack in list_stacks(reading)
                if stack.name in wanted or belongs(stack, names)
            }
            for region, reading in looking.items()
        }
        described = {name: stack for stacks in by_region.values() for name, stack in stacks.items()}
        home = flags_home(environment, assembly)
        flags = None
        if home is not None and home.stack.name in described:
            flags = pool.submit(read_flags, home, clients)
        every = {}
        for region, stacks in by_region.items():
            every |= with_templates(stacks, looking[region], pool)
        return Observed(
            stacks={name: stack for name, stack in every.items() if name in wanted},
            others={name: stack for name, stack in every.items() if name not in wanted},
            seeds=ObservedSeeds(
                parameters.result(), secrets.result(), flags.result() if flags is not None else None
            ),
            lock=lock.result(),
            sites={site.cdn: bucket_contents(site.bucket, clients) for site in sites_of(assembly)},
            applications=observe_applications(applications_of(assembly, environment), clients),
        )


def bucket_contents(bucket: str, clients: Clients) -> dict[str, str]:
    """ETags of a bucket's objects by key; nothing of a bucket that is not there."""
    found: dict[str, str] = {}
    with expecting("NoSuchBucket"):
        for page in clients.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket):
            found |= {item["Key"]: item["ETag"].strip('"') for item in page.get("Contents") or ()}
    return found


def belongs(stack: ObservedStack, names: Names) -> bool:
    """Whether a stack is one of this system's in this environment, by its name and its tags."""
    prefix = f"{names.prefix}-"
    if not stack.name.startswith(prefix):
        return False
    concern = stack.name.removeprefix(prefix)
    if concern not in (*CONCERNS, *LAST_CONCERNS) and not concern.startswith(_NAMED_PREFIXES):
        return False
    # `shop-dev-api-x` may be the API `x` of `dev`, or a stack of an environment `dev-api-x`.
    return all(
        value == {"system": names.system, "environment": names.environment}[key.removeprefix("platform:")]
        for key, value in stack.tags.items()
        if key.removeprefix("platform:") in ("system", "environment")
    )


def list_stacks(clients: Clients) -> Iterable[ObservedStack]:
    """All stacks of the account and region that are not deleted, without their templates."""
    for described in pages(clients.client("cloudformation").describe_stacks, "Stacks"):
        if described["StackStatus"] != _GONE:
            yield _stack(described)


def read_stack(name: str, clients: Clients) -> ObservedStack | None:
    """One stack by name or ARN, without its template; by its ARN, even one that is deleted."""
    described: list[Mapping[str, Any]] = []
    with expecting("ValidationError", message="does not exist"):
        described = clients.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return _stack(described[0]) if described else None


def read_with_template(artifact: StackArtifact, clients: Clients) -> ObservedStack | None:
    """One stack with its template; None if it is not there."""
    stack = read_stack(artifact.name, clients)
    if stack is None or stack.status == _GONE:
        return None
    return _with_template(stack, clients)


def _stack(described: Mapping[str, Any]) -> ObservedStack:
    return ObservedStack(
        name=described["StackName"],
        id=described["StackId"],
        status=described["StackStatus"],
        status_reason=described.get("StackStatusReason") or "",
        outputs={o["OutputKey"]: o.get("OutputValue", "") for o in described.get("Outputs") or ()},
        tags={t["Key"]: t["Value"] for t in described.get("Tags") or ()},
        termination_protection=bool(described.get("EnableTerminationProtection")),
        updated=described.get("LastUpdatedTime") or described.get("CreationTime"),
    )


def with_templates(
    stacks: Mapping[str, ObservedStack], clients: Clients, pool: ThreadPoolExecutor
) -> dict[str, ObservedStack]:
    """The stacks with their templates, read in parallel."""
    return {s.name: s for s in pool.map(lambda stack: _with_template(stack, clients), stacks.values())}


def _with_template(stack: ObservedStack, clients: Clients) -> ObservedStack:
    body: object = None
    # A stack that only has an unexecuted change set, or was deleted meanwhile, has no template.
    with expecting("ValidationError"):
        body = (
            clients.client("cloudformation")
            .get_template(StackName=stack.id, TemplateStage="Original")
            .get("TemplateBody")
        )
    return replace(stack, template=unmarked(parsed_template(body)) if body else None)


def _existing_parameters(wanted: tuple[str, ...], clients: Clients) -> frozenset[str]:
    found: set[str] = set()
    for at in range(0, len(wanted), _PARAMETERS_AT_ONCE):
        batch = list(wanted[at : at + _PARAMETERS_AT_ONCE])
        answer = clients.client("ssm").get_parameters(Names=batch, WithDecryption=False)
        found.update(parameter["Name"] for parameter in answer["Parameters"])
    return frozenset(found)


def _existing_secrets(wanted: tuple[str, ...], names: Names, clients: Clients) -> Mapping[str, bool]:
    if not wanted:
        return {}
    listed = pages(
        clients.client("secretsmanager").list_secrets,
        "SecretList",
        Filters=[{"Key": "name", "Values": [names.secret("")]}],
    )
    return {
        secret["Name"]: any("AWSCURRENT" in s for s in (secret.get("SecretVersionsToStages") or {}).values())
        and not _is_placeholder(secret["ARN"], clients)
        for secret in listed
        if secret["Name"] in wanted
    }


def _is_placeholder(arn: str, clients: Clients) -> bool:
    """Whether a secret's value is the empty text that the local AWS starts secrets with.

    AWS starts them without any, so there nobody needs to look at a value.
    """
    if not clients.target.is_local:
        return False
    return not clients.client("secretsmanager").get_secret_value(SecretId=arn).get("SecretString", "binary")


def read_flags(home: FlagsHome, clients: Clients) -> ObservedFlags | None:
    """The flags' profile with the document to build on; None while its stack has not made it."""
    place = flags_place(home, clients)
    if place is None:
        return None
    appconfig = clients.client("appconfig")
    lineage = Lineage({}, (), place.profile_name)
    with expecting("ResourceNotFoundException") as gone:
        lineage = read_lineage(place, appconfig)
    if gone:
        return None
    base, latest = lineage.base, lineage.latest
    if base is None:
        return ObservedFlags(latest=latest, latest_deployment=lineage.latest_deployment)
    documents = {
        version: json.loads(
            appconfig.get_hosted_configuration_version(**place.in_profile, VersionNumber=version)[
                "Content"
            ].read()
        )
        for version in {base, lineage.coming or base}
    }
    held = documents[lineage.coming] if lineage.coming is not None else None
    return ObservedFlags(documents[base], base, held, latest, lineage.latest_deployment)


def flags_place(home: FlagsHome, clients: Clients) -> FlagsPlace | None:
    """The application, environment and profile, as AWS made them; None if not all are there."""
    described: list[Mapping[str, Any]] = []
    with expecting("ValidationError", message="does not exist"):
        described = list(
            pages(
                clients.client("cloudformation").list_stack_resources,
                "StackResourceSummaries",
                StackName=home.stack.name,
            )
        )
    made = {r["LogicalResourceId"]: r.get("PhysicalResourceId", "") for r in described}
    application, environment, profile = (
        made.get(name, "") for name in (home.application, home.environment, home.profile)
    )
    if not (application and environment and profile):
        return None
    made_as: Mapping[str, Any] = home.stack.template["Resources"][home.profile]["Properties"]
    return FlagsPlace(application, environment, profile, str(made_as["Name"]))
