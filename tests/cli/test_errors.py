"""How errors and findings look, beyond those that a blueprint gives."""

import io

import pytest
from rich.console import Console

from platform_cli.blueprint.findings import Finding, Severity
from platform_cli.cli.rendering.errors import count, error_data, error_text, finding_text, render_error
from platform_cli.cli.terminal import Terminal
from platform_cli.deploy.causes import DeploymentFailed, StackFailure
from platform_cli.errors import Place, PlatformError


def shown(text) -> str:
    console = Console(file=io.StringIO(), width=80, no_color=True)
    console.print(text, soft_wrap=True)
    return console.file.getvalue()


def finding(**changes) -> Finding:
    values = {
        "code": "unknown-table",
        "severity": Severity.ERROR,
        "message": "no such table",
        "place": Place("blueprint.yaml", 7, 3),
        "path": ("tables",),
        "source_line": "  mian: 1",
        "length": 4,
        "hint": None,
    }
    return Finding(**{**values, **changes})


def test_an_error_without_a_place_is_one_line_and_a_hint():
    error = PlatformError("port 4566 is in use", hint="choose another one", code="port-in-use")

    assert shown(error_text(error)) == "error[port-in-use]: port 4566 is in use\nhint: choose another one\n"


def test_an_error_with_a_line_quotes_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "handler.py").write_text("import os\nimport orders.gone\n")

    error = PlatformError("no module orders.gone", code="x", where=Place("handler.py", 2, 8))

    assert shown(error_text(error)) == (
        "error[x]: no module orders.gone\n  --> handler.py:2:8\n  |\n2 | import orders.gone\n  |        ^\n"
    )


def test_a_line_that_is_gone_by_now_is_not_quoted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "handler.py").write_text("import os\n")

    error = PlatformError("no module", code="x", where=Place("handler.py", 9, 1))

    assert shown(error_text(error)) == "error[x]: no module\n  --> handler.py:9:1\n"


@pytest.mark.parametrize(
    ("source", "column", "length", "lines"),
    [
        ("\tmian: 1", 2, 4, ["7 |     mian: 1", "  |     ^^^^"]),
        ("a:\tb", 4, 1, ["7 | a:  b", "  |     ^"]),
        ("mian: 1", 1, 0, ["7 | mian: 1", "  | ^"]),
        ("äöü: mian", 6, 4, ["7 | äöü: mian", "  |      ^^^^"]),
    ],
)
def test_the_spot_is_underlined_where_it_is(source, column, length, lines):
    text = finding_text(finding(source_line=source, place=Place("b.yaml", 7, column), length=length))

    assert shown(text).splitlines()[3:5] == lines


def test_a_finding_in_an_empty_file_has_no_line():
    assert shown(finding_text(finding(source_line=None, place=Place("b.yaml")))) == (
        "error[unknown-table]: no such table\n  --> b.yaml\n\n"
    )


def test_findings_are_counted_by_severity():
    found = [finding(), finding(severity=Severity.WARNING), finding(severity=Severity.WARNING)]

    assert count(found) == "1 error, 2 warnings"
    assert count([]) == "no findings"


def test_a_place_is_shown_as_seen_from_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path)
    base = tmp_path / "shop"

    assert "--> shop/blueprint.yaml:7:3\n" in shown(finding_text(finding(), base))
    monkeypatch.chdir(base)
    assert "--> blueprint.yaml:7:3\n" in shown(finding_text(finding(), base))


def test_a_dotted_path_becomes_the_line_of_the_blueprint():
    error = PlatformError("failed", code="stack-failed", where="services.orders")

    document = error_data(
        error, lambda path: Place("blueprint.yaml", 12, 3) if path == "services.orders" else None
    )

    assert document["where"] == {"file": "blueprint.yaml", "line": 12, "column": 3}
    assert error_data(error)["where"] == "services.orders"


def test_a_failed_deployment_shows_the_cause_of_each_stack(capsys):
    def failure(stack: str, hint: str | None) -> StackFailure:
        return StackFailure(stack, "Main", "AWS::SQS::Queue", "CREATE_FAILED", "taken", None, hint)

    render_error(
        Terminal(), DeploymentFailed((failure("a", "rename it"), failure("b", None))), lambda path: None
    )

    assert capsys.readouterr().err == (
        "error[stack-failed]: Main (AWS::SQS::Queue) in a ended as CREATE_FAILED: taken\n"
        "  --> a\n"
        "hint: rename it\n"
        "error[stack-failed]: Main (AWS::SQS::Queue) in b ended as CREATE_FAILED: taken\n"
        "  --> b\n"
    )


def test_of_a_line_that_is_too_long_to_read_only_what_is_around_the_spot_is_quoted():
    source = "a" * 5000 + "mian" + "b" * 5000
    text = finding_text(finding(source_line=source, place=Place("b.yaml", 7, 5001), length=4))

    _, _, _, quoted, underline, *_ = [*shown(text).splitlines(), ""]

    assert "mian" in quoted
    assert len(quoted) < 220
    assert quoted.index("mian") == underline.index("^^^^")


def test_what_is_underlined_is_never_longer_than_the_line_that_is_quoted():
    text = finding_text(finding(source_line="[" * 9000, place=Place("b.yaml", 1, 1), length=9000))

    assert max(len(line) for line in shown(text).splitlines()) < 220
