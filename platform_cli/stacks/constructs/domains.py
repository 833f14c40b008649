"""Host names of APIs."""

from __future__ import annotations

from aws_cdk import CfnResource
from aws_cdk import aws_apigatewayv2 as apigateway

from platform_cli.blueprint.resolved import ResolvedDomain
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.certificates import Certificate, Records


class ApiDomain(Capability):
    """A host name that leads to one stage of an API of either kind, and its records if the zone is known.

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
        origin = f"apis.{api_name}.domain"
        super().__init__(stack, f"Domain-{api_name}", origin)
        self._name = domain.name
        certificate = domain.certificate_arn or Certificate(stack, domain, "DomainCertificate", origin).arn
        self.certificate_arn = certificate
        self._domain = apigateway.CfnDomainName(
            self,
            "Domain",
            domain_name=domain.name,
            domain_name_configurations=[
                apigateway.CfnDomainName.DomainNameConfigurationProperty(
                    certificate_arn=certificate,
                    endpoint_type="REGIONAL",
                    ip_address_type="dualstack",
                    security_policy="TLS_1_2",
                )
            ],
        )
        self.place(self._domain, "Domain")
        mapping = apigateway.CfnApiMapping(
            self, "Mapping", api_id=api_id, domain_name=self._domain.ref, stage=stage.ref
        )
        self.place(mapping, "DomainMapping")
        Records(stack, domain, self.target, self._domain.attr_regional_hosted_zone_id, origin)

    @property
    def url(self) -> str:
        """Where the API answers under its name."""
        return f"https://{self._name}"

    @property
    def target(self) -> str:
        """What the name has to lead to."""
        return self._domain.attr_regional_domain_name
