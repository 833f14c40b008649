"""The rotation function as a service of a workspace: rendered, registered, and fine by its own checks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.rotators import first_value
from platform_cli.package.locking import check_lock
from platform_cli.scaffold.rotations import plan_rotation_function
from platform_cli.scaffold.services import create_service

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { dev: { account: "123456789012", region: eu-west-1 } }
networks: { main: { cidr: 10.0.0.0/16, availability_zones: 2, endpoints: [secretsmanager] } }
databases: { ledger: { engine: aurora-postgresql, network: main, capacity: { min_acu: 0.5, max_acu: 4 } } }
secrets:
  ledger: { database: ledger } # the login
  admin: {}
  tokens: {}
"""
STRATEGIES = (
    "postgresql_single_user",
    "postgresql_alternating_users",
    "mysql_single_user",
    "mysql_alternating_users",
    "api_key",
    "jwt_key",
    "generic",
)


@pytest.fixture
def blueprint(tmp_path: Path) -> Path:
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT)
    return path


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_function_of_each_strategy_is_locked_and_names_its_strategy(blueprint, strategy):
    secret = "ledger" if strategy.endswith(("user", "users")) else "tokens"
    plan = plan_rotation_function(blueprint.parent, blueprint, secret, "rotation", strategy, "admin")
    create_service(plan)
    service = blueprint.parent / "services" / "rotation"

    check_lock(service)
    assert (
        f"rotation.strategies.{strategy} import handler"
        in (service / "src" / "rotation" / "handler.py").read_text()
    )
    assert not [p for p in plan.files if "cache" in str(p)]


def test_a_rendered_function_passes_its_own_lint_and_types(blueprint):
    create_service(plan_rotation_function(blueprint.parent, blueprint, "tokens", "rotation", "generic"))
    service = blueprint.parent / "services" / "rotation"
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=service, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_function_of_a_login_reaches_its_database_and_the_administrator(blueprint):
    create_service(
        plan_rotation_function(
            blueprint.parent, blueprint, "ledger", "rotation", "postgresql_alternating_users", "admin"
        )
    )
    environment = resolve(inspect_blueprint(blueprint), "dev")
    function = environment.services["rotation"].functions["rotate"]

    assert environment.secrets["ledger"].rotation_function == "rotation.rotate"
    assert environment.secrets["ledger"].rotation_strategy == "alternating_users"
    assert function.network == "main"
    assert {f"{line.kind}.{line.name}" for line in function.access} == {"databases.ledger", "secrets.admin"}
    assert function.environment["ADMIN_SECRET_VARIABLE"] == "SECRET_ADMIN_ARN"
    assert "# the login" in blueprint.read_text()


def test_alternating_users_need_an_administrator(blueprint):
    with pytest.raises(PlatformError, match="make the second one"):
        plan_rotation_function(
            blueprint.parent, blueprint, "tokens", "rotation", "postgresql_alternating_users"
        )


def test_the_login_of_a_database_of_ours_names_its_administrator_itself(blueprint):
    plan = plan_rotation_function(
        blueprint.parent, blueprint, "ledger", "rotation", "postgresql_alternating_users"
    )
    create_service(plan)
    function = resolve(inspect_blueprint(blueprint), "dev").services["rotation"].functions["rotate"]
    assert {f"{line.kind}.{line.name}" for line in function.access} == {"databases.ledger"}
    assert function.environment == {}


def test_a_first_value_is_what_its_strategy_takes(templates):
    ring = json.loads(first_value(templates, "jwt_key").reveal())
    assert len(ring["keys"]) == 1
    assert len(first_value(templates, "generic").reveal()) == 32
    with pytest.raises(PlatformError, match="cannot be made up"):
        first_value(templates, "postgresql_single_user")


def test_two_logins_that_both_wait_for_their_functions_get_one_after_the_other(blueprint):
    rotation = "rotation: { every_days: 30, strategy: single_user }"
    text = BLUEPRINT.replace("{ database: ledger } # the login", f"{{ database: ledger, {rotation} }}")
    blueprint.write_text(f"{text}  audit: {{ database: ledger, {rotation} }}\n")
    for secret in ("ledger", "audit"):
        create_service(
            plan_rotation_function(
                blueprint.parent, blueprint, secret, f"{secret}-rotation", "postgresql_single_user"
            )
        )
    assert not inspect_blueprint(blueprint).errors
