"""Every line of `access` is needed: taken out of a deployed role, a call of the shop fails.

The role is edited in place, as somebody in the console would, and given back afterwards. What is taken is
exactly what the line gives: the difference between the function's statements with the line and without.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.rights import statements_of

pytestmark = pytest.mark.e2e

PATIENCE_SECONDS = 20

_BY_PATH = "seen on the local AWS: reading settings by their path goes on without the right"
NOT_REFUSED = {
    ("auth.registration", "identity.users"): "SignUp and ConfirmSignUp are not signed, on AWS neither",
    ("auth.passwords", "identity.users"): "ForgotPassword is not signed, on AWS neither",
    ("notifications.deliver", "config.notifications"): _BY_PATH,
    ("orders.create", "config.orders"): _BY_PATH,
    ("orders.create", "config.prices"): _BY_PATH,
    ("orders.create", "flags.free-shipping"): "MiniStack's AppConfigData asks IAM for nothing",
}
"""Function and line, and why the local AWS lets the call through without it."""

KEPT = ("config.", "flags.", "secrets.")
"""Lines of what a function keeps once it has read it; rights on the rest are asked for at each call."""


def lines() -> list[tuple[str, str]]:
    """Each function with each of its lines."""
    from pathlib import Path

    blueprint = Path(__file__).parents[2] / "examples" / "shop" / "blueprint.yaml"
    system = resolve(inspect_blueprint(blueprint), "local")
    return [(f.address, f"{line.kind}.{line.name}") for f in system.functions for line in f.access]


LINES = lines()


@contextmanager
def without(shop: Any, address: str, line: str) -> Iterator[None]:
    """The deployed role without what a line gives it."""
    system = shop.environment
    service, _, name = address.partition(".")
    function = system.services[service].functions[name]
    rest = tuple(a for a in function.access if f"{a.kind}.{a.name}" != line)
    assert len(rest) == len(function.access) - 1

    def lookup(concern: str, output: str) -> str:
        return f"<{concern}.{output}>"

    kept = {
        s.sid: set(s.actions)
        for s in statements_of(function.model_copy(update={"access": rest}), system, lookup)
    }
    iam, role = shop.clients.client("iam"), function.physical_name
    before = iam.get_role_policy(RoleName=role, PolicyName="access")["PolicyDocument"]
    document = json.loads(before) if isinstance(before, str) else before
    statements = []
    for statement in document["Statement"]:
        # What has no id was added for the local AWS, and comes from no line.
        allowed = kept.get(statement["Sid"], ()) if "Sid" in statement else statement["Action"]
        actions = [action for action in statement["Action"] if action in allowed]
        if actions:
            statements.append({**statement, "Action": actions})
    assert statements != document["Statement"], "the line gave nothing"
    edited = json.dumps({**document, "Statement": statements})
    iam.put_role_policy(RoleName=role, PolicyName="access", PolicyDocument=edited)
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="access", PolicyDocument=json.dumps(document))


@pytest.fixture(scope="module")
def calls(deployed_shop: Any, demo: ModuleType, new_customer: Any) -> dict[str, Callable[[], bool]]:
    """A call of the scenario for each function; it says whether what should happen happened."""
    customer = new_customer()
    order = customer.order()
    anybody = demo.Client(deployed_shop.base_url)
    # The queue is empty again, so that what comes later is what the call put there.
    assert _told(customer, order["order_id"])

    def list_orders() -> bool:
        """Two pages, as only a cursor needs the key that seals it."""
        answers = [customer.call("GET", "/orders"), customer.call("GET", "/orders?limit=1")]
        return all(answer.status == 200 for answer in answers)

    def cancel() -> bool:
        other = customer.order()["order_id"]
        return bool(customer.call("PUT", f"/orders/{other}/status", {"status": "cancelled"}).status == 200)

    def deliver() -> bool:
        begun = time.time()
        order = customer.order()["order_id"]
        return _told(customer, order, lambda: _refused(deployed_shop, "notifications.deliver", begun))

    def registered() -> bool:
        email = f"eve-{secrets.token_hex(4)}@example.com"
        return bool(
            anybody("POST", "/auth/register", {"email": email, "password": customer.password}).status == 201
        )

    def simple(
        method: str, path: str, status: int, body: Any = None, by: Any = customer.call
    ) -> Callable[[], bool]:
        return lambda: bool(by(method, path, body).status == status)

    account = {"email": customer.email, "password": customer.password}
    home = {"recipient": "Ada", "street": "1 Main", "postal_code": "D01", "city": "Dublin", "country": "IE"}
    wanted = {"items": [{"sku": "tea-towel", "quantity": 1}]}
    return {
        "auth.registration": registered,
        "auth.sessions": simple("POST", "/auth/login", 200, account, anybody),
        "auth.passwords": simple("POST", "/auth/password/forgot", 202, {"email": customer.email}, anybody),
        "users.profile": simple("PUT", "/me", 200, {"name": "Ada", "phone": None, "language": "en"}),
        "users.addresses": simple("POST", "/me/addresses", 201, home),
        "orders.create": simple("POST", "/orders", 201, wanted),
        "orders.get": simple("GET", f"/orders/{order['order_id']}", 200),
        "orders.list": list_orders,
        "orders.update-status": cancel,
        "notifications.deliver": deliver,
        "notifications.list": simple("GET", "/notifications", 200),
        "health.check": simple("GET", "/health", 200, by=anybody),
    }


def _told(customer: Any, order_id: str, refused: Callable[[], bool] = lambda: False) -> bool:
    """Whether the customer hears of the order; a refusal of who tells them ends the waiting."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        over = refused()
        answer = customer.call("GET", "/notifications")
        if any(notice["order_id"] == order_id for notice in answer.body["notifications"]):
            return True
        if over:
            return False
        time.sleep(0.5)
    return False


