"""Settings and secrets, by path and type."""

from __future__ import annotations

import logging
from decimal import Decimal

import boto3
import pytest

from servicekit.environment import MissingVariable
from servicekit.observability import observability
from servicekit.secrets import Secret
from servicekit.settings import SettingError, Settings


@pytest.fixture
def ssm(aws: None):
    client = boto3.client("ssm")
    for name, value in {
        "/shop/dev/orders/max-items": "50",
        "/shop/dev/orders/rate": "0.19",
        "/shop/dev/orders/open": "True",
        "/shop/dev/orders/countries": "IE, DE",
        "/shop/dev/orders/table": '{"a": 1}',
        "/shop/dev/orders-other/max-items": "1",
    }.items():
        client.put_parameter(Name=name, Value=value, Type="String")
    return client


@pytest.mark.parametrize("path", ["/shop/dev/orders", "/shop/dev/orders/"])
def test_settings_have_types_and_only_the_group_is_read(ssm, path: str) -> None:
    settings = Settings(ssm, path)
    assert settings.integer("max-items") == 50
    assert settings.number("rate") == Decimal("0.19")
    assert settings.boolean("open") is True
    assert settings.items("countries") == ("IE", "DE")
    assert settings.json("table") == {"a": 1}
    assert len(settings.all()) == 5


def test_a_missing_setting_has_its_default_or_is_an_error_with_its_path(ssm) -> None:
    settings = Settings(ssm, "/shop/dev/orders")
    assert settings.integer("min-items", 1) == 1
    with pytest.raises(SettingError, match="/shop/dev/orders/min-items"):
        settings.text("min-items")


@pytest.mark.parametrize("read", [Settings.integer, Settings.number, Settings.boolean, Settings.json])
def test_a_setting_of_another_type_is_an_error(ssm, read) -> None:
    with pytest.raises(SettingError, match="countries is not"):
        read(Settings(ssm, "/shop/dev/orders"), "countries")


def test_a_changed_setting_is_seen_after_the_max_age(ssm, ticks) -> None:
    settings = Settings(ssm, "/shop/dev/orders", max_age_seconds=60, monotonic=ticks)
    assert settings.integer("max-items") == 50
    ssm.put_parameter(Name="/shop/dev/orders/max-items", Value="51", Overwrite=True)
    assert settings.integer("max-items") == 50
    ticks.now = 61.0
    assert settings.integer("max-items") == 51


def test_a_group_of_the_environment_is_kept_for_as_long_as_it_is_asked(
    ssm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFIG_ORDERS_PATH", "/shop/dev/orders")
    settings = Settings.from_environment("orders", max_age_seconds=0)
    assert settings.integer("max-items") == 50
    ssm.put_parameter(Name="/shop/dev/orders/max-items", Value="51", Overwrite=True)
    assert settings.integer("max-items") == 51


def test_more_settings_than_a_page_holds_are_all_read(ssm) -> None:
    for number in range(25):
        ssm.put_parameter(Name=f"/shop/dev/many/s{number}", Value="x", Type="String")
    assert len(Settings(ssm, "/shop/dev/many").all()) == 25


def test_without_the_access_line_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONFIG_ORDERS_PATH", raising=False)
    with pytest.raises(MissingVariable, match=r"CONFIG_ORDERS_PATH.*config\.orders: read"):
        Settings.from_environment("orders")


def test_a_secret_is_kept_until_it_is_refreshed(aws: None) -> None:
    client = boto3.client("secretsmanager")
    arn = client.create_secret(Name="shop/dev/key", SecretString='{"user": "ada"}')["ARN"]
    secret = Secret(client, arn)
    assert secret.json() == {"user": "ada"}
    client.put_secret_value(SecretId=arn, SecretString="new")
    assert secret.text() == '{"user": "ada"}'
    secret.refresh()
    assert secret.text() == "new"


def test_a_secret_logs_each_version_that_it_takes_once_and_no_value(aws: None) -> None:
    lines: list[logging.LogRecord] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record)

    logger = observability("servicekit").logger
    logger.addHandler(keeper := Keeper())
    client = boto3.client("secretsmanager")
    made = client.create_secret(Name="shop/dev/key", SecretString="canary-1")
    secret = Secret(client, made["ARN"])
    versions = [made["VersionId"]]
    for value in (None, "canary-2"):
        if value:
            versions.append(client.put_secret_value(SecretId=made["ARN"], SecretString=value)["VersionId"])
        for _ in range(2):
            secret.refresh()
            secret.text()
    logger.removeHandler(keeper)
    assert [line.__dict__["secret_version"] for line in lines] == versions
    assert lines[0].__dict__["secret"].startswith("shop/dev/key")
    assert "canary" not in "".join(str(line.__dict__) for line in lines)
