"""The deployed shop over HTTP: what the demo does, and what must not work."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

PATIENCE_SECONDS = 60


def eventually(ask: Callable[[], Any]) -> Any:
    """The first answer that is not false; fails after a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := ask()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)
    return answer


def titles_of(customer: Any, order_id: str) -> list[str]:
    answer = customer.call("GET", "/notifications")
    assert answer.status == 200, answer
    return [notice["title"] for notice in answer.body["notifications"] if notice["order_id"] == order_id]


def table_of(shop: Any) -> Any:
    return shop.clients.client("dynamodb"), shop.environment.tables["main"].physical_name


# --- the way of a customer -----------------------------------------------------------------------


def test_the_demo_runs_through(deployed_shop: Any, demo: ModuleType) -> None:
    steps: list[Any] = []
    outcome = demo.run_scenario(deployed_shop.base_url, steps.append)
    assert [(step.request.split("?")[0], step.status) for step in steps] == [
        ("GET /health", 200),
        ("POST /auth/register", 201),
        ("POST /auth/confirm", 204),
        ("POST /auth/login", 200),
        ("POST /orders", 201),
        (f"GET /orders/{outcome.order['order_id']}", 200),
        ("GET /orders", 200),
        ("GET /notifications", 200),
    ]
    assert outcome.order["total_cents"] == 2 * 1250 + 895 + 490
    assert outcome.notification["text"] == "We received your order of 38.85 EUR."


def test_the_data_is_in_the_table_as_the_services_say(deployed_shop: Any, new_customer: Any) -> None:
    customer = new_customer()
    order = customer.order()
    client, table = table_of(deployed_shop)
    kept = client.query(
        TableName=table,
        KeyConditionExpression="PK = :pk",
        ExpressionAttributeValues={":pk": {"S": f"ORDER#{order['order_id']}"}},
    )["Items"]
    assert [item["SK"]["S"] for item in kept] == ["DETAILS"]
    assert kept[0]["GSI1PK"]["S"] == f"USER#{customer.user_id}"
    assert kept[0]["GSI1SK"]["S"].endswith(f"Z#{order['order_id']}")
    assert eventually(lambda: titles_of(customer, order["order_id"])) == ["Thank you for your order"]
    told = client.query(
        TableName=table,
        KeyConditionExpression="PK = :pk AND begins_with(SK, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"USER#{customer.user_id}"}, ":sk": {"S": "NOTIFICATION#"}},
    )["Items"]
    days = (int(told[0]["expires_at"]["N"]) - time.time()) / 86400
    assert 29 < days <= 30


def test_the_same_order_twice_under_one_key_is_one_order(ada: Any) -> None:
    key = {"Idempotency-Key": secrets.token_hex(8)}
    body = {"items": [{"sku": "tea-towel", "quantity": 2}]}
    first = ada.call("POST", "/orders", body, headers=key)
    again = ada.call("POST", "/orders", body, headers=key)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    other = {"items": [{"sku": "desk-lamp", "quantity": 1}]}
    assert ada.call("POST", "/orders", other, headers=key).status == 409


def test_a_cancelled_order_is_told_to_its_user_and_stays_cancelled(ada: Any) -> None:
    order = ada.order()
    path = f"/orders/{order['order_id']}/status"
    assert ada.call("PUT", path, {"status": "shipped"}).status == 403
    assert ada.call("PUT", path, {"status": "cancelled"}).body["status"] == "cancelled"
    assert ada.call("PUT", path, {"status": "cancelled"}).status == 200
    told = eventually(lambda: len(found := titles_of(ada, order["order_id"])) == 2 and found)
    assert told == ["Your order is cancelled", "Thank you for your order"]


def test_staff_ships_anothers_order_along_the_transitions_only(
    deployed_shop: Any, demo: ModuleType, ada: Any, new_customer: Any
) -> None:
    order, clerk = ada.order(), new_customer()
    cognito = deployed_shop.clients.client("cognito-idp")
    physical_name = deployed_shop.environment.identity["users"].physical_name
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    pool_id = next(pool["Id"] for pool in pools if pool["Name"] == physical_name)
    cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=clerk.user_id, GroupName="staff")
    account = {"email": clerk.email, "password": clerk.password}
    token = clerk.call("POST", "/auth/login", account).body["access_token"]
    call, path = demo.Client(deployed_shop.base_url, token), f"/orders/{order['order_id']}/status"
    assert call("PUT", path, {"status": "delivered"}).status == 409
    assert call("PUT", path, {"status": "paid"}).status == 200
    assert call("PUT", path, {"status": "shipped"}).status == 200
    assert ada.call("PUT", path, {"status": "cancelled"}).status == 409


