"""Applications of Flink are packed the same everywhere, and their jar is what it was the first time."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedConnector, ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import PlatformError
from platform_cli.package.events import ConnectorRecorded, Event
from platform_cli.package.flink import main_of, package_analytics
from platform_cli.package.maven import LOCK, fetch_jar, read_lock

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { local: { target: local }, dev: { account: "111111111111", region: eu-west-1 } }
streams: { orders: {}, figures: {} }
analytics:
  volume:
    sql: sql
    from:
      orders:
        columns: { id: STRING, cents: BIGINT, at: BIGINT }
        event_time: at
        late_seconds: 90
    into: { figures: { columns: { at: TIMESTAMP_LTZ(3), cents: BIGINT }, partition_by: [at] } }
"""
SQL = """\
-- It's said; nothing here ends a statement.
SET 'table.exec.source.idle-timeout' = '5 s';
INSERT INTO figures
SELECT window_start, SUM(cents) FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(event_time), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
"""
JAR = b"a jar"
CONNECTOR = ResolvedConnector(group="org.example", artifact="kinesis", version="1.0", sha256=None)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A Maven repository on this machine: its folder, and the variables that name it."""
    folder = tmp_path / "maven"
    place = folder / "org" / "example" / "kinesis" / "1.0"
    place.mkdir(parents=True)
    (place / "kinesis-1.0.jar").write_bytes(JAR)
    (place / "kinesis-1.0.jar.sha1").write_text(hashlib.sha1(JAR, usedforsecurity=False).hexdigest())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield place, {"PLATFORM_MAVEN_URL": f"http://127.0.0.1:{server.server_port}/"}
    server.shutdown()
    server.server_close()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "a shop"
    (root / "sql").mkdir(parents=True)
    (root / "blueprint.yaml").write_text(BLUEPRINT)
    (root / "sql" / "volume.sql").write_text(SQL)
    return root


def environment(workspace: Path, name: str) -> ResolvedEnvironment:
    return resolve(inspect_blueprint(workspace / "blueprint.yaml"), name)


def description(workspace: Path) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(
        compile(main_of(environment(workspace, "dev").analytics["volume"], workspace), "main.py", "exec"),
        names,
    )
    found = names["APPLICATION"]
    assert isinstance(found, dict)
    return found


def test_the_first_download_is_recorded_and_the_second_needs_no_repository(
    repository: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    events: list[Event] = []
    jar = fetch_jar(CONNECTOR, tmp_path, tmp_path / "cache", events.append, repository[1])
    assert jar.read_bytes() == JAR
    assert read_lock(tmp_path) == {"org.example:kinesis:1.0": hashlib.sha256(JAR).hexdigest()}
    assert ConnectorRecorded("org.example:kinesis:1.0", LOCK) in events
    nowhere = {"PLATFORM_MAVEN_URL": "http://127.0.0.1:9"}
    assert fetch_jar(CONNECTOR, tmp_path, tmp_path / "cache", variables=nowhere) == jar


def test_a_jar_that_changed_since_is_refused_and_not_kept(
    repository: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    fetch_jar(CONNECTOR, tmp_path, tmp_path / "one", variables=repository[1])
    (repository[0] / "kinesis-1.0.jar").write_bytes(b"another")
    with pytest.raises(PlatformError) as error:
        fetch_jar(CONNECTOR, tmp_path, tmp_path / "two", variables=repository[1])
    assert error.value.code == "connector-changed"
    assert not list((tmp_path / "two").rglob("*.jar"))


def test_the_checksum_of_the_blueprint_goes_before_what_was_recorded(
    repository: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    fetch_jar(CONNECTOR, tmp_path, tmp_path / "cache", variables=repository[1])
    said = CONNECTOR.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(PlatformError, match="than the blueprint says"):
        fetch_jar(said, tmp_path, tmp_path / "cache", variables=repository[1])


def test_what_did_not_arrive_whole_is_not_recorded(
    repository: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    (repository[0] / "kinesis-1.0.jar").write_bytes(JAR[:3])
    with pytest.raises(PlatformError, match="did not arrive"):
        fetch_jar(CONNECTOR, tmp_path, tmp_path / "cache", variables=repository[1])
    assert read_lock(tmp_path) == {}


@pytest.mark.parametrize(
    ("version", "code"), [("2.0", "unknown-connector"), ("1.0", "connector-unreachable")]
)
def test_a_jar_that_cannot_be_had_says_why_without_a_password(
    version: str, code: str, repository: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    variables = (
        repository[1] if code == "unknown-connector" else {"PLATFORM_MAVEN_URL": "http://me:pw@127.0.0.1:9"}
    )
    wanted = CONNECTOR.model_copy(update={"version": version})
    with pytest.raises(PlatformError) as error:
        fetch_jar(wanted, tmp_path, tmp_path / "cache", variables=variables)
    assert error.value.code == code
    assert "pw" not in error.value.message


def test_a_lock_that_nobody_wrote_so_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("# head\norg.example:kinesis:1.0\n")
    with pytest.raises(PlatformError, match="line 2"):
        read_lock(tmp_path)


def test_the_program_holds_tables_with_their_time_and_the_statements(workspace: Path) -> None:
    found = description(workspace)
    orders, figures = found["tables"]  # type: ignore[misc]
    assert orders["columns"] == [
        "`id` STRING",
        "`cents` BIGINT",
        "`at` BIGINT",
        "`event_time` AS TO_TIMESTAMP_LTZ(`at`, 3)",
        "WATERMARK FOR `event_time` AS `event_time` - INTERVAL '0 00:01:30' DAY TO SECOND",
    ]
    assert figures["partition_by"] == ["at"]
    kinds = [statement["kind"] for statement in found["statements"]]  # type: ignore[attr-defined]
    assert kinds == ["setting", "insert"]


def test_two_packages_of_one_application_are_the_same_to_the_byte_and_have_the_jar(
    workspace: Path, tmp_path: Path
) -> None:
    local = environment(workspace, "local")
    one, two = (package_analytics(local, workspace, tmp_path / name)["volume"] for name in ("a", "b"))
    assert one.sha256 == two.sha256
    assert zipfile.ZipFile(one.path).namelist() == ["main.py"], (
        "the local AWS runs no Flink, and needs no jar"
    )


def test_sql_that_is_not_there_is_told_before_anything_is_fetched(workspace: Path, tmp_path: Path) -> None:
    wanted = environment(workspace, "dev")
    (workspace / "sql" / "volume.sql").unlink()
    with pytest.raises(PlatformError) as error:
        package_analytics(wanted, workspace, tmp_path / "cache")
    assert error.value.code == "missing-sql"
