"""Where the edge of a system answers, from the outputs of its stacks."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.observing import names_of


def edge_addresses(
    environment: ResolvedEnvironment, outputs: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """The addresses of CDNs and load balancers, as `cdns.site`: their own names where they have one.

    Args:
        environment: Where.
        outputs: Of stacks, by their names.
    """
    names = names_of(environment)
    found = {}
    for section, concern, things in (
        ("cdns", "cdn", environment.cdns),
        ("load_balancers", "balancer", environment.load_balancers),
    ):
        for name in sorted(things):
            given = outputs.get(names.stack(concern, name), {})
            if url := given.get("DomainUrl") or given.get("Url"):
                found[f"{section}.{name}"] = url
    return found
