"""Handlers that would fail to import, found by reading."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from platform_cli.errors import Place, PlatformError
from platform_cli.package.checking import check_handlers, find_handler_problems
from platform_cli.package.platforms import Platform
from platform_cli.package.standard_library import left_in, standard_modules

Make = Callable[..., Any]
APP = "services/orders/src/orders/app.py"
HANDLER = "def handler(event, context): ...\n"


@pytest.fixture
def problems(orders: None, root: Any, write: Make, service: Make) -> Make:
    """What is wrong with `orders.app.handler` when its module has this text, and others theirs."""

    def find(
        text: str,
        *,
        layer: frozenset[str] | None = frozenset(),
        python: tuple[int, int] = (3, 11),
        handler: str = "orders.app.handler",
        **others: str,
    ) -> tuple[PlatformError, ...]:
        write({APP: text})
        write({f"services/orders/src/orders/{name}.py": other for name, other in others.items()})
        made = service("orders", handler)
        layers = None
        if layer is not None:
            layers = {("python3.13", "arm64"): (Platform(python, None, "x"), layer)}
        return find_handler_problems(made, root, layers)

    return find


def test_a_handler_that_imports_what_it_may_has_no_problem(problems: Make) -> None:
    text = f"""
import json, os.path
import boto3, botocore.exceptions
import kit
import yaml
from . import helper
from .helper import VALUE as V
from orders.deep.inner import thing
{HANDLER}"""

    assert (
        problems(
            text,
            layer=frozenset({"yaml"}),
            helper="VALUE: int = 1\n",
            **{
                "deep/__init__": "",
                "deep/inner": "from .. import helper\nfrom ..helper import VALUE\nthing = 1",
            },
        )
        == ()
    )


def test_a_module_that_is_not_there_is_answered_with_the_nearest(problems: Make) -> None:
    (problem,) = problems(HANDLER, handler="orders.ap.handler")

    assert problem.code == "handler-module-missing"
    assert problem.message == (
        'orders.f0 has the handler "orders.ap.handler", but there is no module "orders.ap"'
    )
    assert problem.hint == 'did you mean "orders.app"?'


@pytest.mark.parametrize("handler", ["handler", "orders.handler", "orders"])
def test_a_handler_without_a_module_is_no_handler(problems: Make, handler: str) -> None:
    (problem,) = problems(HANDLER, handler=handler)

    assert problem.code in {"handler-module-missing", "handler-missing"}


def test_a_function_that_is_not_there_is_answered_with_the_nearest(problems: Make) -> None:
    (problem,) = problems("def handle(event, context): ...\n")

    assert problem.code == "handler-missing"
    assert (
        problem.message
        == 'orders.f0 has the handler "handler", which services/orders/src/orders/app.py lacks'
    )
    assert problem.hint == 'did you mean "handle"?'
    assert problem.where == Place(APP, 1)


@pytest.mark.parametrize(
    "text",
    [
        "handler = lambda event, context: 1",
        "class handler: ...",
        "async def handler(event, context): ...",
        "a, (handler, *b) = 1, (2,)",
        "handler: object = 1",
        "if True:\n    def handler(): ...",
        "try:\n    handler = 1\nexcept ValueError:\n    pass",
        "with open('x') as handler: ...",
        "(handler := 1)",
        "from kit import KIT as handler",
        "import kit as handler",
        "def f():\n    global handler\n    handler = 1",
        "from kit import *",
        "def __getattr__(name): ...",
        "globals()['handler'] = 1",
        "match 1:\n    case handler: ...",
    ],
)
def test_every_way_to_define_a_handler_counts(problems: Make, text: str) -> None:
    assert problems(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def handler(self): ...",
        "def f():\n    handler = 1",
        "handler",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kit import KIT as handler",
    ],
)
def test_a_name_that_the_module_does_not_have_does_not(problems: Make, text: str) -> None:
    assert [problem.code for problem in problems(text)] == ["handler-missing"]


def test_a_missing_dependency_is_named_with_its_line_and_what_to_do(problems: Make) -> None:
    (problem,) = problems(f"import json\n\nif True:\n    import yaml.nodes\n{HANDLER}")

    assert problem.code == "import-missing"
    assert problem.message == 'orders imports "yaml.nodes", which is not among its dependencies'
    assert problem.hint == (
        'add "pyyaml" to `dependencies` in orders\'s pyproject.toml and run `platform lock orders`'
    )
    assert problem.where == Place(APP, 4, 5)


@pytest.mark.parametrize(
    "text",
    [
        "import httpx",
        "from httpx import get",
        "from . import helper",
        "def f():\n    import httpx",
        "class A:\n    import httpx",
        "try:\n    import json\nexcept ImportError:\n    import httpx",
        "try:\n    import httpx\nexcept ValueError:\n    pass",
        "try:\n    import httpx\nfinally:\n    pass",
    ],
)
def test_a_missing_import_is_found_wherever_it_stands(problems: Make, text: str) -> None:
    found = problems(f"{text}\n{HANDLER}", helper="import httpx")

    assert [problem.code for problem in found] == ["import-missing"]


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import httpx\nexcept ImportError:\n    httpx = None",
        "try:\n    import httpx\nexcept (KeyError, ModuleNotFoundError):\n    httpx = None",
        "try:\n    import httpx\nexcept:\n    httpx = None",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import httpx",
        "import typing\nif typing.TYPE_CHECKING:\n    import httpx",
        "import sys\nif sys.version_info >= (3, 99):\n    import httpx",
        "import sys\nif sys.platform == 'win32':\n    import winreg_x",
    ],
)
def test_an_import_that_the_code_can_do_without_is_no_problem(problems: Make, text: str) -> None:
    assert problems(f"{text}\n{HANDLER}") == ()


def test_an_import_of_the_library_is_followed(problems: Make, write: Make) -> None:
    write(
        {
            "libs/kit/src/kit/__init__.py": "from kit.part import x\n",
            "libs/kit/src/kit/part.py": "import yaml\nx = 1",
        }
    )

    (problem,) = problems(f"import kit\n{HANDLER}")

    assert problem.where == Place("libs/kit/src/kit/part.py", 1, 1)


def test_the_package_around_a_handler_is_imported_with_it(problems: Make) -> None:
    (problem,) = problems(HANDLER, **{"__init__": "import yaml\n"})

    assert problem.where == Place("services/orders/src/orders/__init__.py", 1, 1)


def test_a_module_that_no_handler_reaches_is_not_judged(problems: Make) -> None:
    assert problems(HANDLER, unused="import yaml\nthis is not Python") == ()


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("import orders.helpr", "but there is no orders.helpr", 'did you mean "orders.helper"?'),
        (
            "from .helper import VALU",
            'imports "VALU" from orders.helper',
            'did you mean "VALUE"?',
        ),
        ("from . import helpr", 'imports "helpr" from orders', None),
    ],
)
def test_a_wrong_name_of_ones_own_is_found(problems: Make, text: str, said: str, hint: str | None) -> None:
    (problem,) = problems(f"{text}\n{HANDLER}", helper="VALUE = 1")

    assert problem.code == "import-missing"
    assert said in problem.message
    assert problem.hint == hint


def test_modules_that_import_each_other_end(problems: Make) -> None:
    assert problems(f"from . import helper\n{HANDLER}", helper="from . import app") == ()


def test_a_syntax_error_is_shown_with_its_spot(problems: Make) -> None:
    (problem,) = problems(f"{HANDLER}\ndef broken(:\n", python=sys.version_info[:2])

    assert problem.code == "handler-syntax"
    assert "services/orders/src/orders/app.py is not valid Python" in problem.message
    assert problem.where == Place(APP, 3, 12)


def test_a_file_with_null_bytes_is_a_syntax_error_too(problems: Make) -> None:
    (problem,) = problems("x = 1\0\n", python=sys.version_info[:2])

    assert problem.code == "handler-syntax"


def test_grammar_newer_than_this_python_is_not_judged(problems: Make) -> None:
    newer = (3, sys.version_info[1] + 1)

    assert problems("some new grammar\n", python=newer) == ()


def test_grammar_older_than_this_python_is_judged_as_far_as_it_can_be(problems: Make) -> None:
    (problem,) = problems(f"try:\n    pass\nexcept* ValueError:\n    pass\n{HANDLER}", python=(3, 10))

    assert problem.code == "handler-syntax"


def test_without_layers_third_party_imports_are_not_judged(problems: Make) -> None:
    assert problems(f"import yaml\n{HANDLER}", layer=None) == ()


def test_a_module_that_python_dropped_is_said_so(problems: Make) -> None:
    (problem,) = problems(f"import cgi\n{HANDLER}", python=(3, 13))

    assert problem.hint == "it left the standard library with Python 3.13, and 3.13 runs here"
    assert problems(f"import cgi\n{HANDLER}", python=(3, 12)) == ()


def test_removed_modules_come_and_go_with_the_version() -> None:
    assert "distutils" in standard_modules((3, 11))
    assert "distutils" not in standard_modules((3, 12))
    assert {"json", "tomllib", "__future__"} <= standard_modules((3, 13))
    assert (left_in("uu"), left_in("json")) == ("3.13", None)


def test_a_namespace_shared_with_a_dependency_is_the_dependencies_to_answer(
    problems: Make, write: Make
) -> None:
    write({"services/orders/src/company/orders/__init__.py": ""})

    assert problems(f"import company.billing\n{HANDLER}", layer=frozenset({"company"})) == ()
    assert len(problems(f"import company.billing\n{HANDLER}")) == 1


def test_a_fault_that_two_handlers_share_is_told_once_and_all_are_told(
    orders: None, root: Any, write: Make, service: Make
) -> None:
    write({APP: f"import yaml\n{HANDLER}"})
    made = service("orders", "orders.app.handler", "orders.app.handler", "orders.app.missing")
    layers = {("python3.13", "arm64"): (Platform((3, 11), None, "x"), frozenset[str]())}

    with pytest.raises(PlatformError) as raised:
        check_handlers(made, root, layers)

    assert raised.value.code == "import-missing"
    assert raised.value.where == Place(APP, 1, 1)
    first, second = str(raised.value).splitlines()
    assert first == 'orders imports "yaml", which is not among its dependencies'
    assert second.startswith('orders.f2 has the handler "missing", which')