def test_the_list_pages_with_cursors_that_serve_their_user_alone(new_customer: Any, bob: Any) -> None:
    customer = new_customer()
    placed = [customer.order()["order_id"] for _ in range(3)]
    eventually(lambda: len(customer.call("GET", "/orders").body["orders"]) == 3)
    first = customer.call("GET", "/orders?limit=2").body
    second = customer.call("GET", f"/orders?limit=2&cursor={first['cursor']}").body
    listed = [order["order_id"] for page in (first, second) for order in page["orders"]]
    assert listed == placed[::-1]
    assert second["cursor"] is None
    assert bob.call("GET", f"/orders?cursor={first['cursor']}").status == 400


def test_a_profile_and_addresses_are_the_users_own(ada: Any, bob: Any) -> None:
    profile = {"name": "Ada", "phone": None, "language": "en"}
    assert ada.call("PUT", "/me", profile).body == profile
    assert ada.call("GET", "/me").body == profile
    assert bob.call("GET", "/me").status == 404
    home = {"recipient": "Ada", "street": "1 Main", "postal_code": "D01", "city": "Dublin", "country": "IE"}
    address = ada.call("POST", "/me/addresses", home).body
    path = f"/me/addresses/{address['address_id']}"
    assert bob.call("DELETE", path).status == 404
    assert ada.call("GET", "/me/addresses").body == {"addresses": [address]}
    assert ada.call("DELETE", path).status == 204
    assert ada.call("GET", "/me/addresses").body == {"addresses": []}


def test_a_session_is_refreshed_and_a_forgotten_password_replaced(
    deployed_shop: Any, demo: ModuleType, new_customer: Any
) -> None:
    customer, anybody = new_customer(), demo.Client(deployed_shop.base_url)
    refreshed = anybody("POST", "/auth/refresh", {"refresh_token": customer.refresh_token})
    assert refreshed.status == 200, refreshed
    token = refreshed.body["access_token"]
    assert demo.Client(deployed_shop.base_url, token)("GET", "/orders").status == 200
    assert anybody("POST", "/auth/password/forgot", {"email": customer.email}).status == 202
    reset = {
        "email": customer.email,
        "code": demo.code_from_local_mail(deployed_shop.base_url, customer.email),
        "new_password": "Another-horse-88",
    }
    assert anybody("POST", "/auth/password/reset", reset | {"code": "000000"}).status == 400
    assert anybody("POST", "/auth/password/reset", reset).status == 204
    login = {"email": customer.email, "password": customer.password}
    assert anybody("POST", "/auth/login", login).status == 401
    assert anybody("POST", "/auth/login", login | {"password": "Another-horse-88"}).status == 200


@pytest.fixture
def set_flag(deployed_shop: Any) -> Iterator[Callable[[str, bool], None]]:
    """Deploy the flags with one of them switched; afterwards all are as they were."""
    appconfig = deployed_shop.clients.client("appconfig")
    home = f"{deployed_shop.environment.system}-{deployed_shop.environment.environment}"
    application = _id_of(appconfig.list_applications(), home)
    environment = appconfig.list_environments(ApplicationId=application)["Items"][0]["Id"]
    profile = appconfig.list_configuration_profiles(ApplicationId=application)["Items"][0]["Id"]
    strategies = appconfig.list_deployment_strategies(MaxResults=50)
    strategy = next(item["Id"] for item in strategies["Items"] if item["Name"].startswith(home))
    place = {"ApplicationId": application, "ConfigurationProfileId": profile}
    newest = appconfig.list_hosted_configuration_versions(**place)["Items"]
    first = max(item["VersionNumber"] for item in newest)
    content = appconfig.get_hosted_configuration_version(**place, VersionNumber=first)["Content"].read()

    def deploy(version: int) -> None:
        appconfig.start_deployment(
            **place,
            EnvironmentId=environment,
            DeploymentStrategyId=strategy,
            ConfigurationVersion=str(version),
        )

    def switch(name: str, on: bool) -> None:
        document = json.loads(content)
        document["values"][name]["enabled"] = on
        made = appconfig.create_hosted_configuration_version(
            **place, Content=json.dumps(document).encode(), ContentType="application/json"
        )
        deploy(made["VersionNumber"])

    yield switch
    deploy(first)


