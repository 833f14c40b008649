"""REST APIs and firewalls: what a small system with all of their options becomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.gateway_answers import ANSWERS, HEADERS
from platform_cli.stacks.support import unbuilt

BLUEPRINT = Path(__file__).parent / "partner" / "blueprint.yaml"
GOLDEN = Path(__file__).parent.parent / "golden" / "partner"
Templates = dict[str, dict[str, Any]]
TemplatesOf = Callable[[ResolvedEnvironment], Templates]


def partner(environment: str) -> ResolvedEnvironment:
    return resolve(inspect_blueprint(BLUEPRINT), environment)


def read(folder: Path) -> Templates:
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in sorted(folder.glob("*.template.json"))
    }


@pytest.fixture(scope="module")
def dev(partner_assemblies: Mapping[str, Path]) -> Templates:
    return read(partner_assemblies["dev"])


@pytest.fixture(scope="module")
def prod(partner_assemblies: Mapping[str, Path]) -> Templates:
    return read(partner_assemblies["prod"])


@pytest.fixture(scope="module")
def body(prod: Templates) -> dict[str, Any]:
    found: dict[str, Any] = only(prod, "api-partner", "AWS::ApiGateway::RestApi")["Body"]
    return found


def of_type(templates: Templates, concern: str, kind: str) -> list[Any]:
    (template,) = (found for name, found in templates.items() if name.split("-", 2)[2] == concern)
    return [r["Properties"] for r in template["Resources"].values() if r["Type"] == kind]


def only(templates: Templates, concern: str, kind: str) -> Any:
    (found,) = of_type(templates, concern, kind)
    return found


def rules(templates: Templates) -> dict[str, Any]:
    acl = only(templates, "firewalls", "AWS::WAFv2::WebACL")
    return {rule["Name"]: rule for rule in sorted(acl["Rules"], key=lambda rule: rule["Priority"])}


def operations(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


# --- all of it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_partner_system_is_what_it_was(
    environment: str, partner_assemblies: Mapping[str, Path], golden: Callable[[Path, str], None]
) -> None:
    for name, template in read(partner_assemblies[environment]).items():
        if name.endswith(("api-partner", "firewalls", "identity")):
            kept = {key: value for key, value in template.items() if key not in ("Parameters", "Rules")}
            golden(GOLDEN / environment / f"{name}.json", json.dumps(kept, indent=2) + "\n")


def test_the_blueprint_has_no_finding_and_everything_in_it_is_built() -> None:
    codes = {finding.code for finding in inspect_blueprint(BLUEPRINT).findings}
    assert codes <= {"missing-service-folder", "no-budget", "no-runbooks", "severity-untold"}
    assert unbuilt(partner("prod")) == ()


# --- the API -------------------------------------------------------------------------------------


def test_every_answer_of_the_gateway_itself_has_the_security_headers_and_says_little(
    body: dict[str, Any],
) -> None:
    answers = body["x-amazon-apigateway-gateway-responses"]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "WAF_FILTERED", "UNAUTHORIZED"} <= set(answers) == set(ANSWERS)
    for answer in answers.values():
        headers = answer["responseParameters"]
        expected = HEADERS | {"Access-Control-Allow-Origin": "*"}
        assert headers == {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in expected.items()}
        assert not any("'" in value for value in HEADERS.values())
        (template,) = answer["responseTemplates"].values()
        assert "$context.error" not in template
        assert json.loads(template)["title"]
    assert answers["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == 404


def test_a_route_asks_for_a_token_its_scopes_and_a_key(body: dict[str, Any]) -> None:
    security = {
        name: operation.get("security")
        for name, operation in operations(body)
        if not name.startswith("options ")
    }
    assert security == {
        "get /health": None,
        "x-amazon-apigateway-any-method /legacy/{rest+}": [{"_api_key": []}],
        "post /offers": [{"users": ["offers/write"]}],
        "get /offers/{id}": [{"users": []}, {"_api_key": []}],
    }
    schemes = body["components"]["securitySchemes"]
    assert schemes["users"]["x-amazon-apigateway-authorizer"]["type"] == "cognito_user_pools"
    assert schemes["_api_key"]["name"] == "x-api-key"


def test_a_machine_has_a_secret_of_its_own_and_asks_for_its_scopes_alone(prod: Templates) -> None:
    (server,) = of_type(prod, "identity", "AWS::Cognito::UserPoolResourceServer")
    assert server["Identifier"] == "offers"
    assert [scope["ScopeName"] for scope in server["Scopes"]] == ["read", "write"]
    (acme,) = (
        client
        for client in of_type(prod, "identity", "AWS::Cognito::UserPoolClient")
        if client["ClientName"] == "acme"
    )
    assert acme["GenerateSecret"] is True
    assert (acme["AllowedOAuthFlows"], acme["AllowedOAuthScopes"]) == (
        ["client_credentials"],
        ["offers/write"],
    )
    assert acme["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    domain = only(prod, "identity", "AWS::Cognito::UserPoolDomain")
    assert domain["Domain"] == "partner-prod-users-222222222222"


def test_outputs_tell_where_a_machine_gets_its_tokens_and_no_secret(prod: Templates) -> None:
    (template,) = (found for name, found in prod.items() if name.endswith("-identity"))
    outputs = {name: output["Value"] for name, output in template["Outputs"].items()}
    host = "partner-prod-users-222222222222.auth.eu-west-1.amazoncognito.com"
    assert outputs["UsersTokenUrl"] == f"https://{host}/oauth2/token"
    assert outputs["UsersMachineAcmeId"].keys() == {"Ref"}
    assert "ClientSecret" not in json.dumps(template)


def test_a_body_and_headers_are_checked_before_the_function_is_called(body: dict[str, Any]) -> None:
    create = body["paths"]["/offers"]["post"]
    validators = body["x-amazon-apigateway-request-validators"]
    assert validators[create["x-amazon-apigateway-request-validator"]] == {
        "validateRequestBody": True,
        "validateRequestParameters": True,
    }
    assert create["requestBody"]["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/Offer"}}
    }
    assert body["components"]["schemas"]["Offer"]["required"] == ["sku", "price"]
    assert [(p["name"], p["in"], p["required"]) for p in create["parameters"]] == [
        ("x-tenant", "header", True)
    ]


def test_nobody_gets_an_answer_that_was_kept_for_another_caller(
    body: dict[str, Any], prod: Templates
) -> None:
    keys = {
        name: operation["x-amazon-apigateway-integration"].get("cacheKeyParameters")
        for name, operation in operations(body)
    }
    assert {name for name, key in keys.items() if key} == {"get /offers/{id}"}
    assert keys["get /offers/{id}"] == [
        "method.request.path.id",
        "method.request.querystring.currency",
        "method.request.header.Authorization",
        "method.request.header.Origin",
        "method.request.header.x-api-key",
    ]
    declared = {(p["in"], p["name"]) for p in body["paths"]["/offers/{id}"]["get"]["parameters"]}
    assert declared == {
        ("path", "id"),
        ("query", "currency"),
        ("header", "Authorization"),
        ("header", "Origin"),
        ("header", "x-api-key"),
    }
    settings = only(prod, "api-partner", "AWS::ApiGateway::Stage")["MethodSettings"]
    caching = {setting["ResourcePath"]: setting["CachingEnabled"] for setting in settings}
    assert caching == {"/*": False, "/~1offers~1{id}": True}
    assert {setting["CacheDataEncrypted"] for setting in settings} == {True}
    assert {setting["ThrottlingRateLimit"] for setting in settings} == {100}


def test_another_body_or_policy_is_another_deployment(
    dev: Templates, prod: Templates, templates_of: TemplatesOf
) -> None:
    def deployment(templates: Templates) -> str:
        (template,) = (t for name, t in templates.items() if name.endswith("api-partner"))
        kind = "AWS::ApiGateway::Deployment"
        (found,) = (key for key, r in template["Resources"].items() if r["Type"] == kind)
        return found

    system = partner("dev")
    opened = system.apis["partner"].model_copy(update={"allowed_ips": ()})
    slower = system.apis["partner"].model_copy(update={"cache_ttl_seconds": 5})
    changed = [templates_of(system.model_copy(update={"apis": {"partner": api}})) for api in (opened, slower)]
    assert deployment(changed[0]) != deployment(dev)
    assert deployment(changed[1]) == deployment(dev)
    assert "Policy" not in only(changed[0], "api-partner", "AWS::ApiGateway::RestApi")


def test_addresses_are_refused_by_a_policy_that_differs_between_environments(
    dev: Templates, prod: Templates
) -> None:
    def blocks(templates: Templates) -> list[str]:
        policy = only(templates, "api-partner", "AWS::ApiGateway::RestApi")["Policy"]
        (deny,) = (s for s in policy["Statement"] if s["Effect"] == "Deny")
        found: list[str] = deny["Condition"]["NotIpAddress"]["aws:SourceIp"]
        return found

    assert blocks(dev) == ["2001:db8::/32", "203.0.113.0/24"]
    assert blocks(prod) == ["203.0.113.0/24"]


def test_a_plan_limits_the_callers_with_its_keys(prod: Templates) -> None:
    plan = only(prod, "api-partner", "AWS::ApiGateway::UsagePlan")
    assert plan["Quota"] == {"Limit": 10000, "Period": "MONTH"}
    assert plan["Throttle"] == {"BurstLimit": 20, "RateLimit": 10}
    key = only(prod, "api-partner", "AWS::ApiGateway::ApiKey")
    assert key["Name"] == "partner-prod-partner-acme"
    assert "Value" not in key
    assert only(prod, "api-partner", "AWS::ApiGateway::UsagePlanKey")["KeyType"] == "API_KEY"


def test_access_logs_have_their_role_before_the_stage_and_outlive_the_api(prod: Templates) -> None:
    resources = prod["partner-prod-api-partner"]["Resources"]
    assert "Account" in resources["Stage"]["DependsOn"]
    assert resources["Account"]["DeletionPolicy"] == resources["LogsRole"]["DeletionPolicy"] == "Retain"
    log = json.loads(resources["Stage"]["Properties"]["AccessLogSetting"]["Format"])
    assert not {"ip", "sourceIp", "user", "path", "userAgent"} & set(log)


def test_a_domain_leads_to_the_stage_with_its_certificate_and_record(dev: Templates, prod: Templates) -> None:
    certificates = [
        only(t, "api-partner", "AWS::ApiGatewayV2::DomainName")["DomainNameConfigurations"]
        for t in (dev, prod)
    ]
    assert [c[0]["CertificateArn"].rsplit("/", 1)[1] for c in certificates] == ["dev", "prod"]
    assert {c[0]["SecurityPolicy"] for c in certificates} == {"TLS_1_2"}
    found = prod["partner-prod-api-partner"]["Resources"].values()
    records = [r["Properties"] for r in found if r["Type"] == "AWS::Route53::RecordSet"]
    assert sorted(record["Type"] for record in records) == ["A", "AAAA"]
    assert {(r["Name"], r["HostedZoneId"]) for r in records} == {("api.partner.example", "Z0123456789")}
    assert {c[0]["IpAddressType"] for c in certificates} == {"dualstack"}
    assert prod["partner-prod-api-partner"]["Outputs"]["DomainUrl"]["Value"] == "https://api.partner.example"


# --- the firewall --------------------------------------------------------------------------------


def test_rules_stand_in_the_order_of_trust_then_of_cost(prod: Templates) -> None:
    assert list(rules(prod)) == [
        "allow-ips",
        "block-ips",
        "blocked-countries",
        "rate-limit",
        "managed-ip-reputation",
        "managed-anonymous-ip",
        "managed-core",
        "managed-known-bad-inputs",
        "managed-sql-injection",
        "managed-bot-control",
        "sql-injection",
        "cross-site-scripting",
    ]


def does(rule: dict[str, Any]) -> str:
    (action,) = (rule.get("Action") or rule["OverrideAction"]).keys()
    return str(action)


def test_a_rule_can_count_while_the_others_block(prod: Templates) -> None:
    done = {name: does(rule) for name, rule in rules(prod).items()}
    assert done["allow-ips"] == "Allow"
    assert {name for name, action in done.items() if action == "Count"} == {
        "managed-anonymous-ip",
        "cross-site-scripting",
    }
    assert {done[name] for name in ("rate-limit", "block-ips", "sql-injection")} == {"Block"}
    assert done["managed-core"] == "None"


def test_a_firewall_in_count_mode_blocks_nothing(dev: Templates) -> None:
    assert {does(rule) for name, rule in rules(dev).items() if name != "allow-ips"} == {"Count"}


def test_injection_is_looked_for_in_the_body_and_the_query_also_when_encoded(prod: Templates) -> None:
    for name, key in (("sql-injection", "SqliMatchStatement"), ("cross-site-scripting", "XssMatchStatement")):
        parts = [part[key] for part in rules(prod)[name]["Statement"]["OrStatement"]["Statements"]]
        assert [next(iter(part["FieldToMatch"])) for part in parts] == ["JsonBody", "QueryString"]
        for part in parts:
            decoded = [t["Type"] for t in part["TextTransformations"]]
            assert decoded == ["URL_DECODE", "HTML_ENTITY_DECODE"]


def test_requests_of_one_address_are_counted_over_five_minutes(prod: Templates) -> None:
    rate = rules(prod)["rate-limit"]["Statement"]["RateBasedStatement"]
    assert rate == {"AggregateKeyType": "IP", "EvaluationWindowSec": 300, "Limit": 2000}


def test_sets_of_addresses_hold_one_version_each(prod: Templates) -> None:
    sets = {s["Name"]: s for s in of_type(prod, "firewalls", "AWS::WAFv2::IPSet")}
    assert {name: s["Addresses"] for name, s in sets.items()} == {
        "partner-prod-standard-allow-ipv4": ["198.51.100.0/24"],
        "partner-prod-standard-block-ipv4": ["192.0.2.0/24"],
        "partner-prod-standard-block-ipv6": ["2001:db8:1::/48"],
    }
    assert {name[-4:]: s["IPAddressVersion"] for name, s in sets.items()} == {"ipv4": "IPV4", "ipv6": "IPV6"}


def test_the_log_keeps_what_matched_without_what_lets_others_call(prod: Templates) -> None:
    logging = only(prod, "firewalls", "AWS::WAFv2::LoggingConfiguration")
    redacted = {field["SingleHeader"]["Name"] for field in logging["RedactedFields"]}
    assert {"authorization", "cookie"} <= redacted
    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    group = only(prod, "firewalls", "AWS::Logs::LogGroup")
    assert group["LogGroupName"] == "aws-waf-logs-partner-prod-standard"
    acl = only(prod, "firewalls", "AWS::WAFv2::WebACL")
    (protection,) = acl["DataProtectionConfig"]["DataProtections"]
    assert set(protection["Field"]["FieldKeys"]) == redacted


def test_the_api_stands_behind_the_firewall_of_another_stack(prod: Templates) -> None:
    association = only(prod, "api-partner", "AWS::WAFv2::WebACLAssociation")
    assert association["WebACLArn"] == {
        "Fn::GetStackOutput": {
            "StackName": "partner-prod-firewalls",
            "OutputName": "FirewallStandardArn",
        }
    }
    assert "FirewallStandardArn" in prod["partner-prod-firewalls"]["Outputs"]
    stage = json.dumps(association["ResourceArn"])
    assert "/restapis/" in stage
    assert '{"Ref": "Stage"}' in stage


def test_a_firewall_that_no_rest_api_names_costs_nothing(templates_of: TemplatesOf) -> None:
    system = partner("dev")
    bare = system.apis["partner"].model_copy(update={"firewall": None})
    found = templates_of(system.model_copy(update={"apis": {"partner": bare}}))
    assert "partner-dev-firewalls" not in found
