"""Plan the values that live outside the stacks: created where they are missing, never changed.

Settings are parameters, secrets get a generated value or a first login, flags a first document. What is
there already is left alone, whatever the blueprint says now: `platform config`, `secrets` and `flags` own it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_cli.assembly.differences import blueprint_path_of
from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFlag, ResolvedSecret, ResolvedSetting
from platform_cli.deploy.deployed import ObservedFlags, ObservedSeeds

FLAGS_TYPE = "AWS.AppConfig.FeatureFlags"
_PROFILE = "AWS::AppConfig::ConfigurationProfile"
_APPLICATION = "AWS::AppConfig::Application"
_ENVIRONMENT = "AWS::AppConfig::Environment"
_STRATEGY = "AWS::AppConfig::DeploymentStrategy"
_CLUSTER = "AWS::RDS::DBCluster"
_SECRET = "AWS::SecretsManager::Secret"
_PARAMETER = "AWS::SSM::Parameter"


@dataclass(frozen=True)
class FlagsHome:
    """Which resources of which stack hold the flags; logical ids. `strategy` None: AWS's own."""

    stack: StackArtifact
    application: str
    environment: str
    profile: str
    strategy: str | None


@dataclass(frozen=True)
class SettingSeed:
    """A parameter to create; `after` is None, since it needs no stack."""

    setting: ResolvedSetting
    after: None = None

    @property
    def name(self) -> str:
        """What the user sees."""
        return self.setting.parameter_name


@dataclass(frozen=True)
class SecretSeed:
    """A value to generate for a secret that the stack `after` makes (None: it is there already)."""

    secret: ResolvedSecret
    after: str | None

    @property
    def name(self) -> str:
        """What the user sees."""
        return self.secret.physical_name


@dataclass(frozen=True)
class LoginSeed:
    """A first login of a database, with a generated password.

    Attributes:
        secret: The secret that keeps it.
        database_name: The database that it is for, as the server calls it.
        stack: The stack of the database, whose outputs say where it is.
        prefix: What the names of these outputs begin with.
        after: The stack that makes the secret; None: it is there already.
    """

    secret: ResolvedSecret
    database_name: str
    stack: str
    prefix: str
    after: str | None

    @property
    def name(self) -> str:
        """What the user sees."""
        return self.secret.physical_name


@dataclass(frozen=True)
class FlagsSeed:
    """A document with the flags that are missing.

    Attributes:
        home: Where it goes.
        document: The whole document; None to deploy the version that exists but never was.
        missing: Names of the flags that it adds.
        base_version: The version that it builds on, or None.
        waits: Whether that version has more that nobody deployed than new flags: then nothing is deployed.
        after: The stack that makes the profile.
    """

    home: FlagsHome
    document: Mapping[str, Any] | None
    missing: tuple[str, ...]
    base_version: int | None
    after: str | None
    waits: bool = False

    @property
    def name(self) -> str:
        """What the user sees."""
        return ", ".join(self.missing) or "deployment of the existing flags"


Seed = SettingSeed | SecretSeed | LoginSeed | FlagsSeed


def plan_seeds(
    environment: ResolvedEnvironment, assembly: Assembly, observed: ObservedSeeds
) -> tuple[Seed, ...]:
    """What is missing, settings first."""
    wanted = wanted_parameters(environment, assembly)
    settings: list[Seed] = [
        SettingSeed(setting)
        for setting in environment.settings
        if setting.parameter_name in wanted and setting.parameter_name not in observed.parameters
    ]
    homes = _secret_homes(assembly)
    secrets: list[Seed] = []
    for secret in environment.secrets.values():
        name = secret.physical_name
        if observed.secrets.get(name, False) or not (name in homes or name in observed.secrets):
            continue
        login = _login_seed(secret, environment, assembly, homes.get(name)) if secret.database else None
        if login is not None:
            secrets.append(login)
        elif _generated(secret):
            secrets.append(SecretSeed(secret, homes.get(name)))
    home = flags_home(environment, assembly)
    flags = plan_flags(environment, home, observed.flags) if home is not None else None
    return (*settings, *secrets, *((flags,) if flags is not None else ()))


def plan_flags(
    environment: ResolvedEnvironment, home: FlagsHome, observed: ObservedFlags | None
) -> FlagsSeed | None:
    """The flags that no document has yet, beside those that it has; None if nothing is missing."""
    observed = observed or ObservedFlags()
    known: Mapping[str, Any] = (observed.document or {}).get("flags") or {}
    missing = tuple(name for name in environment.flags if name not in known)
    wanted = flags_document(list(environment.flags.values()))
    new, waits = _undeployed(observed, wanted)
    if not missing:
        left = observed.version is not None and (observed.held is None or bool(new and not waits))
        return FlagsSeed(home, None, (), observed.version, home.stack.name) if left else None
    values: Mapping[str, Any] = (observed.document or {}).get("values") or {}
    document = {
        **(observed.document or {}),
        "version": "1",
        "flags": {**known, **{name: wanted["flags"][name] for name in missing}},
        "values": {**values, **{name: wanted["values"][name] for name in missing}},
    }
    return FlagsSeed(home, document, missing, observed.version, home.stack.name, waits)


