"""Logs: how long they are kept, under which key, what is masked in them, what is derived and asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from platform_cli.blueprint import log_metrics
from platform_cli.blueprint.filter_patterns import parse_pattern
from platform_cli.blueprint.log_queries import MOST_LOG_GROUPS, of_api, of_service, of_system, saved_queries
from platform_cli.blueprint.pattern_matching import Line, matches
from platform_cli.blueprint.personal_data import IDENTIFIERS
from platform_cli.blueprint.resolved import (
    ResolvedAlarms,
    ResolvedBusinessMetric,
    ResolvedEnvironment,
    ResolvedLogLines,
    ResolvedLogQuery,
    ResolvedLogs,
)
from platform_cli.stacks import derived
from platform_cli.stacks.dashboards.business import metric_graphs
from platform_cli.stacks.dashboards.parts import Graph
from platform_cli.stacks.derived import (
    CALLS,
    COLD_STARTS,
    DENIED,
    FAILED_CALLS,
    MEMORY_USED,
    RATE_LIMITED,
    RESTORE_TIME,
    START_TIME,
    DerivedMetric,
)

Templates = dict[str, dict[str, Any]]


def read(folder: Path) -> Templates:
    return {path.name.split(".")[0]: json.loads(path.read_text()) for path in folder.glob("*.template.json")}


def of_type(templates: Templates, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for stack, template in sorted(templates.items()):
        for resource in template["Resources"].values():
            if resource["Type"] == kind:
                yield stack, resource.get("Properties", {})


# --- how long, and under which key ----------------------------------------------------------------


@pytest.mark.parametrize(("environment", "days"), [("dev", 30), ("prod", 90)])
def test_logs_are_kept_for_30_days_and_for_90_in_protected_environments(
    environment: str, days: int, ledger_assemblies: Mapping[str, Path]
) -> None:
    groups = of_type(read(ledger_assemblies[environment]), "AWS::Logs::LogGroup")
    kept = {p["RetentionInDays"] for _, p in groups if p["LogGroupName"].startswith("/aws/lambda/")}
    assert kept == {days}


def test_logs_of_protected_environments_are_under_the_key_of_the_environment(
    partner_assemblies: Mapping[str, Path],
) -> None:
    open_groups = [p for _, p in of_type(read(partner_assemblies["dev"]), "AWS::Logs::LogGroup")]
    assert not any("KmsKeyId" in group for group in open_groups)
    templates = read(partner_assemblies["prod"])
    groups = [p for _, p in of_type(templates, "AWS::Logs::LogGroup")]
    key = {"Fn::GetStackOutput": {"OutputName": "KeyArn", "StackName": "partner-prod-data"}}
    assert len(groups) == len(open_groups) == 4
    assert all(group["KmsKeyId"] == key for group in groups)
    (policy,) = [p["KeyPolicy"] for stack, p in of_type(templates, "AWS::KMS::Key") if stack.endswith("data")]
    (statement,) = [s for s in policy["Statement"] if s["Sid"] == "Logs"]
    assert statement["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    allowed = statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    for group in groups:
        arn = f"arn:aws:logs:eu-west-1:222222222222:log-group:{group['LogGroupName']}"
        assert any(re.fullmatch(pattern.replace("*", ".*"), arn) for pattern in allowed), arn


@pytest.mark.parametrize(
    ("system", "stack", "group"),
    [
        ("ledger", "bank-prod-network", "NetworkMainFlowLogGroup"),
        ("web", "shop-prod-global", "FirewallLogStandard"),
    ],
)
def test_logs_that_are_there_before_the_environments_key_have_one_of_their_own(
    system: str,
    stack: str,
    group: str,
    ledger_assemblies: Mapping[str, Path],
    starter_assemblies: Mapping[str, Mapping[str, Path]],
) -> None:
    assemblies = ledger_assemblies if system == "ledger" else starter_assemblies[system]
    resources = read(assemblies["prod"])[stack]["Resources"]
    log = resources[group]["Properties"]
    assert log["KmsKeyId"] == {"Fn::GetAtt": ["LogKey", "Arn"]}
    key = resources["LogKey"]
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "Retain"
    administration, used = key["Properties"]["KeyPolicy"]["Statement"]
    assert not {"kms:Decrypt", "kms:Encrypt", "kms:CreateGrant"} & set(administration["Action"])
    region = "us-east-1" if stack.endswith("global") else "eu-west-1"
    assert used["Principal"] == {"Service": f"logs.{region}.amazonaws.com"}
    pattern = used["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    arn = f"arn:aws:logs:{region}:222222222222:log-group:{log['LogGroupName']}"
    assert re.fullmatch(pattern.replace("*", ".*"), arn)
    dev = read(assemblies["dev"])[stack.replace("prod", "dev")]["Resources"]
    assert "LogKey" not in dev
    assert "KmsKeyId" not in dev[group]["Properties"]


@pytest.mark.parametrize(("environment", "days"), [("dev", 30), ("prod", 90)])
def test_databases_and_their_proxies_write_into_groups_that_are_there_before(
    environment: str, days: int, ledger_assemblies: Mapping[str, Path]
) -> None:
    """RDS makes a group that it does not find, without a retention and without a key."""
    resources = read(ledger_assemblies[environment])[f"bank-{environment}-databases"]["Resources"]
    names = {
        "AWS::RDS::DBCluster": lambda p: f"/aws/rds/cluster/{p['DBClusterIdentifier']}/postgresql",
        "AWS::RDS::DBProxy": lambda p: f"/aws/rds/proxy/{p['DBProxyName']}",
    }
    writers = {id: r for id, r in resources.items() if r["Type"] in names}
    assert {r["Type"] for r in writers.values()} == set(names)
    for id, writer in writers.items():
        name = names[writer["Type"]](writer["Properties"])
        group = resources[f"{id}Log"]
        assert f"{id}Log" in writer["DependsOn"]
        assert group["DeletionPolicy"] == ("Retain" if environment == "prod" else "Delete")
        kept = {"LogGroupName": name, "RetentionInDays": days}
        if environment == "prod":
            kept["KmsKeyId"] = {"Fn::GetAtt": ["LogKey", "Arn"]}
            used = resources["LogKey"]["Properties"]["KeyPolicy"]["Statement"][1]
            allowed = used["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
            arn = f"arn:aws:logs:eu-west-1:222222222222:log-group:{name}"
            assert any(re.fullmatch(pattern.replace("*", ".*"), arn) for pattern in allowed)
        assert group["Properties"] == kept


def test_the_key_is_there_before_the_logs(partner_assemblies: Mapping[str, Path]) -> None:
    manifest = json.loads((partner_assemblies["prod"] / "manifest.json").read_text())["artifacts"]
    for stack in ("partner-prod-firewalls", "partner-prod-service-offers", "partner-prod-api-partner"):
        assert "partner-prod-data" in manifest[stack]["dependencies"]


# --- personal data --------------------------------------------------------------------------------


def test_handlers_logs_are_masked_where_nothing_may_be_seen(shop_assemblies: Mapping[str, Path]) -> None:
    for environment, masked in (("dev", False), ("prod", True)):
        for _, group in of_type(read(shop_assemblies[environment]), "AWS::Logs::LogGroup"):
            by_handlers = group["LogGroupName"].startswith("/aws/lambda/")
            assert ("DataProtectionPolicy" in group) == (masked and by_handlers)


def test_a_mask_counts_and_hides_the_same_data(
    full: Callable[..., ResolvedEnvironment], templates_of: Callable[[ResolvedEnvironment], Templates]
) -> None:
    system = full().model_copy(update={"logs": ResolvedLogs(mask=("email", "phone"))})
    groups = [p for _, p in of_type(templates_of(system), "AWS::Logs::LogGroup")]
    (policy, *others) = [group["DataProtectionPolicy"] for group in groups if "DataProtectionPolicy" in group]
    assert all(other == policy for other in others)
    audit, mask = policy["Statement"]
    assert audit["DataIdentifier"] == mask["DataIdentifier"]
    assert mask["DataIdentifier"][0] == "arn:aws:dataprotection::aws:data-identifier/EmailAddress"
    assert len(mask["DataIdentifier"]) == 8
    # Each policy has exactly these two operations, the audit first (CloudWatch Logs guide, 2026-11).
    assert audit["Operation"] == {"Audit": {"FindingsDestination": {}}}
    assert mask["Operation"] == {"Deidentify": {"MaskConfig": {}}}


def test_every_identifier_is_one_that_the_cdk_knows() -> None:
    from aws_cdk import aws_logs

    for name in (name for names in IDENTIFIERS.values() for name in names):
        known = getattr(aws_logs.DataIdentifier, name.upper().replace("-", "_"))
        assert known.name == name


# --- what is derived ------------------------------------------------------------------------------


def value_of(metric: DerivedMetric, line: Mapping[str, Any]) -> float | None:
    """What CloudWatch Logs makes of a line, by the evaluator that is held against its guide."""
    parsed = Line(json.dumps(line))
    if not matches(parse_pattern(metric.pattern), parsed):
        return metric.otherwise
    (value,) = parsed.values(metric.value) if metric.value.startswith("$.") else (metric.value,)
    return float(value)


REPORT = {
    "time": "2026-11-20T12:00:00.000Z",
    "type": "platform.report",
    "record": {
        "requestId": "a",
        "metrics": {"durationMs": 12.3, "billedDurationMs": 13, "memorySizeMB": 512, "maxMemoryUsedMB": 96},
        "status": "success",
    },
}
COLD = {
    **REPORT,
    "record": {**REPORT["record"], "metrics": {**REPORT["record"]["metrics"], "initDurationMs": 203.4}},
}  # type: ignore[dict-item]
RESTORED = {
    **REPORT,
    "record": {**REPORT["record"], "metrics": {**REPORT["record"]["metrics"], "restoreDurationMs": 71.9}},
}  # type: ignore[dict-item]
KILLED = {
    **REPORT,
    "record": {**REPORT["record"], "status": "error", "errorType": "Runtime.ExitError"},
}  # type: ignore[dict-item]
START = {"time": "2026-11-20T12:00:00.000Z", "type": "platform.start", "record": {"requestId": "a"}}
SPOKEN = {"level": "INFO", "message": "platform.report", "record": "mine", "type": 7}


@pytest.mark.parametrize(
    ("metric", "values"),
    [
        (MEMORY_USED, [96, 96, 96, None, None]),
        (COLD_STARTS, [0, 1, 1, 0, 0]),
        (START_TIME, [None, 203.4, None, None, None]),
        (RESTORE_TIME, [None, None, 71.9, None, None]),
    ],
)
def test_reports_of_lambda_tell_memory_and_cold_starts(
    metric: DerivedMetric, values: list[float | None]
) -> None:
    assert [value_of(metric, line) for line in (REPORT, COLD, RESTORED, START, SPOKEN)] == values


@pytest.mark.parametrize(("status", "value"), [("success", 0), ("error", 1), ("failure", 1), ("timeout", 1)])
def test_reports_of_lambda_tell_calls_and_how_they_ended(status: str, value: float) -> None:
    report = {**REPORT, "record": {**REPORT["record"], "status": status}}  # type: ignore[dict-item]
    assert [value_of(CALLS, line) for line in (report, START, SPOKEN)] == [1, 0, 0]
    assert [value_of(FAILED_CALLS, line) for line in (report, START, SPOKEN)] == [value, 0, 0]


@pytest.mark.parametrize(("status", "value"), [("401", 1), ("403", 1), ("200", 0), ("429", 0), ("500", 0)])
def test_access_logs_tell_what_was_refused(status: str, value: float) -> None:
    assert value_of(DENIED, {"status": status, "routeKey": "GET /orders"}) == value


@pytest.mark.parametrize(("status", "value"), [("429", 1), ("401", 0), ("200", 0)])
def test_access_logs_tell_what_was_too_much(status: str, value: float) -> None:
    assert value_of(RATE_LIMITED, {"status": status, "routeKey": "GET /orders"}) == value


def test_names_of_metrics_that_are_taken_are_those_that_are_made() -> None:
    assert set(log_metrics.OF_FUNCTIONS) == {
        m.name for m in (*derived.OF_FUNCTIONS, START_TIME, *derived.OF_PROMISES)
    }
    assert tuple(metric.name for metric in derived.OF_PROMISES) == log_metrics.OF_PROMISES
    assert set(log_metrics.OF_APIS) == {metric.name for metric in derived.OF_APIS}


def test_each_function_has_metrics_of_its_own(watched_once: Templates) -> None:
    filters = [p for _, p in of_type(watched_once, "AWS::Logs::MetricFilter")]
    made = [(t["MetricNamespace"], t["MetricName"]) for p in filters for t in p["MetricTransformations"]]
    # What a service reads from the logs of several functions is one metric.
    own = [metric for metric in made if metric != ("shop/dev/orders", "OrdersRepeated")]
    assert len(own) == len(set(own)) > 10
    assert ("shop/dev/orders.create", "MaxMemoryUsed") in made
    # A metric from a filter cannot have both dimensions and a default (CloudWatch Logs guide, 2026-11).
    assert not any("Dimensions" in t for p in filters for t in p["MetricTransformations"])


@pytest.fixture(scope="module")
def watched_once(shop_assemblies: Mapping[str, Path]) -> Templates:
    return read(shop_assemblies["dev"])


# --- what the blueprint reads from logs -----------------------------------------------------------


def declared_in(templates: Templates, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    filters = of_type(templates, "AWS::Logs::MetricFilter")
    return [(stack, p) for stack, p in filters if p["FilterName"] == name]


def test_a_service_reads_a_metric_from_the_logs_of_all_its_functions(
    shop_assemblies: Mapping[str, Path],
) -> None:
    templates = read(shop_assemblies["prod"])
    found = declared_in(templates, "OrdersRepeated")
    assert {stack for stack, _ in found} == {"shop-prod-service-orders"}
    logs = [p["LogGroupName"]["Ref"] for _, p in found]
    groups = of_type({"orders": templates["shop-prod-service-orders"]}, "AWS::Logs::LogGroup")
    assert len(set(logs)) == len(logs) == len(list(groups)) > 1
    for _, properties in found:
        (transformation,) = properties["MetricTransformations"]
        assert properties["FilterPattern"] == '{ $.message = "order placed" && $.new IS FALSE }'
        assert transformation == {
            "MetricNamespace": "shop/prod/orders",
            "MetricName": "OrdersRepeated",
            "MetricValue": "1",
            "DefaultValue": 0,
            "Unit": "Count",
        }


def test_an_api_reads_a_metric_from_its_access_log(shop_assemblies: Mapping[str, Path]) -> None:
    ((stack, properties),) = declared_in(read(shop_assemblies["dev"]), "NotFound")
    assert stack == "shop-dev-api-public"
    assert properties["LogGroupName"] == {"Ref": "AccessLog"}
    assert properties["MetricTransformations"][0]["MetricNamespace"] == "shop/dev/apis/public"


PAYMENTS = ResolvedBusinessMetric(
    name="Payments",
    service="orders",
    namespace="shop/dev/orders",
    unit="milliseconds",
    description=None,
    alarm=None,
    logs=ResolvedLogLines(
        pattern="{ $.payment_ms = * }",
        value="$.payment_ms",
        dimensions={"Provider": "$.provider"},
        functions=("create",),
    ),
)


def test_a_metric_with_dimensions_counts_fields_of_one_function_and_has_no_value_otherwise(
    full: Callable[..., ResolvedEnvironment],
    templates_of: Callable[[ResolvedEnvironment], Templates],
    lint: Callable[[Templates], list[str]],
) -> None:
    system = full()
    orders = system.services["orders"].model_copy(update={"metrics": {"Payments": PAYMENTS}})
    told = ResolvedAlarms(critical=("oncall@example.com",))
    services = {"services": {**system.services, "orders": orders}, "alarms": told}
    templates = templates_of(system.model_copy(update=services))
    ((_, properties),) = declared_in(templates, "Payments")
    assert properties["LogGroupName"] == {"Ref": "LogCreate"}
    assert properties["MetricTransformations"] == [
        {
            "MetricNamespace": "shop/dev/orders",
            "MetricName": "Payments",
            "MetricValue": "$.payment_ms",
            "Dimensions": [{"Key": "Provider", "Value": "$.provider"}],
            "Unit": "Milliseconds",
        }
    ]
    assert lint({name: template for name, template in templates.items() if "orders" in name}) == []


def test_a_dashboard_shows_the_parts_of_a_metric_together() -> None:
    (graph,) = metric_graphs([PAYMENTS])
    assert isinstance(graph, Graph)
    (line,) = graph.lines
    assert line.metrics == ()
    assert line.expression
    assert line.expression.format() == (
        """AVG(SEARCH('{"shop/dev/orders","Provider"} MetricName="Payments"', 'Average'))"""
    )


def test_fields_that_validate_knows_are_those_of_the_access_logs(
    shop_assemblies: Mapping[str, Path], partner_assemblies: Mapping[str, Path]
) -> None:
    ((_, rest),) = of_type(read(partner_assemblies["dev"]), "AWS::ApiGateway::Stage")
    ((_, http),) = of_type(read(shop_assemblies["dev"]), "AWS::ApiGatewayV2::Stage")
    assert set(json.loads(rest["AccessLogSetting"]["Format"])) == log_metrics.ACCESS_LOG_FIELDS["rest"]
    assert set(json.loads(http["AccessLogSettings"]["Format"])) == log_metrics.ACCESS_LOG_FIELDS["http"]


# --- saved queries --------------------------------------------------------------------------------


def test_queries_are_saved_for_the_system_its_services_and_its_apis(watched_once: Templates) -> None:
    names = {
        p["Name"].removeprefix("shop-dev/") for _, p in of_type(watched_once, "AWS::Logs::QueryDefinition")
    }
    assert {"errors-by-service", "cold-starts", "slowest-calls"} <= names
    assert {"orders/errors", "orders/cold-starts", "orders/slowest-calls"} <= names
    assert {"public/slowest-endpoints", "public/failures"} <= names


def test_a_query_asks_only_logs_that_are_there_before_it(shop_assemblies: Mapping[str, Path]) -> None:
    templates = read(shop_assemblies["prod"])
    manifest = json.loads((shop_assemblies["prod"] / "manifest.json").read_text())["artifacts"]
    home = {p["LogGroupName"]: stack for stack, p in of_type(templates, "AWS::Logs::LogGroup")}
    seen = 0
    for stack, template in templates.items():
        groups = {
            logical_id
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] == "AWS::Logs::LogGroup"
        }
        for resource in template["Resources"].values():
            if resource["Type"] != "AWS::Logs::QueryDefinition":
                continue
            assert groups <= set(resource.get("DependsOn", ()))
            for name in resource["Properties"]["LogGroupNames"]:
                assert home[name] == stack or home[name] in manifest[stack]["dependencies"]
                seen += 1
    assert seen > 20


def test_a_service_adds_questions_of_its_own(full: Callable[..., ResolvedEnvironment]) -> None:
    system = full()
    own = {"refused": ResolvedLogQuery(name="refused", query="filter message = 'refused'")}
    orders = system.services["orders"].model_copy(update={"queries": own})
    queries = {q.name: q for q in saved_queries(system.model_copy(update={"services": {"orders": orders}}))}
    assert queries["orders/refused"].text == "filter message = 'refused'"
    assert queries["orders/refused"].log_groups == (
        "/aws/lambda/shop-dev-orders-create",
        "/aws/lambda/shop-dev-orders-health",
    )


def test_no_query_asks_more_logs_than_cloudwatch_takes(full: Callable[..., ResolvedEnvironment]) -> None:
    system = full()
    create = system.services["orders"].functions["create"]
    many = {
        f"f{n}": create.model_copy(update={"name": f"f{n}", "physical_name": f"shop-dev-orders-f{n}"})
        for n in range(120)
    }
    orders = system.services["orders"].model_copy(update={"functions": many})
    queries = of_system(system.model_copy(update={"services": {"orders": orders}}))
    errors = [query for query in queries if query.name.startswith("errors-by-service")]
    assert [query.name for query in errors] == [
        "errors-by-service",
        "errors-by-service-2",
        "errors-by-service-3",
    ]
    assert sum(len(query.log_groups) for query in errors) == 120
    assert max(len(query.log_groups) for query in queries) <= MOST_LOG_GROUPS
    own = [query for query in of_service(orders) if query.asked_as == "orders/errors"]
    assert [query.name for query in own] == ["orders/errors", "orders/errors-2", "orders/errors-3"]
    assert {group for query in own for group in query.log_groups} == {
        f"/aws/lambda/shop-dev-orders-f{n}" for n in range(120)
    }
    assert max(len(query.log_groups) for query in own) <= MOST_LOG_GROUPS


_WORDS = {"fields", "filter", "stats", "sort", "limit", "by", "as", "in", "desc", "and", "or"}


def asked_by(query: str) -> set[str]:
    """The fields that a query reads: no text, no function, nothing it makes, none of CloudWatch's own."""
    query = re.sub(r'"[^"]*"', "", query)
    words = re.findall(r"(@?[A-Za-z_][\w.]*)(\s*\()?", query)
    made = set(re.findall(r" as (\w+)", query))
    return {word for word, call in words if not call and not word.startswith("@")} - made - _WORDS


