"""Which version of the flags holds, which carries which change, and which one to build on.

Versions are made one from another, so one that was deployed carries the changes of all it was made from.
A deployment that was rolled back rejects its version, and with it all that were made from it; the next
change must be made from a version that was not rejected, or it would bring back what the alarm refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_cli.deploy.answers import expecting, pages

IN_PROGRESS = frozenset({"VALIDATING", "DEPLOYING", "BAKING", "ROLLING_BACK"})
REFUSED = frozenset({"ROLLING_BACK", "ROLLED_BACK", "REVERTED"})
COMPLETE = "COMPLETE"
_PAGE = 50
_MISSING = "ResourceNotFoundException"
_MARK = re.compile(r"\(base (\d+)\)\s*$")


@dataclass(frozen=True)
class Deployed:
    """A deployment of some configuration of the environment.

    Attributes:
        number: Counts all deployments of the environment.
        profile: The name of the configuration's profile.
        version: Of the configuration; 0 where it is not a number.
        state: As AppConfig says it.
        percent: How far it is.
    """

    number: int
    profile: str
    version: int
    state: str
    percent: float

    @property
    def in_progress(self) -> bool:
        """Whether no other can start."""
        return self.state in IN_PROGRESS


@dataclass(frozen=True)
class Lineage:
    """The versions of a profile and the deployments of its environment.

    Attributes:
        parents: Number of a version to the one that it was made from (None: from nothing).
        deployments: Of the whole environment, the newest first.
        profile: The profile's name.
    """

    parents: Mapping[int, int | None]
    deployments: Sequence[Deployed]
    profile: str

    @property
    def latest(self) -> int | None:
        """The newest version."""
        return max(self.parents, default=None)

    @property
    def latest_deployment(self) -> int:
        """The number of the newest deployment of the environment; 0 if there is none."""
        return self.deployments[0].number if self.deployments else 0

    @property
    def active(self) -> Deployed | None:
        """The deployment that runs now, of whatever profile."""
        return next((d for d in self.deployments if d.in_progress), None)

    @property
    def effective(self) -> Deployed | None:
        """The last deployment of this profile that holds."""
        return next((d for d in self._ours() if d.state == COMPLETE), None)

    @property
    def coming(self) -> int | None:
        """The version that is being deployed, or else the one that holds; None if there is none."""
        active = self.active
        if active is not None and active.profile == self.profile and active.state not in REFUSED:
            return active.version
        return self.effective.version if self.effective is not None else None

    @property
    def base(self) -> int | None:
        """The newest version that was not rejected."""
        return next((v for v in sorted(self.parents, reverse=True) if not self.rejected(v)), None)

    def carries(self, version: int, change: int) -> bool:
        """Whether a version is `change`, or was made from it."""
        at: int | None = version
        while at is not None and at > change:
            at = self.parents.get(at)
        return at == change

    def rejected(self, version: int) -> bool:
        """Whether a version was rolled back, or made from one that was."""
        holds = self.effective.version if self.effective is not None else None
        at: int | None = version
        while at is not None and at != holds:
            if self._state(at) in REFUSED:
                return True
            at = self.parents.get(at)
        return False

    def refused_with(self, version: int) -> Deployed | None:
        """The newest deployment that carried a version, if it was rolled back."""
        newest = next((d for d in self._ours() if self.carries(d.version, version)), None)
        return newest if newest is not None and newest.state in REFUSED else None

    def _state(self, version: int) -> str | None:
        return next((d.state for d in self._ours() if d.version == version), None)

    def _ours(self) -> Sequence[Deployed]:
        return [d for d in self.deployments if d.profile == self.profile]


def described(words: str, base: int | None) -> str:
    """The description of a version, which names the one that it was made from (AppConfig: 1,024)."""
    return f"{words[:900]} (base {base or 0})"


def parent_of(version: int, description: str) -> int | None:
    """The version that a version was made from; the one before, where its description does not say."""
    mark = _MARK.search(description)
    parent = int(mark[1]) if mark else version - 1
    return parent if 0 < parent < version else None


@dataclass(frozen=True)
class FlagsPlace:
    """Where an environment's flags are: ids of the application, its environment and the profile; its name."""

    application: str
    environment: str
    profile: str
    profile_name: str

    @property
    def in_profile(self) -> dict[str, Any]:
        """Arguments of the calls about versions."""
        return {"ApplicationId": self.application, "ConfigurationProfileId": self.profile}

    @property
    def in_environment(self) -> dict[str, Any]:
        """Arguments of the calls about deployments."""
        return {"ApplicationId": self.application, "EnvironmentId": self.environment}


def read_lineage(place: FlagsPlace, appconfig: Any, made: Mapping[int, int | None] | None = None) -> Lineage:
    """Versions and deployments as they stand.

    The deployments are read first: one that is missed here is caught by the lock on the latest deployment,
    but a version that is missed behind a deployment that is seen would look as if it carried nothing, and an
    older one would be deployed over it.

    Args:
        place: Of the flags.
        appconfig: The client.
        made: Versions that the caller wrote, with what it made them from: their descriptions say it on AWS,
            and the local AWS keeps none.
    """
    known = made or {}
    deployments = [
        Deployed(
            item["DeploymentNumber"],
            item.get("ConfigurationName") or "",
            _number(item.get("ConfigurationVersion")),
            item["State"],
            float(item.get("PercentageComplete") or 0),
        )
        for item in all_deployments(place, appconfig)
    ]
    parents = {
        number: known[number] if number in known else parent_of(number, item.get("Description") or "")
        for item in _all_versions(place, appconfig)
        for number in (item["VersionNumber"],)
    }
    newest_first = sorted(deployments, key=lambda d: d.number, reverse=True)
    return Lineage(parents, newest_first, place.profile_name)


def all_deployments(place: FlagsPlace, appconfig: Any) -> list[dict[str, Any]]:
    """All deployments of the environment."""
    found = list(pages(appconfig.list_deployments, "Items", **place.in_environment, MaxResults=_PAGE))
    if len(found) == _PAGE:
        newest = max(item["DeploymentNumber"] for item in found)
        found += _behind(newest, appconfig.get_deployment, "DeploymentNumber", place.in_environment)
    return found


def _all_versions(place: FlagsPlace, appconfig: Any) -> list[dict[str, Any]]:
    """All versions, without their content."""
    found = list(
        pages(appconfig.list_hosted_configuration_versions, "Items", **place.in_profile, MaxResults=_PAGE)
    )
    if len(found) == _PAGE:
        newest = max(item["VersionNumber"] for item in found)
        found += _behind(
            newest, appconfig.get_hosted_configuration_version, "VersionNumber", place.in_profile
        )
    return found


def _behind(newest: int, get: Any, counted: str, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The local AWS gives one page, the oldest; AWS has nothing behind the newest, which one call tells."""
    while True:
        newest += 1
        answer: dict[str, Any] = {}
        with expecting(_MISSING) as none:
            answer = get(**place, **{counted: newest})
        if none:
            return
        yield answer


def _number(text: object) -> int:
    return int(str(text)) if str(text).isdigit() else 0
