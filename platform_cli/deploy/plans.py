"""What a plan is: steps in the order in which they are taken, and what they would destroy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from platform_cli.assembly.differences import TemplateDifference
from platform_cli.assembly.model import StackArtifact
from platform_cli.assembly.references import WeakReference
from platform_cli.deploy.applications import ApplicationStep
from platform_cli.deploy.seeds import Seed
from platform_cli.deploy.sites import SiteStep
from platform_cli.deploy.stateful import Destruction


class Action(StrEnum):
    """What happens to a stack."""

    UNCHANGED = "unchanged"
    FOLLOW = "follow"
    """Unchanged, but it reads outputs of a stack that changes: updated if they turn out different."""
    CREATE = "create"
    UPDATE = "update"
    RECREATE = "recreate"
    """Its creation or deletion failed earlier: what is left is deleted, then it is created."""
    RECOVER = "recover"
    """A rollback failed earlier: it is continued, then the stack is updated."""
    WAIT = "wait"
    """An operation goes on: what is to be done shows when it has ended."""
    REMOVE = "remove"
    """The assembly no longer has it."""


@dataclass(frozen=True)
class StaleReference:
    """An output that a stack consumed and that has another value by now."""

    reference: WeakReference
    consumed: str | None
    current: str | None


@dataclass(frozen=True)
class StackStep:
    """What happens to one stack.

    Attributes:
        stack: Its name.
        action: What happens.
        artifact: What it shall become; None for a stack that goes.
        status: What it is now, as CloudFormation says it; None if it does not exist.
        stack_id: Its ARN; None if it does not exist.
        difference: Between what is deployed and what shall be; None where nothing is deployed.
        reasons: Why, where the difference does not say it.
        after: Names of stacks whose steps come first.
        stale: Outputs of other stacks that changed since they were read.
        protection: The termination protection to set; None if it is right.
    """

    stack: str
    action: Action
    artifact: StackArtifact | None
    status: str | None = None
    stack_id: str | None = None
    difference: TemplateDifference | None = None
    reasons: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    stale: tuple[StaleReference, ...] = ()
    protection: bool | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing happens."""
        return self.action is Action.UNCHANGED and self.protection is None


@dataclass(frozen=True)
class DeploymentPlan:
    """All that a deployment does.

    Attributes:
        system: The system.
        environment: The environment's name.
        levels: Steps by depth of dependency; those of one level do not wait for each other.
        removals: Stacks that go after all the rest, one after the other.
        kept: Stacks that the assembly no longer has and that stay, since the environment is protected.
        seeds: Values that are created.
        destructive: Resources with data that would be removed or replaced, as far as templates tell.
        sites: Files of CDNs that are uploaded or deleted.
        applications: Applications of Flink that are started or stopped.
    """

    system: str
    environment: str
    levels: tuple[tuple[StackStep, ...], ...]
    removals: tuple[StackStep, ...] = ()
    kept: tuple[str, ...] = ()
    seeds: tuple[Seed, ...] = ()
    destructive: tuple[Destruction, ...] = ()
    sites: tuple[SiteStep, ...] = ()
    applications: tuple[ApplicationStep, ...] = ()

    @property
    def steps(self) -> tuple[StackStep, ...]:
        """All steps in an order in which they could be taken one by one."""
        return (*(step for level in self.levels for step in level), *self.removals)

    @property
    def waiting(self) -> tuple[StackStep, ...]:
        """Stacks that an earlier operation still works on."""
        return tuple(step for step in self.steps if step.action is Action.WAIT)

    @property
    def changing(self) -> tuple[StackStep, ...]:
        """Steps in which something happens."""
        return tuple(step for step in self.steps if not step.idle)

    @property
    def empty(self) -> bool:
        """Whether nothing is to be done at all."""
        return not (self.changing or self.seeds or self.sites or self.applications)


@dataclass(frozen=True)
class Deployment:
    """What a deployment did.

    Attributes:
        plan: What it set out to do.
        result: `unchanged` if there was nothing to do, `declined` if the user did not want it.
        outputs: Outputs of all stacks of the assembly, by stack and logical name.
        done: What was done to each stack where anything was: `{"shop-dev-data": "update"}`.
        seeded: Names of the values created.
    """

    plan: DeploymentPlan
    result: Literal["done", "unchanged", "declined"]
    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    done: Mapping[str, str] = field(default_factory=dict)
    seeded: tuple[str, ...] = ()
