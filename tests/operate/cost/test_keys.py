"""Keys of one's own cost by the month: how many there are, and for what."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from platform_cli.operate.cost.estimate import CostEstimate

Bill = Callable[..., CostEstimate]
TABLE = "tables: { main: { partition_key: PK, encryption: customer_managed%s } }\n"
NETWORK = "networks: { main: { cidr: 10.0.0.0/16 } }\n"
LOGS = "logs: { encryption: customer_managed }\n"
FUNCTION = "services: { orders: { functions: { work: { handler: orders.work.handler } } } }\n"


def keys(bill: CostEstimate) -> list[tuple[str, str]]:
    lines = [line for line in bill.lines if line.quantity.price_id == "kms.keys"]
    assert all(line.usd == Decimal(1) for line in lines)
    return [(line.quantity.path, line.quantity.what) for line in lines]


def test_all_data_is_under_one_key(bill: Bill) -> None:
    secret = "secrets: { key: { encryption: customer_managed } }\n"
    assert keys(bill(TABLE % "" + secret + LOGS + FUNCTION)) == [("tables.main.encryption", "encryption key")]


def test_each_region_with_a_copy_has_a_key(bill: Bill) -> None:
    copies = TABLE % ", stream: new_and_old_images, replicas: [eu-central-1]"
    assert keys(bill(copies)) == [
        ("tables.main.encryption", "encryption key"),
        ("tables.main.replicas", "encryption key in eu-central-1"),
    ]


def test_logs_alone_have_a_key_and_those_of_networks_one_of_their_own(bill: Bill) -> None:
    assert keys(bill(LOGS + NETWORK + FUNCTION)) == [
        ("logs.encryption", "encryption key"),
        ("logs.encryption", "encryption key of flow logs"),
    ]


def test_logs_of_databases_have_a_key_that_logs_of_caches_do_not_need(bill: Bill) -> None:
    cache = "caches: { sessions: { engine: valkey, network: main } }\n"
    ledger = "databases: { ledger: { engine: aurora-postgresql, network: main } }\n"
    of_databases = ("logs.encryption", "encryption key of logs of databases")
    assert of_databases in keys(bill(LOGS + NETWORK + ledger + FUNCTION))
    assert of_databases not in keys(bill(LOGS + NETWORK + cache + FUNCTION))
    assert of_databases not in keys(bill(NETWORK + ledger + FUNCTION))


def test_messages_and_databases_have_keys_of_their_own(bill: Bill) -> None:
    queue = "queues: { mail: { encryption: customer_managed } }\n"
    ledger = (
        "databases: { ledger: { engine: aurora-postgresql, network: main, encryption: customer_managed } }\n"
        "secrets: { ledger: { database: ledger, encryption: customer_managed, replicas: [eu-central-1] } }\n"
    )
    assert keys(bill(NETWORK + queue + ledger + FUNCTION)) == [
        ("queues.mail.encryption", "encryption key of messages"),
        ("databases.ledger.encryption", "encryption key of databases"),
        ("secrets.ledger.replicas", "encryption key in eu-central-1"),
    ]


def test_without_any_wish_there_is_no_key(bill: Bill) -> None:
    assert keys(bill(NETWORK + FUNCTION)) == []
