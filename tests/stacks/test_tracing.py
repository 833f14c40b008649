"""Who decides how many requests are traced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedRoute, ResolvedSampling
from platform_cli.stacks.constructs.sampling import rule_name

Templates = dict[str, dict[str, Any]]


def test_rest_apis_with_traced_functions_have_the_environments_rule_and_others_none(
    factory: Callable[..., Any],
    templates_of: Callable[[ResolvedEnvironment], Templates],
    lint: Callable[[Templates], list[str]],
) -> None:
    make = factory()

    def function(name: str, api: str, **values: Any) -> Any:
        route = ResolvedRoute(api=api, method="GET", path=f"/{name}", authorizer=None)
        return make.function("orders", name, routes=(route,), **values)

    orders = make.service(
        "orders",
        function("a", "partner"),
        function("b", "public"),
        function("c", "quiet", tracing=False),
    )
    templates = templates_of(
        make.environment(
            services=make.named(orders),
            apis=make.named(
                make.api("partner", kind="rest"), make.api("public"), make.api("quiet", kind="rest")
            ),
            sampling=ResolvedSampling(per_second=2, percent=10),
        )
    )
    rules = {
        name: resource["Properties"]["SamplingRule"]
        for name, template in templates.items()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::XRay::SamplingRule"
    }
    assert rules.keys() == {"shop-dev-api-partner"}
    rule = rules["shop-dev-api-partner"]
    assert (rule["ReservoirSize"], rule["FixedRate"]) == (2, 0.1)
    assert (rule["ServiceName"], rule["ServiceType"]) == ("shop-dev-partner/live", "AWS::ApiGateway::Stage")
    stage = templates["shop-dev-api-partner"]["Resources"]["Stage"]["Properties"]
    assert (stage["StageName"], stage["TracingEnabled"]) == ("live", True)
    assert lint({"shop-dev-api-partner": templates["shop-dev-api-partner"]}) == []


def test_names_of_rules_are_short_and_never_collide() -> None:
    long = "shop-production-partners-of-partners"
    assert rule_name("shop-dev-partner") == "shop-dev-partner"
    assert len(rule_name(long)) == 32
    assert rule_name(long) != rule_name(f"{long}-b")
