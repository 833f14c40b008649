"""What a CDN does to requests and answers on their way: headers, caches, paths."""

from __future__ import annotations

from aws_cdk import aws_cloudfront as cloudfront

from platform_cli.blueprint.resolved import ResolvedApiAnswers, ResolvedCdn
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import composite, pascal

TWO_YEARS_SECONDS = 63_072_000
_RUNTIME = "cloudfront-js-2.0"
_LEAKY = ("Server", "X-Powered-By", "apigw-requestid", "x-amz-apigw-id")
"""What tells of the servers behind. CloudFront refuses to remove `x-amzn-RequestId` and `x-amzn-ErrorType`
(«Headers that you can't remove», CloudFront guide), and by `X-Amzn-Trace-Id` a trace is found."""

_Headers = cloudfront.CfnResponseHeadersPolicy
_Cache = cloudfront.CfnCachePolicy


class HeadersPolicy(Capability):
    """Security headers on every answer; what a function says itself about content stands."""

    def __init__(self, stack: PlatformStack, cdn: ResolvedCdn) -> None:
        super().__init__(stack, "Headers", f"cdns.{cdn.name}")
        self._resource = _Headers(
            self,
            "Headers",
            response_headers_policy_config=_Headers.ResponseHeadersPolicyConfigProperty(
                name=cdn.physical_name,
                security_headers_config=_Headers.SecurityHeadersConfigProperty(
                    content_security_policy=_Headers.ContentSecurityPolicyProperty(
                        content_security_policy=cdn.content_security_policy, override=False
                    ),
                    content_type_options=_Headers.ContentTypeOptionsProperty(override=True),
                    frame_options=_Headers.FrameOptionsProperty(frame_option="DENY", override=False),
                    referrer_policy=_Headers.ReferrerPolicyProperty(
                        referrer_policy="strict-origin-when-cross-origin", override=False
                    ),
                    strict_transport_security=_Headers.StrictTransportSecurityProperty(
                        access_control_max_age_sec=TWO_YEARS_SECONDS, include_subdomains=True, override=True
                    ),
                ),
                remove_headers_config=_Headers.RemoveHeadersConfigProperty(
                    items=[_Headers.RemoveHeaderProperty(header=header) for header in _LEAKY]
                ),
            ),
        )
        self.place(self._resource, "HeadersPolicy")

    @property
    def id(self) -> str:
        """Its id."""
        return self._resource.attr_id


class AnswersPolicy(Capability):
    """How long answers of an API are kept, and for whom: never for another token.

    The least time is 0, so that `Cache-Control: no-store` of a function holds.
    """

    def __init__(
        self, stack: PlatformStack, cdn: ResolvedCdn, prefix: str, answers: ResolvedApiAnswers
    ) -> None:
        logical_id = composite("AnswersPolicy", prefix)
        super().__init__(stack, logical_id, f"cdns.{cdn.name}.apis.{prefix}.cache")
        query = _Cache.QueryStringsConfigProperty(
            query_string_behavior="whitelist" if answers.query else "none",
            query_strings=list(answers.query) or None,
        )
        self._resource = _Cache(
            self,
            "Policy",
            cache_policy_config=_Cache.CachePolicyConfigProperty(
                name=f"{cdn.physical_name}-{logical_id[-8:]}",
                min_ttl=0,
                default_ttl=answers.ttl_seconds,
                max_ttl=answers.ttl_seconds,
                parameters_in_cache_key_and_forwarded_to_origin=(
                    _Cache.ParametersInCacheKeyAndForwardedToOriginProperty(
                        cookies_config=_Cache.CookiesConfigProperty(cookie_behavior="all"),
                        enable_accept_encoding_brotli=True,
                        enable_accept_encoding_gzip=True,
                        headers_config=_Cache.HeadersConfigProperty(
                            header_behavior="whitelist",
                            headers=sorted({"authorization", *answers.headers}),
                        ),
                        query_strings_config=query,
                    )
                ),
            ),
        )
        self.place(self._resource, logical_id)

    @property
    def id(self) -> str:
        """Its id."""
        return self._resource.attr_id


class EdgeFunction(Capability):
    """A few lines of JavaScript that CloudFront runs for each request, before it looks into its cache."""

    def __init__(self, stack: PlatformStack, cdn: ResolvedCdn, name: str, code: str) -> None:
        super().__init__(stack, f"Function-{name}", f"cdns.{cdn.name}")
        logical_id = f"Function{pascal(name)}"
        self._resource = cloudfront.CfnFunction(
            self,
            "Function",
            name=f"{cdn.physical_name[:40]}-{composite('', cdn.physical_name, name)[-8:]}",
            auto_publish=True,
            function_code=code,
            function_config=cloudfront.CfnFunction.FunctionConfigProperty(
                comment=f"{name} of {cdn.physical_name}", runtime=_RUNTIME
            ),
        )
        self.place(self._resource, logical_id)

    @property
    def association(self) -> cloudfront.CfnDistribution.FunctionAssociationProperty:
        """The function before the cache of a path."""
        return cloudfront.CfnDistribution.FunctionAssociationProperty(
            event_type="viewer-request", function_arn=self._resource.attr_function_arn
        )
