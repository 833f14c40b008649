"""`platform config pull` as it is typed: recorded value by value, and honest about what is half done.

Moto serves: of Parameter Store only the values and the records count here.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from platform_cli.aws.clients import Clients, Target
from platform_cli.cli.running import run
from platform_cli.cli.terminal import Terminal

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { prod: { account: "123456789012", region: eu-west-1 } }
config:
  a: { first: 1 }
  b: { second: &two 2, same: *two }
  c: { third: 3 }
"""


@pytest.fixture
def blueprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT)
    monkeypatch.chdir(tmp_path)
    return path


@pytest.fixture
def aws() -> Iterator[Clients]:
    with mock_aws():
        clients = Clients(Target("123456789012", "eu-west-1"))
        for name, value in (("a/first", 10), ("b/second", 2), ("b/same", 2), ("c/third", 30)):
            clients.client("ssm").put_parameter(Name=f"/shop/prod/{name}", Value=str(value), Type="String")
        yield clients


@pytest.fixture
def platform(
    blueprint: Path, aws: Clients, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments), Terminal(interactive=False, stdin=io.StringIO()))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def only_reading(aws: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of a user who may read parameters, and write none."""
    allowed = {"Effect": "Allow", "Action": ["ssm:Get*", "sts:*"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": allowed})
    iam = aws.client("iam")
    iam.create_user(UserName="reader")
    iam.put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=document)
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])


def records(platform: Callable[..., tuple[int, str, str]]) -> list[tuple[str, str, str]]:
    told = json.loads(platform("history", "--kind", "config", "--json")[1])
    return [(entry["subject"], entry["what"], entry["reason"]) for entry in told]


def test_each_value_that_is_pulled_is_recorded_with_the_reason(
    platform: Callable[..., tuple[int, str, str]], blueprint: Path
) -> None:
    code, out, _ = platform("config", "pull", "--yes", "--reason", "as tuned")

    assert (code, out) == (0, "blueprint.yaml has 2 values of the store now\n")
    assert records(platform) == [
        ("c/third", "pulled into blueprint.yaml: 3 → 30", "as tuned"),
        ("a/first", "pulled into blueprint.yaml: 1 → 10", "as tuned"),
    ]


def test_if_one_value_cannot_be_written_it_says_which_are_and_which_are_left(
    platform: Callable[..., tuple[int, str, str]], blueprint: Path, aws: Clients
) -> None:
    # `same` is an alias of it, so that it cannot change alone.
    aws.client("ssm").put_parameter(Name="/shop/prod/b/second", Value="20", Type="String", Overwrite=True)
    code, out, err = platform("config", "pull", "--yes")

    assert (code, out) == (1, "")
    assert "error[cannot-edit]" in err
    hint = "set b/second to 20 by hand, and pull again for the rest; 1 of 3 values were written before it"
    assert f"hint: {hint}\n" in err
    assert "done before that: a/first\nleft as it was: b/second, c/third\n" in err
    assert "first: 10" in blueprint.read_text()
    assert [subject for subject, _, _ in records(platform)] == ["a/first"]


def test_who_may_not_write_records_pulls_all_the_same_and_is_told(
    platform: Callable[..., tuple[int, str, str]], blueprint: Path, aws: Clients, only_reading: None
) -> None:
    enforcing = set_initial_no_auth_action_count(0)
    code, out, err = enforcing(lambda: platform("config", "pull", "--yes"))()

    assert (code, out) == (0, "blueprint.yaml has 2 values of the store now\n")
    assert "first: 10" in blueprint.read_text()
    assert "not recorded in the history of shop-prod, which you may not write: a/first, c/third\n" in err
    assert enforcing(lambda: records(platform))() == []
