"""Names that AWS makes and that metrics have as dimensions: which stacks know them."""

from __future__ import annotations

from dataclasses import dataclass

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks import outputs


@dataclass(frozen=True)
class Invented:
    """An output of a stack of the same region, with what AWS calls a thing."""

    concern: str
    name: str
    output: str


def invented_names(system: ResolvedEnvironment, *, edge: bool = True) -> dict[str, Invented]:
    """Where the ids are that dashboards need; HTTP APIs are called by their names alone.

    Args:
        system: The environment.
        edge: Whether CDNs and load balancers are shown.
    """
    found = {name: Invented("api", name, "ApiId") for name in routed_http_apis(system)}
    if edge:
        found |= {
            cdn_key(name): Invented("cdn", name, outputs.DISTRIBUTION_ID) for name in sorted(system.cdns)
        }
        found |= {
            balancer_key(name): Invented("balancer", name, outputs.BALANCER_NAME)
            for name in sorted(system.load_balancers)
        }
    return found


def cdn_key(name: str) -> str:
    """By which the id of a CDN is found among the ids; no API is called so."""
    return f"cdns.{name}"


def balancer_key(name: str) -> str:
    """By which the name of a load balancer in its metrics is found among the ids."""
    return f"load_balancers.{name}"


def routed_http_apis(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The APIs whose ids the dashboards need."""
    routed = {route.api for function in system.functions for route in function.routes}
    return tuple(sorted(name for name, api in system.apis.items() if name in routed and api.kind == "http"))
