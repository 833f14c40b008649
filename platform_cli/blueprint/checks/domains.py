"""Host names: certificates of the right region, names inside of their zones."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.apis import Domain
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.resolved.edge import GLOBAL_REGION


def check_domains(context: Context) -> None:
    """The host names of APIs, CDNs and load balancers."""
    regions = _regions(context)
    for what, domain, place, is_global in _domains(context):
        _check_certificate(context, what, domain, place, {GLOBAL_REGION} if is_global else regions)
        zone = context.blueprint.external.hosted_zones.get(domain.hosted_zone or "")
        if zone and domain.name != zone.name and not domain.name.endswith(f".{zone.name.strip('.')}"):
            context.report(
                "domain-outside-zone",
                f'"{domain.name}" of {what} does not end with "{zone.name}", the domain of zone '
                f"{domain.hosted_zone}",
                (*place, "name"),
                hint=f"write {domain.name.split('.')[0]}.{zone.name}",
            )


def _domains(context: Context) -> Iterator[tuple[str, Domain, Path, bool]]:
    """Who has a host name, the name, where it is written, and whether CloudFront answers there."""
    blueprint = context.blueprint
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
