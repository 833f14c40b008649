"""The flags' place in AppConfig: found by name, read, written under AWS's optimistic locks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import expecting, pages
from platform_cli.deploy.lineage import FlagsPlace, Lineage, all_deployments, described, read_lineage
from platform_cli.deploy.seeds import FLAGS_TYPE
from platform_cli.errors import PlatformError
from platform_cli.operate.alarms.reading import is_ours
from platform_cli.operate.flags.document import EMPTY, FlagsDocument, read_document
from platform_cli.operate.functions import names_of

_CONFLICT = "ConflictException"
_PROFILE = "flags"


@dataclass(frozen=True)
class Profile:
    """A configuration profile; one that holds no feature flags is freeform, and left alone."""

    id: str
    name: str
    type: str

    @property
    def freeform(self) -> bool:
        """Whether it holds anything but feature flags."""
        return self.type != FLAGS_TYPE


@dataclass(frozen=True)
class FlagsHome:
    """Where an environment's flags are.

    Attributes:
        application: Id of the application.
        environment: Id of its environment.
        profile: The profile with the flags.
        others: The other profiles of the application.
        alarms: Names of the alarms that AppConfig watches during deployments.
    """

    application: str
    environment: str
    profile: Profile
    others: tuple[Profile, ...] = ()
    alarms: tuple[str, ...] = ()


class FlagStore:
    """The configuration versions and deployments of one environment's flags.

    Args:
        home: Where they are.
        clients: Of the environment.
    """

    def __init__(self, home: FlagsHome, clients: Clients) -> None:
        self.home = home
        self.clients = clients
        self._place = FlagsPlace(home.application, home.environment, home.profile.id, home.profile.name)
        self._profile = self._place.in_profile
        self._environment = self._place.in_environment

    @property
    def _appconfig(self) -> Any:
        return self.clients.client("appconfig")

    def lineage(self, made: Mapping[int, int | None] | None = None) -> Lineage:
        """Versions and deployments as they stand; `made` as in `read_lineage`."""
        with aws_errors("reading the flags' versions", target=self.clients.target):
            return read_lineage(self._place, self._appconfig, made)

    def document(self, version: int | None) -> FlagsDocument:
        """The document of a version; an empty one for None."""
        if version is None:
            return EMPTY
        with aws_errors("reading the flags", target=self.clients.target):
            answer = self._appconfig.get_hosted_configuration_version(**self._profile, VersionNumber=version)
            return read_document(answer["Content"].read())

    def create(self, document: FlagsDocument, latest: int | None, words: str, base: int | None) -> int | None:
        """Store a document, made from `base`, as the version after `latest`; None if another came first."""
        lock = {"LatestVersionNumber": latest} if latest is not None else {}
        answer: dict[str, Any] = {}
        with (
            aws_errors("writing the flags", target=self.clients.target),
            expecting(_CONFLICT) as overtaken,
        ):
            answer = self._appconfig.create_hosted_configuration_version(
                **self._profile,
                **lock,
                Content=document.content(),
                ContentType="application/json",
                Description=described(words, base),
            )
        return None if overtaken else int(answer["VersionNumber"])

    def start(self, version: int, latest: int, strategy: str, description: str) -> int | None:
        """Start the deployment of a version; None if another came first."""
        # Zero is what there is before the first deployment; AppConfig takes no lock for that.
        lock = {"LatestDeploymentNumber": latest} if latest else {}
        answer: dict[str, Any] = {}
        with (
            aws_errors(f"deploying version {version} of the flags", target=self.clients.target),
            expecting(_CONFLICT) as busy,
        ):
            answer = self._appconfig.start_deployment(
                **self._environment,
                **lock,
                ConfigurationProfileId=self.home.profile.id,
                ConfigurationVersion=str(version),
                DeploymentStrategyId=strategy,
                Description=description[:1024],
            )
        return None if busy else int(answer["DeploymentNumber"])

    def look(self, deployment: int) -> dict[str, Any]:
        """A deployment with its log of events."""
        with aws_errors("watching the deployment of flags", target=self.clients.target):
            answer: dict[str, Any] = self._appconfig.get_deployment(
                **self._environment, DeploymentNumber=deployment
            )
        return answer

    def stop(self, deployment: int, *, baking: bool) -> None:
        """Stop a deployment, which rolls it back; while it bakes, AppConfig wants to be told so."""
        revert = {"AllowRevert": True} if baking else {}
        with aws_errors("stopping the deployment of flags", target=self.clients.target):
            self._appconfig.stop_deployment(**self._environment, DeploymentNumber=deployment, **revert)

    def firing_alarms(self, names: Names) -> frozenset[str]:
        """Names of the environment's alarms that fire now."""
        with aws_errors("reading the alarms of the environment", target=self.clients.target):
            cloudwatch = self.clients.client("cloudwatch")
            asked: dict[str, Any] = {
                "AlarmNamePrefix": f"{names.prefix}-",
                "StateValue": "ALARM",
                "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
            }
            return frozenset(
                alarm["AlarmName"]
                for kind in ("MetricAlarms", "CompositeAlarms")
                for alarm in pages(cloudwatch.describe_alarms, kind, **asked)
                if is_ours(names, alarm)
            )

    def deployments(self) -> list[dict[str, Any]]:
        """All deployments of the environment."""
        return all_deployments(self._place, self._appconfig)


def find_flags(environment: ResolvedEnvironment, clients: Clients) -> FlagsHome:
    """Where an environment's flags are, by the names that its stack gives.

    Raises:
        PlatformError: `flags-not-deployed`, or `freeform-flags` if the profile holds something else.
    """
    prefix = names_of(environment).prefix
    appconfig = clients.client("appconfig")
    with aws_errors("looking for the flags", target=clients.target):
        application = _named(pages(appconfig.list_applications, "Items"), prefix)
        if application is None:
            raise _not_deployed(environment)
        place = {"ApplicationId": application["Id"]}
        target = _named(pages(appconfig.list_environments, "Items", **place), environment.environment)
        profiles = [
            Profile(item["Id"], item["Name"], item.get("Type") or "AWS.Freeform")
            for item in pages(appconfig.list_configuration_profiles, "Items", **place)
        ]
        if target is None or not profiles:
            raise _not_deployed(environment)
        candidates = [p for p in profiles if not p.freeform]
        flags = next((p for p in candidates if p.name == _PROFILE), next(iter(candidates), None))
        if flags is None:
            raise PlatformError(
                f'the profile "{profiles[0].name}" of "{prefix}" is freeform: it holds no feature flags',
                hint="freeform configurations are left alone; change them with what wrote them",
                code="freeform-flags",
            )
        described = appconfig.get_environment(**place, EnvironmentId=target["Id"])
    return FlagsHome(
        application["Id"],
        target["Id"],
        flags,
        tuple(p for p in profiles if p is not flags),
        tuple(m["AlarmArn"].rpartition(":alarm:")[2] for m in described.get("Monitors") or ()),
    )


def _named(items: Iterator[dict[str, Any]], name: str) -> dict[str, Any] | None:
    return next((item for item in items if item.get("Name") == name), None)


def _not_deployed(environment: ResolvedEnvironment) -> PlatformError:
    name = environment.environment
    if not environment.flags:
        return PlatformError(
            f'the system has no feature flags in "{name}"',
            hint="declare one under `flags` in the blueprint, and deploy",
            code="flags-not-deployed",
        )
    return PlatformError(
        f'the feature flags are not deployed to "{name}"',
        hint=f"run `platform deploy --env {name}`",
        code="flags-not-deployed",
    )
