"""Host names of APIs."""

from __future__ import annotations

from aws_cdk import CfnResource
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_route53 as route53

from platform_cli.blueprint.resolved import ResolvedDomain
from platform_cli.stacks.constructs.base import Capability, PlatformStack


class ApiDomain(Capability):
    """A host name that leads to one stage of an API of either kind, and its record if the zone is known.

    Args:
        stack: The API's stack.
        domain: The name, its certificate and zone.
        api_name: The API's name in the blueprint.
        api_id: The API.
        stage: The stage.
    """

    def __init__(
        self,
        stack: PlatformStack,
        domain: ResolvedDomain,
        api_name: str,
        api_id: str,
        stage: CfnResource,
    ) -> None:
        super().__init__(stack, f"Domain-{api_name}", f"apis.{api_name}.domain")
        self._name = domain.name
        self._domain = apigateway.CfnDomainName(
            self,
            "Domain",
            domain_name=domain.name,
            domain_name_configurations=[
                apigateway.CfnDomainName.DomainNameConfigurationProperty(
                    certificate_arn=domain.certificate_arn,
                    endpoint_type="REGIONAL",
                    security_policy="TLS_1_2",
                )
            ],
        )
        self.place(self._domain, "Domain")
        mapping = apigateway.CfnApiMapping(
            self, "Mapping", api_id=api_id, domain_name=self._domain.ref, stage=stage.ref
        )
        self.place(mapping, "DomainMapping")
        if domain.hosted_zone_id:
            record = route53.CfnRecordSet(
                self,
                "Record",
                hosted_zone_id=domain.hosted_zone_id,
                name=domain.name,
                type="A",
                alias_target=route53.CfnRecordSet.AliasTargetProperty(
                    dns_name=self.target, hosted_zone_id=self._domain.attr_regional_hosted_zone_id
                ),
            )
            self.place(record, "DomainRecord")

    @property
    def url(self) -> str:
        """Where the API answers under its name."""
        return f"https://{self._name}"

    @property
    def target(self) -> str:
        """What the name has to lead to."""
        return self._domain.attr_regional_domain_name
