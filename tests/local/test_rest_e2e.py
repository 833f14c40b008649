"""A REST API of a blueprint, deployed by the command line to the local AWS and called over HTTP."""

from __future__ import annotations

import json
import random
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from platform_cli.aws.clients import Clients
from platform_cli.local import server
from platform_cli.local.ports import next_free

pytestmark = pytest.mark.e2e

REPOSITORY = Path(__file__).parents[2]
BLUEPRINT = """
blueprint: 1
system: partner
owner: team-partners
defaults: { timeout_seconds: 25 }
environments: { local: { target: local } }
identity:
  users:
    sign_in: email
    clients: [web]
    scopes: { offers: { read: Read offers, write: Change offers } }
    machines: { acme: { scopes: [offers/read] }, other: { scopes: [offers/write] } }
external:
  certificates: { main: { arn: "arn:aws:acm:us-east-1:000000000000:certificate/a" } }
apis:
  open: { authorizer: users }
  partner:
    kind: rest
    authorizer: users
    firewall: standard
    allowed_ips: ["203.0.113.0/24"]
    cache: { ttl_seconds: 60 }
    throttle: { rate: 500, burst: 500 }
    cors: { origins: ["https://admin.example", "https://shop.example"], max_age_seconds: 60 }
    domain: { name: api.partner.example, certificate: main }
    models:
      Offer:
        type: object
        required: [sku]
        properties: { sku: { type: string, minLength: 1 } }
    usage_plans: { bronze: { keys: [acme], throttle: { rate: 100, burst: 100 } } }
firewalls: { standard: { block_ips: ["192.0.2.0/24"] } }
services:
  offers:
    functions:
      serve:
        handler: offers.handlers.serve.handler
        routes:
          - { api: partner, route: POST /offers, request: { body: Offer, query: [market] }, api_key: false }
          - { api: partner, route: "GET /offers/{id}", cache: {} }
          - { api: partner, route: GET /mine, scopes: [aws.cognito.signin.user.admin], api_key: false }
          - { api: partner, route: GET /theirs, scopes: [offers/read], api_key: false }
          - { api: partner, route: GET /health, auth: none, api_key: false }
          - { api: partner, route: "ANY /legacy/{rest+}", auth: none, api_key: false }
          - { api: open, route: GET /theirs, scopes: [offers/read] }
          - { api: open, route: GET /mine }
"""
SHARING = REPOSITORY / "templates/workspace/project/libs/servicekit/src/servicekit/cors.py"
HANDLER = """
import json

from offers.sharing import cors_headers


def handler(event, context):
    claims = event["requestContext"].get("authorizer", {}).get("claims", {})
    said = {"resource": event.get("resource"), "method": event.get("httpMethod"), "user": claims.get("sub")}
    headers = {"Content-Type": "application/json"} | cors_headers(event)
    return {"statusCode": 200, "headers": headers, "body": json.dumps(said)}
"""
PASSWORD = "Aa1-correct-horse"


@dataclass
class Partner:
    """The deployed system: how to call it, and what its deployment said."""

    root: Path
    url: str
    said: str
    clients: Clients
    fetch: Callable[..., Any]
    platform_in: Callable[..., Any]

    def urls(self) -> Any:
        return json.loads(self.platform_in(self.root, "status", "--json").stdout)["urls"]

    def __call__(self, route: str, body: Any = None, **headers: str) -> Any:
        method, path = route.split(" ")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named["Content-Type"] = "application/json"
        return self.fetch(f"{self.url}{path}", method, named, body)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("partner")
    source = root / "services" / "offers" / "src" / "offers" / "handlers"
    source.mkdir(parents=True)
    (root / "blueprint.yaml").write_text(BLUEPRINT)
    (source / "serve.py").write_text(HANDLER)
    shutil.copy(SHARING, source.parent / "sharing.py")
    for folder in (source, source.parent):
        (folder / "__init__.py").touch()
    service = root / "services" / "offers"
    (service / "pyproject.toml").write_text('[project]\nname = "offers"\nversion = "0"\ndependencies = []\n')
    (service / "requirements.lock").touch()
    return root


@pytest.fixture(scope="module")
def deployed(workspace: Path, platform_in: Callable[..., Any]) -> Iterator[tuple[Path, str, str, Clients]]:
    port = next_free(random.randrange(20000, 30000))
    platform_in(workspace, "local", "start", "--port", str(port))
    try:
        said = platform_in(workspace, "deploy", "--yes").stderr
        url = json.loads(platform_in(workspace, "status", "--json").stdout)["urls"]["partner"]
        local = server.status(workspace).local
        assert local is not None
        yield workspace, url, said, Clients(local.target)
    finally:
        platform_in(workspace, "local", "stop")
        shutil.rmtree(workspace / ".platform", ignore_errors=True)


