"""What the templates give: the exact files, which pass the service's own checks at once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from platform_cli.package.locking import check_lock
from platform_cli.scaffold.answers import Record, read_record, render_record
from platform_cli.scaffold.catalog import SHARED, WORKSPACE, service_kinds, service_template, templates_root
from platform_cli.scaffold.registration import WINDOW_SECONDS

# The checks of all services share one cache, so they run in one worker.
pytestmark = pytest.mark.xdist_group("rendered-services")

KINDS = {
    "order-history": "api",
    "letters": "worker",
    "clicks": "stream",
    "changes": "stream",
    "sales": "analytics",
    "nightly": "schedule",
}

COMMON = {
    ".copier-answers.yml",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
    "src/PACKAGE/__init__.py",
    "src/PACKAGE/data/__init__.py",
    "src/PACKAGE/data/keys.py",
    "src/PACKAGE/handlers/__init__.py",
    "src/PACKAGE/logic/__init__.py",
    "src/PACKAGE/wiring.py",
    "tests/conftest.py",
    "tests/test_handlers.py",
}
OWN = {
    "api": {
        "src/PACKAGE/data/items.py",
        "src/PACKAGE/handlers/create_item.py",
        "src/PACKAGE/handlers/get_item.py",
        "src/PACKAGE/logic/items.py",
        "tests/events/create.json",
        "tests/events/get.json",
        "tests/test_items.py",
    },
    "worker": {
        "src/PACKAGE/data/messages.py",
        "src/PACKAGE/handlers/process_message.py",
        "src/PACKAGE/logic/messages.py",
        "tests/events/process.json",
        "tests/test_messages.py",
    },
    "stream": {
        "src/PACKAGE/data/changes.py",
        "src/PACKAGE/handlers/follow_change.py",
        "src/PACKAGE/logic/changes.py",
        "tests/events/follow.json",
        "tests/test_changes.py",
    },
    "analytics": {
        "src/PACKAGE/data/windows.py",
        "src/PACKAGE/handlers/measure.py",
        "src/PACKAGE/handlers/report.py",
        "src/PACKAGE/logic/windows.py",
        "tests/events/measure.json",
        "tests/events/report.json",
        "tests/test_windows.py",
    },
    "schedule": {
        "src/PACKAGE/data/checkpoints.py",
        "src/PACKAGE/handlers/run_job.py",
        "src/PACKAGE/logic/job.py",
        "tests/events/run.json",
        "tests/test_job.py",
    },
}


MYPY_CACHE = Path(__file__).parents[2] / ".mypy_cache" / "shop"
"""That of the shop's services: the types of boto3 and Powertools are the bulk of the work, so one worker
runs mypy for all of them, one after the other."""


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)} in {folder.name}\n{done.stdout}{done.stderr}"


def test_every_kind_is_rendered_here() -> None:
    assert set(KINDS.values()) == set(service_kinds())


@pytest.mark.parametrize("name", KINDS)
def test_a_service_has_exactly_its_files(services, name: str) -> None:
    package = name.replace("-", "_")
    expected = {file.replace("PACKAGE", package) for file in COMMON | OWN[KINDS[name]]}

    assert files_of(services.rendered / name) == expected


@pytest.mark.parametrize("name", KINDS)
def test_nothing_of_the_template_is_left_in_a_service(services, name: str) -> None:
    for file in files_of(services.rendered / name):
        text = (services.rendered / name / file).read_text(encoding="utf-8")
        assert not re.search(r"\{\{|\{%|TODO|FIXME", text), file
        assert text.endswith("\n"), file
        assert not text.endswith("\n\n"), file
        assert not re.search(r"[ \t]$", text, re.MULTILINE), file


def test_rendered_services_pass_ruff(services) -> None:
    for command in (("ruff", "check", "--no-cache", "."), ("ruff", "format", "--no-cache", "--check", ".")):
        run(services.rendered, *command)


@pytest.mark.xdist_group("mypy-of-services")
@pytest.mark.parametrize("name", KINDS)
def test_a_rendered_service_passes_its_own_mypy(services, name: str) -> None:
    run(services.rendered / name, "mypy", "--cache-dir", str(MYPY_CACHE))


def test_a_rendered_service_passes_its_own_pytest(services) -> None:
    run(services.rendered / "order-history", "pytest", "-p", "no:cacheprovider")


def test_the_tests_of_all_rendered_services_pass_in_one_run(services) -> None:
    """Each with its own configuration would start Python six times, for the same configuration."""
    sources = " ".join(f"{name}/src" for name in KINDS)
    run(
        services.rendered,
        *("pytest", "-p", "no:cacheprovider", "--import-mode=importlib", "--rootdir", "../.."),
        *("-o", f"pythonpath={sources} ../libs/servicekit/src"),
        *(f"{name}/tests" for name in KINDS),
    )


@pytest.mark.parametrize("kind", service_kinds())
@pytest.mark.parametrize("name", ["a", "x" * 44])
def test_a_name_of_any_length_leaves_the_code_formatted(workspace, kind: str, name: str) -> None:
    workspace.make(name, kind, table="plain")
    workspace.make(f"b{name[1:]}", kind, table=name, **({"route": "/b"} if kind == "api" else {}))

    run(workspace.root / "services", "ruff", "check", "--no-cache", ".")
    run(workspace.root / "services", "ruff", "format", "--no-cache", "--check", ".")


def test_all_kinds_share_one_lock_so_that_they_share_one_layer(services) -> None:
    locks = {(services.rendered / name / "requirements.lock").read_bytes() for name in KINDS}

    assert len(locks) == 1


def test_the_lock_holds_hashes_and_no_address() -> None:
    lock = (templates_root() / SHARED / "project" / "requirements.lock").read_text(encoding="utf-8")

    assert "://" not in lock
    pins = re.findall(
        r"^[a-z0-9-]+(?:\[[a-z,]+\])?==\S+ .*\\\n(?:    --hash=sha256:[0-9a-f]{64}.*\n)+", lock, re.M
    )
    assert "".join(pins) == lock
    assert not re.search(r"^(boto3|botocore|servicekit)\b", lock, re.MULTILINE)


def test_the_lock_answers_what_a_new_service_and_its_library_ask_for(services) -> None:
    check_lock(services.rendered / "letters")


def test_the_windows_of_the_code_are_as_long_as_those_of_the_blueprint(services) -> None:
    logic = (services.rendered / "sales/src/sales/logic/windows.py").read_text(encoding="utf-8")

    assert f"WINDOW_SECONDS: Final = {WINDOW_SECONDS}\n" in logic


@pytest.mark.parametrize("name", KINDS)
def test_a_service_renders_the_same_from_its_record(services, tmp_path: Path, name: str) -> None:
    service = services.rendered / name

    render_record(read_record(service), tmp_path / name)

    assert files_of(tmp_path / name) == files_of(service)
    for file in files_of(service):
        assert (tmp_path / name / file).read_bytes() == (service / file).read_bytes(), file


def test_the_templates_of_another_release_render_its_records(services, tmp_path: Path) -> None:
    """An update needs the common ancestor: what the recorded release made of the recorded answers."""
    older = tmp_path / "older"
    for layer in service_template("worker").layers:
        for file in files_of(layer):
            (older / layer.name / file).parent.mkdir(parents=True, exist_ok=True)
            (older / layer.name / file).write_bytes((layer / file).read_bytes())
    readme = older / SHARED / "project" / "README.md.jinja"
    readme.write_text("# {{ name }} of old\n", encoding="utf-8")
    now = read_record(services.rendered / "letters")

    render_record(Record(now.template, "0.0.1", now.answers), tmp_path / "letters", older)

    assert (tmp_path / "letters" / "README.md").read_text(encoding="utf-8") == "# letters of old\n"
    assert read_record(tmp_path / "letters") == Record("worker", "0.0.1", now.answers)


def test_the_library_of_a_workspace_is_that_of_the_shop() -> None:
    shop = Path(__file__).parents[2] / "examples" / "shop" / "libs"
    library = templates_root() / WORKSPACE / "project" / "libs"
    generated = re.compile(r"(^|/)(__pycache__|\.[a-z]+_cache|\.venv|[a-z_]+\.egg-info)/")

    def contents(folder: Path) -> dict[str, str]:
        return {
            file: (folder / file).read_text(encoding="utf-8")
            for file in files_of(folder)
            if not generated.search(file)
        }

    assert contents(library) == contents(shop)
