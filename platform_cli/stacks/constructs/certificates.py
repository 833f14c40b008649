"""Certificates that we make, and the records by which a name leads to what answers."""

from __future__ import annotations

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53

from platform_cli.blueprint.resolved import ResolvedDomain, ResolvedHostName
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import composite


class Certificate(Capability):
    """A certificate for the host names of a domain, each proven by a record in its zone.

    CloudFormation writes the record and waits until the certificate is issued; Certificate Manager renews it
    for as long as the record is there.

    Args:
        stack: Of the region of what answers under the name; for CloudFront, us-east-1.
        domain: The names and their zones.
        logical_id: Of the certificate.
        origin: Dotted path of the blueprint.
    """

    def __init__(self, stack: PlatformStack, domain: ResolvedDomain, logical_id: str, origin: str) -> None:
        super().__init__(stack, logical_id, origin)
        self._resource = acm.CfnCertificate(
            self,
            "Certificate",
            domain_name=domain.name,
            subject_alternative_names=[one.name for one in domain.further] or None,
            validation_method="DNS",
            domain_validation_options=[_proof(one) for one in domain.names],
        )
        self.place(self._resource, logical_id)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._resource.ref


def _proof(one: ResolvedHostName) -> acm.CfnCertificate.DomainValidationOptionProperty:
    assert one.hosted_zone_id is not None, "a certificate of ours is proven in a zone"
    return acm.CfnCertificate.DomainValidationOptionProperty(
        domain_name=one.name, hosted_zone_id=one.hosted_zone_id
    )


class Records(Capability):
    """The records of host names, for IPv4 and IPv6, where their zones are known.

    Args:
        stack: The stack of what answers.
        domain: The names and their zones.
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
        kinds = (("A", "DomainRecord"), ("AAAA", "DomainRecordIpv6")) if ipv6 else (("A", "DomainRecord"),)
        for one in domain.names:
            for kind, first_id in kinds if one.hosted_zone_id else ():
                first = one.name == domain.name
                record = route53.CfnRecordSet(
                    self,
                    kind if first else f"{kind}-{one.name}",
                    hosted_zone_id=one.hosted_zone_id,
                    name=one.name,
                    type=kind,
                    alias_target=route53.CfnRecordSet.AliasTargetProperty(
                        dns_name=target, hosted_zone_id=zone_id
                    ),
                )
                self.place(record, first_id if first else composite(first_id, one.name))
