"""A new workspace: whole, valid, and in nobody's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.scaffold.answers import read_record
from platform_cli.scaffold.catalog import blueprint_names
from platform_cli.scaffold.questions import workspace_questions
from platform_cli.scaffold.services import new_service
from platform_cli.scaffold.workspaces import init_workspace

REPOSITORY = Path(__file__).parents[2]

SERVICE = {
    ".copier-answers.yml",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
    "src/notes/__init__.py",
    "src/notes/data/__init__.py",
    "src/notes/data/items.py",
    "src/notes/data/keys.py",
    "src/notes/handlers/__init__.py",
    "src/notes/handlers/create_item.py",
    "src/notes/handlers/get_item.py",
    "src/notes/logic/__init__.py",
    "src/notes/logic/items.py",
    "src/notes/wiring.py",
    "tests/conftest.py",
    "tests/events/create.json",
    "tests/events/get.json",
    "tests/test_handlers.py",
    "tests/test_items.py",
}


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_workspace_has_exactly_its_files(tmp_path: Path) -> None:
    written = init_workspace(tmp_path / "shop")

    files = contents(tmp_path / "shop")
    library = {file for file in files if file.startswith("libs/servicekit/")}
    assert {"libs/servicekit/pyproject.toml", "libs/servicekit/src/servicekit/__init__.py"} <= library
    assert files - library == {"blueprint.yaml", "README.md", ".gitignore"} | {
        f"services/notes/{file}" for file in SERVICE
    }
    assert {path.relative_to(tmp_path / "shop").as_posix() for path in written} == files


@pytest.mark.parametrize("blueprint", blueprint_names())
def test_every_blueprint_is_valid_in_every_environment_and_warns_of_nothing(
    tmp_path: Path, blueprint: str
) -> None:
    init_workspace(tmp_path / "shop", blueprint)

    inspection = inspect_blueprint(tmp_path / "shop" / "blueprint.yaml")
    # Whom alarms tell, what to do then, who hears of costs, whether there is a trail, what an endpoint would
    # close: notices remind the team of it.
    reminders = {"no-runbooks", "nobody-is-told", "no-budget", "open-egress", "sign-ins-need-trail"}
    assert {finding.code for finding in inspection.findings} <= reminders
    assert inspection.blueprint is not None
    for environment in inspection.blueprint.environments:
        resolved = resolve(inspection, environment)
        assert all((tmp_path / "shop" / service.path).is_dir() for service in resolved.services.values())


@pytest.mark.parametrize("blueprint", blueprint_names())
def test_whoever_is_named_is_told_by_the_alarms(tmp_path: Path, blueprint: str) -> None:
    init_workspace(tmp_path / "shop", blueprint, {"contact": "ops@shop.test"})

    inspection = inspect_blueprint(tmp_path / "shop" / "blueprint.yaml")
    assert not inspection.errors
    silent = {"nobody-is-told", "severity-untold", "no-budget"}
    assert not silent & {finding.code for finding in inspection.findings}
    prod = resolve(inspection, "prod")
    told = ("ops@shop.test",)
    assert (prod.alarms.critical, prod.alarms.warning, prod.alarms.info) == (told, told, told)
    assert {budget.contacts for budget in prod.budgets.values()} == {told}


@pytest.mark.parametrize("region", ["eu-west-1", "eu-central-1"])
def test_the_example_is_made_with_the_answers_and_stays_whole(tmp_path: Path, region: str) -> None:
    answers = {"system": "kiosk", "owner": "me", "region": region, "prod_account": "123456789012"}

    init_workspace(tmp_path / "kiosk", "shop", answers)

    inspection = inspect_blueprint(tmp_path / "kiosk" / "blueprint.yaml")
    assert not inspection.errors
    local, prod = resolve(inspection, None), resolve(inspection, "prod")
    assert (local.target, local.system, local.owner) == ("local", "kiosk", "me")
    assert (prod.account, prod.region, prod.profile) == ("123456789012", region, None)
    example = REPOSITORY / "examples" / "shop"
    kept = {path for path in contents(example) if "__pycache__" not in path and not f"/{path}".count("/.")}
    assert contents(tmp_path / "kiosk") == kept | {".gitignore"}
    # Comments teach the language, so they are kept.
    comments = [
        line for line in (example / "blueprint.yaml").read_text().splitlines() if line.startswith("#")
    ]
    made = (tmp_path / "kiosk" / "blueprint.yaml").read_text().splitlines()
    assert [line for line in comments if line not in made] == []


def test_the_starter_has_three_environments_and_begins_with_the_local_one(tmp_path: Path) -> None:
    init_workspace(tmp_path / "shop", "starter", {"region": "eu-central-1", "prod_account": "123456789012"})

    inspection = inspect_blueprint(tmp_path / "shop" / "blueprint.yaml")
    local, dev, prod = (resolve(inspection, name) for name in (None, "dev", "prod"))
    assert (local.system, local.owner, local.target) == ("shop", "team-shop", "local")
    assert (dev.target, dev.account, dev.region, dev.protect) == (
        "aws",
        "111111111111",
        "eu-central-1",
        False,
    )
    assert (prod.account, prod.region, prod.protect) == ("123456789012", "eu-central-1", True)
    assert {f.log_retention_days for f in prod.functions} == {90}
    assert [f.address for f in local.functions] == ["notes.create", "notes.get"]
    assert (
        read_record(tmp_path / "shop/services/notes").answers["description"] == "Keeps notes, and shows them"
    )


def test_a_workspace_takes_another_service_at_once(tmp_path: Path) -> None:
    init_workspace(tmp_path / "shop")

    new_service(tmp_path / "shop", tmp_path / "shop/blueprint.yaml", "letters", "worker")

    found = inspect_blueprint(tmp_path / "shop/blueprint.yaml").findings
    assert {finding.code for finding in found} <= {"no-runbooks", "nobody-is-told", "no-budget"}


def test_the_folder_gives_the_system_its_name(tmp_path: Path) -> None:
    asked = {question.name: question.default for question in workspace_questions(tmp_path / "My Shop_2")}

    assert asked["system"] == "my-shop-2"
    assert asked["owner"] == "team-my-shop-2"


def test_a_folder_with_other_things_in_it_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "NOTES.txt").write_text("mine")

    init_workspace(tmp_path, answers={"system": "shop"})

    assert (tmp_path / "NOTES.txt").read_text() == "mine"
    assert (tmp_path / "blueprint.yaml").is_file()
    assert not list(tmp_path.glob(".platform-init-*"))


@pytest.mark.parametrize(
    ("taken", "message"),
    [("blueprint.yaml", "is a workspace already"), ("README.md", "has README.md already")],
)
def test_a_folder_with_one_of_its_names_is_refused_untouched(
    tmp_path: Path, taken: str, message: str
) -> None:
    (tmp_path / taken).write_text("mine")

    with pytest.raises(PlatformError, match=message) as caught:
        init_workspace(tmp_path, answers={"system": "shop"})

    assert caught.value.exit_code is ExitCode.USAGE
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {taken: "mine"}


@pytest.mark.parametrize(
    ("blueprint", "answers", "message"),
    [
        ("startr", {}, 'there is no blueprint "startr"'),
        ("starter", {"system": "Shop"}, "not a name for a system"),
        ("starter", {"contact": "nobody"}, '--contact cannot be "nobody"'),
        ("starter", {"dev_account": "1111"}, '--dev-account cannot be "1111"'),
        ("starter", {"region": "europe"}, '--region cannot be "europe"'),
        ("starter", {"regoin": "eu-west-1"}, '"regoin" is not asked here'),
    ],
)
def test_a_bad_answer_makes_no_folder(
    tmp_path: Path, blueprint: str, answers: dict[str, str], message: str
) -> None:
    with pytest.raises(PlatformError, match=message) as caught:
        init_workspace(tmp_path / "a" / "shop", blueprint, answers)

    assert caught.value.exit_code is ExitCode.USAGE
    assert list(tmp_path.iterdir()) == []


def test_an_owner_of_any_letters_stays_one_text(tmp_path: Path) -> None:
    init_workspace(tmp_path / "shop", answers={"owner": 'Team "Ö": #1'})

    assert resolve(inspect_blueprint(tmp_path / "shop/blueprint.yaml"), None).owner == 'Team "Ö": #1'


def test_a_file_in_the_place_of_the_folder_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("mine")

    with pytest.raises(PlatformError, match="cannot be written"):
        init_workspace(tmp_path / "shop")