def _id_of(answer: dict[str, Any], name: str) -> str:
    return str(next(item["Id"] for item in answer["Items"] if item["Name"] == name))


def test_a_flag_that_is_switched_on_changes_the_next_orders(ada: Any, set_flag: Any) -> None:
    assert ada.order("desk-lamp", 2)["shipping_cents"] == 490
    set_flag("free-shipping", True)
    eventually(lambda: ada.order("desk-lamp", 2)["shipping_cents"] == 0)
    assert ada.order("coffee-mug", 1)["shipping_cents"] == 490


# --- what must not work --------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/orders", "/orders/x", "/me", "/me/addresses", "/notifications"])
def test_without_a_token_or_with_a_forged_one_nothing_is_shown(
    deployed_shop: Any, demo: ModuleType, ada: Any, path: str
) -> None:
    header, claims, signature = ada.call.token.split(".")
    forged = f"{header}.{claims}.{signature[::-1]}"
    assert demo.Client(deployed_shop.base_url)("GET", path).status == 401
    assert demo.Client(deployed_shop.base_url, forged)("GET", path).status == 401


def test_another_users_order_is_not_found(ada: Any, bob: Any) -> None:
    order = ada.order()
    path = f"/orders/{order['order_id']}"
    theirs = bob.call("GET", path)
    assert (theirs.status, theirs.body["code"]) == (404, "unknown-order")
    assert bob.call("GET", "/orders/nothing").body["detail"] == theirs.body["detail"]
    assert bob.call("PUT", f"{path}/status", {"status": "cancelled"}).status == 404
    assert ada.call("GET", path).body["status"] == "pending"
    listed = bob.call("GET", "/orders").body["orders"]
    assert order["order_id"] not in [own["order_id"] for own in listed]


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        "[]",
        {"items": []},
        {"items": [{"sku": "coffee-mug", "quantity": -1}]},
        {"items": [{"sku": "coffee-mug", "quantity": 1, "unit_price_cents": 1}]},
        {"items": [{"sku": "gold-bar", "quantity": 1}]},
        {"items": [{"sku": "coffee-mug", "quantity": 51}]},
    ],
)
def test_a_bad_body_is_a_bad_request_with_a_problem_document(ada: Any, body: object) -> None:
    answer = ada.call("POST", "/orders", body)
    assert answer.status == 400, answer
    assert answer.body["status"] == 400
    assert answer.body["code"]
    assert "Traceback" not in answer.text


def test_an_unknown_route_is_not_found(ada: Any) -> None:
    assert ada.call("GET", "/nowhere").status == 404


def test_an_address_is_taken_once_and_a_wrong_password_is_refused(ada: Any) -> None:
    account = {"email": ada.email, "password": ada.password}
    assert ada.call("POST", "/auth/register", account).status == 409
    assert ada.call("POST", "/auth/login", account | {"password": "Wrong-horse-77"}).status == 401
    unknown = {"email": "nobody@example.com", "password": "Wrong-horse-77"}
    assert ada.call("POST", "/auth/login", unknown).status == 401
    weak = {"email": f"weak-{secrets.token_hex(4)}@example.com", "password": "short"}
    assert ada.call("POST", "/auth/register", weak).status == 400


@pytest.fixture
def impatient_queue(deployed_shop: Any) -> Iterator[tuple[str, str]]:
    """Addresses of the queue and its dead-letter queue; a failed message comes again after a second."""
    sqs = deployed_shop.clients.client("sqs")
    queue = deployed_shop.environment.queues["notifications"]
    url = sqs.get_queue_url(QueueName=queue.physical_name)["QueueUrl"]
    dead = sqs.get_queue_url(QueueName=queue.dead_letter.physical_name)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    yield url, dead
    patience = str(queue.visibility_timeout_seconds)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": patience})


def test_a_poison_message_ends_in_the_dead_letter_queue_and_holds_up_nothing(
    deployed_shop: Any, ada: Any, impatient_queue: tuple[str, str]
) -> None:
    sqs, (queue, dead) = deployed_shop.clients.client("sqs"), impatient_queue
    poison = json.dumps({"detail-type": "OrderCreated", "detail": {"poison": secrets.token_hex(8)}})
    sqs.send_message(QueueUrl=queue, MessageBody=poison)
    order = ada.order()
    assert eventually(lambda: titles_of(ada, order["order_id"])) == ["Thank you for your order"]

    def dead_message() -> Any:
        messages = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
        return next((message for message in messages if message["Body"] == poison), None)

    message = eventually(dead_message)
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
