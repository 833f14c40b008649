"""What the commands of alarms show: on narrow terminals too, and before something is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_cli.cli.rendering.alarm_changes import chosen_lines, render_cleanup, render_test
from platform_cli.cli.rendering.alarms import render_alarms, render_coverage
from platform_cli.cli.terminal import Terminal
from platform_cli.operate.alarms.contacts import Contact
from platform_cli.operate.alarms.coverage import Coverage, CoverageFinding
from platform_cli.operate.alarms.leftovers import Leftover, Remaining
from platform_cli.operate.alarms.metrics import Series
from platform_cli.operate.alarms.proving import AlarmProof, AlarmTest
from platform_cli.operate.alarms.reading import AlarmStatus

NOW = datetime.now(UTC)
CRITICAL = "arn:aws:sns:eu-west-1:123456789012:shop-prod-alarms-critical"


def alarm(subject: str, **more: Any) -> AlarmStatus:
    told: dict[str, Any] = {
        "name": f"shop-prod-function-{subject}-errors",
        "kind": "function",
        "subject": subject,
        "rule": "errors",
        "service": subject.partition(".")[0],
        "severity": "critical",
        "state": "OK",
        "since": datetime.now(UTC) - timedelta(minutes=185, seconds=5),
        "reason": "",
        "description": "",
        "composite": False,
        "actions": (CRITICAL,),
        "actions_enabled": True,
        **more,
    }
    return AlarmStatus(**told)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "60")
    return Terminal()


def test_alarms_fit_into_sixty_columns(narrow: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    reason = "Threshold Crossed: 1 out of the last 1 datapoints [12.0] was greater than the threshold (1.0)"
    burning = alarm("orders.create", state="ALARM", reason=reason, description="more than 1 % of calls fail")
    values = {NOW + timedelta(minutes=n): float(n) for n in range(24)}
    render_alarms(narrow, [burning], [burning], {burning.name: Series(values, True)})

    out = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in out) <= 60
    assert out[:3] == [
        "orders",
        "  on      critical function orders.create errors  3 h 5 min",
        "                   ▁▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇███",
    ]


def test_findings_fit_into_sixty_columns_and_name_their_code(
    narrow: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = CoverageFinding(
        "alarm-unheard", "shop-prod-table-main-errors", "nobody who confirmed hears of " + "it " * 20, "do it"
    )
    render_coverage(narrow, Coverage(1, 1, (finding,), NOW, NOW))

    out, err = capsys.readouterr()
    assert max(len(line) for line in out.splitlines()) <= 60
    assert "[alarm-unheard]" in out
    assert err == "`platform explain alarm-unheard` says more\n"


def test_before_alarms_are_changed_their_names_and_who_hears_of_them_are_shown() -> None:
    alarms = [alarm(f"orders.f{number}") for number in range(12)]
    contacts = {
        CRITICAL: (Contact("email", "oncall@example.com", True), Contact("sms", "+49", False)),
        CRITICAL.replace("critical", "info"): (),
        CRITICAL.replace("critical", "warning"): None,
    }
    lines = list(chosen_lines(alarms, contacts, "to set off in prod", "told", 80))
    assert lines[:2] == [
        "12 alarms to set off in prod:",
        "  critical  shop-prod-function-orders.f0-errors",
    ]
    assert lines[11:] == [
        "  and 2 more",
        "told by shop-prod-alarms-critical: email oncall@example.com; 1 did not confirm",
        "told by shop-prod-alarms-info: nobody",
        "told by shop-prod-alarms-warning: the topic is gone",
    ]


STUCK = Remaining(Leftover("alarm", "shop-prod-a", "OK"), "AWS refused SetAlarmState")


@pytest.mark.parametrize(
    ("test", "said", "not_said"),
    [
        (
            AlarmTest(("a",), (), (AlarmProof("a", True, "proven"),)),
            ["1 of 1 alarm was heard; all is put back"],
            [],
        ),
        (AlarmTest((), ("a",), interrupted=True), ["no alarm was set off"], ["put back"]),
        (
            AlarmTest(("a",), ("b",), (), (STUCK,), interrupted=True),
            [
                "0 of 1 alarm were heard",
                "1 thing could not be put back:",
                "  alarm shop-prod-a is set off; it was OK: AWS refused SetAlarmState",
            ],
            ["all is put back"],
        ),
    ],
    ids=["well", "before-the-first", "stuck"],
)
def test_put_back_is_said_only_where_it_is_true(
    capsys: pytest.CaptureFixture[str], test: AlarmTest, said: list[str], not_said: list[str]
) -> None:
    render_test(Terminal(), test)
    out, err = capsys.readouterr()
    assert [line for line in said if line not in out.splitlines()] == []
    assert not any(words in out for words in not_said)
    assert ("`platform alarms test --cleanup` tries again" in err) is bool(test.remains)


def test_a_cleaning_says_what_it_put_back_and_what_remains(capsys: pytest.CaptureFixture[str]) -> None:
    queue = Leftover("queue", "shop-prod-alarm-probe-1")
    render_cleanup(Terminal(), [queue, STUCK.leftover], [STUCK])
    assert capsys.readouterr().out.splitlines()[:2] == ["1 thing put back", "1 thing could not be put back:"]
