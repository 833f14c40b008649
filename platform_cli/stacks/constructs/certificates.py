"""Certificates that we make, and the records by which a name leads to what answers."""

from __future__ import annotations

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53

from platform_cli.blueprint.resolved import ResolvedDomain
from platform_cli.stacks.constructs.base import Capability, PlatformStack


class Certificate(Capability):
    """A certificate for one host name, proven by a record in its zone.

    CloudFormation writes the record and waits until the certificate is issued; Certificate Manager renews it
    for as long as the record is there.

    Args:
        stack: Of the region of what answers under the name; for CloudFront, us-east-1.
        domain: The name and its zone.
        logical_id: Of the certificate.
        origin: Dotted path of the blueprint.
    """

    def __init__(self, stack: PlatformStack, domain: ResolvedDomain, logical_id: str, origin: str) -> None:
        super().__init__(stack, logical_id, origin)
        assert domain.hosted_zone_id is not None, "a certificate of ours is proven in a zone"
        self._resource = acm.CfnCertificate(
            self,
            "Certificate",
            domain_name=domain.name,
            validation_method="DNS",
            domain_validation_options=[
                acm.CfnCertificate.DomainValidationOptionProperty(
                    domain_name=domain.name, hosted_zone_id=domain.hosted_zone_id
                )
            ],
        )
        self.place(self._resource, logical_id)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._resource.ref


class Records(Capability):
    """The records of a host name, for IPv4 and IPv6, if its zone is known.

    Args:
        stack: The stack of what answers.
        domain: The name and its zone.
        target: The name that AWS gave to what answers.
        zone_id: The hosted zone of that name.
        origin: Dotted path of the blueprint.
        ipv6: Whether what answers has addresses of IPv6.
    """

    def __init__(
        self,
        stack: PlatformStack,
        domain: ResolvedDomain,
        target: str,
        zone_id: str,
        origin: str,
        *,
        ipv6: bool = True,
    ) -> None:
        super().__init__(stack, "Records", origin)
        if not domain.hosted_zone_id:
            return
        for kind, logical_id in (("A", "DomainRecord"), ("AAAA", "DomainRecordIpv6")):
            if kind == "AAAA" and not ipv6:
                continue
            record = route53.CfnRecordSet(
                self,
                kind,
                hosted_zone_id=domain.hosted_zone_id,
                name=domain.name,
                type=kind,
                alias_target=route53.CfnRecordSet.AliasTargetProperty(
                    dns_name=target, hosted_zone_id=zone_id
                ),
            )
            self.place(record, logical_id)
