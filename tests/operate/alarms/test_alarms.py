"""Alarms: read and sorted, tested on their past, silenced with an end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.alarms.coverage import read_coverage
from platform_cli.operate.alarms.metrics import Series, read_series, share_on
from platform_cli.operate.alarms.reading import read_alarms, select_alarms
from platform_cli.operate.alarms.silencing import end_silences, read_silences, silence, with_silences

PERIODS_OF_TWO_WEEKS = 14 * 24 * 12


def test_alarms_tell_what_they_are_about_and_those_that_are_on_come_first(
    aws: Any, make_alarm: Any, environment: Any
) -> None:
    make_alarm("function-orders.create-cold-starts", "warning")
    make_alarm("function-users.get-errors", "info", StateValue="ALARM")
    make_alarm("function-orders.list-errors", "critical", StateValue="ALARM")
    for of_another in (
        "2-function-orders.create-errors",
        "eu-function-orders.create-errors",
        "eu-api-public-5xx",
    ):
        make_alarm(of_another, None, StateValue="ALARM")
    aws.composites.append(
        {**make_alarm("service-orders-unhealthy", None), "AlarmName": aws.alarms[-1]["AlarmName"]}
    )
    del aws.alarms[-1]
    found = read_alarms(environment, aws)
    assert [(a.service, a.kind, a.subject, a.rule, a.severity, a.fires, a.composite) for a in found] == [
        ("orders", "function", "orders.list", "errors", "critical", True, False),
        ("users", "function", "users.get", "errors", "info", True, False),
        ("orders", "function", "orders.create", "cold-starts", "warning", False, False),
        ("orders", "service", "orders", "unhealthy", "", False, True),
    ]
    assert [a.subject for a in select_alarms(found, "orders", severity="warning")] == ["orders.create"]
    assert len(select_alarms(found, "users.get.errors")) == 1
    with pytest.raises(PlatformError) as raised:
        select_alarms(found, "order")
    assert (raised.value.code, raised.value.hint) == ("unknown-alarm", 'did you mean "orders"?')


def test_an_alarm_of_a_patch_is_the_environments_if_it_tells_its_topic(
    aws: Any, make_alarm: Any, environment: Any
) -> None:
    mine = make_alarm("custom-of-mine", "warning")
    theirs = make_alarm("eu-custom-of-theirs", None)
    theirs["AlarmActions"] = [mine["AlarmActions"][0].replace("-dev-", "-dev-eu-")]
    assert [(a.name, a.severity) for a in read_alarms(environment, aws)] == [(mine["AlarmName"], "warning")]


def test_the_values_of_an_expression_are_read_under_ids_of_its_own(
    aws: Any, make_alarm: Any, environment: Any
) -> None:
    stat = {"Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors"}, "Period": 60, "Stat": "Sum"}
    metrics = [
        {"Id": "e", "MetricStat": stat, "ReturnData": False},
        {"Id": "rate", "Expression": "IF(e > 0, 100 * e, 0)", "ReturnData": True},
    ]
    for name in ("one", "two"):
        make_alarm(f"function-orders.create-{name}", MetricName=None, Period=None, Metrics=metrics)
    now = datetime.now(UTC)
    read_series(read_alarms(environment, aws), aws, periods=5, since=now, until=now)
    (request,) = aws.asked
    assert [(q["Id"], q.get("Expression")) for q in request["MetricDataQueries"]] == [
        ("a0_e", None),
        ("a0_rate", "IF(a0_e > 0, 100 * a0_e, 0)"),
        ("a1_e", None),
        ("a1_rate", "IF(a1_e > 0, 100 * a1_e, 0)"),
    ]
    assert request["EndTime"] - request["StartTime"] == timedelta(seconds=300)


@pytest.mark.parametrize(("seconds", "requests"), [(60, 12), (300, 3)])
def test_two_weeks_of_many_alarms_are_asked_for_in_requests_of_one_page_each(
    aws: Any, make_alarm: Any, environment: Any, seconds: int, requests: int
) -> None:
    # A page of CloudWatch's answers holds 100,800 points: 5 metrics by the minute, 25 by five minutes.
    for number in range(60):
        make_alarm(f"function-orders.create-x{number}", Period=seconds)
    until = datetime.now(UTC)
    alarms = read_alarms(environment, aws)
    found = read_series(alarms, aws, periods=None, since=until - timedelta(days=14), until=until)
    assert list(found) == [alarm.name for alarm in alarms]
    assert len(aws.asked) == requests


@pytest.mark.parametrize(
    ("values", "changes", "share"),
    [
        ([11, 9, 11, 9], {}, 0.5),
        ([10, 10, 10, 10], {}, 0.0),
        ([11, 11, 9, 9], {"EvaluationPeriods": 2, "DatapointsToAlarm": 2}, 0.25),
        ([11, 9, 11, 11], {"EvaluationPeriods": 3, "DatapointsToAlarm": 2}, 0.5),
        ([9, None, None, 9], {"TreatMissingData": "breaching"}, 0.5),
        ([11, None, None, 9], {"TreatMissingData": "ignore"}, 0.75),
        ([11, None, None, 9], {}, 0.25),
        ([9, 9, 11, 11], {"ComparisonOperator": "LessThanThreshold"}, 0.5),
    ],
)
def test_the_time_for_which_an_alarm_would_have_been_on_follows_its_rules(
    aws: Any,
    make_alarm: Any,
    environment: Any,
    values: list[float | None],
    changes: dict[str, Any],
    share: float,
) -> None:
    make_alarm("function-orders.create-x", **changes)
    (alarm,) = read_alarms(environment, aws)
    begin = datetime(2026, 11, 20, tzinfo=UTC)
    times = [begin + timedelta(minutes=5 * number) for number in range(len(values))]
    series = Series({t: v for t, v in zip(times, values, strict=True) if v is not None}, True)
    assert share_on(alarm, series, begin, begin + timedelta(minutes=5 * len(values))) == share


def test_coverage_finds_what_is_not_watched_or_of_no_use(
    aws: Any, make_alarm: Any, environment: Any, clock: Callable[[], datetime]
) -> None:
    prefix = f"{environment.system}-dev-"
    names = {
        "function-orders.create-good": [0.0, 5.0],
        "function-orders.create-constant": [11.0] * PERIODS_OF_TWO_WEEKS,
        "function-orders.create-far": [0.5],
        "function-orders.create-blind": [],
        "function-orders.create-spared": [],
        "function-orders.create-past": [],
        "function-orders.create-off": [5.0],
        "function-orders.create-mute": [5.0],
        "function-orders.create-unheard": [5.0],
        "function-orders.create-stray": [5.0],
    }
    for name, values in names.items():
        more: dict[str, Any] = {"severity": {"mute": None, "unheard": "info"}.get(name[23:], "critical")}
        make_alarm(name, **more, ActionsEnabled=not name.endswith("off"))
        aws.metrics[name] = values
    aws.metrics["function-orders.create-past by the day"] = [3.0]
    for number, blind in enumerate(aws.alarms):
        blind["Dimensions"] = [{"Name": "FunctionName", "Value": f"f{number}"}]
        if blind["AlarmName"].endswith(("spared", "past")):
            aws.listed.append({**blind, "MetricName": "Invocations"})
    pending = {"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "Endpoint": "a@example.com"}
    aws.subscriptions = {
        f"{prefix}alarms-critical": [{**pending, "SubscriptionArn": "arn:aws:sns:x"}],
        f"{prefix}alarms-info": [pending],
    }
    wanted = [prefix + name for name in names if "stray" not in name] + [f"{prefix}table-main-errors"]
    alarms = read_alarms(environment, aws)
    found = read_coverage(environment, alarms, wanted, aws, clock=clock)
    assert {(f.trouble, f.alarm.removeprefix(prefix), f.grave) for f in found.findings} == {
        ("alarms-unwatched", prefix.removesuffix("-"), True),
        ("alarm-missing", "table-main-errors", True),
        ("alarm-without-action", "function-orders.create-mute", True),
        ("alarm-actions-disabled", "function-orders.create-off", True),
        ("alarm-unheard", "function-orders.create-unheard", True),
        ("alarm-constant", "function-orders.create-constant", True),
        ("alarm-without-data", "function-orders.create-blind", False),
        ("alarm-without-data", "function-orders.create-spared", False),
        ("alarm-without-data", "function-orders.create-past", False),
        ("alarm-far", "function-orders.create-far", False),
        ("alarm-undeclared", "function-orders.create-stray", False),
    }
    assert (found.wanted, found.present) == (10, 10)
    said = {f.alarm.rpartition("-")[2]: f.evidence for f in found.findings if "data" in f.trouble}
    assert said == {
        "blind": "its metric never had a value, nor has any other of the same dimensions",
        "spared": "its metric never had a value, and others of the same thing have",
        "past": "its metric had no value in 14 days, the last one on 2026-11-19",
    }


def test_a_silence_begins_with_the_next_minute_ends_by_itself_and_takes_a_hundred_alarms_a_rule(
    aws: Any, make_alarm: Any, environment: Any, clock: Callable[[], datetime]
) -> None:
    for number in range(101):
        make_alarm(f"function-orders.create-x{number}")
    made = silence(
        environment, read_alarms(environment, aws), timedelta(minutes=90), aws, reason="moving", clock=clock
    )
    assert [len(rule.alarms) for rule in made] == [100, 1]
    request = aws.rules[made[0].name]
    assert request["Rule"]["Schedule"] == {
        "Expression": "at(2026-11-20T12:01)",
        "Duration": "PT90M",
        "Timezone": "UTC",
    }
    assert request["ExpireDate"] == datetime(2026, 11, 20, 13, 32, tzinfo=UTC)
    aws.rules["of-somebody-else"] = request
    assert read_silences(environment, aws) == made
    ended: list[str] = []
    end_silences(made, aws, told=lambda rule: ended.append(rule.name))
    assert (ended, list(aws.rules)) == ([rule.name for rule in made], ["of-somebody-else"])


def test_a_silenced_alarm_is_told_of_with_the_end_of_its_silence(
    aws: Any, make_alarm: Any, environment: Any, clock: Callable[[], datetime]
) -> None:
    make_alarm("function-orders.create-quiet", ActionsEnabled=False)
    alarms = read_alarms(environment, aws)
    make_alarm("function-orders.create-loud")
    for minutes in (60, 30):
        silence(environment, alarms, timedelta(minutes=minutes), aws, clock=clock)

    known = with_silences(environment, read_alarms(environment, aws), aws)
    assert [(a.rule, a.silent_until) for a in known] == [
        ("loud", None),
        ("quiet", datetime(2026, 11, 20, 13, 1, tzinfo=UTC)),
    ]
    found = read_coverage(environment, known, [a.name for a in known], aws, clock=clock)
    (told,) = [finding for finding in found.findings if finding.trouble == "alarm-silenced"]
    assert (told.evidence, told.grave) == ("it tells nobody until 2026-11-20 13:01 UTC", False)
    # A rule of CloudWatch does not switch actions off: that somebody did is another trouble.
    assert "alarm-actions-disabled" in [finding.trouble for finding in found.findings]


def test_each_rule_of_a_silence_is_told_before_the_next_is_made(
    aws: Any, make_alarm: Any, environment: Any
) -> None:
    for number in range(250):
        make_alarm(f"function-orders.create-x{number}")
    known: list[tuple[int, int]] = []

    def told(rule: Any) -> None:
        known.append((len(rule.alarms), len(aws.rules)))
        if len(known) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        silence(environment, read_alarms(environment, aws), timedelta(hours=1), aws, told=told)
    assert known == [(100, 1), (100, 2)]


@pytest.mark.parametrize("length", [timedelta(seconds=59), timedelta(days=15, minutes=1)])
def test_a_silence_that_is_too_short_or_too_long_is_refused(
    aws: Any, make_alarm: Any, environment: Any, length: timedelta
) -> None:
    make_alarm("function-orders.create-errors")
    with pytest.raises(PlatformError) as raised:
        silence(environment, read_alarms(environment, aws), length, aws)
    assert (raised.value.code, aws.rules) == ("invalid-silence", {})


def test_where_there_are_no_mute_rules_that_is_said(aws: Any, make_alarm: Any, environment: Any) -> None:
    make_alarm("function-orders.create-errors")
    aws.without_rules = True
    with pytest.raises(PlatformError) as raised:
        silence(environment, read_alarms(environment, aws), timedelta(hours=1), aws)
    assert raised.value.code == "silence-unsupported"
