"""`platform doctor`: what it shows, what it asks, and how it ends."""

import json
from pathlib import Path

import pytest

from platform_cli.cli.rendering.doctor import render_diagnosis
from platform_cli.cli.terminal import Terminal
from platform_cli.operate.doctor.model import (
    Check,
    Diagnosis,
    Examined,
    Fix,
    broken,
    failure,
    ok,
    skipped,
    warning,
)


@pytest.fixture
def empty(tmp_path, monkeypatch):
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SHELL", "/bin/bash")
    monkeypatch.delenv("CI", raising=False)
    return folder


def entry(name, result, group="machine"):
    return Examined(Check(name, group, name, "Looks.", lambda context: result), result, 0.1)


def test_trouble_is_shown_in_full_and_the_rest_in_a_line(capsys):
    fix = Fix("close it", lambda: None)
    diagnosis = Diagnosis(
        (
            entry("disk", ok("80 GiB", "seen")),
            entry("uv", warning("old", "of 2020", consequence="it is slow", mend="install a newer one")),
            entry("python", failure("gone", consequence="nothing works", mend="install it", fix=fix)),
            entry("clock", skipped("no network")),
            entry("roles", skipped("no credentials"), "access"),
            entry("quotas", skipped("no credentials"), "access"),
            entry("stacks", broken("it did not end"), "environment"),
        )
    )
    render_diagnosis(Terminal(), diagnosis)
    said = capsys.readouterr()

    assert said.out == (
        "machine\n"
        "  ✗ failure python: gone\n"
        "      means nothing works\n"
        "      do    install it\n"
        "  ! warning uv: old\n"
        "      of 2020\n"
        "      means it is slow\n"
        "      do    install a newer one\n"
        "  ✓ 1 ok\n"
        "  - clock skipped: no network\n"
        "\n"
        "access\n"
        "  - 2 checks skipped: no credentials\n"
        "\n"
        "environment\n"
        "  ? broken stacks: it did not end\n"
        "      means nothing is known of what this check looks at\n"
        "      do    run it again by itself; `--debug` shows the details to report\n"
        "\n"
        "1 failure, 1 warning, 1 broken, 1 ok, 3 skipped\n"
    )
    assert said.err == (
        "next: python: install it\n`platform explain python` says more\n`--fix` can mend python\n"
    )

    render_diagnosis(Terminal(), diagnosis, show_all=True)
    assert "  ✓ disk: 80 GiB\n      seen\n" in capsys.readouterr().out


def test_an_empty_folder_is_worth_a_look(run, empty):
    outcome = run("doctor")

    assert outcome.code in (0, 1), outcome.err
    assert "machine\n" in outcome.out
    assert "5 checks skipped: there is no blueprint here; `platform init` starts one" in outcome.out
    assert "`platform doctor --env NAME` looks at what is deployed, too" in outcome.err


def test_an_environment_that_is_named_has_to_be_there(run, empty, workspace):
    assert run("doctor", "--env", "stage").code == 2


def test_naming_an_environment_needs_a_blueprint(run, empty):
    outcome = run("doctor", "--env", "prod")

    assert outcome.code == 2
    assert "error[no-blueprint]" in outcome.err


def test_a_failure_ends_with_three_and_json_has_all(run, workspace):
    (workspace / "blueprint.yaml").write_text("blueprint: 1\nsystem: 3x\n")
    outcome = run("doctor", "--only", "workspace", "--json")
    document = json.loads(outcome.out)

    assert outcome.code == 3
    checks = {check["id"]: check for check in document["checks"]}
    assert checks["blueprint"]["verdict"] == "failure"
    assert checks["blueprint"]["mend"] == "see them with what to write instead: `platform validate`"
    assert checks["handlers"]["verdict"] == "skipped"
    assert document["verdicts"]["failure"] == 1
    assert document["mended"] == []


def test_a_group_that_does_not_exist_names_the_nearest(run, empty):
    outcome = run("doctor", "--only", "machin")

    assert (outcome.code, outcome.out) == (2, "")
    assert 'did you mean "machine"?' in outcome.err


