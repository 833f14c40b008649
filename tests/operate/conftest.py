"""An environment with two services, and the local AWS."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment

_NOTHING = (
    *("tags", "identity", "tables", "buckets", "secrets", "flags"),
    *("buses", "queues", "topics", "streams", "apis", "services"),
)


def _function(system: str, service: str, name: str) -> dict[str, Any]:
    return {
        "service": service,
        "name": name,
        "physical_name": f"{system}-dev-{service}-{name}",
        "handler": "index.handler",
        "runtime": "python3.13",
        "architecture": "arm64",
        "memory_mb": 128,
        "timeout_seconds": 10,
        "ephemeral_storage_mb": 512,
        "tracing": False,
        "log_retention_days": 1,
        "environment": {},
        "routes": (),
        "triggers": (),
        "access": (),
        "permissions": (),
        "network": None,
        "reserved_concurrency": None,
        "provisioned_concurrency": None,
        "release": None,
    }


@pytest.fixture
def environment() -> ResolvedEnvironment:
    """`orders.create`, `orders.list` and `users.get` of a system of this test's own."""
    system = f"t{secrets.token_hex(4)}"
    services = {"orders": ("create", "list"), "users": ("get",)}
    return ResolvedEnvironment.model_validate(
        {
            "system": system,
            "owner": "team",
            "environment": "dev",
            "target": "local",
            "account": "000000000000",
            "region": "us-east-1",
            "profile": None,
            "protect": False,
            "settings": (),
            **{name: {} for name in _NOTHING},
            "services": {
                service: {
                    "name": service,
                    "path": f"services/{service}",
                    "functions": {name: _function(system, service, name) for name in names},
                }
                for service, names in services.items()
            },
        }
    )


@pytest.fixture(scope="session")
def local_clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Clients of a local AWS of this session's own."""
    from platform_cli.local.server import start, stop

    root = tmp_path_factory.mktemp("workspace")
    local = start(root)
    try:
        yield Clients(local.target)
    finally:
        stop(root)
