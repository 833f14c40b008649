"""The language reference holds what the code holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.reference import access_reference, keys_reference

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "blueprint.md"


def test_the_tables_of_the_language_reference_are_those_of_the_code(
    golden: Callable[[Path, str], None],
) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, table in (("access", access_reference()), ("keys", keys_reference())):
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        after = rest.partition(end)[2]
        text = f"{before}{begin}\n\n{table}\n\n{end}{after}"
    golden(DOCUMENT, text)


def test_every_key_and_every_kind_is_in_the_reference() -> None:
    keys, access = keys_reference(), access_reference()
    assert [key for key in Blueprint.model_fields if f"| `{key}` |" not in keys] == []
    assert [kind for kind in KINDS if f"| `{kind}` |" not in access] == []


def test_links_of_the_reference_lead_to_a_heading() -> None:
    keys = keys_reference()
    headings = {line[4:].lower().replace(" ", "-") for line in keys.splitlines() if line.startswith("### ")}
    assert set(re.findall(r"\]\(#([^)]+)\)", keys)) - headings == set()


def test_the_example_of_the_reference_has_no_errors(inspect: Callable[..., object]) -> None:
    example = DOCUMENT.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    inspection = inspect(example)
    assert getattr(inspection, "findings", pytest.fail) == ()
