"""Synthesis as a whole: reuse, replacing in place, and what the process does to get there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedPatch
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.stacks.assembling import assemble
from platform_cli.stacks.events import AssemblyReused, StackDefined, SynthesisFinished, SynthesisStarted
from platform_cli.stacks.fingerprint import STAMP, fingerprint, is_current, stamp
from platform_cli.stacks.runtime import cdk_runtime, node_executable
from platform_cli.stacks.synthesis import Synthesis, synthesize


@pytest.fixture(scope="module")
def small(factory: Callable[..., Any]) -> ResolvedEnvironment:
    """A system without services, so that nothing has to be packaged."""
    make = factory()
    return make.environment(
        queues=make.named(make.queue("jobs")), tables=make.named(make.table("main", stream="keys_only"))
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def run(environment: ResolvedEnvironment, folder: Path, **values: Any) -> Synthesis:
    return synthesize(environment, folder, folder / "out", folder / "cache", **values)


# --- the same again ------------------------------------------------------------------------------


def test_two_syntheses_write_the_same_bytes(
    full: Callable[..., ResolvedEnvironment], packages: Callable[..., Any], tmp_path: Path
) -> None:
    environment = full()
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assemble(environment, packages(environment), tmp_path, tmp_path / name)
        found.append(contents(tmp_path / name))
    assert found[0] == found[1]
    assert len([name for name in found[0] if name.startswith("asset.")]) == 4
    assert not [name for name, content in found[0].items() if str(tmp_path).encode() in content]


def test_an_unchanged_system_is_reused_and_reports_it(small: ResolvedEnvironment, tmp_path: Path) -> None:
    events: list[Any] = []
    first = run(small, tmp_path, report=events.append)
    before = contents(first.out)
    assert [type(event) for event in events] == [
        SynthesisStarted,
        StackDefined,
        StackDefined,
        SynthesisFinished,
    ]
    events.clear()
    second = run(small, tmp_path, report=events.append)
    assert (first.reused, second.reused) == (False, True)
    assert first.stacks == second.stacks == ("shop-dev-data", "shop-dev-events")
    assert [type(event) for event in events] == [AssemblyReused]
    assert contents(second.out) == before


REUSE = """
import sys, json
from pathlib import Path
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks.synthesis import synthesize
started = []
sys.addaudithook(lambda event, args: started.append(str(args[0])) if event == "subprocess.Popen" else None)
folder = Path(sys.argv[1])
environment = ResolvedEnvironment.model_validate_json((folder / "environment.json").read_text())
done = synthesize(environment, folder, folder / "out", folder / "cache")
heavy = [name for name in ("aws_cdk", "jsii", "boto3", "cfnlint", "jsonpatch") if name in sys.modules]
print(json.dumps({"reused": done.reused, "heavy": heavy, "started": started}))
"""


def test_reuse_starts_no_process_and_imports_nothing_heavy(
    small: ResolvedEnvironment, tmp_path: Path
) -> None:
    (tmp_path / "environment.json").write_text(small.model_dump_json())

    def in_a_new_process() -> dict[str, Any]:
        command = [sys.executable, "-c", REUSE, str(tmp_path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert done.stderr == ""
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    first = in_a_new_process()
    assert not first["reused"]
    assert "aws_cdk" in first["heavy"]
    assert [Path(started).name for started in first["started"]] != []
    assert in_a_new_process() == {"reused": True, "heavy": [], "started": []}


def test_an_assembly_that_lost_a_file_is_made_again(small: ResolvedEnvironment, tmp_path: Path) -> None:
    whole = contents(run(small, tmp_path).out)
    (tmp_path / "out" / "shop-dev-data.template.json").unlink()
    assert not run(small, tmp_path).reused
    assert contents(tmp_path / "out") == whole


def test_another_environment_or_source_has_another_fingerprint(
    small: ResolvedEnvironment, tmp_path: Path
) -> None:
    hooked = small.model_copy(update={"extend": "hook.py"})
    found = [fingerprint(small, tmp_path), fingerprint(hooked, tmp_path)]
    (tmp_path / "hook.py").write_text("def extend(stack, environment): ...\n")
    found.append(fingerprint(hooked, tmp_path))
    found.append(fingerprint(small.model_copy(update={"protect": True}), tmp_path))
    assert len(set(found)) == 4
    assert fingerprint(small, tmp_path) == found[0]


def test_a_damaged_stamp_is_no_stamp(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    stamp(tmp_path, "made-from")
    assert is_current(tmp_path, "made-from")
    assert not is_current(tmp_path, "something-else")
    for damaged in ("", "[]", "{"):
        (tmp_path / STAMP).write_text(damaged)
        assert not is_current(tmp_path, "made-from")


# --- replacing -----------------------------------------------------------------------------------


def test_a_changed_system_replaces_all_of_the_old_assembly(
    small: ResolvedEnvironment, tmp_path: Path
) -> None:
    run(small, tmp_path)
    run(small.model_copy(update={"queues": {}}), tmp_path)
    assert not (tmp_path / "out" / "shop-dev-events.template.json").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, PlatformError("no")])
def test_a_synthesis_that_ends_early_leaves_the_old_assembly_whole(
    failure: Any, small: ResolvedEnvironment, tmp_path: Path
) -> None:
    before = contents(run(small, tmp_path).out)

    def interrupt(event: Any) -> None:
        if isinstance(event, StackDefined):
            raise failure

    with pytest.raises((KeyboardInterrupt, PlatformError)):
        run(small.model_copy(update={"protect": True}), tmp_path, report=interrupt)
    assert contents(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_folder_with_other_files_is_never_replaced(small: ResolvedEnvironment, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(PlatformError) as caught:
        run(small, tmp_path)
    assert caught.value.code == "not-an-assembly"
    assert caught.value.exit_code is ExitCode.USAGE
    assert contents(tmp_path / "out") == {"thesis.txt": b"years of work"}


# --- the user's own say --------------------------------------------------------------------------


def template(folder: Path, stack: str) -> Any:
    return json.loads((folder / "out" / f"{stack}.template.json").read_text())


def test_a_hook_may_change_a_stack(small: ResolvedEnvironment, tmp_path: Path) -> None:
    (tmp_path / "hook.py").write_text(
        "from aws_cdk import CfnOutput\n"
        "def extend(stack, environment):\n"
        "    CfnOutput(stack, 'Mine', value=environment.owner)\n"
    )
    run(small.model_copy(update={"extend": "hook.py"}), tmp_path)
    assert template(tmp_path, "shop-dev-data")["Outputs"]["Mine"] == {"Value": "team-commerce"}
    assert template(tmp_path, "shop-dev-events")["Outputs"]["Mine"] == {"Value": "team-commerce"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (None, "the file is missing"),
        ("x = 1\n", "it has no function extend(stack, environment)"),
        ("def extend(\n", "SyntaxError"),
        ("def extend(stack, environment):\n    return 1 / 0\n", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_broken_hook_is_an_error_that_names_it(
    source: str | None, said: str, small: ResolvedEnvironment, tmp_path: Path
) -> None:
    if source is not None:
        (tmp_path / "hook.py").write_text(source)
    with pytest.raises(PlatformError) as caught:
        run(small.model_copy(update={"extend": "hook.py"}), tmp_path)
    assert caught.value.code == "hook-failed"
    assert said in caught.value.message
    assert str(caught.value.where).endswith("hook.py")


def patch(**values: Any) -> ResolvedPatch:
    defaults: dict[str, Any] = {"stack": "events", "value": None, "from_path": None, "reason": "because"}
    return ResolvedPatch(**(defaults | values))


def test_a_patch_changes_the_template_and_the_manifest_knows(
    small: ResolvedEnvironment, tmp_path: Path
) -> None:
    import hashlib

    path = "/Resources/QueueJobs/Properties/DelaySeconds"
    run(small.model_copy(update={"patches": (patch(op="replace", path=path, value="7"),)}), tmp_path)
    assert template(tmp_path, "shop-dev-events")["Resources"]["QueueJobs"]["Properties"]["DelaySeconds"] == 7
    content = (tmp_path / "out" / "shop-dev-events.template.json").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert digest in (tmp_path / "out" / "shop-dev-events.assets.json").read_text()
    assert digest in (tmp_path / "out" / "manifest.json").read_text()


@pytest.mark.parametrize(
    "wrong",
    [
        patch(op="remove", path="/Resources/Nothing"),
        patch(op="test", path="/Resources/QueueJobs/Type", value='"AWS::SNS::Topic"'),
        patch(op="remove", path="/Resources", stack="services.nowhere"),
        patch(op="add", path="no-pointer", value="1"),
        patch(op="add", path="/Resources/QueueJobs", value="{}"),
    ],
)
def test_a_patch_that_does_not_fit_is_an_error(
    wrong: ResolvedPatch, small: ResolvedEnvironment, tmp_path: Path
) -> None:
    with pytest.raises(PlatformError) as caught:
        run(small.model_copy(update={"patches": (wrong,)}), tmp_path)
    assert caught.value.code == "patch-failed"
    assert caught.value.exit_code is ExitCode.USAGE
    assert not (tmp_path / "out").exists()


def test_a_patch_that_makes_the_template_invalid_is_an_error_with_its_origin(
    small: ResolvedEnvironment, tmp_path: Path
) -> None:
    wrong = patch(op="add", path="/Resources/QueueJobs/Properties/Bogus", value="1")
    with pytest.raises(PlatformError) as caught:
        run(small.model_copy(update={"patches": (wrong,)}), tmp_path)
    assert caught.value.code == "invalid-template"
    assert "shop-dev-events: Resources/QueueJobs/Properties/Bogus" in caught.value.message
    assert "(from queues.jobs)" in caught.value.message
    assert not (tmp_path / "out").exists()


# --- the process ---------------------------------------------------------------------------------


def test_the_cdk_runs_on_the_node_of_a_wheel_and_leaves_no_trace_in_the_environment() -> None:
    before = dict(os.environ)
    os.environ["CDK_CONTEXT_JSON"] = "{}"
    try:
        with cdk_runtime():
            assert Path(os.environ["JSII_NODE"]) == node_executable()
            assert os.environ["CDK_VALIDATION"] == "false"
            assert "CDK_CONTEXT_JSON" not in os.environ
        assert os.environ["CDK_CONTEXT_JSON"] == "{}"
    finally:
        del os.environ["CDK_CONTEXT_JSON"]
    assert dict(os.environ) == before
    assert "site-packages" in str(node_executable())


def test_what_the_cdk_refuses_is_an_error_without_a_traceback_of_javascript(
    small: ResolvedEnvironment, tmp_path: Path
) -> None:
    wrong = small.model_copy(update={"tags": {"": "a tag without a name"}, "account": "not-a-number" * 30})
    hook = tmp_path / "hook.py"
    hook.write_text(
        "from aws_cdk import CfnResource\n"
        "def extend(stack, environment):\n"
        "    CfnResource(stack, 'X', type='A::B::C').override_logical_id('TableMain')\n"
    )
    with pytest.raises(PlatformError) as caught:
        run(wrong.model_copy(update={"extend": "hook.py", "tags": {}}), tmp_path)
    assert caught.value.code == "synthesis-failed"
    assert "\n" not in caught.value.message
