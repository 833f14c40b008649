"""The life of the local AWS, on the real MiniStack; and what needs none."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from platform_cli.aws.clients import Clients
from platform_cli.errors import PlatformError
from platform_cli.local import events, ports, processes, server
from platform_cli.local.launching import server_variables
from platform_cli.local.saved import forget_unsaved_buckets, rewind_stream_positions
from platform_cli.local.server import LocalAws
from platform_cli.local.state import LocalFolder, ServerState, locked, read_state, write_state

BUSY_HANDLER = """
import time, pathlib
def handler(event, context):
    pathlib.Path(event["mark"]).write_text("here")
    time.sleep(600)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    """A folder with a space in its name, whose local AWS is gone afterwards whatever the test does."""
    root = tmp_path / "my shop"
    root.mkdir()
    yield root
    server.stop(root, grace_seconds=5)


def put(local: LocalAws, name: str, value: str) -> None:
    Clients(local.target).client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


def get(local: LocalAws, name: str) -> str:
    return str(Clients(local.target).client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def group(pid: int) -> list[int]:
    return [pid for pid, _ in processes.members(pid)]


# --- life ----------------------------------------------------------------------------------------


@pytest.mark.e2e
def test_start_twice_gives_the_same_and_state_survives_a_stop(workspace: Path, free_port: int) -> None:
    seen: list[events.LocalEvent] = []
    first = server.start(workspace, port=free_port, report=seen.append)
    assert isinstance(seen[-1], events.LocalAwsReady)
    assert server.start(workspace, report=seen.append) == first
    assert seen[-1] == events.LocalAwsReady(first.endpoint_url, already_running=True)
    status = server.status(workspace)
    assert (status.running, status.local, status.agent_running, status.died) == (True, first, True, False)
    put(first, "/kept", "yes")
    Clients(first.target).client("s3").create_bucket(Bucket="kept")
    Clients(first.target).client("s3").put_object(Bucket="kept", Key="a/b", Body=b"content")

    assert server.stop(workspace, report=seen.append) is True
    assert seen[-1] == events.LocalAwsStopped(forced=False)
    assert server.stop(workspace) is False
    status = server.status(workspace)
    assert (status.running, status.died, status.has_state) == (False, False, True)
    assert ports.is_free(first.port)
    assert ports.is_free(first.agent_port)

    again = server.start(workspace)
    assert (again.port, again.agent_port) == (first.port, first.agent_port)
    assert get(again, "/kept") == "yes"
    assert (
        Clients(again.target).client("s3").get_object(Bucket="kept", Key="a/b")["Body"].read() == b"content"
    )

    server.reset(workspace)
    assert [path.name for path in LocalFolder(workspace).path.iterdir()] == ["lock"]
    assert not server.status(workspace).has_state


@pytest.mark.e2e
def test_a_killed_server_is_noticed_and_started_with_its_last_saved_state(
    workspace: Path, free_port: int
) -> None:
    first = server.start(workspace, port=free_port)
    put(first, "/kept", "saved")
    server.stop(workspace)
    second = server.start(workspace)
    put(second, "/kept", "not saved")
    os.kill(second.pid, signal.SIGKILL)
    processes.wait_until(lambda: processes.command_line(second.pid) is None, 5)
    status = server.status(workspace)
    assert (status.running, status.died, status.local) == (False, True, None)
    seen: list[events.LocalEvent] = []
    third = server.start(workspace, report=seen.append)
    assert events.LocalAwsRecovered(second.pid, 0) in seen
    assert (third.port, get(third, "/kept")) == (free_port, "saved")
    assert server.status(workspace).agent_running


@pytest.mark.e2e
def test_a_dead_agent_is_started_again(workspace: Path, free_port: int) -> None:
    first = server.start(workspace, port=free_port)
    state = read_state(LocalFolder(workspace))
    assert state is not None
    assert state.agent_pid is not None
    os.kill(state.agent_pid, signal.SIGKILL)
    processes.wait_until(lambda: processes.command_line(state.agent_pid or 0) is None, 5)
    assert not server.status(workspace).agent_running
    assert server.start(workspace).pid == first.pid
    assert server.status(workspace).agent_running


@pytest.mark.e2e
def test_two_starts_at_once_start_one(workspace: Path, free_port: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: server.start(workspace, port=free_port), range(2))
    assert first == second


@pytest.mark.e2e
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_no_worker_outlives_its_server(
    how: str, workspace: Path, free_port: int, tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    local = server.start(workspace, port=free_port)
    call_that_takes_long(local, tmp_path)
    eventually((tmp_path / "mark").exists)
    members = group(local.pid)
    assert len(members) > 1, "there is no worker"
    if how == "kill":
        os.kill(local.pid, signal.SIGKILL)
        processes.wait_until(lambda: processes.command_line(local.pid) is None, 5)
        assert group(local.pid), "the worker ended by itself"
        seen: list[events.LocalEvent] = []
        server.start(workspace, report=seen.append)
        assert events.LocalAwsRecovered(local.pid, len(members) - 1) in seen
    server.stop(workspace, grace_seconds=10)
    assert group(local.pid) == []
    assert not LocalFolder(workspace).temporary.exists()


def call_that_takes_long(local: LocalAws, folder: Path) -> None:
    import io
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("busy.py", BUSY_HANDLER)
    clients = Clients(local.target)
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "*"}]
    }
    clients.client("iam").create_role(RoleName="busy", AssumeRolePolicyDocument=json.dumps(trust))
    clients.client("lambda").create_function(
        FunctionName="busy",
        Runtime="python3.13",
        Handler="busy.handler",
        Role="arn:aws:iam::000000000000:role/busy",
        Timeout=900,
        Code={"ZipFile": content.getvalue()},
    )
    payload = json.dumps({"mark": str(folder / "mark")})
    clients.client("lambda").invoke(FunctionName="busy", InvocationType="Event", Payload=payload)


