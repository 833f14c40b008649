"""Settings on a Parameter Store in memory: types, drift, changes, versions, exports."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.nodes import plain_data
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSetting
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import PlatformError
from platform_cli.operate.settings.changes import execute_changes, plan_push, plan_rollback, plan_set
from platform_cli.operate.settings.drift import find_differences, find_drift
from platform_cli.operate.settings.exporting import environment_variables, export_settings
from platform_cli.operate.settings.pulling import execute_pull, plan_pull
from platform_cli.operate.settings.store import (
    StoredSetting,
    find_setting,
    read_setting,
    read_settings,
    read_versions,
    write_setting,
)
from platform_cli.operate.settings.values import same, typed, value_problem

CANARY = "canary-4711-value"
BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments:
  local: { target: local }
  dev: { account: "111111111111", region: eu-west-1 }
config:
  orders:
    max-items: 50            # a basket
    open: true
    regions: [DE, AT]
    tariff: { value: { small: 490 }, type: json }
    token: { value: change-me, secure: true }
"""


@pytest.fixture
def clients() -> Iterator[Clients]:
    with mock_aws():
        yield Clients(Target("123456789012", "eu-west-1"))


@pytest.fixture
def blueprint(tmp_path: Path) -> Path:
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT)
    return path


@pytest.fixture
def shop(blueprint: Path) -> ResolvedEnvironment:
    return resolve(inspect_blueprint(blueprint), "dev")


@pytest.fixture
def stored(shop: ResolvedEnvironment, clients: Clients) -> Callable[[], dict[str, StoredSetting]]:
    """Everything of the blueprint is stored; gives what there is, secure values shown."""
    for setting in shop.settings:
        write_setting(setting, setting.value, clients)
    return lambda: {s.key: s for s in read_settings(shop, clients, reveal=True)}


def setting_of(shop: ResolvedEnvironment, key: str) -> ResolvedSetting:
    return find_setting(shop, f"orders/{key}")


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "-12", -12),
        ("number", "1.5e3", 1500.0),
        ("boolean", "true", True),
        ("list", "a,b", ["a", "b"]),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("string", "12", "12"),
    ],
)
def test_a_value_reads_as_its_type(kind: str, text: str, value: object) -> None:
    assert value_problem(kind, text) is None
    assert typed(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1.0"),
        ("integer", "٣"),
        ("number", "nan"),
        ("number", "1e999"),
        ("json", '{"rate": NaN}'),
        ("boolean", "yes"),
        ("json", "{"),
        ("string", ""),
        ("string", "x" * 8193),
        ("string", "{{ssm:/other}}"),
    ],
)
def test_a_value_that_handlers_or_aws_would_refuse_is_a_problem(kind: str, text: str) -> None:
    assert value_problem(kind, text) is not None


def test_the_same_value_may_be_written_in_two_ways() -> None:
    assert same("json", '{"a":1,"b":2}', '{"b": 2, "a": 1}')
    assert same("number", "1.50", "1.5")
    assert not same("string", "1.50", "1.5")


# --- reading -------------------------------------------------------------------------------------


def test_secure_values_are_hidden_unless_they_are_asked_for(
    shop: ResolvedEnvironment, clients: Clients, stored: Callable[[], dict[str, StoredSetting]]
) -> None:
    hidden = {s.key: s for s in read_settings(shop, clients)}
    assert (hidden["token"].value, hidden["token"].secure, hidden["max-items"].value) == (None, True, "50")
    assert stored()["token"].value == "change-me"
    assert "change-me" not in repr(stored()["token"])
    token = setting_of(shop, "token")
    one = read_setting(token, clients)
    assert one is not None
    assert one.value is None
    assert [version.value for version in read_versions(token, clients)] == [None]


