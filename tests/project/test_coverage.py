"""docs/coverage.md claims what tests hold: those that it names are there, and every row names some."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent.parent
COVERAGE = REPOSITORY / "docs" / "coverage.md"
TEMPLATES = "## From the blueprint to templates"


def rows(text: str, section: str) -> list[list[str]]:
    """The cells of the table below a heading, without its own two lines."""
    table = text.split(f"\n{section}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def missing(cell: str, known: dict[str, set[str]]) -> list[str]:
    """What a cell names that is not there: `tests/room/test_file.py`'s short form, or a test."""
    names = re.findall(r"`([^`]+)`", cell)
    tests = {test for found in known.values() for test in found}
    return [name for name in names if name not in known and name not in tests]


@pytest.fixture(scope="module")
def known() -> dict[str, set[str]]:
    """The tests by their module: `stacks/test_data`."""
    folder = REPOSITORY / "tests"
    return {
        path.relative_to(folder).with_suffix("").as_posix(): set(
            re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        )
        for path in folder.rglob("test_*.py")
    }


def test_every_claim_about_templates_names_tests_that_exist(known: dict[str, set[str]]) -> None:
    found = rows(COVERAGE.read_text(encoding="utf-8"), TEMPLATES)
    assert len(found) > 60
    assert [row[0] for row in found if len(row) != 3 or (row[1] != "—" and "`" not in row[2])] == []
    assert {row[0]: missing(row[2], known) for row in found if missing(row[2], known)} == {}


def test_what_is_only_linted_names_the_property_that_is_held(known: dict[str, set[str]]) -> None:
    tests = {test for found in known.values() for test in found}
    for what, proven, named in rows(COVERAGE.read_text(encoding="utf-8"), TEMPLATES):
        if proven.startswith("linted"):
            assert tests & set(re.findall(r"`([^`]+)`", named)), what


def test_a_test_that_is_not_there_would_be_seen() -> None:
    known = {"stacks/test_data": {"test_a"}}
    assert missing("`test_a`, `stacks/test_data`", known) == []
    assert missing("`test_b`, `stacks/test_gone`", known) == ["test_b", "stacks/test_gone"]
