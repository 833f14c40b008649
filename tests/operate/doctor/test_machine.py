"""The checks of the machine."""

import socket
from datetime import UTC, datetime, timedelta

import pytest

from platform_cli.operate.checks.machine_disk import check_disk
from platform_cli.operate.checks.machine_ports import check_ports
from platform_cli.operate.checks.machine_programs import check_python
from platform_cli.operate.doctor.model import Verdict


@pytest.mark.parametrize(
    ("version", "today", "verdict"),
    [
        ((3, 13, 1), datetime(2026, 11, 21, tzinfo=UTC), Verdict.OK),
        ((3, 11, 7), datetime(2027, 6, 1, tzinfo=UTC), Verdict.WARNING),
        ((3, 11, 7), datetime(2028, 6, 1, tzinfo=UTC), Verdict.WARNING),
        ((3, 99, 0), datetime(2028, 6, 1, tzinfo=UTC), Verdict.OK),
    ],
)
def test_python_is_judged_by_the_end_of_its_updates(doctor, version, today, verdict):
    result = check_python(doctor(clock=lambda: today).context, version)

    assert result.verdict is verdict
    assert result.summary.startswith("Python " + ".".join(map(str, version)))


@pytest.mark.parametrize(
    ("answer", "verdict"), [((0, "uv 0.9.1"), Verdict.OK), ((1, "no such file"), Verdict.FAILURE)]
)
def test_uv_is_started(doctor, answer, verdict):
    result = doctor(run=lambda command: answer).says("uv")

    assert result.verdict is verdict
    assert answer[1] in (result.summary, *result.evidence)


@pytest.mark.parametrize(
    ("answer", "later", "verdict"),
    [
        ((0, "v24.19.0\n"), 0, Verdict.OK),
        ((0, "v24.19.0\n"), 400, Verdict.WARNING),  # installed long ago
        ((0, "v20.1.0\n"), 0, Verdict.WARNING),  # its line has ended
        ((126, "exec format error"), 0, Verdict.FAILURE),
    ],
)
def test_node_is_started_and_its_age_told(doctor, answer, later, verdict):
    clock = lambda: datetime.now(UTC) + timedelta(days=later)  # noqa: E731
    result = doctor(run=lambda command: answer, clock=clock).says("node")

    assert result.verdict is verdict
    assert bool(result.mend) is (verdict is not Verdict.OK)


def test_the_programs_that_came_with_the_tool_do_start(doctor):
    assert doctor().says("uv").verdict is Verdict.OK
    assert doctor().says("node").verdict in (Verdict.OK, Verdict.WARNING)


@pytest.mark.parametrize(
    ("gibibytes", "verdict"), [(80, Verdict.OK), (2, Verdict.WARNING), (0.2, Verdict.FAILURE)]
)
def test_room_on_the_disk(doctor, gibibytes, verdict):
    result = check_disk(doctor().context, lambda path: int(gibibytes * 1024**3))

    assert result.verdict is verdict
    assert len(result.evidence) == 2


@pytest.mark.parametrize(
    ("off", "verdict"),
    [(2, Verdict.OK), (-90, Verdict.WARNING), (400, Verdict.FAILURE), (None, Verdict.SKIPPED)],
)
def test_the_clock_is_compared_with_that_of_aws(doctor, now, off, verdict):
    asked = []

    def served(region):
        asked.append(region)
        return None if off is None else now + timedelta(seconds=off)

    assert doctor(served_time=served).says("clock").verdict is verdict
    assert asked == ["eu-west-1"]


def test_the_local_aws_has_the_same_clock(doctor):
    assert doctor(env="local").says("clock").verdict is Verdict.SKIPPED


def test_the_port_of_the_local_aws(doctor):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        held = check_ports(doctor().context, port)
    assert held.verdict is Verdict.WARNING
    assert str(port) in held.summary
    assert check_ports(doctor().context, port).verdict is Verdict.OK

    aws = 'environments: { dev: { account: "111111111111", region: eu-west-1 } }\n'
    assert (
        doctor(head=f"blueprint: 1\nsystem: shop\nowner: t\n{aws}").says("ports").verdict is Verdict.SKIPPED
    )


def test_completion_is_looked_for_where_it_is_installed(doctor, tmp_path):
    home = tmp_path / "home"
    bash = {"home": home, "variables": {"SHELL": "/bin/bash"}}

    missing = doctor(None, env=None, **bash).says("completion")
    assert missing.verdict is Verdict.WARNING
    assert missing.fix is not None
    assert not missing.fix.in_environment

    (home / ".bash_completions").mkdir(parents=True)
    (home / ".bash_completions" / "platform.sh").write_text("")
    assert doctor(None, env=None, **bash).says("completion").verdict is Verdict.OK

    for variables in ({}, {"SHELL": "/bin/tcsh"}, {"SHELL": "/bin/bash", "CI": "true"}):
        assert doctor(None, env=None, variables=variables).says("completion").verdict is Verdict.SKIPPED
