"""CDNs: distributions of CloudFront, with the files and APIs behind them."""

from __future__ import annotations

from aws_cdk import aws_cloudfront as cloudfront

from platform_cli.blueprint.resolved import ResolvedCdn, ResolvedCdnApi, ResolvedCdnBalancer
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.cdn_assets import AssetsBucket
from platform_cli.stacks.constructs.cdn_policies import AnswersPolicy, EdgeFunction, HeadersPolicy
from platform_cli.stacks.constructs.certificates import Records
from platform_cli.stacks.constructs.log_buckets import DeliveredLogs
from platform_cli.stacks.constructs.origin_guard import HEADER, guard_secret_name, guard_value
from platform_cli.stacks.constructs.rest_api import STAGE
from platform_cli.stacks.edge import UNCHANGED, api_function, files_function, home_region, only_from
from platform_cli.stacks.logical import pascal

# Policies of AWS's own; ids are the same in every account (CloudFront developer guide, 2026-11).
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""What the caller sent, without `Host`: by that, API Gateway would look for another API."""

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone of every distribution (CloudFormation reference of AliasTarget, 2026-11)."""

LEAST_TLS = "TLSv1.2_2021"
_FILES = "files"
_PRICE_CLASSES = {"europe_north_america": "PriceClass_100", "most": "PriceClass_200", "all": "PriceClass_All"}
_READING = ("GET", "HEAD", "OPTIONS")
_WRITING = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

BALANCER_ORIGIN = "balancer-"
"""What the ids of origins that are load balancers begin with; their physical names follow."""

_Distribution = cloudfront.CfnDistribution
_Behind = ResolvedCdnApi | ResolvedCdnBalancer


