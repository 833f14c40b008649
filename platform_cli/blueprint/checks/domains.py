"""Host names: certificates of the right region, names inside of their zones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.apis import Domain
from platform_cli.blueprint.model.edge import EdgeDomain
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.resolution.protection import protects
from platform_cli.blueprint.resolved.edge import GLOBAL_REGION

_MOST_NAMES = 10
"""Host names on a certificate, without an increase (Certificate Manager quotas, 2026-11)."""


def check_domains(context: Context) -> None:
    """The host names of APIs, CDNs and load balancers."""
    regions = _regions(context)
    taken: dict[str, str] = {}
    for what, domain, place, is_global in _domains(context.blueprint):
        _check_certificate(context, what, domain, place, {GLOBAL_REGION} if is_global else regions)
        further = domain.names if isinstance(domain, EdgeDomain) else ()
        _check_name(context, what, domain.name, domain.hosted_zone, (*place, "name"), taken)
        for index, one in enumerate(further):
            zone = one.hosted_zone or domain.hosted_zone
            _check_name(context, what, one.name, zone, (*place, "names", index), taken)
        if domain.certificate is None and len(further) >= _MOST_NAMES:
            context.report(
                "too-many-names",
                f"{what} has {len(further) + 1} host names, and AWS makes certificates for {_MOST_NAMES}",
                (*place, "names"),
                key=True,
                hint="write `certificate` with one under `external` that has them all, or make a second CDN",
            )


def _check_name(
    context: Context, what: str, name: str, zone_name: str | None, place: Path, taken: dict[str, str]
) -> None:
    zone = context.blueprint.external.hosted_zones.get(zone_name or "")
    if zone and name != zone.name.strip(".") and not name.endswith(f".{zone.name.strip('.')}"):
        context.report(
            "domain-outside-zone",
            f'"{name}" of {what} does not end with "{zone.name}", the domain of zone {zone_name}',
            place,
            hint=f"write {name.split('.')[0]}.{zone.name}",
        )
    if name in taken:
        context.report(
            "duplicate-host-name",
            f'"{name}" of {what} is a name of {taken[name]} already',
            place,
            hint="a name leads to one place; give this one another name, or take it away",
        )
    taken.setdefault(name, what)


@dataclass(frozen=True)
class _Claim:
    """What an environment claims for itself with a host name.

    Attributes:
        what: Who has the name.
        path: Where the name is written.
        held: What can be had once: the name on CloudFront, in API Gateway of a region, or in a zone.
    """

    what: str
    path: Path
    held: frozenset[tuple[str, str]]


def check_shared_names(contexts: Sequence[Context]) -> None:
    """Host names that two environments on AWS have, and one of them cannot get."""
    base = contexts[0]
    variants = {context.environment: context.blueprint for context in contexts}
    claims = {
        name: _claims(variants.get(name, base.blueprint), environment.region or "")
        for name, environment in base.blueprint.environments.items()
        if environment.target == "aws"
    }
    told: set[str] = set()
    for first, second in combinations(claims, 2):
        for name, claim in claims[second].items():
            other = claims[first].get(name)
            if other is None or name in told or not claim.held & other.held:
                continue
            told.add(name)
            moved = (
                second if protects(base.blueprint, first) and not protects(base.blueprint, second) else first
            )
            place = (claim if moved == second else other).path
            base.report(
                "shared-host-name",
                f'"{name}" is a name of {other.what} in {first} and of {claim.what} in {second}, and can '
                "lead to one of them",
                place,
                hint=f"write {'.'.join(map(str, place[:4]))} in the `overrides` of {moved}, "
                f"such as {moved}.{name}",
            )


def _claims(blueprint: Blueprint, region: str) -> dict[str, _Claim]:
    claims: dict[str, _Claim] = {}
    for what, domain, place, is_global in _domains(blueprint):
        names = [(domain.name, domain.hosted_zone, (*place, "name"))]
        if isinstance(domain, EdgeDomain):
            names += [
                (one.name, one.hosted_zone or domain.hosted_zone, (*place, "names", index))
                for index, one in enumerate(domain.names)
            ]
        for name, zone_name, path in names:
            held = {("CloudFront", "")} if is_global else set()
            if place[0] == "apis":
                held = {("API Gateway", region)}
            if zone := blueprint.external.hosted_zones.get(zone_name or ""):
                held.add(("zone", zone.id))
            claims.setdefault(name, _Claim(what, path, frozenset(held)))
    return claims


def _domains(blueprint: Blueprint) -> Iterator[tuple[str, Domain, Path, bool]]:
    """Who has a host name, the name, where it is written, and whether CloudFront answers there."""
    for name, api in blueprint.apis.items():
        if api.domain is not None:
            yield f"API {name}", api.domain, ("apis", name, "domain"), False
    for name, cdn in blueprint.cdns.items():
        if cdn.domain is not None:
            yield f"CDN {name}", cdn.domain, ("cdns", name, "domain"), True
    for name, balancer in blueprint.load_balancers.items():
        yield f"load balancer {name}", balancer.domain, ("load_balancers", name, "domain"), False


def _regions(context: Context) -> set[str]:
    # An environment with overrides is checked by itself, with those merged in.
    environments = context.blueprint.environments
    chosen = (
        [context.environment]
        if context.environment
        else [name for name, environment in environments.items() if not environment.overrides]
    )
    return {
        region
        for name in chosen
        if environments[name].target == "aws" and (region := environments[name].region)
    }


def _check_certificate(
    context: Context, what: str, domain: Domain, place: Path, regions: Collection[str]
) -> None:
    if domain.certificate is None:
        if domain.hosted_zone is None and context.is_sound(*place):
            context.report(
                "certificate-missing",
                f'"{domain.name}" of {what} has neither a certificate nor a hosted zone to prove one in',
                place,
                key=True,
                hint="write `hosted_zone`, or `certificate` with the name of one under `external`",
            )
        return
    certificate = context.blueprint.external.certificates.get(domain.certificate)
    region = certificate.arn.split(":")[3] if certificate else None
    elsewhere = sorted(set(regions) - {region})
    if not region or not elsewhere:
        return
    needs = "needs one of" if GLOBAL_REGION in regions and what.startswith("CDN") else "is in"
    context.report(
        "certificate-elsewhere",
        f"{what} {needs} {elsewhere[0]}, and its certificate {domain.certificate} is in {region}"
        if needs != "is in"
        else f"{what} is in {elsewhere[0]}, and its certificate {domain.certificate} in {region}",
        (*place, "certificate"),
        hint=f"name a certificate of {elsewhere[0]}; an environment can override its `arn`",
    )
