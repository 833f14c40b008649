"""What a deployment reports while it runs; `cli/` turns these into bars and lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class AssetProgress:
    """A file is in the bootstrap bucket; `uploaded` is false where it was there already."""

    name: str
    uploaded: bool
    size_bytes: int
    done: int
    total: int


@dataclass(frozen=True)
class StackStarted:
    """Work on a stack begins; `action` is a `planning.Action`."""

    stack: str
    action: str


@dataclass(frozen=True)
class StackFinished:
    """Work on a stack ended."""

    stack: str
    action: str
    result: Literal["done", "unchanged", "failed", "interrupted"]
    outputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ResourceProgress:
    """A resource of a stack took on another state.

    Attributes:
        stack: The stack's name.
        logical_id: The resource in its template.
        type: `AWS::Lambda::Function`.
        status: As CloudFormation says it: `CREATE_IN_PROGRESS`.
        reason: CloudFormation's remark, mostly empty.
        done: Resources of this stack that are finished.
        total: Resources of this stack that this deployment touches.
        blueprint_path: `services.orders.functions.create`, or None.
    """

    stack: str
    logical_id: str
    type: str
    status: str
    reason: str
    done: int
    total: int
    blueprint_path: str | None


@dataclass(frozen=True)
class WaitingForStack:
    """An operation of an earlier run still goes on; its end is awaited."""

    stack: str
    status: str


@dataclass(frozen=True)
class ReleaseProgress:
    """A function's release moved on.

    Attributes:
        stack: The stack's name.
        function: The function, without its service.
        deployment: CodeDeploy's id: `d-ABC`.
        status: As CodeDeploy says it: `InProgress`.
        percent: Of the calls that the new version gets; None where nobody says.
    """

    stack: str
    function: str
    deployment: str
    status: str
    percent: float | None


@dataclass(frozen=True)
class SeedCreated:
    """A value that was missing now exists; what it is never shows."""

    kind: Literal["setting", "secret", "flags"]
    name: str


@dataclass(frozen=True)
class Removed:
    """Something that belongs to no stack, or that a stack cannot delete, is gone."""

    kind: Literal["objects", "versions", "parameters", "lock"]
    name: str
    count: int


@dataclass(frozen=True)
class SitePublished:
    """The files of a CDN are as they shall be: so many were uploaded and deleted, so many paths forgotten."""

    cdn: str
    uploaded: int
    removed: int
    forgotten: int


@dataclass(frozen=True)
class ApplicationProgress:
    """An application of Flink is in another state: `STARTING`, `RUNNING`, `STOPPING`, `READY`."""

    application: str
    status: str


@dataclass(frozen=True)
class Remark:
    """Worth knowing, and no error."""

    code: str
    message: str


DeployEvent = (
    AssetProgress
    | StackStarted
    | StackFinished
    | ResourceProgress
    | WaitingForStack
    | ReleaseProgress
    | SeedCreated
    | Removed
    | SitePublished
    | ApplicationProgress
    | Remark
)
Report = Callable[[DeployEvent], None]


def silent(event: DeployEvent) -> None:
    """Report to nobody."""
