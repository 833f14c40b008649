"""The demo as a module, and customers of the deployed shop."""

from __future__ import annotations

import importlib.util
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SHOP = Path(__file__).parents[2] / "examples" / "shop"


@pytest.fixture(scope="session")
def shop_folder() -> Path:
    return SHOP


@pytest.fixture(scope="session")
def demo() -> ModuleType:
    """examples/shop/demo.py, imported."""
    spec = importlib.util.spec_from_file_location("shop_demo", SHOP / "demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Customer:
    """Somebody with an account; `call(method, path, body)` speaks with the API under the token."""

    email: str
    password: str
    user_id: str
    refresh_token: str
    call: Any

    def order(self, sku: str = "coffee-mug", quantity: int = 1, **headers: str) -> dict[str, Any]:
        body = {"items": [{"sku": sku, "quantity": quantity}]}
        answer = self.call("POST", "/orders", body, headers=headers)
        assert answer.status == 201, answer
        return dict(answer.body)


@pytest.fixture(scope="session")
def new_customer(deployed_shop: Any, demo: ModuleType) -> Callable[[], Customer]:
    """Register, confirm and log in somebody with a random address."""
    anybody = demo.Client(deployed_shop.base_url)

    def register() -> Customer:
        email = f"customer-{secrets.token_hex(6)}@example.com"
        password = f"Aa1-{secrets.token_urlsafe(16)}"
        account = {"email": email, "password": password}
        registered = anybody("POST", "/auth/register", account)
        assert registered.status == 201, registered
        code = demo.code_from_local_mail(deployed_shop.base_url, email)
        confirmed = anybody("POST", "/auth/confirm", {"email": email, "code": code})
        assert confirmed.status == 204, confirmed
        login = anybody("POST", "/auth/login", account)
        assert login.status == 200, login
        call = demo.Client(deployed_shop.base_url, login.body["access_token"])
        return Customer(email, password, registered.body["user_id"], login.body["refresh_token"], call)

    return register


@pytest.fixture(scope="session")
def ada(new_customer: Callable[[], Customer]) -> Customer:
    return new_customer()


@pytest.fixture(scope="session")
def bob(new_customer: Callable[[], Customer]) -> Customer:
    return new_customer()