def test_a_fix_is_shown_and_asked_for_and_looked_at_again(run, workspace):
    project = workspace / "services" / "orders" / "pyproject.toml"
    lock = workspace / "services" / "orders" / "requirements.lock"
    lock.write_text("leftover==1.0 --hash=sha256:" + "0" * 64 + "\n")
    project.write_text(project.read_text() + 'dependencies = ["nothing-of-this-name>=2"]\n')

    declined = run("doctor", "--only", "lock-files", "--fix", answers="n\n")
    assert declined.code == 1
    assert "lock-files: lock the dependencies of orders" in declined.err
    assert "error[declined]" in declined.err

    nobody = run("doctor", "--only", "lock-files", "--fix")
    assert "error[no-terminal]" in nobody.err

    # Without a dependency there is nothing to fetch, and the old lock is not looked at.
    project.write_text(project.read_text().replace('"nothing-of-this-name>=2"', ""))
    well = run("doctor", "--only", "lock-files", "--fix", "--yes")
    assert well.code == 0
    assert "There is nothing that can be mended without you." in well.err


def test_the_completion_is_installed_and_seen(run, empty, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    installed = tmp_path / "home" / ".bash_completions" / "platform.sh"
    outcome = run("doctor", "--only", "completion", "--json")
    (check,) = json.loads(outcome.out)["checks"]

    assert outcome.code == 0
    assert (
        check["fix"] == f"install the completion for bash, in {installed.parent} and the shell's own settings"
    )
    installed.parent.mkdir(parents=True)
    installed.write_text("")
    assert json.loads(run("doctor", "--only", "completion", "--json").out)["checks"][0]["verdict"] == "ok"


def test_each_check_is_explained(run):
    outcome = run("explain", "drift")

    assert outcome.code == 0
    assert outcome.out.startswith("check[drift] (Checks)\n\n")


@pytest.mark.e2e
def test_a_deployed_shop_is_well_and_what_is_wrong_with_it_is_found(deployed_shop):
    deployed_shop.platform("invoke", "health.check", "--env", "local")
    done = deployed_shop.platform("doctor", "--env", "local", "--json", check=False)
    document = json.loads(done.stdout)
    checks = {check["id"]: check for check in document["checks"]}
    said = {name: check["verdict"] for name, check in checks.items()}

    assert not [name for name, check in checks.items() if check["verdict"] == "broken"], done.stdout
    for name in ("blueprint", "handlers", "lock-files", "bootstrap", "local-aws"):
        assert said[name] == "ok", checks[name]
    # Other tests deploy to this shop as well, not all of them with success.
    assert said["stacks"] in ("ok", "warning"), checks["stacks"]
    assert "shop-local-service-health: update" not in checks["undeployed-changes"]["evidence"]
    assert said["credentials"] == said["encryption"] == "skipped"
    # Reports of the local AWS say 0 MB until a process of a function has ended, then what that used.
    assert checks["memory"]["summary"] in (
        "the reports of calls do not say what memory was used",
        "every function has memory to spare",
    )

    code = Path(deployed_shop.root) / "services" / "health" / "src" / "health"
    changed = next(path for path in sorted(code.rglob("*.py")) if path.name != "__init__.py")
    before = changed.read_text()
    group = "/aws/lambda/shop-local-health-check"
    logs = deployed_shop.clients.client("logs")
    try:
        changed.write_text(before + "\nLATER = True\n")
        logs.delete_retention_policy(logGroupName=group)
        done = deployed_shop.platform(
            *(
                "doctor",
                "--env",
                "local",
                "--json",
                "--only",
                "undeployed-changes",
                "--only",
                "log-retention",
            ),
            check=False,
        )
        checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    finally:
        changed.write_text(before)
        logs.put_retention_policy(logGroupName=group, retentionInDays=30)
    assert checks["undeployed-changes"]["verdict"] == "warning", checks
    assert "shop-local-service-health: update" in checks["undeployed-changes"]["evidence"]
    assert checks["log-retention"]["verdict"] == "warning"