def test_a_value_that_should_be_encrypted_and_is_not_is_hidden_as_well(
    shop: ResolvedEnvironment, clients: Clients
) -> None:
    token = setting_of(shop, "token")
    clients.client("ssm").put_parameter(
        Name=token.parameter_name, Value=CANARY, Type="String", Overwrite=True
    )
    seen = read_settings(shop, clients)
    one = read_setting(token, clients)
    assert one is not None
    values = [one.value, *(s.value for s in seen if s.key == "token")]
    assert [*values, *(version.value for version in read_versions(token, clients))] == [None] * 3
    assert CANARY not in export_settings(seen, shop.settings, "env")
    assert [(d.address, d.kind, d.stored) for d in find_drift([token], seen) if d.kind != "undeclared"] == [
        ("orders/token", "encryption", None)
    ]


def test_the_tools_own_records_are_no_settings(shop: ResolvedEnvironment, clients: Clients) -> None:
    for name in ("/shop/dev/platform/history/flags", "/shop/dev/orders/extra", "/shop/development/a/b"):
        clients.client("ssm").put_parameter(Name=name, Value="x", Type="String")
    assert [s.address for s in read_settings(shop, clients)] == ["orders/extra"]


@pytest.mark.parametrize(
    "address",
    ["orders/max-items", "orders.max-items", "config.orders.max-items", "/shop/dev/orders/max-items"],
)
def test_a_setting_is_found_by_any_of_its_names(shop: ResolvedEnvironment, address: str) -> None:
    assert find_setting(shop, address).key == "max-items"


def test_an_unknown_setting_names_the_nearest(shop: ResolvedEnvironment) -> None:
    with pytest.raises(PlatformError) as caught:
        find_setting(shop, "orders/max-item")
    assert (caught.value.code, caught.value.hint) == ("unknown-setting", 'did you mean "orders/max-items"?')


# --- changing ------------------------------------------------------------------------------------


def test_a_value_is_set_and_keeps_its_history(
    shop: ResolvedEnvironment, clients: Clients, stored: Callable[[], dict[str, StoredSetting]]
) -> None:
    change = plan_set(setting_of(shop, "max-items"), "60", clients)
    assert change is not None
    assert change.words == "60 (was 50)"
    (written,) = execute_changes([change], clients)
    assert (written.version, written.between) == (2, ())
    assert stored()["max-items"].value == "60"
    assert plan_set(setting_of(shop, "max-items"), "60", clients) is None


def test_a_value_of_the_wrong_type_is_refused_and_a_secure_one_not_repeated(
    shop: ResolvedEnvironment, clients: Clients
) -> None:
    with pytest.raises(PlatformError) as caught:
        plan_set(setting_of(shop, "max-items"), "many", clients)
    assert (caught.value.code, '"many"' in caught.value.message) == ("invalid-setting", True)
    with pytest.raises(PlatformError) as caught:
        plan_set(setting_of(shop, "token"), CANARY * 1000, clients)
    assert CANARY not in caught.value.message


def test_somebody_elses_change_in_between_is_told(
    shop: ResolvedEnvironment, clients: Clients, stored: Callable[[], dict[str, StoredSetting]]
) -> None:
    setting = setting_of(shop, "max-items")
    change = plan_set(setting, "60", clients)
    write_setting(setting, "70", clients)
    assert change is not None
    assert execute_changes([change], clients)[0].between == (2,)
    assert [v.value for v in read_versions(setting, clients)] == ["60", "70", "50"]


def test_a_secure_setting_that_is_stored_plain_is_not_changed_behind_aws_back(
    shop: ResolvedEnvironment, clients: Clients
) -> None:
    # moto changes the type of a parameter; AWS refuses that (HierarchyTypeMismatchException).
    clients.client("ssm").put_parameter(Name="/shop/dev/orders/token", Value="x", Type="String")
    with pytest.raises(PlatformError) as caught:
        plan_set(setting_of(shop, "token"), CANARY, clients)
    assert caught.value.code == "encryption-fixed"


def test_the_value_of_a_secure_setting_is_not_in_what_aws_refused() -> None:
    class Refusing:
        target = Target("123456789012", "eu-west-1")

        def client(self, name: str) -> Refusing:
            return self

        def put_parameter(self, **request: Any) -> None:
            text = f"Value {request['Value']} failed a check"
            raise ClientError({"Error": {"Code": "ValidationException", "Message": text}}, "PutParameter")

    setting = ResolvedSetting(
        group="orders",
        key="token",
        parameter_name="/shop/dev/orders/token",
        value="x",
        type="string",
        secure=True,
    )
    with pytest.raises(PlatformError) as caught:
        write_setting(setting, CANARY, Refusing())  # type: ignore[arg-type]
    assert CANARY not in caught.value.message
    assert caught.value.__suppress_context__


