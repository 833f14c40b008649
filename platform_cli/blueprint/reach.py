"""Which AWS services a function calls, and by which way it gets there from inside of a network. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.prefix_lists import GATEWAY_ENDPOINTS

_CALLED_OTHERWISE = {"appconfig": "appconfigdata"}
"""Endpoints that are not called as their actions begin."""

_NEVER_CALLED = frozenset({"elasticache", "iam", "kms", "rds-db"})
"""What a right is needed for and no call is made to: logins are signed by the function itself, keys are used
by the service that keeps the data, and a role is passed along with another call."""


@dataclass(frozen=True)
class Ways:
    """How services are reached.

    Attributes:
        interfaces: By an interface endpoint of the network.
        gateways: By a gateway endpoint of it.
        beyond: By none, and so by a NAT gateway, or not at all.
    """

    interfaces: frozenset[str]
    gateways: frozenset[str]
    beyond: frozenset[str]


def services_called(
    lines: Iterable[tuple[str, str]], actions: Iterable[str], *, rotates: bool
) -> frozenset[str]:
    """The AWS services that a function calls, by the names of their endpoints.

    Args:
        lines: Kind and verb of its lines of `access`.
        actions: Of its raw permissions.
        rotates: Whether it changes a secret.
    """
    called = {
        KINDS[kind].endpoint
        for kind, verb in lines
        if kind in KINDS and verb in KINDS[kind].verbs and KINDS[kind].verbs[verb].calls
    }
    for action in actions:
        service = action.partition(":")[0]
        called.add(None if service in _NEVER_CALLED else _CALLED_OTHERWISE.get(service, service))
    if rotates:
        called.add("secretsmanager")
    return frozenset(service for service in called if service)


def ways_to(services: Iterable[str], endpoints: Collection[str]) -> Ways:
    """The ways to services in a network with these endpoints."""
    there = frozenset(services)
    led = there & frozenset(endpoints)
    return Ways(led - GATEWAY_ENDPOINTS, led & GATEWAY_ENDPOINTS, there - led)
