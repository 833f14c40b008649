"""`platform dead-letters redrive` and `purge` as typed: shown, asked, and recorded before they begin.

Moto serves: only the queues and what is recorded count here.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.cli.running import run
from platform_cli.cli.terminal import Terminal

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { prod: { account: "123456789012", region: eu-west-1, protect: true } }
queues: { mails: { dead_letter: {} } }
"""
DEAD = "shop-prod-mails-dead"


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    monkeypatch.chdir(tmp_path)
    with mock_aws():
        clients = Clients(Target("123456789012", "eu-west-1"))
        sqs = clients.client("sqs")
        sqs.create_queue(QueueName="shop-prod-mails")
        sqs.create_queue(QueueName=DEAD)
        for body in ("one", "two"):
            sqs.send_message(QueueUrl=url_of(clients), MessageBody=body)
        yield clients


@pytest.fixture
def platform(aws: Clients, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments), Terminal(interactive=False, stdin=io.StringIO()))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def url_of(clients: Clients) -> str:
    return str(clients.client("sqs").get_queue_url(QueueName=DEAD)["QueueUrl"])


def left(clients: Clients) -> int:
    told = clients.client("sqs").get_queue_attributes(QueueUrl=url_of(clients), AttributeNames=["All"])
    return sum(int(told["Attributes"][f"ApproximateNumberOfMessages{state}"]) for state in ("", "NotVisible"))


@pytest.mark.parametrize("command", ["purge", "redrive"])
def test_it_is_asked_also_where_sqs_counts_nothing(
    aws: Clients, platform: Callable[..., tuple[int, str, str]], command: str
) -> None:
    aws.client("sqs").receive_message(QueueUrl=url_of(aws), MaxNumberOfMessages=10, VisibilityTimeout=60)
    code, _, err = platform("dead-letters", command, "mails")

    assert code == 2
    assert "error[no-terminal]" in err
    assert f"about 0 messages of {DEAD}" in err
    assert left(aws) == 2


def test_what_goes_and_where_to_is_shown_also_to_who_says_yes_and_recorded_before_it_begins(
    aws: Clients, platform: Callable[..., tuple[int, str, str]]
) -> None:
    code, out, err = platform("dead-letters", "redrive", "mails", "--limit", "1", "--yes", "--reason", "full")
    assert (code, out) == (0, f"sent back 1 message of {DEAD}\n")
    assert (
        err == f"about 2 messages of {DEAD}, at most 1\n  go back to the queue shop-prod-mails, 10 a second\n"
    )

    code, out, err = platform("dead-letters", "purge", "mails", "--yes")
    assert (code, out) == (0, f"deleted 1 message of {DEAD}\n")
    assert err == f"about 1 message of {DEAD}\n  are deleted, and nothing keeps a copy\n"

    history = json.loads(platform("history", "--kind", "dead-letters", "--json")[1])
    assert [(entry["what"], entry["reason"]) for entry in history] == [
        ("deleted 1 message", ""),
        (f"begins to delete about 1 message of {DEAD}", ""),
        ("sent back 1 message", "full"),
        (f"begins to send back about 2 messages of {DEAD}, at most 1", "full"),
    ]