def test_a_rollback_takes_the_last_other_value_or_a_version(
    shop: ResolvedEnvironment, clients: Clients, stored: Callable[[], dict[str, StoredSetting]]
) -> None:
    setting = setting_of(shop, "max-items")
    for value in ("60", "60", "70"):
        write_setting(setting, value, clients)
    execute_changes([plan_rollback(setting, None, clients)], clients)
    assert stored()["max-items"].value == "60"
    execute_changes([plan_rollback(setting, 1, clients)], clients)
    assert stored()["max-items"].value == "50"
    with pytest.raises(PlatformError) as caught:
        plan_rollback(setting, 99, clients)
    assert caught.value.code == "unknown-version"
    with pytest.raises(PlatformError) as caught:
        plan_rollback(setting_of(shop, "open"), None, clients)
    assert caught.value.code == "nothing-to-roll-back"


def test_a_rollback_of_a_secure_setting_says_no_value(
    shop: ResolvedEnvironment, clients: Clients, stored: Callable[[], dict[str, StoredSetting]]
) -> None:
    token = setting_of(shop, "token")
    write_setting(token, CANARY, clients)
    change = plan_rollback(token, None, clients)
    assert (change.words, change.value) == ("as in version 1", "change-me")
    assert CANARY not in repr(change)


# --- drift, push, pull ---------------------------------------------------------------------------


def test_drift_tells_what_is_otherwise_than_declared(
    shop: ResolvedEnvironment, clients: Clients, stored: Callable[[], dict[str, StoredSetting]]
) -> None:
    ssm = clients.client("ssm")
    write_setting(setting_of(shop, "max-items"), "60", clients)
    write_setting(setting_of(shop, "token"), CANARY, clients)
    ssm.put_parameter(Name="/shop/dev/orders/open", Value="maybe", Type="String", Overwrite=True)
    ssm.put_parameter(Name="/shop/dev/orders/tariff", Value='{ "small": 490 }', Type="String", Overwrite=True)
    ssm.put_parameter(Name="/shop/dev/orders/extra", Value="1", Type="String")
    ssm.delete_parameter(Name="/shop/dev/orders/regions")
    drift = find_drift(shop.settings, read_settings(shop, clients))
    assert [(d.address, d.kind) for d in drift] == [
        ("orders/extra", "undeclared"),
        ("orders/max-items", "value"),
        ("orders/open", "type"),
        ("orders/regions", "missing"),
    ]
    assert CANARY not in str([(d.declared, d.stored, d.remark) for d in drift])


def test_a_push_makes_the_store_as_declared_and_leaves_secure_values(
    shop: ResolvedEnvironment, clients: Clients, stored: Callable[[], dict[str, StoredSetting]]
) -> None:
    write_setting(setting_of(shop, "max-items"), "60", clients)
    write_setting(setting_of(shop, "token"), CANARY, clients)
    clients.client("ssm").delete_parameter(Name="/shop/dev/orders/open")

    def plan() -> Any:
        seen = read_settings(shop, clients)
        return plan_push(shop.settings, seen, find_drift(shop.settings, seen))

    execute_changes(plan(), clients)
    values = {key: setting.value for key, setting in stored().items()}
    assert (values["max-items"], values["open"], values["token"]) == ("50", "true", CANARY)
    assert plan() == ()


