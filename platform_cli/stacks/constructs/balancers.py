"""Application load balancers before functions."""

from __future__ import annotations

import hashlib

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_lambda as lambda_

from platform_cli.blueprint.resolved import ResolvedLoadBalancer
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.cdn_policies import TWO_YEARS_SECONDS
from platform_cli.stacks.constructs.certificates import Certificate, Records
from platform_cli.stacks.constructs.log_buckets import DeliveredLogs
from platform_cli.stacks.constructs.origin_guard import HEADER, OriginSecret
from platform_cli.stacks.constructs.placement import ANYWHERE, HTTPS, no_egress
from platform_cli.stacks.edge import LEAST_PRIORITY, priorities
from platform_cli.stacks.logical import composite

HTTP = 80
SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.2 and 1.3 with forward secrecy; AWS's recommendation (load balancer guide, 2026-11)."""

_NOTHING = "There is nothing here"
_Group = ec2.CfnSecurityGroup
_Listener = elb.CfnListener
_Rule = elb.CfnListenerRule


class Balancer(Capability):
    """A load balancer in public subnets: HTTPS by path to functions, HTTP to HTTPS, everything logged."""

    def __init__(self, stack: PlatformStack, balancer: ResolvedLoadBalancer) -> None:
        origin = f"load_balancers.{balancer.name}"
        super().__init__(stack, f"Balancer-{balancer.name}", origin)
        self._model = balancer
        vpc_id, subnets = self._network()
        logs = DeliveredLogs(
            stack,
            balancer.log_bucket_name,
            balancer.access_log_retention_days,
            origin,
            [self._delivery()],
        )
        self._resource = elb.CfnLoadBalancer(
            self,
            "Balancer",
            name=balancer.physical_name,
            type="application",
            scheme="internet-facing",
            subnets=subnets,
            security_groups=[self._group(vpc_id)],
            load_balancer_attributes=[
                elb.CfnLoadBalancer.LoadBalancerAttributeProperty(key=key, value=value)
                for key, value in (
                    ("access_logs.s3.bucket", balancer.log_bucket_name),
                    ("access_logs.s3.enabled", "true"),
                    ("deletion_protection.enabled", "true" if stack.system.protect else "false"),
                    ("routing.http.desync_mitigation_mode", "strictest"),
                    ("routing.http.drop_invalid_header_fields.enabled", "true"),
                )
            ],
        )
        self.place(self._resource, "LoadBalancer")
        # Elastic Load Balancing writes a test object as soon as it is told to log.
        self._resource.add_dependency(logs.policy)
        self.targets: dict[str, str] = {}
        """What metrics call the targets, by pattern: `targetgroup/NAME/ID`."""
        self._redirect()
        self._through_cdn: list[elb.CfnListenerRule.RuleConditionProperty] = []
        if balancer.guarded:
            self._through_cdn.append(self._guard(origin))
        listener = self._listener(origin)
        self._route(listener)
        if balancer.guarded:
            self._nothing_here(listener)
        Records(
            stack,
            balancer.domain,
            f"dualstack.{self.host}",
            self._resource.attr_canonical_hosted_zone_id,
            f"{origin}.domain",
            ipv6=False,
        )

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._resource.ref

    @property
    def full_name(self) -> str:
        """What its metrics call it: `app/NAME/ID`."""
        return self._resource.attr_load_balancer_full_name

    @property
    def host(self) -> str:
        """The host name that AWS gave it."""
        return self._resource.attr_dns_name

    def _network(self) -> tuple[str, list[str]]:
        network = self.stack.system.networks[self._model.network]
        if network.external:
            assert network.vpc_id is not None, "an external network has an id"
            return network.vpc_id, list(network.public_subnet_ids)
        zones = range(1, network.public_zones + 1)
        return (
            self.stack.look_up("network", outputs.network_id(network.name)),
            [self.stack.look_up("network", outputs.public_subnet_id(network.name, zone)) for zone in zones],
        )

    def _group(self, vpc_id: str) -> str:
        """Lets everybody in, or those who are named; nobody out: functions are called by Lambda's API."""
        group = _Group(
            self,
            "Group",
            group_description=f"Callers of {self._model.physical_name}",
            vpc_id=vpc_id,
            security_group_ingress=[
                _Group.IngressProperty(
                    description=what,
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    cidr_ip=None if ":" in block else block,
                    cidr_ipv6=block if ":" in block else None,
                )
                for port, what in ((HTTP, "to be led to HTTPS"), (HTTPS, "HTTPS"))
                for block in self._model.allowed_ips or (ANYWHERE,)
            ],
            security_group_egress=[no_egress()],
        )
        self.place(group, "SecurityGroup")
        return group.attr_group_id

    def _delivery(self) -> dict[str, object]:
        at, account = self.stack.at, self.stack.system.account
        return {
            "Sid": "Deliver",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{at.bucket(self._model.log_bucket_name)}/AWSLogs/{account}/*",
            "Condition": {
                "ArnLike": {
                    "aws:SourceArn": at.arn(
                        "elasticloadbalancing", f"loadbalancer/app/{self._model.physical_name}/*"
                    )
                }
            },
        }

    def _guard(self, origin: str) -> elb.CfnListenerRule.RuleConditionProperty:
        """The header that CDNs add, whose value stands in no template."""
        name = self._model.name
        secret = OriginSecret(self.stack, f"balancer-{name}", f"load balancer {name}", "OriginSecret", origin)
        return _Rule.RuleConditionProperty(
            field="http-header",
            http_header_config=_Rule.HttpHeaderConfigProperty(http_header_name=HEADER, values=[secret.value]),
        )

    def _nothing_here(self, listener: str) -> None:
        """Who comes through the CDN is told that a path leads nowhere; all others, that they may not."""
        rule = _Rule(
            self,
            "Nothing",
            listener_arn=listener,
            priority=LEAST_PRIORITY,
            conditions=self._through_cdn,
            actions=[
                _Rule.ActionProperty(
                    type="fixed-response",
                    fixed_response_config=_Rule.FixedResponseConfigProperty(
                        status_code="404", content_type="text/plain", message_body=_NOTHING
                    ),
                )
            ],
        )
        self.place(rule, "RuleNothing")

    def _redirect(self) -> None:
        listener = _Listener(
            self,
            "Http",
            load_balancer_arn=self.arn,
            port=HTTP,
            protocol="HTTP",
            default_actions=[
                _Listener.ActionProperty(
                    type="redirect",
                    redirect_config=_Listener.RedirectConfigProperty(
                        status_code="HTTP_301", protocol="HTTPS", port=str(HTTPS)
                    ),
                )
            ],
        )
        self.place(listener, "HttpListener")

    def _listener(self, origin: str) -> str:
        domain = self._model.domain
        certificate = (
            domain.certificate_arn or Certificate(self.stack, domain, "Certificate", f"{origin}.domain").arn
        )
        self.certificate_arn = certificate
        listener = _Listener(
            self,
            "Https",
            load_balancer_arn=self.arn,
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=SSL_POLICY,
            certificates=[_Listener.CertificateProperty(certificate_arn=certificate)],
            default_actions=[
                _Listener.ActionProperty(
                    type="fixed-response",
                    fixed_response_config=_Listener.FixedResponseConfigProperty(
                        status_code="403" if self._through_cdn else "404",
                        content_type="text/plain",
                        message_body="Come through the CDN" if self._through_cdn else _NOTHING,
                    ),
                )
            ],
            listener_attributes=[
                _Listener.ListenerAttributeProperty(key=f"routing.http.response.{key}", value=value)
                for key, value in (
                    ("server.enabled", "false"),
                    (
                        "strict_transport_security.header_value",
                        f"max-age={TWO_YEARS_SECONDS}; includeSubDomains",
                    ),
                    ("x_content_type_options.header_value", "nosniff"),
                )
            ],
        )
        self.place(listener, "HttpsListener")
        return listener.ref

    def _route(self, listener: str) -> None:
        patterns = list(self._model.functions)
        numbers = {p: int(hashlib.sha256(p.encode()).hexdigest()[:8], 16) for p in patterns}
        order = priorities(patterns, numbers)
        for pattern, address in sorted(self._model.functions.items()):
            target = self._target(pattern, address)
            rule = _Rule(
                self,
                f"Rule{pattern}",
                listener_arn=listener,
                priority=order[pattern],
                conditions=[
                    _Rule.RuleConditionProperty(field="path-pattern", values=[pattern]),
                    *self._through_cdn,
                ],
                actions=[_Rule.ActionProperty(type="forward", target_group_arn=target)],
            )
            self.place(rule, composite("Rule", pattern))

    def _target(self, pattern: str, address: str) -> str:
        """A group with a function as its only target, and the permission to call it."""
        service, name = address.split(".", 1)
        model = self.stack.system.services[service].functions[name]
        function = self.stack.at.function(model.called_name)
        group_name = self.stack.names.target_group(self._model.name, pattern)
        permission = lambda_.CfnPermission(
            self,
            f"Permission{pattern}",
            action="lambda:InvokeFunction",
            function_name=function,
            principal="elasticloadbalancing.amazonaws.com",
            # A group takes a function only after it may call it, so that its own ARN is not known yet.
            source_arn=self.stack.at.arn("elasticloadbalancing", f"targetgroup/{group_name}/*"),
        )
        self.place(permission, composite("Permission", pattern))
        group = elb.CfnTargetGroup(
            self,
            f"Targets{pattern}",
            name=group_name,
            target_type="lambda",
            targets=[elb.CfnTargetGroup.TargetDescriptionProperty(id=function)],
            target_group_attributes=[
                elb.CfnTargetGroup.TargetGroupAttributeProperty(
                    # So that a header or a parameter may come several times.
                    key="lambda.multi_value_headers.enabled",
                    value="true",
                )
            ],
        )
        self.place(group, composite("Targets", pattern))
        group.add_dependency(permission)
        self.targets[pattern] = group.attr_target_group_full_name
        return group.ref