def fields_of(line: Mapping[str, Any], before: str = "") -> set[str]:
    """The fields of a line as CloudWatch Logs Insights calls them: `record.metrics.durationMs`."""
    found = set()
    for name, value in line.items():
        found |= fields_of(value, f"{before}{name}.") if isinstance(value, Mapping) else {before + name}
    return found


@pytest.fixture
def error_line(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """What a handler's logger writes of an exception, traced, within a call."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    written = StringIO()
    logger = Logger(service="orders", stream=written)

    @logger.inject_lambda_context
    def handler(event: dict[str, Any], context: Any) -> None:
        try:
            raise ValueError("no such order")
        except ValueError:
            logger.exception("order failed")

    handler(
        {},
        SimpleNamespace(
            function_name="create",
            memory_limit_in_mb=512,
            invoked_function_arn="arn:aws:lambda:eu-west-1:111111111111:function:create",
            aws_request_id="a",
        ),
    )
    line: Mapping[str, Any] = json.loads(written.getvalue())
    return line


def test_queries_of_apis_ask_for_fields_that_access_logs_have(
    full: Callable[..., ResolvedEnvironment],
    partner_assemblies: Mapping[str, Path],
    watched_once: Templates,
) -> None:
    """Access logs have what their format names, which differs between the kinds of APIs."""
    ((_, rest),) = of_type(read(partner_assemblies["dev"]), "AWS::ApiGateway::Stage")
    ((_, http),) = of_type(watched_once, "AWS::ApiGatewayV2::Stage")
    written = {"rest": rest["AccessLogSetting"]["Format"], "http": http["AccessLogSettings"]["Format"]}
    for kind, pattern in written.items():
        for query in of_api(full().apis["public"].model_copy(update={"kind": kind})):
            asked = asked_by(query.text)
            assert asked
            assert asked <= set(json.loads(pattern)), (kind, query.name)


UNCAUGHT = {
    "timestamp": "2026-11-21T12:00:00Z",
    "level": "ERROR",
    "errorMessage": "division by zero",
    "errorType": "ZeroDivisionError",
    "requestId": "r",
    "stackTrace": [],
}
"""What the runtime writes of an exception (aws-lambda-python-runtime-interface-client, 2026-11)."""


def test_queries_of_functions_ask_for_fields_that_reports_and_loggers_write(
    full: Callable[..., ResolvedEnvironment], error_line: Mapping[str, Any]
) -> None:
    system = full()
    orders = system.services["orders"].model_copy(update={"queries": {}})
    queries = [*of_system(system), *of_service(orders)]
    asked = {query.name: asked_by(query.text) for query in queries}
    assert all("type" in query for query in asked.values())
    reports = fields_of(COLD) | fields_of(RESTORED) | fields_of(KILLED)
    errors = {name for name, query in asked.items() if "level" in query}
    assert errors == {"errors-by-service", "orders/errors"}
    for name, query in asked.items():
        told = reports | fields_of(error_line) | fields_of(UNCAUGHT)
        assert query <= (told if name in errors else reports), name
    assert asked["orders/errors"] >= {"exception_name", "function_request_id", "xray_trace_id"}
    assert asked["cold-starts"] >= {"record.metrics.initDurationMs", "record.metrics.restoreDurationMs"}