def _refused(shop: Any, address: str, since: float) -> bool:
    """Whether the function was denied a call since then, as its log says."""
    service, _, name = address.partition(".")
    function = shop.environment.services[service].functions[name]
    logs = shop.clients.client("logs")
    group = f"/aws/lambda/{function.physical_name}"
    said = logs.filter_log_events(logGroupName=group, startTime=int(since * 1000))["events"]
    return any("AccessDeniedException" in event["message"] for event in said)


def _restart(shop: Any, address: str) -> None:
    """Let the function begin anew: settings and secrets that it keeps would hide what it may not read."""
    service, _, name = address.partition(".")
    function = shop.environment.services[service].functions[name]
    client = shop.clients.client("lambda")
    variables = client.get_function_configuration(FunctionName=function.physical_name)["Environment"][
        "Variables"
    ]
    client.update_function_configuration(
        FunctionName=function.physical_name,
        Environment={"Variables": {**variables, "STARTED": secrets.token_hex(4)}},
    )


def test_each_function_of_the_shop_has_a_call_and_each_exception_a_line(
    calls: dict[str, Callable[[], bool]],
) -> None:
    assert {address for address, _ in LINES} == set(calls)
    assert set(NOT_REFUSED) < set(LINES)
    for address, call in calls.items():
        assert call(), address


@pytest.mark.parametrize(("address", "line"), LINES, ids=[f"{a} {b}" for a, b in LINES])
def test_a_function_fails_without_its_line(
    address: str, line: str, deployed_shop: Any, calls: dict[str, Callable[[], bool]]
) -> None:
    with without(deployed_shop, address, line):
        if line.startswith(KEPT):
            _restart(deployed_shop, address)
        works = calls[address]()
    if (address, line) in NOT_REFUSED:
        assert works, "it is refused now: take it out of NOT_REFUSED"
    else:
        assert not works, f"{address} does not need {line}"
