"""What every room keeps to."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "platform_cli"
ROOMS = sorted(p.name for p in PACKAGE.iterdir() if (p / "__init__.py").is_file())
MODULES = sorted(PACKAGE.rglob("*.py"))
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("README.md")])


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_comes_in_what_goes_out_and_what_it_never_does(room):
    text = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text())) or ""

    assert re.search(r"^In: ", text, re.MULTILINE)
    assert " Out: " in text or "\nOut: " in text
    assert re.search(r"^Never: ", text, re.MULTILINE)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_stands_in_the_architecture_and_in_every_contract_that_names_all_others(room):
    architecture = (ROOT / "docs" / "architecture.md").read_text()
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c for c in contracts if c["type"] == "layers")["layers"]
    only = {
        "typer-and-rich": {"cli"},
        "clients": {"aws"},
        "cdk": {"stacks"},
        "copier": {"scaffold"},
        "yaml": {"blueprint", "scaffold"},
    }

    assert f"| `{room}/` |" in architecture
    assert any(room in layer.split(" | ") for layer in layers)
    for contract in contracts:
        allowed = only.get(contract["id"])
        if allowed is not None and room not in allowed:
            assert f"platform_cli.{room}" in contract["source_modules"]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_neither_long_nor_a_drawer(path):
    assert len(path.read_text().splitlines()) <= 400
    assert path.stem not in {"utils", "helpers", "common", "misc"}
    assert len(path.relative_to(PACKAGE).parts) <= 3


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_link_of_a_page_leads_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text)

    assert [t for t in targets if "://" not in t and not (path.parent / t).exists()] == []


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "index.md").read_text()

    pages = [p.name for p in (ROOT / "docs").glob("*.md") if p.name != "index.md"]

    assert [page for page in pages if f"({page})" not in index] == []
