"""Blueprints as they are written, and clients whose calls are checked against AWS's own service models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from platform_cli.aws.clients import Target
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.operate.cost.estimate import CostEstimate, estimate
from platform_cli.operate.cost.prices import bundled_prices

HEADER = """\
blueprint: 1
system: shop
owner: team-commerce
environments:
  prod: { account: "111111111111", region: us-east-1 }
  local: { target: local }
"""
FAR = '  far: { account: "111111111111", region: eu-west-1 }\n'
TODAY = date(2026, 11, 21)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a blueprint with two services' folders; the header is added, and `far` where it is asked for."""

    def call(text: str, *, far: bool = False) -> Path:
        for service in ("orders", "users"):
            (tmp_path / "services" / service).mkdir(parents=True, exist_ok=True)
        path = tmp_path / "blueprint.yaml"
        path.write_text(HEADER + (FAR if far else "") + text, encoding="utf-8")
        return path

    return call


@pytest.fixture
def environment(write: Callable[..., Path]) -> Callable[..., ResolvedEnvironment]:
    """Resolve a blueprint, in `prod` unless another environment is named."""

    def call(text: str, name: str = "prod") -> ResolvedEnvironment:
        return resolve(inspect_blueprint(write(text, far=name == "far")), name)

    return call


@pytest.fixture
def bill(environment: Callable[..., ResolvedEnvironment]) -> Callable[..., CostEstimate]:
    """Estimate a blueprint's bill with the bundled prices."""

    def call(text: str, name: str = "prod", **options: Any) -> CostEstimate:
        return estimate(environment(text, name), bundled_prices(), TODAY, **options)

    return call


@pytest.fixture
def cost() -> Callable[[CostEstimate, str], Decimal]:
    """Sum the lines of a price."""

    def call(bill: CostEstimate, price_id: str) -> Decimal:
        return sum((line.usd for line in bill.lines if line.quantity.price_id == price_id), Decimal(0))

    return call


@dataclass
class StubbedClients:
    """boto3's own clients, whose answers are given beforehand; a wrong request or answer is refused."""

    target: Target
    made: dict[str, Any] = field(default_factory=dict)
    stubbers: dict[str, Stubber] = field(default_factory=dict)

    def client(self, name: str) -> Any:
        if name not in self.made:
            made = boto3.client(
                name, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
            )
            self.made[name], self.stubbers[name] = made, Stubber(made)
            self.stubbers[name].activate()
        return self.made[name]

    def stub(self, name: str) -> Stubber:
        self.client(name)
        return self.stubbers[name]


@pytest.fixture
def clients() -> Iterator[StubbedClients]:
    stubbed = StubbedClients(Target("111111111111", "us-east-1"))
    yield stubbed
    for stubber in stubbed.stubbers.values():
        stubber.assert_no_pending_responses()