@pytest.fixture
def partner(
    deployed: tuple[Path, str, str, Clients], fetch: Callable[..., Any], platform_in: Callable[..., Any]
) -> Partner:
    return Partner(*deployed, fetch, platform_in)


@pytest.fixture(scope="module")
def tokens(deployed: tuple[Path, str, str, Clients]) -> dict[str, str]:
    """Of somebody who signed up."""
    cognito = deployed[3].client("cognito-idp")
    (pool,) = cognito.list_user_pools(MaxResults=10)["UserPools"]
    clients = cognito.list_user_pool_clients(UserPoolId=pool["Id"])["UserPoolClients"]
    (client,) = (one for one in clients if one["ClientName"] == "web")
    email = "ada@example.com"
    cognito.admin_create_user(
        UserPoolId=pool["Id"], Username=email, UserAttributes=[{"Name": "email", "Value": email}]
    )
    cognito.admin_set_user_password(UserPoolId=pool["Id"], Username=email, Password=PASSWORD, Permanent=True)
    signed_in = cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=client["ClientId"],
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    found: dict[str, str] = signed_in["AuthenticationResult"]
    return found


@pytest.fixture(scope="module")
def machines(deployed: tuple[Path, str, str, Clients]) -> dict[str, str]:
    """What machines get for their id and secret, by name: an access token."""
    clients = deployed[3]
    cognito = clients.client("cognito-idp")
    (pool,) = cognito.list_user_pools(MaxResults=10)["UserPools"]
    found: dict[str, str] = {}
    for one in cognito.list_user_pool_clients(UserPoolId=pool["Id"])["UserPoolClients"]:
        asked = {"UserPoolId": pool["Id"], "ClientId": one["ClientId"]}
        client = cognito.describe_user_pool_client(**asked)["UserPoolClient"]
        if "ClientSecret" in client:
            pair = f"{client['ClientId']}:{client['ClientSecret']}".encode()
            request = Request(
                f"{clients.target.endpoint_url}/oauth2/token",
                b"grant_type=client_credentials",
                {"Authorization": f"Basic {b64encode(pair).decode()}"},
            )
            with urlopen(request, timeout=30) as answer:
                found[client["ClientName"]] = json.loads(answer.read())["access_token"]
    return found


@pytest.fixture(scope="module")
def key(deployed: tuple[Path, str, str, Clients]) -> str:
    (made,) = deployed[3].client("apigateway").get_api_keys(includeValues=True)["items"]
    return str(made["value"])


def test_an_open_route_answers_with_what_its_function_says(partner: Partner) -> None:
    answer = partner("GET /health")
    assert (answer.status, answer.json) == (200, {"resource": "/health", "method": "GET", "user": None})


def test_a_route_for_every_method_takes_the_rest_of_the_path(partner: Partner) -> None:
    answer = partner("DELETE /legacy/a/b")
    assert (answer.status, answer.json["method"]) == (200, "DELETE")


def test_a_route_with_an_authorizer_wants_a_token_of_its_pool(
    partner: Partner, tokens: dict[str, str]
) -> None:
    assert partner("POST /offers?market=fr", {"sku": "a"}).status == 401
    assert partner("POST /offers?market=fr", {"sku": "a"}, Authorization="Bearer a.b.c").status == 401
    answer = partner("POST /offers?market=fr", {"sku": "a"}, Authorization=tokens["IdToken"])
    assert answer.status == 200
    assert answer.json["user"]


def test_a_route_with_scopes_wants_one_of_them(partner: Partner, tokens: dict[str, str]) -> None:
    access = f"Bearer {tokens['AccessToken']}"
    assert partner("GET /mine", Authorization=access).status == 200
    assert partner("GET /mine", Authorization=f"Bearer {tokens['IdToken']}").status == 401
    assert partner("GET /theirs", Authorization=access).status == 401


def test_a_machine_calls_what_its_scopes_allow_and_nothing_else(
    partner: Partner, machines: dict[str, str], tokens: dict[str, str], fetch: Callable[..., Any]
) -> None:
    assert machines.keys() == {"acme", "other"}
    acme, other = ({"Authorization": f"Bearer {machines[name]}"} for name in ("acme", "other"))
    assert partner("GET /theirs", **acme).status == 200
    assert partner("GET /mine", **acme).status == 401
    assert partner("GET /theirs", **other).status == 401

    http = partner.urls()["open"]
    signed_in = {"Authorization": f"Bearer {tokens['AccessToken']}"}
    assert fetch(f"{http}/theirs", "GET", acme, None).status == 200
    assert fetch(f"{http}/theirs", "GET", other, None).status == 403
    assert fetch(f"{http}/mine", "GET", signed_in, None).status == 200
    assert fetch(f"{http}/mine", "GET", acme, None).status == 401