class Cdn(Capability):
    """A distribution, the bucket of its files, and the bucket of its access log.

    Args:
        stack: The CDN's stack, in the environment's own region.
        cdn: The CDN.
    """

    def __init__(self, stack: PlatformStack, cdn: ResolvedCdn) -> None:
        super().__init__(stack, f"Cdn-{cdn.name}", f"cdns.{cdn.name}")
        self._cdn = cdn
        self._logs = DeliveredLogs(
            stack,
            cdn.log_bucket_name,
            cdn.access_log_retention_days,
            self._origin,
            (),
            by_access_list=True,
        )
        self._headers = HeadersPolicy(stack, cdn).id
        self._origins: dict[str, cloudfront.CfnDistribution.OriginProperty] = {}
        files = AssetsBucket(stack, cdn, self._logs) if cdn.assets else None
        if files:
            self._origins[_FILES] = files.origin_property(_FILES)
        by_prefix: dict[str, _Behind] = {**cdn.apis, **cdn.load_balancers}
        whole = by_prefix.get("/")
        behind = [one for prefix, one in sorted(by_prefix.items()) if prefix != "/"]
        default = self._files_behavior() if whole is None else self._default_behavior(whole)
        self._resource = _Distribution(
            self,
            "Distribution",
            distribution_config=_Distribution.DistributionConfigProperty(
                aliases=[one.name for one in cdn.domain.names] if cdn.domain else None,
                cache_behaviors=[behavior for one in behind for behavior in self._behaviors(one)] or None,
                comment=cdn.physical_name,
                default_cache_behavior=default,
                default_root_object=cdn.assets.index if cdn.assets else None,
                enabled=True,
                http_version="http2and3",
                ipv6_enabled=True,
                logging=_Distribution.LoggingProperty(
                    bucket=f"{cdn.log_bucket_name}.s3.{stack.at.dns_suffix}", prefix="requests/"
                ),
                origins=list(self._origins.values()),
                price_class=_PRICE_CLASSES[cdn.edges],
                viewer_certificate=self._certificate(),
                web_acl_id=self._firewall(),
            ),
        )
        self.place(self._resource, "Distribution")
        self._resource.add_dependency(self._logs.policy)
        if files:
            files.admit(self.id)
        if cdn.domain:
            Records(stack, cdn.domain, self.host, CLOUDFRONT_ZONE, f"{self._origin}.domain")

    @property
    def id(self) -> str:
        """Id of the distribution."""
        return self._resource.ref

    @property
    def host(self) -> str:
        """The host name that AWS gave it."""
        return self._resource.attr_domain_name

    def _certificate(self) -> cloudfront.CfnDistribution.ViewerCertificateProperty | None:
        domain = self._cdn.domain
        if domain is None:
            return None
        arn = domain.certificate_arn or self.stack.look_up(
            "global", outputs.certificate_arn(self._cdn.name), home_region(self.stack.system)
        )
        return _Distribution.ViewerCertificateProperty(
            acm_certificate_arn=arn, minimum_protocol_version=LEAST_TLS, ssl_support_method="sni-only"
        )

    def _firewall(self) -> str | None:
        if self._cdn.firewall is None:
            return None
        output = outputs.global_firewall_arn(self._cdn.firewall)
        return self.stack.look_up("global", output, home_region(self.stack.system))

    def _files_behavior(self) -> cloudfront.CfnDistribution.DefaultCacheBehaviorProperty:
        assets = self._cdn.assets
        assert assets is not None, "a CDN without an API at / has files"
        return _Distribution.DefaultCacheBehaviorProperty(
            target_origin_id=_FILES,
            allowed_methods=list(_READING),
            cached_methods=["GET", "HEAD"],
            cache_policy_id=CACHING_OPTIMIZED,
            compress=True,
            function_associations=self._functions("files", files_function(assets)),
            response_headers_policy_id=self._headers,
            viewer_protocol_policy="redirect-to-https",
        )

    def _default_behavior(self, behind: _Behind) -> cloudfront.CfnDistribution.DefaultCacheBehaviorProperty:
        return _Distribution.DefaultCacheBehaviorProperty(
            target_origin_id=self._origin_of(behind),
            allowed_methods=list(_WRITING),
            cached_methods=["GET", "HEAD"],
            cache_policy_id=self._cache_policy(behind),
            compress=True,
            function_associations=self._functions("whole", None),
            origin_request_policy_id=ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy_id=self._headers,
            viewer_protocol_policy="https-only",
        )

    def _functions(
        self, name: str, code: str | None
    ) -> list[cloudfront.CfnDistribution.FunctionAssociationProperty] | None:
        """What a request goes through: what is done to its path, for those callers that are let in."""
        allowed = self._cdn.allowed_ips
        if code is None and not allowed:
            return None
        function = EdgeFunction(self.stack, self._cdn, name, only_from(code or UNCHANGED, allowed))
        return [function.association]

    def _behaviors(self, behind: _Behind) -> list[cloudfront.CfnDistribution.CacheBehaviorProperty]:
        """Two patterns, since `/api*` would match `/apis` too."""
        origin, policy = self._origin_of(behind), self._cache_policy(behind)
        kind = "api" if isinstance(behind, ResolvedCdnApi) else "balancer"
        name = f"{kind}-{pascal(behind.prefix.strip('/').replace('/', '-'))}"
        functions = self._functions(name, None if behind.keep_prefix else api_function(behind.prefix))
        return [
            _Distribution.CacheBehaviorProperty(
                path_pattern=pattern,
                target_origin_id=origin,
                allowed_methods=list(_WRITING),
                cached_methods=["GET", "HEAD"],
                cache_policy_id=policy,
                compress=True,
                function_associations=functions,
                origin_request_policy_id=ALL_VIEWER_EXCEPT_HOST_HEADER,
                response_headers_policy_id=self._headers,
                # A request with a token or a body must not go in clear text to be told to come again.
                viewer_protocol_policy="https-only",
            )
            for pattern in (behind.prefix, f"{behind.prefix}/*")
        ]

    def _cache_policy(self, behind: _Behind) -> str:
        if behind.cache is None:
            return CACHING_DISABLED
        return AnswersPolicy(self.stack, self._cdn, behind.prefix, behind.cache).id

    def _origin_of(self, behind: _Behind) -> str:
        """The origin of an API or a load balancer; one for all of its prefixes."""
        if isinstance(behind, ResolvedCdnApi):
            name, secret = f"api-{behind.api}", f"api-{behind.api}"
        else:
            balancer = self.stack.system.load_balancers[behind.load_balancer]
            # By its physical name: the local AWS, where its host name leads nowhere, finds it by that.
            name, secret = f"{BALANCER_ORIGIN}{balancer.physical_name}", f"balancer-{balancer.name}"
        if name in self._origins:
            return name
        at, system = self.stack.at, self.stack.system
        if isinstance(behind, ResolvedCdnApi):
            api_id = self.stack.look_up("api", "ApiId", name=behind.api)
            host = f"{api_id}.execute-api.{at.region}.{at.dns_suffix}"
            path = f"/{STAGE}" if system.apis[behind.api].kind == "rest" else None
        else:
            # The name that its certificate is for: CloudFront asks nobody who shows another.
            host, path = system.load_balancers[behind.load_balancer].domain.name, None
        value = guard_value(guard_secret_name(self.stack, secret))
        header = _Distribution.OriginCustomHeaderProperty(header_name=HEADER, header_value=value)
        self._origins[name] = _Distribution.OriginProperty(
            id=name,
            domain_name=host,
            origin_path=path,
            origin_custom_headers=[header] if behind.guarded else None,
            custom_origin_config=_Distribution.CustomOriginConfigProperty(
                origin_protocol_policy="https-only", origin_ssl_protocols=["TLSv1.2"]
            ),
        )
        return name
