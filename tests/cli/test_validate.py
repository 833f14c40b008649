"""Bad input, as the user sees it: the whole output, the exit code, and nothing heavy started."""

import json
import subprocess
import sys

import pytest

BAD = {
    "a wrong key": (
        ("partition_key: PK,", "partition_kee: PK,"),
        "unknown-key",
    ),
    "a wrong type": (
        ("routes: [POST /orders]", "routes: 5"),
        "wrong-type",
    ),
    "a wrong reference": (
        ("tables.main:", "tables.mian:"),
        "unknown-table",
    ),
    "a duplicate": (
        ("owner: team-commerce", "owner: team-commerce\nowner: again"),
        "duplicate-key",
    ),
    "a tab": (
        ("owner: team-commerce", "owner:\n\tteam-commerce"),
        "yaml-tab",
    ),
    "a syntax error": (
        ("{ target: local }", "{ target: local"),
        "yaml-syntax",
    ),
    "an account without quotes": (
        ('"111111111111"', "111111111111"),
        "unquoted-account",
    ),
}


@pytest.mark.usefixtures("watched")
def test_a_valid_blueprint_is_said_to_be_so(run):
    outcome = run("validate")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "blueprint.yaml is valid: 1 service, 1 function, 3 environments\n"


@pytest.mark.usefixtures("watched")
def test_a_valid_blueprint_as_json(run):
    outcome = run("validate", "--json")

    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {"valid": True, "findings": []}


def test_a_mistyped_name_is_underlined_and_the_nearest_is_named(run, watched):
    path = watched / "blueprint.yaml"
    path.write_text(path.read_text().replace("tables.main: read_write", "tables.mian: read_write"))

    outcome = run("validate")

    assert (outcome.code, outcome.err) == (2, "")
    assert outcome.out == (
        'error[unknown-table]: function orders.create reads and writes table "mian", which is not declared\n'
        "  --> blueprint.yaml:19:19\n"
        "   |\n"
        "19 |         access: { tables.mian: read_write }\n"
        "   |                   ^^^^^^^^^^^\n"
        'hint: did you mean "main"?\n'
        "\n"
        'warning[unused]: nothing uses table "main"\n'
        "  --> blueprint.yaml:9:3\n"
        "  |\n"
        "9 |   main: { partition_key: PK, sort_key: SK }\n"
        "  |   ^^^^\n"
        "hint: a function uses it with a line under `access`: tables.main: …\n"
        "\n"
        "blueprint.yaml is not valid: 1 error, 1 warning\n"
    )


@pytest.mark.parametrize("case", BAD)
def test_bad_input_has_a_code_a_line_and_a_hint(run, workspace, case):
    (old, new), code = BAD[case]
    path = workspace / "blueprint.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))

    outcome = run("validate", "--json")
    found = json.loads(outcome.out)["findings"]

    assert outcome.code == 2
    assert outcome.err == ""
    assert code in [finding["code"] for finding in found]
    for finding in found:
        assert finding["where"]["file"] == "blueprint.yaml"
        assert finding["where"]["line"]
        assert finding["where"]["column"]
    assert any(finding["hint"] for finding in found)


@pytest.mark.parametrize("case", BAD)
def test_bad_input_stops_every_command_in_the_same_words(run, workspace, case):
    (old, new), _ = BAD[case]
    path = workspace / "blueprint.yaml"
    path.write_text(path.read_text().replace(old, new))
    findings = run("validate").out.rpartition("blueprint.yaml is not valid")[0]

    for command in (
        ["synth"],
        ["deploy"],
        ["status"],
        ["invoke", "orders.create"],
        ["new-service", "x", "--template", "api"],
    ):
        outcome = run(*command)
        assert outcome.code == 2
        assert outcome.out == ""
        assert outcome.err.startswith(findings)
        assert "Traceback" not in outcome.err
    assert not (workspace / ".platform" / "cdk.out").exists()


def test_an_empty_file_is_an_error(run, workspace):
    (workspace / "blueprint.yaml").write_text("")

    outcome = run("validate")

    assert outcome.code == 2
    assert outcome.out.startswith("error[empty-file]: ")
    assert "hint: " in outcome.out


def test_no_blueprint_at_all_says_what_to_do(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    outcome = run("validate")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error[no-blueprint]: ")
    assert "platform init" in outcome.err


def test_a_blueprint_that_was_named_and_is_missing(run, workspace):
    outcome = run("validate", "--blueprint", "other.yaml")

    assert outcome.code == 2
    assert outcome.err == (
        "error[no-blueprint]: there is no blueprint at other.yaml\n"
        "hint: give the path of a blueprint.yaml, or of the folder that holds one\n"
    )


def test_a_folder_stands_for_the_blueprint_in_it(run, workspace, monkeypatch):
    monkeypatch.chdir(workspace.parent)

    assert run("validate", "--blueprint", "shop").code == 0


def test_an_unknown_environment_names_the_nearest(run, workspace):
    outcome = run("validate", "--env", "prdo")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error[unknown-environment]: ")
    assert 'did you mean "prod"?' in outcome.err


def test_a_service_folder_that_is_gone_is_a_warning_here(run, watched):
    (watched / "services" / "orders").rename(watched / "services" / "gone")

    outcome = run("validate")

    assert outcome.code == 0
    assert outcome.out.startswith("warning[")
    assert outcome.out.endswith("blueprint.yaml is valid: 1 service, 1 function, 3 environments; 1 warning\n")


def test_a_service_folder_that_is_gone_is_an_error_of_synth(run, workspace):
    (workspace / "services" / "orders").rename(workspace / "services" / "gone")

    outcome = run("synth")

    assert outcome.code in (1, 2)
    assert outcome.err.startswith("error[")
    assert "services/orders" in outcome.err
    assert not (workspace / ".platform" / "cdk.out" / "local").exists()


def test_validate_imports_no_client_no_cdk_and_starts_no_node(workspace):
    script = (
        "import sys\n"
        "started = []\n"
        "def note(event, args):\n"
        "    if event == 'subprocess.Popen': started.append(args[0])\n"
        "sys.addaudithook(note)\n"
        "from platform_cli.cli.main import main\n"
        "code = main(['validate'])\n"
        "heavy = ('boto3', 'botocore', 'aws_cdk', 'jsii', 'copier', 'cfnlint', 'jinja2')\n"
        "print([name for name in heavy if name in sys.modules], started, code, file=sys.stderr)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stderr == "[] [] 0\n"
