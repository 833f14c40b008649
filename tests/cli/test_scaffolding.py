"""`platform init` and `platform new-service`, by option and by question."""

import json

import pytest


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_workspace_is_made_without_a_question(run, empty):
    outcome = run("init", "shop", "--owner", "team-x")

    assert outcome.code == 0
    assert outcome.err == "\nNext:\n  cd shop\n  platform deploy\n"
    assert outcome.out.splitlines()[0] == ".gitignore"
    service = [path for path in (empty / "shop" / "services" / "notes").rglob("*") if path.is_file()]
    assert ["services/notes/", f"{len(service)}", "files"] in [
        line.split() for line in outcome.out.splitlines()
    ]
    assert len(outcome.out.splitlines()) < 20
    assert "team-x" in (empty / "shop" / "blueprint.yaml").read_text()
    assert run("validate", "--blueprint", "shop").code == 0


def test_the_files_of_a_workspace_are_all_in_its_json(run, empty):
    document = json.loads(run("init", "shop", "--yes", "--json").out)

    made = [p.relative_to(empty / "shop") for p in (empty / "shop").rglob("*") if p.is_file()]
    assert sorted(document["files"]) == sorted(p.as_posix() for p in made if p.parts[0] != ".platform")


def test_a_workspace_starts_from_a_named_blueprint_and_brings_the_schema_for_editors(run, empty):
    outcome = run("init", "my shop", "--blueprint", "starter", "--system", "shop", "--yes")

    assert (outcome.code, outcome.err) == (0, "\nNext:\n  cd 'my shop'\n  platform deploy\n")
    schema = json.loads((empty / "my shop" / ".platform" / "blueprint.schema.json").read_text())
    assert "services" in schema["properties"]
    assert run("init", "other", "--blueprint", "startr").err.startswith("error[unknown-blueprint]: ")


def test_a_service_can_be_looked_at_before_it_is_written(run, workspace):
    before = (workspace / "blueprint.yaml").read_text()

    outcome = run("new-service", "mailer", "--template", "worker", "--dry-run")

    assert outcome.code == 0
    assert "services/mailer/pyproject.toml" in outcome.out
    assert "\n+  mailer:\n" in outcome.out
    assert outcome.err == "\nNothing was written.\n"
    assert not (workspace / "services" / "mailer").exists()
    assert (workspace / "blueprint.yaml").read_text() == before


def test_a_workspace_asks_in_a_terminal_for_what_no_option_says(run, empty):
    outcome = run("init", "shop", "--region", "eu-north-1", answers="store\n\n\n\nops@example.com\n")

    assert outcome.code == 0
    assert outcome.err.startswith(
        "Name of the system [shop]: Team that owns it [team-shop]: AWS account of dev"
    )
    assert "region" not in outcome.err.splitlines()[0].lower()
    blueprint = (empty / "shop" / "blueprint.yaml").read_text()
    assert "store " in blueprint
    assert "eu-north-1" in blueprint
    assert '    critical: ["ops@example.com"]\n' in blueprint


def test_nobody_has_to_be_told_by_alarms(run, empty):
    outcome = run("init", "shop", answers="\n\n\n\n\n\n")

    assert outcome.code == 0
    assert "alarms:" not in (empty / "shop" / "blueprint.yaml").read_text()
    assert run("init", "other", "--contact", "ops", "--yes").code == 2


def test_a_folder_with_a_workspace_is_refused(run, workspace):
    before = (workspace / "blueprint.yaml").read_text()

    outcome = run("init", ".", "--yes")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error[folder-not-empty]: ")
    assert (workspace / "blueprint.yaml").read_text() == before


def test_a_service_is_added_and_the_blueprint_stays_valid(run, workspace):
    outcome = run("new-service", "mailer", "--template", "worker", "--queue", "mails", "--json")

    assert (outcome.code, outcome.err) == (0, "")
    document = json.loads(outcome.out)
    assert document["service"] == "mailer"
    assert "services/mailer/pyproject.toml" in document["files"]
    assert all((workspace / file).is_file() for file in document["files"])
    assert json.loads(run("validate", "--json").out)["valid"] is True


def test_the_kind_is_chosen_in_a_terminal_and_the_rest_is_asked(run, workspace):
    outcome = run("new-service", "mailer", answers="worker\nSends mails\nmails\n\n")

    assert outcome.code == 0
    assert "What kind of service [1-5]: What is it for" in outcome.err
    assert (workspace / "services" / "mailer").is_dir()


def test_without_a_terminal_the_kind_must_be_given(run, workspace):
    outcome = run("new-service", "mailer")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "error[no-terminal]: nobody can be asked here, as this is no terminal: "
        "What kind of service (api, worker, stream, analytics, schedule)\n"
        "hint: answer on the command line with --template\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["Mailer", "--template", "worker"], "bad-name"),
        (["mailer", "--template", "wroker"], "unknown-template"),
        (["orders", "--template", "worker"], "service-exists"),
        (["mailer", "--template", "worker", "--schedule", "rate(1 day)"], "unknown-answer"),
    ],
)
def test_what_does_not_do_is_refused_and_nothing_is_written(run, workspace, arguments, code):
    before = sorted(workspace.rglob("*")), (workspace / "blueprint.yaml").read_bytes()

    outcome = run("new-service", *arguments)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error[{code}]: ")
    assert (sorted(workspace.rglob("*")), (workspace / "blueprint.yaml").read_bytes()) == before


def test_locking_names_the_nearest_service(run, workspace):
    outcome = run("lock", "ordres")

    assert (outcome.code, outcome.out) == (2, "")
    assert (
        outcome.err == 'error[unknown-service]: there is no service "ordres"\nhint: did you mean "orders"?\n'
    )


def test_a_service_is_locked_and_then_unchanged(run, workspace):
    assert run("lock").out == "orders: locked anew\n"
    assert (workspace / "services" / "orders" / "requirements.lock").is_file()
    assert json.loads(run("lock", "orders", "--json").out) == {
        "services": [{"service": "orders", "changed": False}]
    }


def test_the_schema_is_written_where_the_blueprint_looks_for_it(run, workspace):
    outcome = run("schema", "--out", ".platform/blueprint.schema.json")

    assert (outcome.code, outcome.out, outcome.err) == (0, "", "Wrote .platform/blueprint.schema.json\n")
    written = json.loads((workspace / ".platform" / "blueprint.schema.json").read_text())
    assert written == json.loads(run("schema").out)
    assert list((workspace / ".platform").iterdir()) == [workspace / ".platform" / "blueprint.schema.json"]


def test_a_file_that_cannot_be_written_is_an_error(run, workspace):
    outcome = run("schema", "--out", "blueprint.yaml/x.json")

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error[cannot-write]: cannot write blueprint.yaml/x.json: ")
