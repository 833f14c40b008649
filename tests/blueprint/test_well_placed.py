"""What is no finding: lists of each environment's own, logins that are used where they can be."""

from __future__ import annotations

from collections.abc import Callable

from platform_cli.blueprint.loading import Inspection

SYSTEM = """
blueprint: 1
system: shop
owner: team-commerce
environments:
  local: { target: local }
  dev: { account: "111111111111", region: eu-west-1 }
  prod: { account: "222222222222", region: eu-west-1PROD }
"""
HEADER = """
blueprint: 1
system: shop
owner: team-commerce
environments: { local: { target: local } }
networks: { main: { cidr: 10.0.0.0/16, endpoints: [secretsmanager] } }
databases: { ledger: { engine: aurora-postgresql, network: main } }
secrets:
  ledger: { database: ledger, rotation: { every_days: 30, strategy: single_user, function: orders.rotate } }
  key: {}
"""


def codes(inspection: Inspection) -> set[str]:
    return {finding.code for finding in inspection.findings} - {"missing-service-folder", "unused"}


def test_addresses_that_an_environment_has_of_its_own_are_not_fixed(
    inspect: Callable[..., Inspection],
) -> None:
    lists = "apis: { public: { kind: rest, allowed_ips: [203.0.113.0/24] } }"
    own = ", overrides: { apis: { public: { allowed_ips: [198.51.100.0/24] } } }"
    assert codes(inspect(SYSTEM.replace("PROD", "") + lists)) == {"fixed-addresses"}
    assert codes(inspect(SYSTEM.replace("PROD", own) + lists)) == set()


def test_a_list_that_only_one_environment_on_aws_has_is_not_fixed(inspect: Callable[..., Inspection]) -> None:
    one = SYSTEM.replace('  dev: { account: "111111111111", region: eu-west-1 }\n', "")
    lists = "apis: { public: { kind: rest, allowed_ips: [203.0.113.0/24] } }"
    assert codes(inspect(one.replace("PROD", "") + lists)) == set()


def test_what_is_blocked_may_be_the_same_everywhere(inspect: Callable[..., Inspection]) -> None:
    walls = "firewalls: { standard: { block_ips: [198.51.100.0/24] } }"
    assert codes(inspect(SYSTEM.replace("PROD", "") + walls)) == set()


def test_a_login_in_the_network_of_its_database_and_a_secret_that_is_none_are_well(
    inspect: Callable[..., Inspection],
) -> None:
    services = """
services:
  orders:
    functions:
      book: { handler: orders.book.handler, network: main, access: { secrets.ledger: read } }
      sign: { handler: orders.sign.handler, access: { secrets.key: read } }
      rotate: { handler: orders.rotate.handler, network: main, access: { secrets.ledger: read } }
"""
    assert codes(inspect(HEADER + services)) == set()


def test_a_rotation_function_outside_is_told_once(inspect: Callable[..., Inspection]) -> None:
    services = """
services:
  orders:
    functions: { rotate: { handler: orders.rotate.handler, access: { secrets.ledger: read } } }
"""
    found = [f.code for f in inspect(HEADER + services).findings if f.code not in ("unused",)]
    assert found.count("not-in-network") == 1
    assert "login-out-of-reach" not in found


def test_pages_named_one_by_one_in_a_protected_environment_are_no_weakening(
    inspect: Callable[..., Inspection],
) -> None:
    text = """
blueprint: 1
system: shop
owner: team-commerce
environments:
  prod:
    account: "222222222222"
    region: eu-west-1
    protect: true
    overrides: { apis: { public: { cors: { origins: ["https://shop.example"] } } } }
alarms: { contacts: { critical: [oncall@example.com] } }
apis: { public: { cors: { origins: ["*"] } } }
"""
    assert "weakened-protection" not in codes(inspect(text))
