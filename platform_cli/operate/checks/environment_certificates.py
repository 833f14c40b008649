"""Certificates of domains."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import REMOTE, Check, Result, failure, ok, skipped, warning
from platform_cli.operate.doctor.wording import number

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

SOON = timedelta(days=30)
"""ACM renews its own 60 days before they end, so that one with 30 days left is not being renewed."""
NOW = timedelta(days=7)


def check_certificates(context: Context) -> Result:
    """Ask ACM until when they are good."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.answers import expecting
    from platform_cli.deploy.deployed import region_of

    certificates = _certificates(context)
    if not certificates:
        return skipped("nothing has a domain of its own")
    lines: list[str] = []
    bad, near = [], []
    for arn, name in certificates.items():
        region = region_of(arn) or context.environment.region
        clients = context.clients.elsewhere(region)
        told: dict[str, Any] = {}
        with (
            aws_errors("reading certificates", target=clients.target),
            expecting("ResourceNotFoundException"),
        ):
            answer = clients.client("acm").describe_certificate(CertificateArn=arn)
            told = answer["Certificate"]
        if not told:
            bad.append(f"{name}: there is no certificate {arn}")
            continue
        ends, status = told.get("NotAfter"), told.get("Status", "")
        line = f"{name or told.get('DomainName', arn)}: {status.lower().replace('_', ' ')}" + (
            f", until {ends:%Y-%m-%d}" if ends else ""
        )
        if told.get("RenewalEligibility") == "INELIGIBLE" and ends is not None:
            line += ", ACM does not renew it"
        left = ends - context.now if ends is not None else None
        if status != "ISSUED" or (left is not None and left < NOW):
            bad.append(line)
        elif left is not None and left < SOON:
            near.append(line)
        else:
            lines.append(line)
    if not bad and not near:
        return ok(f"{number(len(lines), 'certificate')} good for 30 days and more", *lines)
    make = failure if bad else warning
    return make(
        "a certificate is not valid, or ends within a week" if bad else "a certificate ends within 30 days",
        *bad,
        *near,
        consequence="clients refuse to connect to the domain from that day on",
        mend="put the record for its validation into the DNS, or import a new one; see ACM in the console",
    )


def _certificates(context: Context) -> dict[str, str]:
    """ARNs of the certificates that are used or made, with the domain where that is known."""
    from platform_cli.operate.doctor.resources import resources

    environment = context.environment
    domains = [
        *(api.domain for api in environment.apis.values()),
        *(cdn.domain for cdn in environment.cdns.values()),
        *(balancer.domain for balancer in environment.load_balancers.values()),
    ]
    found = {domain.certificate_arn: domain.name for domain in domains if domain and domain.certificate_arn}
    for resource in resources(context):
        if resource.type == "AWS::CertificateManager::Certificate" and resource.physical_id:
            found.setdefault(resource.physical_id, "")
    return found


CHECKS = (
    Check(
        "certificates",
        "environment",
        "certificates",
        "Asks ACM until when the certificates of APIs, CDNs and load balancers are good. ACM renews its "
        "own two months before they end; one with less than 30 days left needs a hand, mostly a record in "
        "the DNS.",
        check_certificates,
        REMOTE,
    ),
)
