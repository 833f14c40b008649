"""Incidents, as the history of alarms tells of them."""

import json
from datetime import timedelta

import pytest

from platform_cli.operate.alarms.leftovers import REASON
from platform_cli.operate.checks.goals_incidents import incidents_of
from platform_cli.operate.doctor.model import Verdict


def item(when, state, began=None, name="shop-dev-api-public-5xx", **data):
    if began is not None:
        stamp = began.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        data |= {"stateReasonData": {"startDate": stamp}}
    told = {"version": "1.0", "oldState": {}, "newState": {"stateValue": state, **data}}
    return {
        "AlarmName": name,
        "Timestamp": when,
        "HistoryItemType": "StateUpdate",
        "HistoryData": json.dumps(told),
    }


@pytest.fixture
def history(deployed):
    def make(*items):
        name = "shop-dev-api-public-5xx"
        described = {"AlarmName": name, "StateValue": "OK"}
        return deployed(
            ("AWS::CloudWatch::Alarm", name),
            cloudwatch={
                "DescribeAlarms": {"MetricAlarms": [described]},
                "DescribeAlarmHistory": {"AlarmHistoryItems": list(items)},
            },
        )

    return make


def test_how_long_incidents_took_to_be_seen_and_to_be_over(doctor, history, now):
    went_on, went_off = now - timedelta(hours=5), now - timedelta(hours=4, minutes=30)
    answers = history(
        item(went_off, "OK"),
        item(went_on, "ALARM", began=went_on - timedelta(minutes=6)),
        item(went_on, "ALARM", name="shop-dev-eu-api-public-5xx"),  # another environment's
    )
    result = doctor(answers=answers).says("incidents")

    assert result.verdict is Verdict.OK
    assert result.summary == "1 incident in 30 days: seen after 6 min, over after 30 min"
    assert result.evidence == (
        "2026-11-21 07:00 UTC shop-dev-api-public-5xx: seen after 6 min, over after 30 min",
    )


def test_no_incident_and_one_that_goes_on(doctor, history, now):
    assert doctor(answers=history()).says("incidents").summary == "no alarm went on in 30 days"

    result = doctor(answers=history(item(now - timedelta(hours=1), "ALARM"))).says("incidents")
    assert result.verdict is Verdict.WARNING
    assert "still on" in result.evidence[0]


def test_a_history_is_read_as_it_comes(now):
    minutes = [now + timedelta(minutes=number) for number in range(6)]
    told = [
        item(minutes[5], "OK"),
        item(minutes[0], "OK"),  # began before the window
        item(minutes[1], "ALARM"),
        item(minutes[3], "ALARM"),  # the same one
        {**item(minutes[4], "OK"), "HistoryData": "no JSON"},
    ]
    (incident,) = incidents_of("a", told)

    assert (incident.detected, incident.recovered) == (minutes[1], minutes[5])
    assert incident.to_detect is None
    assert incident.to_recover == timedelta(minutes=4)


def test_an_alarm_that_somebody_set_off_to_test_it_is_no_incident(now):
    minutes = [now + timedelta(minutes=number) for number in range(8)]
    drill = [
        item(minutes[at], state, stateReason=f"{REASON} (it was OK)")
        for at, state in enumerate(["OK", "ALARM", "ALARM"], 3)
    ]
    # Put back to what it was: to no data, or to being on.
    assert (
        incidents_of(
            "a", [*drill, item(minutes[7], "INSUFFICIENT_DATA", stateReason=f"{REASON} (it was OK)")]
        )
        == ()
    )
    (incident,) = incidents_of("a", [item(minutes[0], "ALARM"), *drill, item(minutes[7], "OK")])

    assert (incident.detected, incident.recovered) == (minutes[0], minutes[7])


@pytest.mark.parametrize(
    ("comparison", "values", "minutes"),
    [
        ("GreaterThanThreshold", [1.0, 5.0, 9.0], 10),  # 5 is no more than the threshold
        ("GreaterThanOrEqualToThreshold", [1.0, 5.0, 9.0], 20),
        ("LessThanThreshold", [9.0, 1.0, 9.0], 20),
        ("LessThanOrEqualToThreshold", [9.0, None, 5.0], 10),
        ("LessThanThreshold", [None, None, None], 30),  # no data was bad enough
        (None, [1.0, 5.0, 9.0], 30),
    ],
)
def test_an_incident_begins_with_the_first_bad_data_of_those_looked_at(now, comparison, values, minutes):
    points = [
        {"timestamp": f"2026-11-21T11:{at}:00.000+0000"} | ({} if value is None else {"value": value})
        for at, value in zip((30, 40, 50), values, strict=True)
    ]
    data = {"startDate": "2026-11-21T11:30:00.000+0000", "threshold": 5.0, "evaluatedDatapoints": points}
    state = {"stateValue": "ALARM", "stateReasonData": data}
    told = {**item(now, "ALARM"), "HistoryData": json.dumps({"newState": state})}
    (incident,) = incidents_of("a", [told], comparison)

    assert incident.to_detect == timedelta(minutes=minutes)


def test_an_alarm_without_data_is_over_and_may_go_on_again(doctor, history, now):
    hours = [now - timedelta(hours=number) for number in (5, 4, 3, 2)]
    states = ["ALARM", "INSUFFICIENT_DATA", "ALARM", "OK"]
    told = [item(when, state) for when, state in zip(hours, states, strict=True)]
    result = doctor(answers=history(*told)).says("incidents")

    assert result.verdict is Verdict.OK
    assert result.summary == "2 incidents in 30 days: seen after an unknown time, over after 60 min"


def test_what_is_bad_is_told_by_the_comparison_of_the_alarm(doctor, deployed, now):
    name = "shop-dev-api-public-5xx"
    points = [
        {"timestamp": "2026-11-21T11:40:00.000+0000", "value": 1.0},
        {"timestamp": "2026-11-21T11:50:00.000+0000", "value": 9.0},
    ]
    told = item(now, "ALARM", stateReasonData={"threshold": 5.0, "evaluatedDatapoints": points})
    described = {"AlarmName": name, "StateValue": "OK", "ComparisonOperator": "GreaterThanThreshold"}
    answers = deployed(
        ("AWS::CloudWatch::Alarm", name),
        cloudwatch={
            "DescribeAlarms": {"MetricAlarms": [described]},
            "DescribeAlarmHistory": {"AlarmHistoryItems": [told]},
        },
    )

    assert "seen after 10 min" in doctor(answers=answers).says("incidents").evidence[0]
