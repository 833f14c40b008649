"""A new service: in the blueprint and on disk, or in neither."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import pytest

from platform_cli.blueprint.findings import BlueprintInvalid
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.scaffold.answers import read_record
from platform_cli.scaffold.catalog import TEMPLATE_VERSION, service_kinds
from platform_cli.scaffold.services import create_service, plan_service


def service_of(workspace, name: str):
    """The service in the first environment, resolved, and all that the blueprint declares."""
    environment = resolve(inspect_blueprint(workspace.blueprint), None)
    return environment.services[name], environment


@pytest.mark.parametrize("kind", service_kinds())
def test_a_service_changes_no_line_of_the_blueprint_and_only_adds(workspace, kind: str) -> None:
    before = workspace.blueprint.read_text(encoding="utf-8").splitlines()

    workspace.make("orders", kind)

    after = workspace.blueprint.read_text(encoding="utf-8").splitlines()
    changes = [line for line in difflib.ndiff(before, after) if not line.startswith("  ")]
    assert changes
    assert all(line.startswith("+ ") for line in changes), changes


@pytest.mark.parametrize("kind", service_kinds())
def test_a_service_leaves_the_blueprint_without_a_new_finding(workspace, kind: str) -> None:
    known = {finding.message for finding in inspect_blueprint(workspace.blueprint).findings}

    workspace.make("orders", kind)

    findings = {finding.message for finding in inspect_blueprint(workspace.blueprint).findings}
    assert findings - known == set()


def test_an_api_declares_an_http_api_and_a_table_of_its_own(workspace) -> None:
    workspace.make("orders", "api")

    service, environment = service_of(workspace, "orders")
    assert service.path == "services/orders"
    assert environment.apis["public"].kind == "http"
    assert environment.tables["orders"].partition_key.name == "id"
    assert {
        name: (
            function.handler,
            [f"{route.api}: {route.method} {route.path}" for route in function.routes],
            [f"{access.kind}.{access.name}: {access.verb}" for access in function.access],
        )
        for name, function in service.functions.items()
    } == {
        "create": (
            "orders.handlers.create_item.handler",
            ["public: POST /orders"],
            ["tables.orders: write"],
        ),
        "get": (
            "orders.handlers.get_item.handler",
            ["public: GET /orders/{id}"],
            ["tables.orders: read"],
        ),
    }


def test_a_second_api_service_takes_the_api_that_is_there(workspace) -> None:
    workspace.make("orders", "api", api="shopfront")
    workspace.make("carts", "api", route="/v1/carts")

    service, environment = service_of(workspace, "carts")
    assert set(environment.apis) == {"shopfront"}
    assert [route.path for f in service.functions.values() for route in f.routes] == [
        "/v1/carts",
        "/v1/carts/{id}",
    ]


def test_routes_name_their_api_where_there_are_several(workspace) -> None:
    text = workspace.blueprint.read_text(encoding="utf-8")
    workspace.blueprint.write_text(f"{text}apis:\n  public: {{}}\n  partner: {{}}\n", encoding="utf-8")

    workspace.make("orders", "api", api="partner")

    service, _ = service_of(workspace, "orders")
    assert {route.api for f in service.functions.values() for route in f.routes} == {"partner"}


def test_a_new_api_is_guarded_by_the_identity_that_there_is(workspace) -> None:
    text = workspace.blueprint.read_text(encoding="utf-8")
    workspace.blueprint.write_text(f"{text}identity:\n  users: {{ sign_in: email }}\n", encoding="utf-8")

    workspace.make("orders", "api")

    service, _ = service_of(workspace, "orders")
    assert {route.authorizer for f in service.functions.values() for route in f.routes} == {"users"}


def test_a_worker_has_a_queue_with_a_dead_letter_queue(workspace) -> None:
    workspace.make("letters", "worker")

    service, environment = service_of(workspace, "letters")
    (trigger,) = service.functions["process"].triggers
    assert (trigger.kind, trigger.queue, trigger.batch_size) == ("queue", "letters", 10)
    assert environment.queues["letters"].dead_letter.max_receives == 3


def test_a_stream_service_declares_the_stream_that_it_follows(workspace) -> None:
    workspace.make("clicks", "stream")

    service, environment = service_of(workspace, "clicks")
    (trigger,) = service.functions["follow"].triggers
    assert (trigger.kind, trigger.source) == ("stream", "clicks")
    assert environment.streams["clicks"].retention_hours == 24


def test_a_stream_service_switches_on_the_stream_of_a_table(workspace) -> None:
    workspace.make("changes", "stream", follow="tables.plain")

    service, environment = service_of(workspace, "changes")
    (trigger,) = service.functions["follow"].triggers
    assert (trigger.kind, trigger.source) == ("table_stream", "plain")
    assert environment.tables["plain"].stream == "new_and_old_images"


@pytest.mark.parametrize(
    ("kind", "function", "answers"),
    [
        ("stream", "follow", {}),
        ("stream", "follow", {"follow": "tables.plain"}),
        ("analytics", "measure", {}),
    ],
)
def test_somebody_is_told_of_records_that_a_new_service_gives_up(
    workspace, kind: str, function: str, answers: dict[str, str]
) -> None:
    workspace.make("clicks", kind, **answers)

    service, environment = service_of(workspace, "clicks")
    (trigger,) = service.functions[function].triggers
    assert trigger.on_failure == "lost"
    lost = environment.queues["lost"]
    assert (lost.retention_days, lost.dead_letter, lost.fifo) == (14, None, False)


def test_services_of_a_system_share_the_queue_of_what_was_given_up(workspace) -> None:
    workspace.make("clicks", "stream")
    before = set(service_of(workspace, "clicks")[1].queues)
    workspace.make("sales", "analytics")

    service, environment = service_of(workspace, "sales")
    assert service.functions["measure"].triggers[0].on_failure == "lost"
    assert set(environment.queues) == before


def test_a_queue_of_that_name_with_a_function_of_its_own_is_left_alone(workspace) -> None:
    workspace.make("letters", "worker", queue="lost")
    workspace.make("clicks", "stream")

    service, environment = service_of(workspace, "clicks")
    assert service.functions["follow"].triggers[0].on_failure == "clicks-lost"
    assert environment.queues["clicks-lost"].dead_letter is None


def test_an_analytics_service_measures_in_windows_of_five_minutes_and_reports(workspace) -> None:
    workspace.make("sales", "analytics")

    service, environment = service_of(workspace, "sales")
    measure, report = service.functions["measure"], service.functions["report"]
    (trigger,) = measure.triggers
    assert (trigger.kind, trigger.source, trigger.tumbling_window_seconds) == ("stream", "sales", 300)
    assert trigger.starting_position == "trim_horizon"
    assert [f"{a.kind}.{a.name}: {a.verb}" for a in measure.access] == ["tables.sales: read_write"]
    assert [f"{route.method} {route.path}" for route in report.routes] == ["GET /sales"]
    assert [f"{a.kind}.{a.name}: {a.verb}" for a in report.access] == ["tables.sales: read"]
    assert "sales" in environment.streams
    assert environment.tables["sales"].ttl == "expires_at"


def test_an_analytics_service_measures_a_stream_that_is_there(workspace) -> None:
    workspace.make("clicks", "stream")
    declared = set(service_of(workspace, "clicks")[1].streams)

    workspace.make("sales", "analytics", follow="streams.clicks")

    service, environment = service_of(workspace, "sales")
    assert service.functions["measure"].triggers[0].source == "clicks"
    assert set(environment.streams) == declared


def test_windows_expire_by_the_attribute_of_the_table_that_keeps_them(workspace) -> None:
    text = workspace.blueprint.read_text(encoding="utf-8")
    old, new = "plain: { partition_key: id }", "plain: { partition_key: id, ttl: gone_at }"
    workspace.blueprint.write_text(text.replace(old, new), encoding="utf-8")

    workspace.make("sales", "analytics", table="plain")

    data = workspace.root / "services/sales/src/sales/data/windows.py"
    assert 'EXPIRES = "gone_at"\n' in data.read_text(encoding="utf-8")


def test_a_job_runs_by_its_schedule(workspace) -> None:
    workspace.make("nightly", "schedule", schedule="cron(0 3 * * ? *)")

    service, _ = service_of(workspace, "nightly")
    (trigger,) = service.functions["run"].triggers
    assert (trigger.kind, trigger.schedule) == ("schedule", "cron(0 3 * * ? *)")


def test_records_in_a_table_of_others_are_kept_apart(workspace) -> None:
    workspace.make("order-history", "api", table="main")

    keys = workspace.root / "services/order-history/src/order_history/data/keys.py"
    text = keys.read_text(encoding="utf-8")
    assert 'PREFIX: Final = "ORDER_HISTORY#"' in text
    assert '{"PK": PREFIX + record_id, "SK": "DETAILS"}' in text
    assert "order-history" not in service_of(workspace, "order-history")[1].tables


def test_the_record_holds_the_template_its_version_and_every_answer(workspace) -> None:
    workspace.make("letters", "worker", description='Sends "letters"', table="main")

    record = read_record(workspace.root / "services" / "letters")

    assert (record.template, record.version) == ("worker", TEMPLATE_VERSION)
    assert record.answers == {
        "name": "letters",
        "description": 'Sends "letters"',
        "queue": "letters",
        "table": "main",
        "partition_key": "PK",
        "sort_key": "SK",
        "shared_table": True,
    }


@pytest.mark.parametrize("content", ["", "name: [", "_template: api\n", '_template: "api"\n- x\n'])
def test_a_broken_record_is_no_traceback(tmp_path: Path, content: str) -> None:
    (tmp_path / ".copier-answers.yml").write_text(content, encoding="utf-8")

    with pytest.raises(PlatformError, match="is not what `platform new-service` wrote"):
        read_record(tmp_path)


def test_a_plan_leaves_nothing_on_disk_and_is_what_is_done(workspace) -> None:
    before = workspace.snapshot()

    plan = plan_service(workspace.root, workspace.blueprint, "orders", "api")

    assert workspace.snapshot() == before
    assert "+  orders:" in plan.difference.splitlines()
    create_service(plan)
    assert workspace.blueprint.read_bytes() == plan.after
    assert {path: path.read_bytes() for path in plan.paths} == {
        plan.folder / path: content for path, content in plan.files.items()
    }


# --- refusals leave everything as it was -----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "template", "answers", "message", "hint"),
    [
        ("types", "api", {}, "standard library", "types-service"),
        ("orders", "apis", {}, 'there is no template "apis"', 'did you mean "api"?'),
        ("users", "api", {}, 'has a service "users" already', "choose another name"),
        ("x" * 60, "api", {}, "Lambda allows 64", "at most"),
        ("orders", "api", {"tabel": "main"}, '"tabel" is not asked here', 'did you mean "table"?'),
        ("orders", "api", {"queue": "mail"}, '"queue" is not asked here', ""),
        ("orders", "api", {"route": "orders"}, '--route cannot be "orders"', "such as /orders"),
        ("orders", "api", {"route": "/orders/{id}"}, "--route cannot be", "path without parameters"),
        ("orders", "api", {"api": "Public API"}, "--api cannot be", "letters, digits and hyphens"),
        ("orders", "api", {"table": "counted"}, "--table cannot be", '"number" is no string'),
        ("orders", "api", {"table": "named"}, "--table cannot be", '"name" is taken by the template'),
        ("orders", "api", {"description": "two\nlines"}, "--description cannot be", "one line"),
        ("orders", "worker", {"queue": ""}, '--queue cannot be ""', "one line"),
        ("orders", "stream", {"follow": "main"}, "--follow cannot be", "tables.main"),
        ("orders", "stream", {"follow": "tables.other"}, "--follow cannot be", "tables.main"),
        ("orders", "stream", {"follow": "tables.main", "table": "main"}, "--table cannot be", "own writes"),
        ("orders", "analytics", {"follow": "tables.main"}, "--follow cannot be", "streams.NAME"),
        ("orders", "analytics", {"follow": "streams."}, "--follow cannot be", "streams.NAME"),
        ("orders", "analytics", {"follow": "streams.My Own"}, "--follow cannot be", "hyphens"),
        ("orders", "analytics", {"route": "orders"}, '--route cannot be "orders"', "such as /orders"),
        ("orders", "analytics", {"table": "counted"}, "--table cannot be", '"number" is no string'),
        ("orders", "schedule", {"schedule": "daily"}, "orders does not fit into the blueprint", ""),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    workspace, name: str, template: str, answers: dict[str, str], message: str, hint: str
) -> None:
    before = workspace.snapshot()

    with pytest.raises(PlatformError, match=message) as caught:
        workspace.make(name, template, **answers)

    assert caught.value.exit_code is ExitCode.USAGE
    assert hint in (caught.value.hint or "")
    assert workspace.snapshot() == before


def test_a_folder_with_something_in_it_is_refused(workspace) -> None:
    mine = workspace.root / "services" / "orders" / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    before = workspace.snapshot()

    with pytest.raises(PlatformError, match="exists already and is not empty") as caught:
        workspace.make("orders", "api")

    assert caught.value.code == "service-exists"
    assert workspace.snapshot() == before


def test_an_empty_folder_is_filled(workspace) -> None:
    (workspace.root / "services" / "orders").mkdir(parents=True)

    assert "pyproject.toml" in workspace.make("orders", "api")


def test_an_invalid_blueprint_is_refused_before_anything_is_written(workspace) -> None:
    text = workspace.blueprint.read_text(encoding="utf-8")
    workspace.blueprint.write_text(text.replace("tables.main:", "tables.mian:"), encoding="utf-8")
    before = workspace.snapshot()

    with pytest.raises(BlueprintInvalid, match="mian"):
        workspace.make("orders", "api")

    assert workspace.snapshot() == before


def test_a_route_that_another_function_serves_is_refused(workspace) -> None:
    workspace.make("orders", "api", route="/things")
    before = workspace.snapshot()

    with pytest.raises(PlatformError, match="carts does not fit into the blueprint"):
        workspace.make("carts", "api", route="/things")

    assert workspace.snapshot() == before


def test_a_blueprint_that_changed_since_the_plan_is_not_overwritten(workspace) -> None:
    plan = plan_service(workspace.root, workspace.blueprint, "orders", "api")
    with workspace.blueprint.open("a", encoding="utf-8") as blueprint:
        blueprint.write("# mine\n")
    before = workspace.snapshot()

    with pytest.raises(PlatformError, match="changed in the meantime"):
        create_service(plan)

    assert workspace.snapshot() == before


def test_what_goes_wrong_with_the_blueprint_takes_the_folder_back(workspace) -> None:
    plan = plan_service(workspace.root, workspace.blueprint, "orders", "api")
    before = workspace.snapshot()

    with pytest.raises(UnicodeDecodeError):
        create_service(replace(plan, after=b"\xff"))

    assert workspace.snapshot() == before


def test_a_blueprint_that_is_gone_is_no_traceback(workspace) -> None:
    plan = plan_service(workspace.root, workspace.blueprint, "orders", "api")
    workspace.blueprint.unlink()

    with pytest.raises(PlatformError, match=r"blueprint\.yaml"):
        create_service(plan)

    assert workspace.snapshot() == {}


def test_a_file_in_the_place_of_a_folder_is_no_traceback(workspace) -> None:
    (workspace.root / "services").write_text("mine")
    before = workspace.snapshot()

    with pytest.raises(PlatformError, match="cannot be written"):
        workspace.make("orders", "api")

    assert workspace.snapshot() == before
