"""Every code that the tool can show is explained, and nothing else is."""

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import get_args

import platform_cli
from platform_cli.cli.explanations import explanations
from platform_cli.operate.alarms.coverage import Trouble
from platform_cli.operate.secrets.judging import Condition, Kind

SOURCE = Path(platform_cli.__file__).parent
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def sources() -> list[Path]:
    return [path for path in SOURCE.rglob("*.py") if "_data" not in path.parts]


@cache
def code_arguments() -> list[ast.expr]:
    """What stands after `code=` in a call, anywhere."""
    calls = [
        n for path in sources() for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)
    ]
    return [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "code"]


def codes_in_source() -> set[str]:
    return {a.value for a in code_arguments() if isinstance(a, ast.Constant) and isinstance(a.value, str)}


def composed_codes() -> list[re.Pattern[str]]:
    """Codes such as `f"unknown-{what}"`, as patterns."""
    composed = [argument.values for argument in code_arguments() if isinstance(argument, ast.JoinedStr)]
    return [
        re.compile("".join(str(v.value) if isinstance(v, ast.Constant) else "[a-z-]+" for v in values))
        for values in composed
    ]


def test_every_error_code_in_the_source_is_explained():
    assert sorted(codes_in_source() - set(explanations())) == []


def test_no_code_is_explained_that_nothing_raises():
    raising = [p for p in sources() if p.parent.name not in ("explanations", "finding_codes")]
    text = "\n".join(path.read_text() for path in raising)
    known, composed = codes_in_source() | set(found_codes()), composed_codes()

    unused = [code for code in explanations() if code not in known and f'"{code}"' not in text]

    assert [code for code in unused if not any(p.fullmatch(code) for p in composed)] == []


def found_codes() -> list[str]:
    """What findings of alarms and conditions of secrets are called."""
    return [*get_args(Trouble), *(Condition(kind, "").code for kind in get_args(Kind))]


def test_every_finding_of_alarms_and_every_condition_of_secrets_is_explained():
    assert sorted(set(found_codes()) - set(explanations())) == []


def test_an_explanation_is_whole_sentences():
    for explanation in explanations().values():
        assert CODE.fullmatch(explanation.code)
        assert explanation.text.endswith(".")
        assert "  " not in explanation.text


def test_a_code_is_explained_as_it_stands_on_the_screen(run):
    bare = run("explain", "port-in-use")

    assert bare.code == 0
    assert bare.out.startswith("error[port-in-use] (Local AWS)\n\n")
    assert run("explain", "error[port-in-use]") == bare


def test_a_mistyped_code_names_the_nearest(run):
    outcome = run("explain", "port-in-us")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        'error[unknown-code]: there is no error code "port-in-us"\nhint: did you mean "port-in-use"?\n'
    )


def test_all_codes_are_listed(run):
    assert [entry["code"] for entry in json.loads(run("explain", "--json").out)] == list(explanations())
