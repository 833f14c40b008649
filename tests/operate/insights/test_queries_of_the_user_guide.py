"""Queries as CloudWatch's user guide shows them, and what they give."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.errors import PlatformError
from platform_cli.operate.insights.evaluating import Answer, answer
from platform_cli.operate.insights.lines import fields_of
from platform_cli.operate.insights.reading import read_query
from platform_cli.operate.insights.values import Moment, rank

NOON = 1795262400000  # 2026-11-21 12:00:00 UTC
REPORT = (
    "REPORT RequestId: r-1\tDuration: 12.5 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 80 MB\tInit Duration: 301.2 ms"
)


def lines(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """A line a minute from noon on."""
    return [{"@timestamp": Moment(NOON + at * 60_000), **row} for at, row in enumerate(rows)]


def ask(query: str, *rows: dict[str, Any]) -> Answer:
    return answer(read_query("mine", query), lines(*rows))


def value(expression: str, **fields: Any) -> str:
    """What one expression is for one line."""
    return ask(f"fields {expression} as it | display it", fields).rows[0][0]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2 ^ 3", "8"),
        ("10 % 3", "1"),
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("(1 + 2) * -3", "-9"),
        ("abs(f3-f4)", "3"),
        ("1 / 0", ""),
        ("10 ^ 999999999", ""),
        ("1e308 * 10", ""),
        ("fromMillis(1e30)", ""),
        ("concat(fromMillis(0), '')", "1970-01-01 00:00:00.000"),
        ("nothing + 1", ""),
        ("text + 1", ""),
        ("ceil(1.2)", "2"),
        ("floor(-1.2)", "-2"),
        ("round(2.5)", "3"),
        ("greatest(1, f3, f4)", "7"),
        ("least(1, f3, nothing)", "1"),
        ("sqrt(f3)", "2"),
        ("sqrt(-1)", ""),
        ("ispresent(f3)", "1"),
        ("ispresent(nothing)", "0"),
        ("coalesce(nothing, text, f3)", "abc"),
        ("isempty(nothing)", "1"),
        ("isblank('  ')", "1"),
        ("isempty('  ')", "0"),
        ("concat(f3, '-', text)", "4-abc"),
        ('ltrim("xyZfooxyZ","xyZ")', "fooxyZ"),
        ('rtrim("xyZfooxyZ","xyZ")', "xyZfoo"),
        ('trim("xyZfooxyZ","xyZ")', "foo"),
        ("trim('  a ')", "a"),
        ("strlen('äöü')", "3"),
        ("toupper(text)", "ABC"),
        ("toLower('ÄB')", "äb"),
        ('substr("xyZfooxyZ",3, 3)', "foo"),
        ('substr("xyZfoo",3)', "foo"),
        ('replace("foo","o","0")', "f00"),
        ("strcontains(text, 'b')", "1"),
        ("strcontains(text, 'B')", "0"),
        ("isValidIp('::1')", "1"),
        ("isIpv4InSubnet('192.0.2.7', '192.0.2.0/24')", "1"),
        ("datefloor(@timestamp, 1h)", "2026-11-21 12:00:00.000"),
        ("dateceil(fromMillis(1795262400001), 1h)", "2026-11-21 13:00:00.000"),
        ("datefloor(@timestamp, 1mo)", "2026-11-01 00:00:00.000"),
        ("dateceil(@timestamp, 2 quarters)".replace("2 q", "2q"), "2027-01-01 00:00:00.000"),
        ("datefloor(@timestamp, 1w)", "2026-11-16 00:00:00.000"),
        ("toMillis(@timestamp)", str(NOON)),
        ("1 = 1.0 and not 'a' = 'A'", "1"),
        ("not 1 = 2 or 1 = 2", "1"),
        ("`foo-bar` + 1", "3"),
        ("cold = 1 and cold = 'true' and cold != 'false'", "1"),
    ],
)
def test_an_expression_is_what_the_guide_says(expression: str, expected: str) -> None:
    assert value(expression, f3=4, f4=7, text="abc", **{"foo-bar": 2, "cold": True}) == expected


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("(duration>2000)", "b"),
        ("f1=10 or duration > 25", "ab"),
        ("statusCode like /2\\d\\d/", "a"),
        ("statusCode in [300,400,500]", "b"),
        ('Type not in ["foo","bar",1]', "c"),
        ("message like 'Exception'", "a"),
        ("message =~ /Exception/", "a"),
        ("message like /(?i)exception/", "ab"),
        ("message =~ /^(?i)AN exception$/", "ab"),
        ("message not like /xception/", "c"),
        ("statusCode >= 300 and statusCode < '401'", "b"),
        ("duration > 'soon'", ""),
        ("ok = 1", "a"),
        ("ok", "a"),
        ("not ispresent(Type)", "c"),
        ("nothing != 'x'", "abc"),
        ("nothing = '' or nothing < 1", ""),
    ],
)
def test_a_filter_lets_through_what_the_guide_says(condition: str, kept: str) -> None:
    told = ask(
        f"filter {condition} | sort name | display name",
        {
            "name": "a",
            "f1": 10,
            "duration": 3,
            "statusCode": "204",
            "Type": "foo",
            "message": "an Exception",
            "ok": True,
        },
        {"name": "b", "f1": 1, "duration": 2001, "statusCode": "400", "Type": "1", "message": "an exception"},
        {"name": "c", "duration": "soon"},
    )
    assert "".join(row[0] for row in told.rows) == kept
    assert told.matched == len(kept)


ERROR_LINE = "25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException"


@pytest.mark.parametrize(
    "command",
    [
        'parse @message "[*] * The error was: *" as level, config, exception',
        r"parse @message /\[(?<level>\S+)\]\s+(?<config>\{.*\})\s+The error was: (?<exception>\S+)/",
        r"parse /\[(\S+)\]\s+(\{.*\})\s+The error was: (\S+)/ as level, config, exception",
    ],
)
def test_parse_takes_globs_and_regular_expressions(command: str) -> None:
    told = ask(
        f"{command} | display level, config, exception", {"@message": ERROR_LINE}, {"@message": "none"}
    )
    assert told.rows == (("", "", ""), ("ERROR", "{foo=2, bar=data}", "DataIntegrityException"))


def test_parse_goes_on_with_what_was_parsed_and_stats_with_that() -> None:
    rows = [
        {"@message": f"user={u}, method:GET, latency := {n}"} for u, n in (("ann", 1), ("bob", 4), ("ann", 2))
    ]
    told = ask(
        'parse @message "user=*, method:*, latency := *" as @user,\n  @method, @latency\n'
        "# | filter @user = 'bob'\n| stats avg(@latency) by @method, @user | sort @user",
        *rows,
    )
    assert told.columns == ("@method", "@user", "avg(@latency)")
    assert told.rows == (("GET", "ann", "1.5"), ("GET", "bob", "4"))


def test_statistics_are_of_each_group() -> None:
    told = ask(
        "stats count(*) as n, count() as m, count(ms) as timed, count_distinct(user) as users, sum(ms), "
        "avg(ms), min(ms), max(ms), pct(ms, 50) as half, pct(ms, 99) as most, stddev(ms), earliest(user), "
        "latest(user), "
        "sortsFirst(user), sortsLast(user), 100 * count(ms) / count(*) as share, concat(level, '!') as loud "
        "by level, bin(5m) as five | sort level, five",
        {"level": "a", "ms": 1, "user": "x"},
        {"level": "a", "ms": "4", "user": "y"},
        {"level": "b", "ms": 7},
        {"level": "a", "user": "x"},
        *[{"level": "z"}] * 2,
    )
    first, second, *rest = [dict(zip(told.columns, row, strict=True)) for row in told.rows]
    assert first == {
        **{"level": "a", "five": "2026-11-21 12:00:00.000", "n": "3", "m": "3", "timed": "2", "users": "2"},
        **{"sum(ms)": "5", "avg(ms)": "2.5", "min(ms)": "1", "max(ms)": "4", "half": "1", "most": "4"},
        **{"stddev(ms)": "2.1213", "earliest(user)": "x", "latest(user)": "x", "sortsFirst(user)": "x"},
        **{"sortsLast(user)": "y", "share": "66.6667", "loud": "a!"},
    }
    assert (second["stddev(ms)"], second["latest(user)"]) == ("0", "")
    assert [(row["five"][11:16], row["n"], row["avg(ms)"]) for row in rest] == [
        ("12:00", "1", ""),
        ("12:05", "1", ""),
    ]


def test_statistics_of_nothing_are_a_row_only_without_groups() -> None:
    assert ask("filter a = 1 | stats count(*), avg(a)").rows == (("0", ""),)
    assert ask("filter a = 1 | stats count(*) by a").rows == ()


def test_rows_can_be_filtered_sorted_and_counted_again() -> None:
    rows = [{"u": u} for u in "aabbbc"]
    told = ask("stats count(*) by u | filter u != 'a' | sort count(*) desc | limit 1", *rows)
    assert told.rows == (("b", "3"),)
    binned = ask("stats count(*) by bin(1m) | sort bin( 1m ) | limit 1", *rows)
    assert binned.rows == (("2026-11-21 12:00:00.000", "1"),)
    assert ask("stats count(*) as n by u | stats max(n) as most, count(*) as users", *rows).rows == (
        ("3", "3"),
    )


def test_without_a_sort_the_latest_line_is_first_and_without_fields_time_and_text_are_shown() -> None:
    told = ask("limit 1", {"@message": "old"}, {"@message": "new"})
    assert told == Answer(("@timestamp", "@message"), (("2026-11-21 12:01:00.000", "new"),), 2)


def test_of_duplicates_the_first_in_order_stays_and_what_lacks_the_field_too() -> None:
    told = ask(
        "fields @timestamp, server | sort @timestamp desc | dedup server",
        {"server": "a"},
        {"server": "a"},
        {},
        {},
    )
    assert [(row[0][11:16], row[1]) for row in told.rows] == [("12:03", ""), ("12:02", ""), ("12:01", "a")]


def test_all_fields_are_shown_and_of_display_the_last() -> None:
    row = {"a": 1, "b": 2}
    assert ask("fields a | fields b as c, a + b", row).columns == ("a", "c", "a + b")
    assert ask("fields a | display b | display a", row).columns == ("a",)


def test_texts_sort_naturally_and_before_numbers() -> None:
    guide = [
        "!",
        "#",
        "*%04",
        "0#",
        "5A",
        "111A",
        "2345_",
        "@",
        "@_",
        "A",
        "A9876fghj",
        "a12345hfh",
        "0",
        "1",
        "2",
    ]
    shuffled = guide[::-1]
    assert sorted(shuffled, key=rank) == guide


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=20))
def test_statistics_agree_with_each_other(numbers: list[int]) -> None:
    told = ask(
        "stats min(n), max(n), sum(n), avg(n), count(n), pct(n, 100), pct(n, 0)", *({"n": n} for n in numbers)
    )
    least, most, total, average, count, highest, lowest = map(float, told.rows[0])
    assert (least, most, total, count) == (min(numbers), max(numbers), sum(numbers), len(numbers))
    assert (highest, lowest) == (most, least)
    assert math.isclose(average * count, total, abs_tol=0.01)


@given(
    st.integers(0, 4 * 10**12),
    st.integers(1, 50),
    st.sampled_from(["ms", "s", "m", "hrs", "d", "w", "mo", "q", "y"]),
)
def test_a_moment_is_between_the_beginning_and_the_end_of_its_time(at: int, count: int, unit: str) -> None:
    period = f"{count}{unit}"
    told = ask(
        f"fields toMillis(datefloor(fromMillis(x), {period})) as a, "
        f"toMillis(dateceil(fromMillis(x), {period})) as b | display a, b, x",
        {"x": at},
    )
    begin, end, moment = map(int, told.rows[0])
    assert begin <= moment <= end


def test_lambdas_report_has_its_fields_and_memory_in_bytes() -> None:
    line = fields_of(
        {"timestamp": NOON, "message": REPORT, "logStreamName": "s"}, "/aws/lambda/f", "000000000000"
    )
    told = {name: line[name] for name in sorted(line) if name not in ("@message", "@timestamp")}
    assert told == {
        **{"@log": "000000000000:/aws/lambda/f", "@logStream": "s", "@type": "REPORT", "@requestId": "r-1"},
        **{"@duration": 12.5, "@billedDuration": 13, "@initDuration": 301.2},
        **{"@memorySize": 512_000_000, "@maxMemoryUsed": 80_000_000},
        **{"type": "platform.report", "record.requestId": "r-1", "record.metrics.durationMs": 12.5},
        **{"record.metrics.billedDurationMs": 13, "record.metrics.memorySizeMB": 512},
        **{"record.metrics.maxMemoryUsedMB": 80, "record.metrics.initDurationMs": 301.2},
    }
    unmeasured = fields_of({"timestamp": NOON, "message": REPORT.replace("80", "0")}, "g", "1")
    assert not [name for name in unmeasured if "axMemory" in name]


def test_objects_in_lines_are_fields_with_dots() -> None:
    message = 'INFO {"a": {"b": [{"c": 1}, null]}, "@x": "y", "t": true, "e": {}} and {"more": 1}'
    line = fields_of({"timestamp": NOON, "message": message}, "g", "1")
    assert {n: v for n, v in line.items() if n not in ("@message", "@timestamp", "@log", "@logStream")} == {
        **{"a.b.0.c": 1, "@@x": "y", "t": True}
    }
    for message in ('at {"a": ', f'{{"a": {"[" * 3000}{"]" * 3000}}}'):
        broken = fields_of({"timestamp": NOON, "message": message}, "g", "1")
        assert set(broken) == {"@message", "@timestamp", "@log", "@logStream"}


def test_a_limit_may_be_more_rows_than_there_are_without_one() -> None:
    many = [{"@timestamp": Moment(NOON)}] * 10_001
    assert answer(read_query("q", "limit 20000 | stats count(*)"), many).rows == (("10001",),)
    assert len(answer(read_query("q", "limit 20000"), many).rows) == 10_001
    assert len(answer(read_query("q", "fields @message"), many).rows) == 10_000


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "1e999", "9" * 400])
def test_a_number_that_nobody_can_count_with_is_none(odd: str) -> None:
    lines = [fields_of({"timestamp": NOON, "message": f'{{"x": {x}}}'}, "g", "1") for x in (odd, "3", "1")]
    asked = (
        "fields round(x) + abs(x) * 2 + x as y | stats count(x), sum(x), avg(x), max(x), stddev(x), max(y)"
    )
    ((*told, deviation, most),) = answer(read_query("q", asked), lines).rows
    assert (told, deviation, most) == (["3", "4", "2", "3"], "1.4142", "12")
    shown = answer(read_query("q", "fields x | sort x desc"), lines).rows
    assert [row[0] for row in shown[:2]] == ["3", "1"]
    assert shown[2][0]


@pytest.mark.parametrize(
    ("query", "place", "says"),
    [
        ("patern @message", "1:1", 'there is no command "patern"'),
        ("fields a\n| pattern @message", "2:3", 'there is no command "pattern"'),
        ("fields a |", "1:11", "ends too early"),
        ("", "1:1", "ends too early"),
        ("filter a = ", "1:11", "ends too early"),
        ("filter a == 1", "1:11", "`= 1` cannot stand here"),
        ("fields foo bar", "1:12", "`bar` cannot stand here"),
        ("fields mediann(a)", "1:8", 'there is no function "mediann"'),
        ("stats median(a)", "1:7", 'there is no function "median"'),
        ("fields avg(a)", "1:8", "avg is a function over many lines"),
        ("stats a by b", "1:7", "a has a value for each line"),
        ("stats count(*) + bin(5m) by a", "1:18", "bin has a value for each line"),
        ("stats pct(a)", "1:7", "pct has 1 arguments"),
        ("stats pct(a, 101)", "1:14", "wants a number from 0 to 100"),
        ("stats sum(*)", "1:11", "`*` stands for lines"),
        ("stats count(*) by bin(5)", "1:19", "bin has other arguments"),
        ("stats count(*) by bin(0m)", "1:23", "0m is no time to count in"),
        ("fields substr(a)", "1:8", "substr has 1 arguments"),
        ("filter a > 5m", "1:12", "`5m` is a time"),
        ("filter a like /(/", "1:15", "cannot be read"),
        ("filter a like /x((?i)y)/", "1:15", "flags within a group"),
        ('parse @message "a * b" as c, d', "1:16", "finds 1 stars and has 2 names"),
        ("parse @message /a (b)/", "1:16", "finds 1 groups and has 0 names"),
        ("dedup a | fields b", "1:11", "there can only be `limit`"),
        ("stats count(*) by bin(3000y)", "1:23", "3000y is no time to count in"),
        ("stats count(*) as n by u | sort nn desc", "1:33", "after `stats` there is no nn"),
        ("stats count(*) as n by u | sort count(*) desc", "1:33", "count is a function over many lines"),
        ("stats count(*) as n by u | stats max(m)", "1:38", "after `stats` there is no m"),
        ("stats count(*) as n by u | stats max(n) by bin(1h)", "1:44", "there are no times of lines"),
        ("stats count(*) as n | parse @message 'a*' as b", "1:23", "after `stats` there is no @message"),
        ("filter ok = true", "1:13", "`true` would be a field"),
        ("limit 1.5", "1:7", "is no number of rows"),
        ("limit 100001", "1:7", "`limit` is at most 100,000"),
        (f"limit {'9' * 5000}", "1:1", "a number is too long"),
        (f"fields {'9' * 5000} as a", "1:1", "a number is too long"),
        (f"fields {'-' * 3000}a", "1:1", "nested too deeply"),
        ("filter a like /b{99999999999}/", "1:15", "the repetition number is too large"),
    ],
)
def test_what_is_not_understood_is_said_with_its_place(query: str, place: str, says: str) -> None:
    with pytest.raises(PlatformError) as raised:
        read_query("mine", query)
    assert says in str(raised.value)
    assert (raised.value.code, raised.value.exit_code, str(raised.value.where)) == (
        "invalid-query",
        2,
        f"mine:{place}",
    )
    assert raised.value.hint
