"""Firewalls: web ACLs of AWS WAF."""

from __future__ import annotations

from typing import Literal

from aws_cdk import aws_wafv2 as waf

from platform_cli.blueprint.resolved import ResolvedFirewall
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.firewall_rules import (
    address_set_id,
    rules_of,
    versions,
    visibility,
)
from platform_cli.stacks.constructs.logs import log_group
from platform_cli.stacks.firewalls import WHOLE, before_cdns
from platform_cli.stacks.logical import pascal

Scope = Literal["REGIONAL", "CLOUDFRONT"]

SECRET_HEADERS = ("authorization", "cookie", "x-api-key")
"""Headers that let whoever reads them call in somebody's name."""

_Acl = waf.CfnWebACL
_Logging = waf.CfnLoggingConfiguration


class Firewall(Capability):
    """A web ACL with its sets of addresses, and a log of what its rules matched.

    Args:
        stack: Of the region of what it stands before; for CloudFront, us-east-1.
        firewall: What it does.
        scope: `REGIONAL` for REST APIs and load balancers, `CLOUDFRONT` for a CDN. Of one firewall there may
            be both in us-east-1, so that the second has a name of its own.
        log_key_arn: The key of its log instead of the environment's.
    """

    def __init__(
        self,
        stack: PlatformStack,
        firewall: ResolvedFirewall,
        scope: Scope = "REGIONAL",
        log_key_arn: str | None = None,
    ) -> None:
        super().__init__(stack, f"Firewall-{firewall.name}", f"firewalls.{firewall.name}")
        self._scope = scope
        if scope == "CLOUDFRONT":
            firewall = before_cdns(firewall)
        sets = {
            (which, version): self._address_set(firewall, which, version, blocks)
            for which, listed in (("allow", firewall.allow_ips), ("block", firewall.block_ips))
            for version, blocks in versions(listed).items()
        }
        self._acl = _Acl(
            self,
            "Acl",
            name=firewall.physical_name,
            scope=scope,
            default_action=_Acl.DefaultActionProperty(allow=_Acl.AllowActionProperty()),
            rules=rules_of(firewall, lambda which, version: sets[which, version]),
            visibility_config=visibility(firewall, WHOLE),
            # In logs and in the samples that the console shows; the log's own redaction knows only logs.
            data_protection_config=_Acl.DataProtectionConfigProperty(
                data_protections=[
                    _Acl.DataProtectProperty(
                        action="SUBSTITUTION",
                        field=_Acl.FieldToProtectProperty(
                            field_type="SINGLE_HEADER", field_keys=list(SECRET_HEADERS)
                        ),
                    )
                ]
            ),
        )
        self.place(self._acl, f"Firewall{pascal(firewall.name)}")
        self._record(firewall, log_key_arn)

    @property
    def arn(self) -> str:
        """ARN of the web ACL, with an id that AWS made."""
        return self._acl.attr_arn

    def _address_set(self, firewall: ResolvedFirewall, which: str, version: int, blocks: list[str]) -> str:
        resource = waf.CfnIPSet(
            self,
            f"{which}-{version}",
            name=f"{firewall.physical_name}-{which}-ipv{version}",
            scope=self._scope,
            ip_address_version=f"IPV{version}",
            addresses=blocks,
        )
        self.place(resource, address_set_id(firewall.name, which, version))
        return resource.attr_arn

    def _record(self, firewall: ResolvedFirewall, key_arn: str | None) -> None:
        """Keep what rules matched; what they let pass is in the access log of the API."""
        name = pascal(firewall.name)
        # WAF delivers only to groups with this prefix.
        log_name = f"aws-waf-logs-{firewall.physical_name}"
        days, logical_id = firewall.log_retention_days, f"FirewallLog{name}"
        group = log_group(self, "Log", log_name, days, logical_id, key_arn=key_arn)
        logging = _Logging(
            self,
            "Logging",
            resource_arn=self._acl.attr_arn,
            log_destination_configs=[self.stack.at.arn("logs", f"log-group:{group.ref}")],
            redacted_fields=[
                _Logging.FieldToMatchProperty(single_header={"Name": header}) for header in SECRET_HEADERS
            ],
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [
                            {"ActionCondition": {"Action": action}}
                            for action in ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
                        ],
                    }
                ],
            },
        )
        self.place(logging, f"FirewallLogging{name}")


class Association(Capability):
    """Puts a firewall before a resource of its region.

    Args:
        stack: The stack of that resource.
        firewall_arn: The web ACL.
        resource_arn: A stage of a REST API, or a load balancer.
        origin: The line of the blueprint that says so.
    """

    def __init__(self, stack: PlatformStack, firewall_arn: str, resource_arn: str, origin: str) -> None:
        super().__init__(stack, "Association", origin)
        resource = waf.CfnWebACLAssociation(
            self, "Association", resource_arn=resource_arn, web_acl_arn=firewall_arn
        )
        self.place(resource, "FirewallAssociation")