def test_a_request_that_breaks_its_model_never_reaches_the_function(
    partner: Partner, tokens: dict[str, str]
) -> None:
    signed = {"Authorization": tokens["IdToken"]}
    for body in ({}, {"sku": ""}, {"sku": 1}, [1]):
        assert partner("POST /offers?market=fr", body, **signed).status == 400
    assert partner("POST /offers", {"sku": "a"}, **signed).status == 400


def test_a_route_of_a_plan_wants_its_key(partner: Partner, tokens: dict[str, str], key: str) -> None:
    signed = {"Authorization": tokens["IdToken"]}
    assert partner("GET /offers/1", **signed).status == 403
    assert partner("GET /offers/1", **signed, x_api_key="wrong").status == 403
    assert partner("GET /offers/1", **signed, x_api_key=key).status == 200


def test_what_the_gateway_refuses_has_security_headers_and_says_little(
    partner: Partner, tokens: dict[str, str]
) -> None:
    refused = {
        401: partner("GET /mine"),
        403: partner("GET /offers/1", Authorization=tokens["IdToken"]),
        404: partner("GET /nowhere"),
        400: partner("POST /offers?market=fr", {}, Authorization=tokens["IdToken"]),
    }
    for status, answer in refused.items():
        assert answer.status == status
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert headers["strict-transport-security"].startswith("max-age=")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert answer.json["status"] == status
        assert set(answer.json) == {"type", "title", "status", "instance"}


def named(answer: Any) -> dict[str, str]:
    """What an answer says of pages that may read it."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    prefix = "access-control-allow-"
    return {name.removeprefix(prefix): v for name, v in headers.items() if name.startswith(prefix)}


@pytest.mark.parametrize("origin", ["https://shop.example", "https://admin.example"])
def test_an_allowed_page_asks_without_a_token_and_then_calls(
    partner: Partner, tokens: dict[str, str], origin: str
) -> None:
    asks = {"Origin": origin, "Access_Control_Request_Method": "POST"}
    asked = partner("OPTIONS /offers?market=fr", **asks, Access_Control_Request_Headers="authorization")
    assert asked.status == 204
    assert named(asked) == {
        "origin": origin,
        "methods": "POST",
        "headers": "authorization,content-type,x-api-key",
    }
    signed = {"Authorization": tokens["IdToken"], "Origin": origin}
    called = partner("POST /offers?market=fr", {"sku": "abc"}, **signed)
    assert (called.status, named(called)) == (200, {"origin": origin})
    assert named(partner("POST /offers?market=fr", {}, **signed)) == {"origin": "*"}


def test_another_page_is_refused_before_and_after_its_call(partner: Partner) -> None:
    evil = "https://evil.example"
    asked = partner("OPTIONS /offers", Origin=evil, Access_Control_Request_Method="POST")
    assert named(asked)["origin"] == "https://admin.example"
    called = partner("GET /health", Origin=evil)
    assert (called.status, named(called)) == (200, {})


def test_what_stands_before_the_api_on_aws_alone_is_told(partner: Partner) -> None:
    for message in (
        "AWS::WAFv2::WebACLAssociation",
        "AWS::WAFv2::IPSet",
        "is open to every address",
        "stops nothing",
        "keeps no answers",
        "api.partner.example needs a certificate",
    ):
        assert message in partner.said


def test_a_changed_route_keeps_the_address_and_its_checks(partner: Partner, tokens: dict[str, str]) -> None:
    blueprint = partner.root / "blueprint.yaml"
    blueprint.write_text(
        BLUEPRINT.replace("GET /theirs", "GET /ours").replace("minLength: 1", "minLength: 3")
    )
    partner.platform_in(partner.root, "deploy", "--yes")
    assert partner.urls()["partner"] == partner.url
    signed = {"Authorization": tokens["IdToken"]}
    assert partner("GET /theirs").status == 404
    assert partner("GET /ours").status == 401
    assert partner("POST /offers?market=fr", {"sku": "ab"}, **signed).status == 400
    assert partner("POST /offers?market=fr", {"sku": "abc"}, **signed).status == 200
