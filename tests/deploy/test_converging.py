"""The law of deploying: after a plan was carried out, there is nothing left to plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.deployed import Observed, ObservedStack
from platform_cli.deploy.planning import plan_deployment, stale_references
from platform_cli.deploy.plans import Action, DeploymentPlan

STACKS = ("data", "identity", "events", "service-a", "service-b", "api-x")
EMPTY = (
    *("tags", "identity", "tables", "buckets", "secrets", "flags"),
    *("buses", "queues", "topics", "streams", "apis", "services"),
)
STATUSES = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS",
    "DELETE_FAILED",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
)


def environment() -> ResolvedEnvironment:
    return ResolvedEnvironment.model_validate(
        {
            "system": "p",
            "owner": "o",
            "environment": "dev",
            "target": "aws",
            "account": "1" * 12,
            "region": "eu-west-1",
            "profile": None,
            "protect": False,
            "settings": (),
            **{name: {} for name in EMPTY},
        }
    )


class FakeCloudFormation:
    """Stacks with outputs; an output's value depends on the template that makes it."""

    def __init__(self) -> None:
        self.stacks: dict[str, ObservedStack] = {}

    def put(self, artifact: StackArtifact, status: str = "UPDATE_COMPLETE") -> None:
        outputs = {}
        for name, output in artifact.template.get("Outputs", {}).items():
            value = output["Value"]
            if isinstance(value, dict):
                read = value["Fn::GetStackOutput"]
                producer = self.stacks.get(read["StackName"])
                value = producer.outputs.get(read["OutputName"], "") if producer is not None else ""
            outputs[name] = str(value)
        self.stacks[artifact.name] = ObservedStack(
            artifact.name, artifact.name, status, "", artifact.template, outputs, artifact.tags, False
        )

    def observe(self, assembly: Assembly) -> Observed:
        wanted = {stack.name for stack in assembly.stacks}
        return Observed(
            {n: s for n, s in self.stacks.items() if n in wanted},
            {n: s for n, s in self.stacks.items() if n not in wanted},
        )

    def execute(self, plan: DeploymentPlan) -> None:
        """As the executor does: level by level, followers only if they must."""
        for step in plan.steps:
            if step.action is Action.REMOVE:
                del self.stacks[step.stack]
            elif step.action is Action.FOLLOW:
                assert step.artifact is not None
                if stale_references(step.artifact, self.stacks[step.stack], self.stacks):
                    self.put(step.artifact)
            elif step.action is not Action.UNCHANGED:
                assert step.artifact is not None
                self.put(step.artifact)


@st.composite
def assemblies(draw: st.DrawFn) -> Assembly:
    """Some of the stacks, each with a version, reading outputs of some that come before it."""
    chosen = [name for name in STACKS if draw(st.booleans())]
    stacks: list[StackArtifact] = []
    for name in chosen:
        version = draw(st.integers(0, 2))
        read = (
            draw(st.lists(st.sampled_from(stacks), unique_by=lambda s: s.name, max_size=2)) if stacks else []
        )
        references = {
            f"Read{i}": {"Fn::GetStackOutput": {"StackName": s.name, "OutputName": "Out"}}
            for i, s in enumerate(read)
        }
        template: dict[str, Any] = {
            "Resources": {"R": {"Type": "X", "Properties": {"Version": version, **references}}},
            "Outputs": {
                "Out": {"Value": f"{name}-{version if draw(st.booleans()) else 0}"},
                **{key: {"Value": value} for key, value in references.items()},
            },
        }
        tags = {"t": draw(st.sampled_from("ab"))}
        stacks.append(
            StackArtifact(
                f"p-dev-{name}", f"p-dev-{name}", "1" * 12, "eu-west-1", template, Path("t"), tags=tags
            )
        )
    return Assembly(Path(), tuple(stacks))


@given(assemblies(), assemblies(), st.lists(st.sampled_from(STATUSES), min_size=6, max_size=6))
def test_planning_after_executing_is_empty(before: Assembly, after: Assembly, statuses: list[str]) -> None:
    aws = FakeCloudFormation()
    for stack, status in zip(before.stacks, statuses, strict=False):
        aws.put(stack, status)
    plan = plan_deployment(after, environment(), aws.observe(after))
    aws.execute(plan)
    again = plan_deployment(after, environment(), aws.observe(after))
    assert again.empty
    assert set(aws.stacks) == {stack.name for stack in after.stacks}


@given(assemblies(), st.lists(st.sampled_from(STATUSES), min_size=6, max_size=6))
def test_a_stack_never_comes_before_one_that_it_reads_from(assembly: Assembly, statuses: list[str]) -> None:
    aws = FakeCloudFormation()
    for stack, status in zip(assembly.stacks, statuses, strict=False):
        aws.put(stack, status)
    plan = plan_deployment(assembly, environment(), aws.observe(assembly))
    depth = {step.stack: i for i, level in enumerate(plan.levels) for step in level}
    for level in plan.levels:
        for step in level:
            assert all(depth[before] < depth[step.stack] for before in step.after)
