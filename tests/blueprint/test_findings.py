"""Each finding at its exact spot, with its message and its hint.

The cases stand in `findings/*.txt`: a title, a blueprint in which the spot is marked with « and », and
what is said. The header that every blueprint needs is put before, unless the title says `raw`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_cli.blueprint.finding_codes import CODES
from platform_cli.blueprint.findings import Severity
from platform_cli.blueprint.loading import Inspection

FOLDER = Path(__file__).parent / "findings"


@dataclass(frozen=True)
class Case:
    code: str
    title: str
    text: str
    line: int
    column: int
    length: int
    message: str
    hint: str | None

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"


def read_cases() -> Iterator[Case]:
    header = "blueprint: 1\nsystem: shop\nowner: team-commerce\nenvironments: { local: { target: local } }\n"
    for file in sorted(FOLDER.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").split("=== ")[1:]:
            title_line, rest = block.split("\n", 1)
            code, title, *raw = (part.strip() for part in title_line.split("|"))
            marked, _, said = rest.partition("\n> ")
            marked = ("" if raw else header) + marked.rstrip() + "\n"
            before, inside = marked.split("«")[0], marked.split("«")[1].split("»")[0]
            message, _, hint = said.strip().partition("\n> hint: ")
            yield Case(
                code,
                title,
                marked.replace("«", "").replace("»", ""),
                before.count("\n") + 1,
                len(before.rpartition("\n")[2]) + 1,
                len(inside),
                message.strip(),
                hint.strip() or None,
            )


CASES = tuple(read_cases())

ELSEWHERE = {
    "unreadable-file": "test_including.py",
    "include-only-services": "test_including.py",
    "duplicate-service": "test_including.py",
    "too-many-indexes": "test_loading.py",
}
"""Codes whose cases need more than one marked text."""

FILES = {
    "stacks.py": "",
    "services/a/x": "",
    "services/a-b/x": "",
    "sql/figures.sql": "INSERT INTO figures SELECT COUNT(*) FROM clicks",
    "sql/bare.sql": "INSERT INTO figures SELECT 1 FROM clicks; SELECT * FROM clicks",
    "sql/idle.sql": "CREATE VIEW v AS SELECT * FROM clicks",
    "sql/misspelt.sql": "INSERT INTO figures SELECT COUNT(*) FROM click",
    "sql/back.sql": "INSERT INTO figures SELECT 1 FROM clicks; INSERT INTO clicks SELECT n FROM clicks",
    "sql/again.sql": "INSERT INTO figures SELECT n FROM figures",
}
"""What is there beside a blueprint."""

BESIDE = {"unused", "missing-service-folder"}
"""Warnings that small examples have without being about them."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_finding_has_its_exact_place_message_and_hint(case: Case, inspect: Callable[..., Inspection]) -> None:
    inspection = inspect(case.text, FILES)
    found = [f for f in inspection.findings if f.code == case.code or f.code not in BESIDE]
    at_spot = [f for f in found if (f.place.line, f.place.column) == (case.line, case.column)]
    assert [(f.code, f.message, f.hint, f.length) for f in at_spot] == [
        (case.code, case.message, case.hint, case.length)
    ]
    assert at_spot[0].source_line == case.text.split("\n")[case.line - 1]
    assert at_spot[0].severity is CODES[case.code].severity
    assert at_spot[0].place.file == "blueprint.yaml"
    others = [f for f in found if f is not at_spot[0] and f.severity is not Severity.NOTICE]
    assert [f for f in others if f.code != case.code] == []


def test_every_code_has_a_case() -> None:
    assert {case.code for case in CASES} | set(ELSEWHERE) == set(CODES)


def test_codes_are_kebab_case_with_a_description_of_a_sentence_or_more() -> None:
    for code, entry in CODES.items():
        assert code == code.lower().replace("_", "-").replace(" ", "-")
        assert entry.description.endswith(".")
        assert len(entry.description) > 30
