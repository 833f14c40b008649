"""Regions that nobody knows: misspelt ones fail late, in the middle of a deployment."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.regions import KNOWN_REGIONS


def check_regions(context: Context) -> None:
    """Regions of environments, of copies of tables, buckets and secrets, and of backups."""
    for path, region in _named(context):
        if region not in KNOWN_REGIONS:
            context.report(
                "unknown-region",
                f"{'.'.join(map(str, path[:3]))} names the region {region}, which AWS did not have "
                "in November 2026",
                path,
                hint=nearest_hint(region, KNOWN_REGIONS),
            )


def _named(context: Context) -> Iterator[tuple[Path, str]]:
    blueprint = context.blueprint
    for name, environment in blueprint.environments.items():
        if environment.region is not None:
            yield ("environments", name, "region"), environment.region
    for section, things in (
        ("tables", blueprint.tables),
        ("buckets", blueprint.buckets),
        ("secrets", blueprint.secrets),
    ):
        for name, thing in things.items():
            for index, region in enumerate(thing.replicas):
                yield (section, name, "replicas", index), region
    for name, plan in blueprint.backups.items():
        if plan.copy_to is not None:
            yield ("backups", name, "copy_to"), plan.copy_to
