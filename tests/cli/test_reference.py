"""The pages under docs/ that are made from the commands and codes."""

from pathlib import Path

import pytest

from platform_cli.cli.reference import cli_reference, command_names, error_reference, page_of
from platform_cli.cli.table import COMMANDS

DOCS = Path(__file__).parents[2] / "docs"
NAMES = list(command_names())


def test_the_command_reference_is_what_the_commands_say(golden):
    golden(DOCS / "cli.md", cli_reference())


def test_the_error_reference_is_what_explain_says(golden):
    golden(DOCS / "errors.md", error_reference())


@pytest.mark.parametrize("words", NAMES, ids=" ".join)
def test_every_command_has_help_with_examples_and_exit_codes(words):
    page = page_of(words)

    assert page.paragraphs
    assert page.examples
    assert all("platform " in example.typed and example.meaning for example in page.examples)
    assert "0 " in page.exit_codes
    assert all(row.meaning for section in page.sections for row in section.rows)


@pytest.mark.parametrize("words", NAMES, ids=" ".join)
def test_the_summary_in_the_list_is_the_first_line_of_the_help(words):
    entries, entry = COMMANDS, None
    for word in words:
        entry = entries[word]
        entries = entry.children

    assert entry is not None
    assert page_of(words).paragraphs[0] == entry.summary


@pytest.mark.parametrize("words", NAMES, ids=" ".join)
def test_the_body_of_a_command_has_at_most_fifteen_lines(words):
    import ast

    from platform_cli.cli import commands

    name = "_".join(words).replace("-", "_")
    tree = ast.parse((Path(commands.__file__).parent / f"{name}.py").read_text())
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    first, last = function.body[1], function.body[-1]

    assert (last.end_lineno or 0) - first.lineno + 1 <= 15


def test_no_command_is_shown_that_does_not_exist():
    from platform_cli.cli import commands

    modules = {path.stem for path in Path(commands.__file__).parent.glob("*.py")} - {"__init__"}

    assert modules == {"_".join(words).replace("-", "_") for words in NAMES}
