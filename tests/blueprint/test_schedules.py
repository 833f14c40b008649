"""The grammar of schedules, by EventBridge Scheduler's user guide."""

from __future__ import annotations

import pytest

from platform_cli.blueprint.schedules import ScheduleError, check_schedule


@pytest.mark.parametrize(
    "schedule",
    [
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(12 hours)",
        "rate(1 day)",
        "cron(0 8 * * ? *)",
        "cron(15 12 * * ? *)",
        "cron(0 18 ? * MON-FRI *)",
        "cron(0/15 8-17 ? * 2-6 2027)",
        "cron(0 0 1 1,JUL ? *)",
        "cron(0 0 L * ? *)",
        "cron(0 0 LW * ? *)",
        "cron(0 0 15W * ? 2027-2030)",
        "cron(0 0 ? * 6L *)",
        "cron(0 0 ? * FRI#2 *)",
        "cron(*/10 * ? * * *)",
        "at(2027-01-01T00:00:00)",
    ],
)
def test_schedules_that_aws_takes_are_taken(schedule: str) -> None:
    check_schedule(schedule)


@pytest.mark.parametrize(
    ("schedule", "hint"),
    [
        ("5 minutes", "write rate(5 minutes)"),
        ("rate(0 minutes)", "write rate(1 minute)"),
        ("rate(1 days)", "write rate(1 day)"),
        ("rate(5 minute)", "write rate(5 minutes)"),
        ("rate(5 seconds)", "write a number and minutes, hours or days: rate(5 minutes)"),
        ("rate(1.5 hours)", "write a number and minutes, hours or days: rate(5 minutes)"),
        ("0 8 * * *", "write cron(0 8 * * ? *)"),
        ("0 8 * * MON-FRI", "write cron(0 8 ? * MON-FRI *)"),
        ("0 8 1 * ?", "write cron(0 8 1 * ? *)"),
        ("cron(0 8 * * *)", "write cron(0 8 * * ? *)"),
        ("0 8 * * ? *", "write cron(0 8 * * ? *)"),
        ("cron(0 8 * * * *)", "write cron(0 8 * * ? *)"),
        ("cron(0 8 ? * ? *)", "write cron(0 8 * * ? *)"),
        ("cron(60 8 * * ? *)", "the minute is 0 to 59"),
        ("cron(0 8 32 * ? *)", "the day of month is 1 to 31"),
        ("cron(0 8 ? * 8 *)", "the day of week is 1 to 7 or SUN to SAT"),
        ("cron(0 8 ? * MON#6 *)", "the day of week is 1 to 7 or SUN to SAT"),
        ("cron(0 8 * FOO ? *)", "the month is 1 to 12 or JAN to DEC"),
        ("cron(0/0 8 * * ? *)", "the minute is 0 to 59"),
        ("cron(0 8 * * ? 1969)", "the year is 1970 to 2199"),
        ("at(2027-02-30T00:00:00)", "write at(2027-01-01T00:00:00)"),
        ("at(2027-01-01)", "write at(2027-01-01T00:00:00)"),
        ("daily", "write rate(5 minutes), cron(0 8 * * ? *) or at(2027-01-01T00:00:00)"),
        ("", "write rate(5 minutes), cron(0 8 * * ? *) or at(2027-01-01T00:00:00)"),
    ],
)
def test_other_schedules_say_what_to_write(schedule: str, hint: str) -> None:
    with pytest.raises(ScheduleError) as raised:
        check_schedule(schedule)
    assert raised.value.hint == hint


@pytest.mark.parametrize("hinted", ["0 8 * * *", "0 8 * * MON-FRI", "cron(0 8 * * *)", "cron(0 8 ? * ? *)"])
def test_what_a_hint_says_to_write_is_a_schedule(hinted: str) -> None:
    with pytest.raises(ScheduleError) as raised:
        check_schedule(hinted)
    assert raised.value.hint is not None
    check_schedule(raised.value.hint.removeprefix("write "))