def test_a_pull_changes_values_alone_and_never_secure_ones(
    blueprint: Path,
    shop: ResolvedEnvironment,
    clients: Clients,
    stored: Callable[[], dict[str, StoredSetting]],
) -> None:
    write_setting(setting_of(shop, "max-items"), "60", clients)
    write_setting(setting_of(shop, "tariff"), '{"small": 500}', clients)
    write_setting(setting_of(shop, "token"), CANARY, clients)
    inspection = inspect_blueprint(blueprint)
    assert inspection.tree is not None
    written = plain_data(inspection.tree)["config"]
    drift = find_drift(shop.settings, read_settings(shop, clients, reveal=True))
    execute_pull(blueprint, plan_pull(shop, written, drift, everywhere=False))
    text = blueprint.read_text()
    assert "max-items: 50            # a basket" in text
    assert CANARY not in text
    again = inspect_blueprint(blueprint)
    assert find_drift(resolve(again, "dev").settings, read_settings(shop, clients)) == ()
    assert {s.key: s.value for s in resolve(again, "local").settings}["max-items"] == "50"


def test_a_pull_for_all_environments_changes_the_blueprints_own_value(
    blueprint: Path,
    shop: ResolvedEnvironment,
    clients: Clients,
    stored: Callable[[], dict[str, StoredSetting]],
) -> None:
    write_setting(setting_of(shop, "max-items"), "60", clients)
    drift = find_drift(shop.settings, read_settings(shop, clients))
    execute_pull(blueprint, plan_pull(shop, {"orders": {"max-items": 50}}, drift, everywhere=True))
    assert "max-items: 60            # a basket" in blueprint.read_text()


def test_two_environments_are_compared_without_secure_values() -> None:
    def stored(group: str, key: str, value: str | None, *, secure: bool = False) -> StoredSetting:
        return StoredSetting(f"/s/e/{group}/{key}", group, key, value, secure, 1, None)

    first = [stored("a", "x", "1"), stored("a", "y", "1"), stored("a", "s", CANARY, secure=True)]
    second = [stored("a", "x", "2"), stored("a", "s", "other", secure=True), stored("a", "z", "3")]
    found = [(d.address, d.first, d.second) for d in find_differences(first, second)]
    assert found == [("a/x", "1", "2"), ("a/y", "1", None), ("a/z", None, "3")]


# --- exports -------------------------------------------------------------------------------------


def test_exports_leave_hidden_values_out_and_keep_types(
    shop: ResolvedEnvironment, clients: Clients, stored: Callable[[], dict[str, StoredSetting]]
) -> None:
    hidden = read_settings(shop, clients)
    told = json.loads(export_settings(hidden, shop.settings, "json"))
    assert told == {
        "orders": {"max-items": 50, "open": True, "regions": ["DE", "AT"], "tariff": {"small": 490}}
    }
    assert "ORDERS_TOKEN=change-me" in export_settings(stored().values(), shop.settings, "env")
    assert export_settings(hidden, shop.settings, "tfvars") == (
        "orders_max_items = 50\n"
        "orders_open = true\n"
        'orders_regions = ["DE", "AT"]\n'
        'orders_tariff = { "small" = 490 }\n'
    )
    with pytest.raises(PlatformError) as caught:
        export_settings(hidden, shop.settings, "yaml")
    assert caught.value.code == "unknown-format"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20))
def test_a_shell_reads_back_what_was_exported(value: str) -> None:
    setting = StoredSetting("/s/e/a/b", "a", "b", value, False, 1, None)
    script = export_settings([setting], [], "env") + 'printf "%s" "$A_B"'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)
    assert done.stdout.decode() == value


def test_terraform_sees_no_template_in_a_value() -> None:
    setting = StoredSetting("/s/e/a/b", "a", "b", '${x} %{y} "z"', False, 1, None)
    assert export_settings([setting], [], "tfvars") == 'a_b = "$${x} %%{y} \\"z\\""\n'


def test_two_settings_of_one_variable_are_refused() -> None:
    def stored(group: str, key: str) -> StoredSetting:
        return StoredSetting(f"/s/e/{group}/{key}", group, key, "1", False, 1, None)

    both = [stored("a-b", "c"), stored("a", "b-c")]
    with pytest.raises(PlatformError, match="A_B_C"):
        export_settings(both, [], "tfvars")
    with pytest.raises(PlatformError) as caught:
        environment_variables(both)
    assert caught.value.code == "ambiguous-variable"
    assert "a-b/c and a/b-c" in caught.value.message
