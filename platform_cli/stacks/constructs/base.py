"""What all stacks and constructs share: ids that never move, where a resource came from, weak references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aws_cdk import (
    App,
    CfnOutput,
    CfnResource,
    CfnTag,
    DefaultStackSynthesizer,
    Environment,
    Fn,
    RemovalPolicy,
    Stack,
)
from constructs import Construct

from platform_cli.blueprint.naming import RECOVERY
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks.addresses import Addresses, names_of
from platform_cli.stacks.logical import pascal

QUALIFIER = "hnb659fds"
"""The CDK's own: accounts that `cdk bootstrap` prepared serve this tool too."""

BLUEPRINT_METADATA = "platform:blueprint"
"""Key of a resource's metadata with the dotted path of the blueprint that it comes from."""


class PlatformStack(Stack):
    """A stack of the system: named, tagged and protected as its environment says.

    Args:
        app: The app of the assembly.
        system: The environment.
        concern: `data`, `identity`, `events`, `service` or `api`.
        name: Of the service or API, where the concern has several stacks.
        description: What the console shows.
        tags: Beyond those that all stacks carry.
        compact: Whether the template is written without indentation, since it could become too large.
        region: Where it is, if not in the system's own region.
    """

    def __init__(
        self,
        app: App,
        system: ResolvedEnvironment,
        concern: str,
        name: str | None = None,
        *,
        description: str,
        tags: Mapping[str, str] | None = None,
        compact: bool = False,
        region: str | None = None,
    ) -> None:
        stack_name = names_of(system).stack(concern, name)
        common = {"environment": system.environment, "owner": system.owner, "system": system.system}
        super().__init__(
            app,
            stack_name,
            stack_name=stack_name,
            description=description,
            env=Environment(account=system.account, region=region or system.region),
            synthesizer=DefaultStackSynthesizer(qualifier=QUALIFIER),
            tags={**system.tags, **common, **(tags or {})},
            suppress_template_indentation=compact,
            termination_protection=system.protect,
        )
        self.system = system
        self.names = names_of(system)
        self.at = replace(Addresses.of(system), region=region or system.region)
        self._looked_up: dict[tuple[str, str], str] = {}

    def give(self, output: str, value: str, description: str) -> None:
        """Declare an output that other stacks and users read by its name."""
        CfnOutput(self, output, value=value, description=description)

    def look_up(
        self, concern: str, output: str, region: str | None = None, *, name: str | None = None
    ) -> str:
        """The value of another stack's output, by a reference that does not lock that stack.

        The value is repeated as an output of this stack: where the two differ, this stack is out of date, and
        a planner sees it without reading any resource.

        Args:
            concern: Of the stack.
            output: Its name.
            region: Of the stack, where it is one in another region.
            name: Of the stack, where the concern has several; without it, those are called by their region.
        """
        called = name or (region if concern == RECOVERY else None)
        key = (f"{concern}{pascal(called)}" if called else concern, output)
        if key not in self._looked_up:
            producer = self.names.stack(concern, called)
            self._looked_up[key] = Fn.get_stack_output(producer, output, region)
            echo = f"Uses{key[0][:1].upper()}{key[0][1:]}{output}"
            CfnOutput(self, echo, value=self._looked_up[key])
        return self._looked_up[key]


class Capability(Construct):
    """A construct with one purpose, inside of a `PlatformStack`.

    Args:
        stack: The stack.
        name: Id of the construct, unique in its stack; it does not show in the template.
        origin: Dotted path of the blueprint that the resources come from.
    """

    def __init__(self, stack: PlatformStack, name: str, origin: str) -> None:
        super().__init__(stack, name)
        self.stack = stack
        self._origin = origin

    def place(self, resource: CfnResource, logical_id: str, *, keeps_data: bool = False) -> None:
        """Fix the logical id of a resource, and say where it comes from.

        Args:
            resource: The resource.
            logical_id: Its id for ever.
            keeps_data: Whether a protected environment retains it when it leaves the template.
        """
        resource.override_logical_id(logical_id)
        resource.add_metadata(BLUEPRINT_METADATA, self._origin)
        if keeps_data:
            retain = self.stack.system.protect
            resource.apply_removal_policy(RemovalPolicy.RETAIN if retain else RemovalPolicy.DESTROY)


def tag_list(stack: PlatformStack) -> list[Any]:
    """The stack's tags, for a resource that CloudFormation does not pass them on to."""
    return [CfnTag(key=key, value=value) for key, value in sorted(stack.tags.tag_values().items())]
