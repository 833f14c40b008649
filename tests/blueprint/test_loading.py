"""Finding and inspecting a blueprint."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.blueprint.findings import Severity
from platform_cli.blueprint.loading import Inspection, find_blueprint, inspect_blueprint
from platform_cli.errors import ExitCode, Place, PlatformError

Inspect = Callable[..., Inspection]


def test_the_nearest_blueprint_upwards_is_found(tmp_path: Path) -> None:
    (tmp_path / "blueprint.yaml").write_text("", encoding="utf-8")
    deep = tmp_path / "services" / "orders" / "src"
    deep.mkdir(parents=True)
    assert find_blueprint(deep) == tmp_path / "blueprint.yaml"
    (tmp_path / "services" / "blueprint.yaml").write_text("", encoding="utf-8")
    assert find_blueprint(deep) == tmp_path / "services" / "blueprint.yaml"


def test_no_blueprint_upwards_is_a_usage_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(PlatformError) as raised:
        find_blueprint(tmp_path)
    assert (raised.value.code, raised.value.exit_code) == ("no-blueprint", ExitCode.USAGE)
    assert raised.value.hint is not None


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(PlatformError) as raised:
        inspect_blueprint(tmp_path / "blueprint.yaml")
    assert (raised.value.code, raised.value.exit_code) == ("no-blueprint", ExitCode.USAGE)


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n", "---\n", "~\n"])
def test_an_empty_file_says_what_to_do(inspect: Inspect, text: str) -> None:
    inspection = inspect(text)
    assert [f.code for f in inspection.errors] in (["empty-file"], ["wrong-type"])
    assert inspection.errors[0].hint is not None
    assert inspection.blueprint is None


def test_a_list_is_no_blueprint(inspect: Inspect) -> None:
    (finding,) = inspect("- blueprint: 1\n").findings
    assert (finding.code, finding.hint) == ("wrong-type", "begin with `blueprint: 1`")


def test_all_findings_come_at_once_shape_and_names_alike(inspect: Inspect, header: str) -> None:
    inspection = inspect(
        header
        + "tables: { main: { partition_key: PK, strem: x } }\n"
        + "defaults: { memory_mb: 1 }\n"
        + "services: { orders: { functions: { create: {\n"
        + "  handler: orders.create.handler, access: { tables.mian: read, tables.main: reed } } } } }\n"
    )
    assert [(f.code, f.place.line) for f in inspection.findings] == [
        ("unknown-key", 5),
        ("out-of-range", 6),
        ("unknown-table", 8),
        ("unknown-verb", 8),
    ]
    assert inspection.blueprint is None


def test_a_wrong_declaration_is_not_reported_again_where_it_is_used(inspect: Inspect, header: str) -> None:
    inspection = inspect(
        header
        + "tables: { main: { partition_key: 7 } }\n"
        + "services: { orders: { functions: { create: {\n"
        + "  handler: orders.create.handler, access: { tables.main: read } } } } }\n"
    )
    assert [f.code for f in inspection.findings] == ["wrong-type"]


def test_a_wrong_entry_of_a_list_hides_no_other_entry(inspect: Inspect, header: str) -> None:
    inspection = inspect(
        header
        + "services: { orders: { functions: { work: { handler: orders.work.handler, triggers: [\n"
        + "  { queu: a },\n"
        + "  { schedule: daily },\n"
        + "] } } } }\n"
    )
    assert [(f.code, f.place.line) for f in inspection.findings] == [
        ("unknown-trigger", 6),
        ("invalid-schedule", 7),
    ]


def test_a_finding_knows_its_file_its_path_and_its_line(inspect: Inspect, header: str) -> None:
    (finding,) = inspect(header + "defaults:\r\n  memory_mb: 64   # too little\r\n").findings
    assert finding.place == Place("blueprint.yaml", 6, 14)
    assert finding.path == ("defaults", "memory_mb")
    assert finding.source_line == "  memory_mb: 64   # too little"
    assert (finding.severity, finding.length) == (Severity.ERROR, 2)


def test_a_byte_order_mark_does_not_move_columns(inspect: Inspect, header: str) -> None:
    (finding,) = inspect("\ufeff" + header.replace("owner", "ownr", 1)).errors[:1]
    assert finding.code in ("unknown-key", "missing-key")
    assert inspect("\ufeff" + header).errors == ()


def test_a_table_takes_twenty_indexes(inspect: Inspect, header: str) -> None:
    def text(count: int) -> str:
        indexes = ", ".join(f"i{n}: {{ partition_key: a{n} }}" for n in range(count))
        return header + f"tables: {{ main: {{ partition_key: PK, indexes: {{ {indexes} }} }} }}\n"

    assert inspect(text(20)).errors == ()
    (finding,) = inspect(text(21)).errors
    assert (finding.code, finding.message) == (
        "too-many-indexes",
        "table main has 21 indexes, and DynamoDB takes 20",
    )


def test_places_can_be_located_by_path(inspect: Inspect, header: str) -> None:
    inspection = inspect(header + "tables:\n  main:\n    partition_key: PK\n")
    assert inspection.locate(("tables", "main")) == Place("blueprint.yaml", 6, 3)
    assert inspection.locate(("tables", "main", "ttl")) == Place("blueprint.yaml", 6, 3)
    assert inspection.locate(("queues", "jobs")) == Place("blueprint.yaml", 1, 1)


def test_aliases_that_multiply_are_refused(inspect: Inspect, header: str) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    inspection = inspect(header + "\n".join(lines) + "\n")
    assert {f.code for f in inspection.errors} == {"yaml-alias"}


def test_an_alias_inside_of_itself_is_refused(inspect: Inspect, header: str) -> None:
    (finding,) = inspect(header + "tags: &tags { a: *tags }\n").errors
    assert (finding.code, finding.place.line, finding.place.column) == ("yaml-alias", 5, 18)


def test_deep_nesting_is_refused(inspect: Inspect, header: str) -> None:
    (finding,) = inspect(header + "tags: " + "[" * 500 + "]" * 500 + "\n").errors
    assert finding.code == "yaml-syntax"


def test_an_empty_section_is_empty(inspect: Inspect, header: str) -> None:
    assert inspect(header + "tables:\nqueues:\nservices:\n").findings == ()


def test_inspecting_imports_nothing_heavy(tmp_path: Path, header: str) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(header, encoding="utf-8")
    program = (
        "import sys; from pathlib import Path\n"
        "from platform_cli.blueprint.loading import inspect_blueprint\n"
        "from platform_cli.blueprint.resolving import resolve\n"
        f"resolve(inspect_blueprint(Path({str(path)!r})), None)\n"
        "heavy = {'boto3', 'botocore', 'aws_cdk', 'jsii', 'jinja2', 'copier', 'rich', 'typer', 'cfnlint'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- laws ----------------------------------------------------------------------------------------

WHOLE = (Path(__file__).parent / "whole.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
FRAGMENTS = st.sampled_from(
    [
        "null",
        "[]",
        "{}",
        "5",
        "off",
        "*x",
        "&x ",
        "!t ",
        "<<: {}",
        "\t",
        ": ",
        "- ",
        "{",
        "}",
        "]",
        "\n",
        "'",
        "\x00",
        "é",
    ]
)


@given(
    lines=st.lists(st.sampled_from(WHOLE), max_size=12),
    cuts=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 12), FRAGMENTS), max_size=3),
)
def test_no_text_makes_inspecting_fail_and_every_finding_lies_inside_of_its_line(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], cuts: list[tuple[int, int, str]]
) -> None:
    text = "".join(WHOLE[:8] + sorted(set(lines), key=WHOLE.index))
    for start, length, fragment in cuts:
        text = text[:start] + fragment + text[start + length :]
    path = tmp_path_factory.mktemp("any") / "blueprint.yaml"
    path.write_text(text, encoding="utf-8")
    for finding in inspect_blueprint(path).findings:
        assert finding.length >= 1
        if finding.source_line is not None and finding.place.column is not None:
            end = finding.place.column - 1 + finding.length
            assert end <= max(len(finding.source_line), finding.place.column)
