"""Properties of all templates together: stable, weakly coupled, protected where asked, and deployable."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platform_cli.blueprint.resolved import ResolvedEnvironment

Templates = dict[str, dict[str, Any]]
TemplatesOf = Callable[[ResolvedEnvironment], Templates]

HOLDS_DATA = {
    "AWS::AppConfig::Application",
    "AWS::AppConfig::ConfigurationProfile",
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::GlobalTable",
    "AWS::Events::Archive",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}


def resources(templates: Templates, kind: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    for stack, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            if kind is None or resource["Type"] == kind:
                yield f"{stack}.{logical_id}", resource


def weak_references(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if reference := value.get("Fn::GetStackOutput"):
            yield reference["StackName"], reference["OutputName"]
        for part in value.values():
            yield from weak_references(part)
    elif isinstance(value, list):
        for part in value:
            yield from weak_references(part)


# --- what stacks there are -----------------------------------------------------------------------


def test_an_empty_concern_gives_no_stack(
    factory: Callable[..., Any], templates_of: TemplatesOf, templates: Templates
) -> None:
    make = factory()
    one = make.environment(services=make.named(make.service("orders", make.function("orders", "create"))))
    assert list(templates_of(one)) == ["shop-dev-service-orders"]
    assert list(templates) == [
        "shop-dev-api-public",
        "shop-dev-data",
        "shop-dev-events",
        "shop-dev-identity",
        "shop-dev-service-auth",
        "shop-dev-service-orders",
        "shop-dev-service-workers",
    ]


def test_nothing_of_the_cdk_itself_is_in_a_template(templates: Templates) -> None:
    text = json.dumps(templates)
    assert "AWS::CDK::Metadata" not in text
    assert "aws:cdk:path" not in text
    assert "aws:asset" not in text


def test_nothing_is_exported_or_imported(templates: Templates) -> None:
    assert "Fn::ImportValue" not in json.dumps(templates)
    for template in templates.values():
        assert not [name for name, output in template.get("Outputs", {}).items() if "Export" in output]


def test_every_weak_reference_is_to_an_output_that_exists(templates: Templates) -> None:
    found = set(weak_references(templates))
    assert len(found) == 8
    assert not [(stack, output) for stack, output in found if output not in templates[stack]["Outputs"]]


def test_every_weak_reference_is_repeated_as_an_output(templates: Templates) -> None:
    for name, template in templates.items():
        used = set(weak_references(template["Resources"]))
        repeated = {
            tuple(output["Value"]["Fn::GetStackOutput"].values())
            for key, output in template.get("Outputs", {}).items()
            if key.startswith("Uses")
        }
        assert used == repeated, name


def test_every_resource_says_where_in_the_blueprint_it_comes_from(
    templates: Templates, full: Callable[..., ResolvedEnvironment]
) -> None:
    blueprint: Any = full().model_dump()
    for where, resource in resources(templates):
        thing = blueprint
        for part in resource["Metadata"]["platform:blueprint"].split("."):
            assert part in thing, where
            thing = thing[part]


def test_users_find_the_outputs_they_are_promised(templates: Templates) -> None:
    assert {"Url", "ApiId"} <= set(templates["shop-dev-api-public"]["Outputs"])
    assert {"UsersPoolId", "UsersClientWebId"} <= set(templates["shop-dev-identity"]["Outputs"])


# --- protection ----------------------------------------------------------------------------------


def test_a_protected_environment_retains_whatever_holds_data(protected_templates: Templates) -> None:
    seen = set()
    for where, resource in resources(protected_templates):
        if resource["Type"] in HOLDS_DATA:
            seen.add(resource["Type"])
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain", where
    assert seen == HOLDS_DATA


def test_other_environments_delete_everything(templates: Templates) -> None:
    kept = [where for where, resource in resources(templates) if resource.get("DeletionPolicy") == "Retain"]
    assert not kept


@pytest.mark.parametrize("protect", [True, False])
def test_tables_and_pools_refuse_their_deletion_where_protected(
    protect: bool, templates: Templates, protected_templates: Templates
) -> None:
    chosen = protected_templates if protect else templates
    tables = [r["Properties"]["Replicas"][0] for _, r in resources(chosen, "AWS::DynamoDB::GlobalTable")]
    pools = [r["Properties"] for _, r in resources(chosen, "AWS::Cognito::UserPool")]
    assert {table["DeletionProtectionEnabled"] for table in tables} == {protect}
    assert {pool["DeletionProtection"] for pool in pools} == {"ACTIVE" if protect else "INACTIVE"}


# --- stability -----------------------------------------------------------------------------------


def test_another_service_leaves_all_other_templates_as_they_were(
    factory: Callable[..., Any],
    full: Callable[..., ResolvedEnvironment],
    templates: Templates,
    templates_of: TemplatesOf,
) -> None:
    make, before = factory(), full()
    added = make.service("a-first", make.function("a-first", "run"))
    after = templates_of(before.model_copy(update={"services": {"a-first": added, **before.services}}))
    assert after.pop("shop-dev-service-a-first")
    assert after == templates


def test_another_function_leaves_its_neighbours_as_they_were(
    factory: Callable[..., Any],
    full: Callable[..., ResolvedEnvironment],
    templates: Templates,
    templates_of: TemplatesOf,
) -> None:
    make, before = factory(), full()
    orders = before.services["orders"]
    more = orders.model_copy(update={"functions": {"a": make.function("orders", "a"), **orders.functions}})
    after = templates_of(before.model_copy(update={"services": {**before.services, "orders": more}}))
    old = templates["shop-dev-service-orders"]["Resources"]
    new = after["shop-dev-service-orders"]["Resources"]
    # The saved queries of a service search the logs of all its functions.
    kept = {key: value for key, value in old.items() if value["Type"] != "AWS::Logs::QueryDefinition"}
    assert {key: new[key] for key in kept} == kept
    assert set(new) - set(old) == {"FunctionA", "RoleA", "LogA"}


def test_another_order_in_the_blueprint_changes_nothing(
    full: Callable[..., ResolvedEnvironment], templates: Templates, templates_of: TemplatesOf
) -> None:
    def backwards(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: backwards(value[key]) for key in reversed(value)}
        return value

    environment = full()
    dumped = backwards(environment.model_dump())
    for service in dumped["services"].values():
        for function in service["functions"].values():
            for part in ("routes", "triggers", "access"):
                function[part] = tuple(reversed(function[part]))
    turned = ResolvedEnvironment.model_validate(dumped)
    assert turned.model_dump_json() != environment.model_dump_json()
    assert templates_of(turned) == templates


# --- size and correctness ------------------------------------------------------------------------


def test_a_system_of_forty_services_stays_below_four_hundred_resources_a_stack(
    factory: Callable[..., Any],
    templates_of: TemplatesOf,
    lines: Callable[..., Any],
) -> None:
    from platform_cli.blueprint.resolved import ResolvedRoute

    make = factory()
    services = [
        make.service(
            f"service-{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]}",
            *(
                make.function(
                    f"service-{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]}",
                    f"run-{letter}",
                    access=lines("tables.main: read_write", "buses.events: publish"),
                    routes=(
                        ResolvedRoute(api="public", method="GET", path=f"/{n}/{letter}", authorizer="users"),
                    ),
                )
                for letter in "abcdefghij"
            ),
        )
        for n in range(40)
    ]
    from platform_cli.blueprint.resolved import ResolvedBus

    templates = templates_of(
        make.environment(
            services=make.named(*services),
            tables=make.named(make.table("main", encryption="customer_managed")),
            buses=make.named(ResolvedBus(name="events", physical_name="shop-dev-events", archive_days=None)),
            identity=make.named(make.identity("users")),
            apis=make.named(make.api("public", authorizer="users")),
        )
    )
    sizes = {name: len(template["Resources"]) for name, template in templates.items()}
    assert sum(sizes.values()) > 1200
    assert max(sizes.values()) <= 400, sizes
    api = templates["shop-dev-api-public"]
    assert len(api["Resources"]["Api"]["Properties"]["Body"]["paths"]) == 400
    # CloudFormation takes 1 MB of text; a hundred services of ten routes must fit.
    assert len(json.dumps(api)) / 400 * 1000 < 1_000_000


def test_cfn_lint_finds_no_error(
    templates: Templates, protected_templates: Templates, lint: Callable[[Templates], list[str]]
) -> None:
    data = "shop-prod-data"
    assert lint(templates | {data: protected_templates[data]}) == []


def test_cfn_lint_would_find_an_error(templates: Templates, lint: Callable[[Templates], list[str]]) -> None:
    broken = json.loads(json.dumps({"x": templates["shop-dev-events"]}))
    broken["x"]["Resources"]["QueueNotifications"]["Properties"]["Bogus"] = 1
    assert len(lint(broken)) == 1
