"""Create the values that a plan found missing. No value shows in an event, an error or a log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import expecting
from platform_cli.deploy.events import Remark, Report, SeedCreated
from platform_cli.deploy.lineage import described
from platform_cli.deploy.observing import flags_place, read_flags, read_stack
from platform_cli.deploy.seeds import FlagsSeed, LoginSeed, SecretSeed, Seed, SettingSeed

_DEFAULT_STRATEGY = "AppConfig.AllAtOnce"
_DEFAULT_LENGTH = 32
_CONFLICT = "ConflictException"
_CHANGED = Remark("flags-changed", "somebody changed the flags meanwhile; the next deployment looks again")
_WAITING = Remark(
    "flags-waiting",
    "the new flags wait, since others were written and not deployed; `platform flags sync` brings all",
)
_BUSY = Remark(
    "flags-busy", "another deployment of flags goes on: publish the new ones with `platform flags`"
)


def execute_seeds(seeds: Iterable[Seed], clients: Clients, report: Report) -> tuple[str, ...]:
    """Create what the seeds say, unless somebody did meanwhile.

    Returns:
        Names of what was created.
    """
    created = []
    for seed in seeds:
        with aws_errors(f"creating {seed.name}", target=clients.target):
            match seed:
                case SettingSeed():
                    made, kind = _create_setting(seed, clients), "setting"
                case SecretSeed():
                    made, kind = _create_secret_value(seed, clients), "secret"
                case LoginSeed():
                    made, kind = _create_login(seed, clients, report), "secret"
                case FlagsSeed():
                    made, kind = _create_flags(seed, clients, report), "flags"
        if made:
            created.append(seed.name)
            report(SeedCreated(kind, seed.name))  # type: ignore[arg-type]  # a literal in each branch
    return tuple(created)


def _create_setting(seed: SettingSeed, clients: Clients) -> bool:
    setting = seed.setting
    with expecting("ParameterAlreadyExists") as there:
        clients.client("ssm").put_parameter(
            Name=setting.parameter_name,
            Value=setting.value,
            Type="SecureString" if setting.secure else "String",
            Overwrite=False,
            # Longer values need the tier that costs; Parameter Store chooses it only where it must.
            Tier="Intelligent-Tiering",
        )
    return not there


def _create_secret_value(seed: SecretSeed, clients: Clients) -> bool:
    secrets = clients.client("secretsmanager")
    secret = seed.secret
    if _has_value(secret.physical_name, clients):
        return False
    value = secrets.get_random_password(
        PasswordLength=secret.generate_length or _DEFAULT_LENGTH,
        ExcludePunctuation=secret.exclude_punctuation,
    )["RandomPassword"]
    secrets.put_secret_value(SecretId=secret.physical_name, SecretString=value)
    return True


def _create_login(seed: LoginSeed, clients: Clients, report: Report) -> bool:
    """The fields are those that AWS's own rotation functions read (Secrets Manager guide, November 2026)."""
    secrets = clients.client("secretsmanager")
    name = seed.secret.physical_name
    if _has_value(name, clients):
        return False
    told = read_stack(seed.stack, clients)
    outputs = told.outputs if told is not None else {}
    endpoint, cluster = outputs.get(f"{seed.prefix}Endpoint"), outputs.get(f"{seed.prefix}ClusterEndpoint")
    host = cluster or endpoint
    administrator = outputs.get(f"{seed.prefix}SecretArn")
    if not host or not administrator:
        report(
            Remark("database-not-ready", f"{name} has no login yet: its database is not there; deploy again")
        )
        return False
    password = secrets.get_random_password(PasswordLength=_DEFAULT_LENGTH, ExcludePunctuation=True)
    login = {
        "engine": "postgres",
        "host": host,
        "port": int(outputs[f"{seed.prefix}Port"]),
        "dbname": seed.database_name,
        "username": seed.secret.username,
        "password": password["RandomPassword"],
        "masterarn": administrator,
    }
    if cluster:
        # Rotations log in to the cluster, everybody else may go by its proxy.
        login["proxy"] = str(endpoint)
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(login))
    return True


def _has_value(name: str, clients: Clients) -> bool:
    secrets = clients.client("secretsmanager")
    stages = secrets.describe_secret(SecretId=name).get("VersionIdsToStages") or {}
    if not any("AWSCURRENT" in labels for labels in stages.values()):
        return False
    if not clients.target.is_local:
        return True
    # The local AWS starts a secret with an empty text, AWS without any.
    return bool(secrets.get_secret_value(SecretId=name).get("SecretString", "binary"))


def _create_flags(seed: FlagsSeed, clients: Clients, report: Report) -> bool:
    place = flags_place(seed.home, clients)
    if place is None:
        report(Remark("flags-not-ready", "the flags' profile is not there yet; deploy again"))
        return False
    appconfig = clients.client("appconfig")
    observed = read_flags(seed.home, clients)
    if observed is None or observed.version != seed.base_version:
        report(_CHANGED)
        return False
    version = observed.version
    if seed.document is not None:
        lock: dict[str, Any] = {} if observed.latest is None else {"LatestVersionNumber": observed.latest}
        with expecting(_CONFLICT) as overtaken:
            version = appconfig.create_hosted_configuration_version(
                **place.in_profile,
                **lock,
                ContentType="application/json",
                Content=json.dumps(seed.document).encode(),
                Description=described("Created by platform deploy", observed.version),
            )["VersionNumber"]
        if overtaken:
            report(_CHANGED)
            return False
    if seed.waits:
        report(_WAITING)
        return True
    last = observed.latest_deployment
    with expecting(_CONFLICT) as busy:
        appconfig.start_deployment(
            **place.in_environment,
            **({"LatestDeploymentNumber": last} if last else {}),
            ConfigurationProfileId=place.profile,
            ConfigurationVersion=str(version),
            DeploymentStrategyId=_strategy(seed, clients),
            Description="Created by platform deploy",
        )
    if busy:
        report(_BUSY)
    return True


def _strategy(seed: FlagsSeed, clients: Clients) -> str:
    """The strategy of the stack, if it has one: a first document has nobody to be careful with."""
    if seed.home.strategy is None:
        return _DEFAULT_STRATEGY
    described = clients.client("cloudformation").describe_stack_resource(
        StackName=seed.home.stack.name, LogicalResourceId=seed.home.strategy
    )
    return str(described["StackResourceDetail"]["PhysicalResourceId"])