@pytest.mark.e2e
def test_a_server_outlives_the_process_that_started_it(workspace: Path, free_port: int) -> None:
    code = (
        "import sys; from pathlib import Path; from platform_cli.local import server; "
        "print(server.start(Path(sys.argv[1]), port=int(sys.argv[2])).pid)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(workspace), str(free_port)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    status = server.status(workspace)
    assert status.local is not None
    assert (status.running, status.local.pid) == (True, int(answer.stdout))


# --- ports ---------------------------------------------------------------------------------------


@pytest.fixture
def taken_port(free_port: int) -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        yield free_port


def test_a_port_in_use_is_an_error_that_names_who_has_it(workspace: Path, taken_port: int) -> None:
    with pytest.raises(PlatformError) as raised:
        server.start(workspace, port=taken_port)
    assert raised.value.code == "port-in-use"
    assert raised.value.hint is not None
    assert f"port {taken_port} is in use" in raised.value.message
    assert f"(pid {os.getpid()})" in raised.value.message
    assert not server.status(workspace).running


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_a_usage_error(port: int, workspace: Path) -> None:
    with pytest.raises(PlatformError) as raised:
        server.start(workspace, port=port)
    assert (raised.value.code, raised.value.exit_code) == ("invalid-port", 2)


@pytest.mark.e2e
def test_another_workspace_takes_the_next_free_port_and_says_so(workspace: Path, taken_port: int) -> None:
    folder = LocalFolder(workspace)
    write_state(folder, state(pid=None, port=taken_port))
    seen: list[events.LocalEvent] = []
    local = server.start(workspace, report=seen.append)
    (moved,) = (event for event in seen if isinstance(event, events.PortTaken))
    assert (moved.port, moved.chosen) == (taken_port, local.port)
    assert local.port != taken_port
    with pytest.raises(PlatformError) as raised:
        server.start(workspace, port=taken_port)
    assert raised.value.code == "local-aws-running"


# --- without a server ----------------------------------------------------------------------------


def state(pid: int | None, port: int = 4566, token: str = "0123456789abcdef") -> ServerState:
    return ServerState(token, pid, port, None, port + 1, "other-version", "3.13.1", 1.0)


def test_nothing_to_stop_or_to_reset_is_fine_and_leaves_no_folder(tmp_path: Path) -> None:
    assert server.stop(tmp_path) is False
    server.reset(tmp_path)
    assert not server.status(tmp_path).running
    assert list(tmp_path.iterdir()) == []


def test_a_process_with_a_recycled_number_is_neither_taken_for_ours_nor_ended(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        write_state(LocalFolder(tmp_path), state(pid=other.pid))
        status = server.status(tmp_path)
        assert (status.running, status.died, status.local) == (False, True, None)
        assert server.stop(tmp_path) is False
        server.reset(tmp_path)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format": 2}', '{"format": 1}']
    + [
        json.dumps({"format": 1, **vars(state(pid=pid))})  # type: ignore[arg-type]
        for pid in (-1, 0, 1, "12")
    ],
)
def test_a_state_that_makes_no_sense_is_no_state(text: str, tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)
    folder.path.mkdir(parents=True)
    folder.state_file.write_text(text)
    assert read_state(folder) is None
    assert server.stop(tmp_path) is False


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_state(LocalFolder(tmp_path), state(pid=123))
    assert read_state(LocalFolder(tmp_path)) == state(pid=123)


def test_a_lock_that_is_held_is_an_error_in_the_end(tmp_path: Path) -> None:
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(tmp_path / "lock", "trying"):
            inside.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        inside.wait(10)
        with pytest.raises(PlatformError) as raised, locked(tmp_path / "lock", "trying", 0.2):
            pass
        assert raised.value.code == "local-aws-busy"
    finally:
        done.set()
        holder.join()
    with locked(tmp_path / "lock", "trying", 0.2):
        pass


def test_the_server_sees_nothing_of_the_users_environment(tmp_path: Path) -> None:
    variables = server_variables(
        LocalFolder(tmp_path),
        4566,
        {
            "PATH": "/bin",
            "HOME": "/home/u",
            "AWS_PROFILE": "prod",
            "AWS_ACCESS_KEY_ID": "AKIA",
            "VIRTUAL_ENV": "/venv",
            "PYTHONPATH": "/lib",
            "PLATFORM_ENV": "prod",
            "HTTPS_PROXY": "http://proxy",
        },
        4567,
    )
    assert {"PATH", "HOME", "HTTPS_PROXY"} <= variables.keys()
    assert (
        not {"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "VIRTUAL_ENV", "PYTHONPATH", "PLATFORM_ENV"}
        & variables.keys()
    )
    assert (variables["BIND_HOST"], variables["AUTH"]) == ("127.0.0.1", "true")
    assert "127.0.0.1" in variables["NO_PROXY"]
    assert variables["AWS_XRAY_DAEMON_ADDRESS"] == "127.0.0.1:4567"


def test_saved_stream_positions_are_rewound_and_nothing_else(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)
    folder.saved.mkdir(parents=True)
    scope = "000000000000\0us-east-1\0'mapping'"
    positions = {"__account_region_scoped__": True, "data": {scope: 57}}
    payload = {"functions": {"a": 1}, "kinesis_positions": {"data": {"k": 2}}}
    saved = {"__ministack_format__": 2, "payload": {**payload, "dynamodb_stream_positions": positions}}
    (folder.saved / "lambda.json").write_text(json.dumps(saved))
    rewind_stream_positions(folder)
    after = json.loads((folder.saved / "lambda.json").read_text())["payload"]
    assert after.pop("dynamodb_stream_positions") == {**positions, "data": {scope: 0}}
    assert after == payload


@pytest.mark.parametrize("text", ["{", "[]", '{"payload": null}', "{}"])
def test_saved_state_that_cannot_be_read_is_left_alone(text: str, tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)
    folder.saved.mkdir(parents=True)
    (folder.saved / "lambda.json").write_text(text)
    rewind_stream_positions(folder)
    assert (folder.saved / "lambda.json").read_text() == text


@pytest.mark.parametrize("saved", [["kept"], [], None])
def test_objects_of_buckets_that_were_not_saved_are_forgotten(
    saved: list[str] | None, tmp_path: Path
) -> None:
    folder = LocalFolder(tmp_path)
    places = ("000000000000", ".versions/000000000000")
    for place in places:
        for bucket in ("kept", "lost"):
            (folder.objects / place / bucket).mkdir(parents=True)
            (folder.objects / place / bucket / "object").touch()
    if saved is not None:
        data = {f"000000000000\0{name!r}": {} for name in saved}
        folder.saved.mkdir()
        (folder.saved / "s3.json").write_text(json.dumps({"payload": {"buckets_meta": {"data": data}}}))
    forget_unsaved_buckets(folder)
    for place in places:
        assert [path.name for path in (folder.objects / place).iterdir()] == (saved or [])