def _undeployed(observed: ObservedFlags, wanted: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """New flags that a deployment wrote and brought to nobody, and whether anything else waits too."""
    if observed.held is None or observed.document is None:
        return (), False
    there, held, first = _parts(observed.document), _parts(observed.held), _parts(wanted)
    new = tuple(
        name
        for name in there["flags"]
        if name not in held["flags"] and all(there[part].get(name) == first[part].get(name) for part in there)
    )
    rest = {part: {name: told for name, told in there[part].items() if name not in new} for part in there}
    return new, rest != held


def _parts(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Definitions and states of flags, without the times that AppConfig adds to them."""
    return {
        part: {
            name: {key: held for key, held in told.items() if key not in ("_createdAt", "_updatedAt")}
            for name, told in (document.get(part) or {}).items()
        }
        for part in ("flags", "values")
    }


def flags_document(flags: list[ResolvedFlag]) -> dict[str, Any]:
    """A document of the type AWS.AppConfig.FeatureFlags (AppConfig user guide, November 2026)."""
    return {
        "version": "1",
        "flags": {flag.name: _definition(flag) for flag in flags},
        "values": {flag.name: {"enabled": flag.default, **dict(flag.attributes)} for flag in flags},
    }


def wanted_parameters(environment: ResolvedEnvironment, assembly: Assembly) -> tuple[str, ...]:
    """Names of the settings' parameters, without those that a stack itself makes."""
    made = {name for _, name in _named(assembly, _PARAMETER, "Name")}
    return tuple(s.parameter_name for s in environment.settings if s.parameter_name not in made)


def wanted_secrets(environment: ResolvedEnvironment) -> tuple[str, ...]:
    """Physical names of the secrets that get a generated value."""
    return tuple(s.physical_name for s in environment.secrets.values() if _generated(s) or s.database)


def flags_home(environment: ResolvedEnvironment, assembly: Assembly) -> FlagsHome | None:
    """The stack with the flags' profile; None if the system has no flags or no stack makes one."""
    if not environment.flags:
        return None
    for stack in assembly.stacks:
        resources: Mapping[str, Any] = stack.template.get("Resources") or {}
        profile = next(
            (
                name
                for name, resource in resources.items()
                if resource.get("Type") == _PROFILE
                and resource.get("Properties", {}).get("Type") == FLAGS_TYPE
            ),
            None,
        )
        application, target = _first(resources, _APPLICATION), _first(resources, _ENVIRONMENT)
        if profile is not None and application is not None and target is not None:
            return FlagsHome(stack, application, target, profile, _at_once(resources))
    return None


def _at_once(resources: Mapping[str, Any]) -> str | None:
    """The strategy by which flags come that nobody has yet."""
    return next(
        (
            name
            for name, resource in resources.items()
            if resource.get("Type") == _STRATEGY
            and str(resource.get("Properties", {}).get("Name", "")).endswith("-at-once")
        ),
        _first(resources, _STRATEGY),
    )


def _login_seed(
    secret: ResolvedSecret, environment: ResolvedEnvironment, assembly: Assembly, after: str | None
) -> LoginSeed | None:
    """None where no stack makes the database."""
    assert secret.database is not None, "asked only for logins of databases"
    path = f"databases.{secret.database}"
    for stack in assembly.stacks:
        for logical_id, resource in (stack.template.get("Resources") or {}).items():
            # On the local AWS, the secret that RDS would keep stands in the place of the cluster.
            if resource.get("Type") in (_CLUSTER, _SECRET) and blueprint_path_of(resource) == path:
                name = environment.databases[secret.database].database_name
                return LoginSeed(secret, name, stack.name, logical_id, after)
    return None


def _generated(secret: ResolvedSecret) -> bool:
    return secret.generate_length is not None and secret.database is None


def _definition(flag: ResolvedFlag) -> dict[str, Any]:
    definition: dict[str, Any] = {"name": flag.name[:64]}
    description = " ".join(p for p in (flag.description, f"(owner: {flag.owner})" if flag.owner else "") if p)
    if description:
        definition["description"] = description[:1024]
    if flag.attributes:
        definition["attributes"] = {
            name: {"constraints": {"type": _attribute_type(value)}} for name, value in flag.attributes.items()
        }
    return definition


def _attribute_type(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string"


def _secret_homes(assembly: Assembly) -> dict[str, str]:
    return {name: stack.name for stack, name in _named(assembly, _SECRET, "Name")}


def _named(assembly: Assembly, resource_type: str, name_property: str) -> list[tuple[StackArtifact, str]]:
    found = []
    for stack in assembly.stacks:
        for resource in (stack.template.get("Resources") or {}).values():
            name = (resource.get("Properties") or {}).get(name_property)
            if resource.get("Type") == resource_type and isinstance(name, str):
                found.append((stack, name))
    return found


def _first(resources: Mapping[str, Any], resource_type: str) -> str | None:
    return next((name for name, r in resources.items() if r.get("Type") == resource_type), None)
