"""Cross-origin rules of REST APIs: what browsers are told before a call, and after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedApi, ResolvedCors
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.cors import ANY_ORIGIN, gateway_headers, stage_variables
from platform_cli.stacks.gateway_answers import HEADERS
from platform_cli.stacks.openapi import Integration, openapi_body, routes_of
from platform_cli.stacks.rest_openapi import rest_body

BLUEPRINT = Path(__file__).parent / "partner" / "blueprint.yaml"
INTEGRATION = "x-amazon-apigateway-integration"
ORIGIN = "Access-Control-Allow-Origin"
SHOP, ADMIN = "https://shop.example", "https://admin.shop.example"


def rules(*origins: str, **more: Any) -> ResolvedCors:
    settings = {
        "origins": origins,
        "methods": ("*",),
        "headers": ("authorization", "content-type"),
        "max_age_seconds": 600,
        "credentials": False,
    }
    return ResolvedCors(**settings | more)


def body_with(cors: ResolvedCors | None) -> dict[str, Any]:
    """The body of the partner's API with other rules."""
    system = resolve(inspect_blueprint(BLUEPRINT), "prod")
    api: ResolvedApi = system.apis["partner"].model_copy(update={"cors": cors})
    served = routes_of(api, [f for s in system.services.values() for f in s.functions.values()])
    return rest_body(api, served, lambda _: Integration("uri", "role", 1000), {"users": "arn:pool"})


def preflights(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {path: methods["options"] for path, methods in body["paths"].items() if "options" in methods}


def answer(operation: dict[str, Any]) -> tuple[dict[str, str], str]:
    """Headers, and the template that may choose another origin."""
    (response,) = operation[INTEGRATION]["responses"].values()
    assert response["statusCode"] == "204"
    headers = {
        name.removeprefix("method.response.header."): value.strip("'")
        for name, value in response["responseParameters"].items()
    }
    (described,) = operation["responses"].values()
    # A header that the method does not declare is refused at the import.
    assert set(described["headers"]) == set(headers)
    return headers, response.get("responseTemplates", {}).get("application/json", "")


def test_every_path_answers_preflights_without_a_token_a_key_or_a_function() -> None:
    body = body_with(rules(SHOP))
    asked = preflights(body)
    assert set(asked) == set(body["paths"]) == {"/health", "/legacy/{rest+}", "/offers", "/offers/{id}"}
    for operation in asked.values():
        assert "security" not in operation
        assert operation[INTEGRATION]["type"] == "mock"
        assert json.loads(operation[INTEGRATION]["requestTemplates"]["application/json"]) == {
            "statusCode": 204
        }


def test_a_preflight_names_what_pages_may_do_at_its_path() -> None:
    asked = {path: answer(o)[0] for path, o in preflights(body_with(rules(SHOP))).items()}
    assert {path: headers["Access-Control-Allow-Methods"] for path, headers in asked.items()} == {
        "/health": "GET",
        "/legacy/{rest+}": "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT",
        "/offers": "POST",
        "/offers/{id}": "GET",
    }
    headers = asked["/offers"]
    assert headers[ORIGIN] == SHOP
    assert headers["Access-Control-Max-Age"] == "600"
    assert headers["Access-Control-Allow-Headers"] == "authorization,content-type,x-api-key"
    assert "Access-Control-Allow-Credentials" not in headers
    assert HEADERS.items() <= headers.items()


def test_a_method_that_pages_may_not_call_is_in_no_answer() -> None:
    assert set(preflights(body_with(rules(SHOP, methods=("POST",))))) == {"/offers", "/legacy/{rest+}"}


def test_of_several_origins_the_one_that_asks_is_named() -> None:
    headers, template = answer(preflights(body_with(rules(ADMIN, SHOP)))["/offers"])
    assert headers[ORIGIN] == ADMIN
    assert "Origin" in headers["Vary"]
    assert (
        f'#if($origin == "{SHOP}")#set($context.responseOverride.header.{ORIGIN} = $origin)#end' in template
    )
    assert answer(preflights(body_with(rules(SHOP)))["/offers"])[1] == ""


def test_credentials_are_said_in_every_answer_that_names_an_origin() -> None:
    cors = rules(SHOP, credentials=True)
    headers, _ = answer(preflights(body_with(cors))["/offers"])
    assert headers["Access-Control-Allow-Credentials"] == "true"
    assert gateway_headers(cors) == {ORIGIN: SHOP, "Access-Control-Allow-Credentials": "true"}


@pytest.mark.parametrize(
    ("cors", "named"),
    [
        (None, None),
        (rules(SHOP), SHOP),
        (rules("*"), "*"),
        (rules(ADMIN, SHOP), "*"),
        (rules(ADMIN, SHOP, credentials=True), None),
    ],
)
def test_errors_of_the_api_itself_can_be_read_and_never_name_who_asks(
    cors: ResolvedCors | None, named: str | None
) -> None:
    for refused in body_with(cors)["x-amazon-apigateway-gateway-responses"].values():
        value = refused["responseParameters"].get(f"gatewayresponse.header.{ORIGIN}")
        assert value == (f"'{named}'" if named else None)


def test_functions_learn_the_origins_from_the_stage() -> None:
    assert stage_variables(None) == {}
    assert stage_variables(rules("*")) == {"CorsOrigins": ANY_ORIGIN}
    assert stage_variables(rules(ADMIN, SHOP, credentials=True, exposed_headers=("x-a", "x-b"))) == {
        "CorsOrigins": f"{ADMIN},{SHOP}",
        "CorsCredentials": "true",
        "CorsExposedHeaders": "x-a,x-b",
    }


def test_answers_for_several_origins_are_kept_apart_and_those_for_one_together() -> None:
    def key(cors: ResolvedCors | None) -> list[str]:
        integration = body_with(cors)["paths"]["/offers/{id}"]["get"][INTEGRATION]
        found: list[str] = integration["cacheKeyParameters"]
        return found

    assert "method.request.header.Origin" in key(rules(ADMIN, SHOP))
    assert key(rules(SHOP)) == key(None)


def test_a_route_of_its_own_for_options_stands() -> None:
    system = resolve(inspect_blueprint(BLUEPRINT), "prod")
    api = system.apis["partner"].model_copy(update={"cors": rules(SHOP)})
    function = system.services["offers"].functions["read"]
    own = function.routes[0].model_copy(update={"method": "OPTIONS", "path": "/own"})
    served = [(function, own)]
    body = rest_body(api, served, lambda _: Integration("uri", "role", 1000), {"users": "arn:pool"})
    assert body["paths"]["/own"]["options"][INTEGRATION]["type"] == "aws_proxy"


def test_without_rules_a_rest_api_says_nothing_of_origins() -> None:
    body = body_with(None)
    assert preflights(body) == {}
    assert "Access-Control" not in json.dumps(body)


def test_an_http_api_with_credentials_names_its_methods() -> None:
    system = resolve(inspect_blueprint(BLUEPRINT), "prod")

    def cors_of(cors: ResolvedCors) -> dict[str, Any]:
        api = system.apis["partner"].model_copy(update={"kind": "http", "cors": cors})
        found: dict[str, Any] = openapi_body(api, [], lambda _: Integration("", "", 1), {})[
            "x-amazon-apigateway-cors"
        ]
        return found

    assert cors_of(rules(SHOP))["allowMethods"] == ["*"]
    held = cors_of(rules(SHOP, credentials=True, exposed_headers=("x-a",)))
    assert held["allowMethods"] == ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    assert held["exposeHeaders"] == ["x-a"]
