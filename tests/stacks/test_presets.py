"""What each preset lets a function do, to the action and the resource."""

from __future__ import annotations

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.presets import PRESETS
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.rights import statements_of

BLUEPRINT = """
blueprint: 1
system: shop
owner: team-commerce
environments: { dev: { account: "111111111111", region: eu-west-1 } }
defaults: { tracing: false }
identity: { users: { clients: [web] } }
tables:
  main: { partition_key: PK, indexes: { GSI1: { partition_key: GSI1PK } } }
buses: { events: {} }
services:
"""
SERVICE = "  {name}: {{ presets: [{preset}], functions: {{ work: {{ handler: code.work.handler }} }} }}\n"

TABLE = "arn:aws:dynamodb:eu-west-1:111111111111:table/shop-dev-main"
INDEXES = f"{TABLE}/index/*"
READ = (
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
WRITE = (
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)

ON_TABLE = {(action, TABLE) for action in READ + WRITE} | {
    (action, INDEXES) for action in ("dynamodb:Query", "dynamodb:Scan")
}
POOL = "arn:aws:cognito-idp:eu-west-1:111111111111:userpool/<identity.UsersPoolId>"
EXPECTED = {
    "authentication": {
        ("cognito-idp:AdminInitiateAuth", POOL),
        ("cognito-idp:AdminRespondToAuthChallenge", POOL),
    },
    "notifications": {(action, TABLE) for action in WRITE},
    "orders": {
        *ON_TABLE,
        ("events:PutEvents", "arn:aws:events:eu-west-1:111111111111:event-bus/shop-dev-events"),
    },
    "user_data": ON_TABLE,
}
"""For each preset: actions and resources, beside the function's own log."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> ResolvedEnvironment:
    path = tmp_path_factory.mktemp("presets") / "blueprint.yaml"
    services = (SERVICE.format(name=name.replace("_", "-"), preset=name) for name in sorted(PRESETS))
    path.write_text(BLUEPRINT + "".join(services), encoding="utf-8")
    return resolve(inspect_blueprint(path), "dev")


def rights(system: ResolvedEnvironment, preset: str) -> set[tuple[str, str]]:
    function = system.services[preset.replace("_", "-")].functions["work"]

    def lookup(concern: str, output: str) -> str:
        return f"<{concern}.{output}>"

    return {
        (action, resource)
        for statement in statements_of(function, system, lookup)
        if not all(action.startswith("logs:") for action in statement.actions)
        for action in statement.actions
        for resource in statement.resources
    }


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_a_preset_gives_exactly_these_rights(system: ResolvedEnvironment, preset: str) -> None:
    assert rights(system, preset) == EXPECTED[preset]
