"""Every alarm in a template goes on for bad data, and stays off for good data; of every kind there is one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.model.alarms import ALARM_SECTIONS
from platform_cli.blueprint.model.alarms import Alarms as Source
from platform_cli.stacks.alarms.advice import ADVICE
from platform_cli.stacks.alarms.catalog import RULES

pytestmark = pytest.mark.xdist_group("every-assembly")

Properties = Mapping[str, Any]
Templates = dict[str, dict[str, Any]]
NOW = 2_592_000
DOCS = Path(__file__).parents[3] / "docs" / "alarms.md"
KIND = "platform:alarm"
COMPOSITE = ("services.unhealthy", "objectives.fast_burn", "objectives.slow_burn")
MADE_BY_A_SYSTEM = {
    "flags.errors",
    "metrics.above",
    "metrics.drop",
    "metrics.unusual",
    "objectives.fast_burn_1h",
    "objectives.fast_burn_5m",
    "objectives.slow_burn_6h",
    "objectives.slow_burn_30m",
}
"""Kinds whose rules are made for a system, beside those of the table and of the blueprint's language."""
DROP = "IF(FILL(value, 0) - DIFF"


def alarms_in(templates: Templates, kind: str) -> Iterator[tuple[str, Properties]]:
    """The alarms of a type, by name; each with its kind."""
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == kind:
                properties = resource["Properties"]
                yield properties["AlarmName"], properties | {"Kind": resource["Metadata"][KIND]}


def name_of(system: str, alarm: str) -> str:
    """Names of the example and of two systems are their own; those of others may be the same."""
    return alarm if system.split(" ")[0] in ("shop", "ledger", "partner") else f"{system} {alarm}"


@pytest.fixture(scope="session")
def every_alarm(watched_systems: Mapping[str, Templates]) -> dict[str, Properties]:
    """All alarms of all systems."""
    return {
        name_of(system, name): alarm
        for system, templates in watched_systems.items()
        for name, alarm in alarms_in(templates, "AWS::CloudWatch::Alarm")
    }


def shape_of(alarm: Any, key: str = "") -> Any:
    """What the evaluator sees of an alarm: everything but names and values of dimensions."""
    if key == "Dimensions":
        return sorted(dimension["Name"] for dimension in alarm)
    if key == "Namespace" and not alarm.startswith("AWS/"):
        return "its own"
    if isinstance(alarm, Mapping):
        seen = (one for one in alarm if not one.startswith(("Alarm", "OK", "Insufficient", "Label")))
        return {one: shape_of(alarm[one], one) for one in seen}
    return [shape_of(one) for one in alarm] if isinstance(alarm, list) else alarm


@pytest.fixture(scope="session")
def alarms(every_alarm: dict[str, Properties]) -> dict[str, Properties]:
    """One alarm of each shape: of two that differ in names alone, what is true of one is of the other."""
    shapes: dict[str, str] = {}
    for name, alarm in every_alarm.items():
        shapes.setdefault(json.dumps(shape_of(alarm), sort_keys=True), name)
    return {name: every_alarm[name] for name in shapes.values()}


@pytest.fixture(scope="session")
def composites(watched_systems: Mapping[str, Templates]) -> list[tuple[Properties, frozenset[str]]]:
    """All composite alarms, each with the names of the alarms of its system."""
    found = []
    for templates in watched_systems.values():
        made = dict(alarms_in(templates, "AWS::CloudWatch::CompositeAlarm"))
        names = frozenset({*made, *(name for name, _ in alarms_in(templates, "AWS::CloudWatch::Alarm"))})
        found += [(alarm, names) for alarm in made.values()]
    return found


# --- every kind ------------------------------------------------------------------------------------


def test_every_kind_of_alarm_is_in_some_system_and_explained(
    every_alarm: dict[str, Properties], composites: list[tuple[Properties, frozenset[str]]]
) -> None:
    """Whoever adds a kind adds a system that has it: the tests below then feed it, or cannot."""
    found = {alarm["Kind"] for alarm in every_alarm.values()} | {alarm["Kind"] for alarm, _ in composites}
    language = {
        f"{section}.{key}"
        for section in ALARM_SECTIONS
        for key in type(getattr(Source.model_construct(), section)).model_fields
    }
    table = {rule.key for rules in RULES.values() for rule in rules}
    assert found == language | table | MADE_BY_A_SYSTEM
    headings = set(re.findall(r"^### (\S+)$", DOCS.read_text(), re.M))
    assert set(ADVICE) == headings


def test_advice_in_an_alarm_names_the_commands_that_the_documentation_does() -> None:
    """Whoever is woken reads the alarm's description, and not the page."""
    sections = re.findall(r"^### (\S+)$(.*?)(?=^##|\Z)", DOCS.read_text(), re.M | re.S)
    named = {slug: set(re.findall(r"`(platform [^`]+)`", " ".join(text.split()))) for slug, text in sections}
    assert {"functions-failures", "queues-dead-letters"} <= {slug for slug, found in named.items() if found}
    missing = {slug: {one for one in found if one not in ADVICE[slug]} for slug, found in named.items()}
    assert {slug: found for slug, found in missing.items() if found} == {}


def test_an_alarm_of_each_kind_is_what_it_was(
    every_alarm: dict[str, Properties], golden: Callable[[Path, str], None]
) -> None:
    """The first of each kind, by name."""
    first: dict[str, Properties] = {}
    for name in sorted(every_alarm):
        first.setdefault(every_alarm[name]["Kind"], every_alarm[name])
    golden(Path("golden") / "kinds.json", json.dumps(first, indent=2, sort_keys=True) + "\n")


class Data:
    """Samples for all metrics of an alarm, in as many periods as it looks at."""

    def __init__(
        self, cloudwatch: Any, alarm: Properties, key_of: Callable[[Properties], Any], period: int
    ) -> None:
        self.watch, self._alarm, self._key_of, self._period = cloudwatch, alarm, key_of, period

    def put(self, number: int, periods: int, *values: float) -> None:
        """Samples of the alarm's metric of a number, in so many of the latest periods."""
        key = self._key_of(self._metrics()[number][0])
        for back in range(periods):
            self.watch.put(key, NOW - self._period * back - 1, *values)

    def put_at(self, number: int, back: int, *values: float) -> None:
        """Samples of the alarm's metric of a number, so many periods ago."""
        self.watch.put(self._key_of(self._metrics()[number][0]), NOW - self._period * back - 1, *values)

    def raise_(self, number: int, periods: int, by: float) -> None:
        """A counter that rises in each of so many of the latest periods."""
        key = self._key_of(self._metrics()[number][0])
        for back in range(periods + 1):
            self.watch.put(key, NOW - self._period * back - 1, 1000 + by * (periods - back))

    def _metrics(self) -> list[tuple[Properties, str]]:
        if "Metrics" not in self._alarm:
            stat = self._alarm.get("Statistic") or self._alarm["ExtendedStatistic"]
            return [(self._alarm, stat)]
        queries = [query["MetricStat"] for query in self._alarm["Metrics"] if "MetricStat" in query]
        return [(query["Metric"], query["Stat"]) for query in queries]

    def totals(self) -> list[int]:
        """Numbers of the metrics that count how often there was a chance to fail."""
        queries = [query for query in self._alarm.get("Metrics", ()) if "MetricStat" in query]
        return [i for i, query in enumerate(queries) if query["Id"].startswith(("calls", "requests"))]

    def failures(self) -> list[int]:
        """Numbers of the others."""
        return [number for number in range(len(self._metrics())) if number not in self.totals()]

    def statistic(self, number: int) -> str:
        return self._metrics()[number][1]

    def __len__(self) -> int:
        return len(self._metrics())


@pytest.fixture
def data(
    cloudwatch: Callable[[], Any],
    metric_key: Callable[[Properties], Any],
    period_seconds: Callable[[Properties], int],
) -> Callable[[Properties], Data]:
    return lambda alarm: Data(cloudwatch(), alarm, metric_key, period_seconds(alarm))


def expression_of(alarm: Properties) -> str:
    return next((query["Expression"] for query in alarm.get("Metrics", ()) if "Expression" in query), "")


def is_sum(alarm: Properties) -> bool:
    """Whether each of its metrics is enough by itself."""
    return all(part.startswith("FILL(") for part in expression_of(alarm).split(" + "))


def is_greatest(alarm: Properties) -> bool:
    """Whether the largest of its metrics counts, so that each is enough by itself too."""
    return expression_of(alarm).startswith("MAX([")


def is_share(alarm: Properties) -> bool:
    """Whether it looks at failures as a share of calls or requests."""
    return expression_of(alarm).startswith("IF(") and not expression_of(alarm).startswith(DROP)


def fill(case: Data, alarm: Properties, value: float, periods: int, number: int = 0) -> None:
    """Data of which the alarm makes a value, in so many of the latest periods; of sums, from one metric."""
    expression = expression_of(alarm)
    if expression.startswith(DROP):
        # A fall of so many percent from each period to the next.
        for back in range(periods + 1):
            case.put_at(0, back, 1000 * (1 - value / 100) ** (periods - back))
    elif is_share(alarm):
        # A share of calls, or of requests, which are counted by a sum or by samples.
        failed, total = case.failures()[number], case.totals()[0]
        case.put(failed, periods, value * 10)
        case.put(total, periods, *([1.0] * 1000 if case.statistic(total) == "SampleCount" else [1000.0]))
    elif expression.startswith("100 * FILL(consumed"):
        # Units consumed in an hour, of 40 provisioned a second.
        case.put(0, periods, value / 100 * 40 * 3600)
        case.put(1, periods, 40)
    elif expression.startswith("MAX([FILL(bytes"):
        # Bytes in an hour, or records, each of which takes as much of a shard as 1,000 bytes.
        case.put(number, periods, value * 3600 / (1 if number == 0 else 1000))
    elif expression.startswith("DIFF("):
        case.raise_(0, periods, value)
    elif expression == "attempts - successes":
        # One metric: each sample is an attempt, and counts 0 if it failed.
        case.put(0, periods, *[0.0] * int(value))
    elif expression.startswith("100 * "):
        case.put(0, periods, value / 100)
    else:
        assert not expression or is_sum(alarm) or is_greatest(alarm), expression
        # Enough of them for a percentile to say something.
        percentile = case.statistic(number).startswith("p")
        case.put(number, periods, *[value] * (1000 if percentile else 1))


def parts(case: Data, alarm: Properties) -> range:
    """Numbers of the metrics of which each alone sets the alarm off."""
    if is_share(alarm):
        return range(len(case.failures()))
    return range(len(case) if is_sum(alarm) or is_greatest(alarm) else 1)


def learns(alarm: Properties) -> bool:
    return "ThresholdMetricId" in alarm


USUAL, DEVIATION = 1000.0, 100.0


def worse(alarm: Properties) -> float:
    rises = alarm["ComparisonOperator"].startswith("Greater")
    if learns(alarm):
        return USUAL * (3 if rises else 0)
    threshold = float(alarm["Threshold"])
    return threshold + 1 if rises else threshold * 0.9


def good(alarm: Properties) -> float:
    """The threshold itself, where a share of it can be counted without a rest."""
    if learns(alarm):
        return USUAL
    threshold = float(alarm["Threshold"])
    exact = not expression_of(alarm).startswith("IF(") or threshold in (0.5, 1.0, 10.0, 50.0)
    return threshold if exact else threshold * 0.999


def started(alarm: Properties, data: Callable[[Properties], Data]) -> Data:
    case = data(alarm)
    if learns(alarm):
        case.watch.expected = (USUAL, DEVIATION)
    return case


def test_every_alarm_goes_on_for_bad_data(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    assert len(alarms) > 80
    for name, alarm in alarms.items():
        for number in parts(data(alarm), alarm):
            case = started(alarm, data)
            fill(case, alarm, worse(alarm), alarm["DatapointsToAlarm"], number)
            assert case.watch.state(alarm, NOW, "OK") == "ALARM", (name, number)


def test_no_alarm_goes_on_at_its_threshold_or_for_one_bad_point_less(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    for name, alarm in alarms.items():
        needed, periods = alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]
        well = started(alarm, data)
        fill(well, alarm, good(alarm), periods)
        assert well.watch.state(alarm, NOW, "ALARM") == "OK", name
        if needed > 1 and alarm["TreatMissingData"] == "notBreaching" and not learns(alarm):
            short = data(alarm)
            fill(short, alarm, worse(alarm), needed - 1)
            assert short.watch.state(alarm, NOW, "OK") == "OK", name


def holds(rule: str, on: set[str]) -> bool:
    """A rule of a composite alarm, while some alarms are on."""
    terms = re.split(r" (OR|AND) ", rule)
    names = [term[7:-2] for term in terms[::2]]
    assert all(term == f'ALARM("{name}")' for term, name in zip(terms[::2], names, strict=True))
    (joined,) = set(terms[1::2]) or {"OR"}
    return (any if joined == "OR" else all)(name in on for name in names)


def test_every_composite_alarm_goes_on_and_is_made_of_alarms_that_there_are(
    composites: list[tuple[Properties, frozenset[str]]],
) -> None:
    assert {alarm["Kind"] for alarm, _ in composites} == set(COMPOSITE)
    for alarm, names in composites:
        children = set(re.findall(r'ALARM\("([^"]+)"\)', alarm["AlarmRule"]))
        assert children <= names, alarm["AlarmName"]
        assert not holds(alarm["AlarmRule"], set())
        if alarm["Kind"] == "services.unhealthy":
            assert all(holds(alarm["AlarmRule"], {child}) for child in children)
        else:
            assert len(children) == 2
            assert holds(alarm["AlarmRule"], children)
            assert not any(holds(alarm["AlarmRule"], {child}) for child in children)


STATES = {
    "notBreaching": "OK",
    "breaching": "ALARM",
    "missing": "INSUFFICIENT_DATA",
    "ignore": "as before",
}


def test_without_data_each_alarm_is_as_its_rule_means_it(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    for name, alarm in alarms.items():
        for before in ("OK", "ALARM"):
            expected = STATES[alarm["TreatMissingData"]].replace("as before", before)
            assert data(alarm).watch.state(alarm, NOW, before) == expected, name


def test_silence_is_told_of_where_it_is_neither_good_nor_bad(alarms: dict[str, Properties]) -> None:
    silent = [alarm for alarm in alarms.values() if alarm["TreatMissingData"] == "missing"]
    assert {alarm["MetricName"] for alarm in silent} == {
        "ACUUtilization",
        "CPUUtilization",
        "CurrConnections",
        "DatabaseConnections",
        "DatabaseMemoryUsagePercentage",
        "EngineCPUUtilization",
        "FreeableMemory",
    }
    for alarm in alarms.values():
        told = alarm["AlarmActions"] if alarm in silent else None
        assert alarm.get("InsufficientDataActions") == told


def test_a_database_that_sleeps_is_well_and_one_that_never_does_is_not(
    every_alarm: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    sleeps, wakes = (every_alarm[f"bank-{name}-database-ledger-load"] for name in ("dev", "prod"))
    assert data(sleeps).watch.state(sleeps, NOW, "OK") == "OK"
    assert data(wakes).watch.state(wakes, NOW, "OK") == "INSUFFICIENT_DATA"


def test_a_function_that_fails_once_an_hour_and_does_nothing_else_is_seen(
    every_alarm: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    alarm = every_alarm["shop-dev-function-orders.create-errors"]
    case = data(alarm)
    case.put(0, 1, 1)
    case.put(1, 1, 1)
    assert case.watch.state(alarm, NOW, "OK") == "ALARM"


def test_a_hot_partition_is_told_from_too_little_capacity(
    every_alarm: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    """AWS counts both under the same dimensions, and only the metric of the reason tells them apart."""
    hot = every_alarm["shop-dev-table-main-hot-partition"]
    watched = {
        query["MetricStat"]["Metric"]["MetricName"] for query in hot["Metrics"] if "MetricStat" in query
    }
    assert watched == {
        "ReadKeyRangeThroughputThrottleEvents",
        "WriteKeyRangeThroughputThrottleEvents",
    }
    too_little = data(every_alarm["shop-dev-table-main-throttles"])
    too_little.put(0, 3, 50)
    assert too_little.watch.state(hot, NOW, "OK") == "OK"
    one_key = data(hot)
    one_key.put(1, 2, 50)
    assert one_key.watch.state(hot, NOW, "OK") == "ALARM"
    parted = data(hot)
    parted.put(1, 1, 50)
    assert parted.watch.state(hot, NOW, "OK") == "OK"


def test_unused_capacity_of_an_index_is_seen_whatever_its_table_uses(
    every_alarm: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    index = every_alarm["shop-prod-index-main.GSI1-unused-reads"]
    table = data(every_alarm["shop-prod-table-main-unused-reads"])
    table.put(0, 24, 40 * 3600)
    table.put(1, 24, 40)
    assert table.watch.state(index, NOW, "OK") == "OK"
    unused = data(index)
    unused.put(0, 24, 0.1 * 40 * 3600)
    unused.put(1, 24, 40)
    assert unused.watch.state(index, NOW, "OK") == "ALARM"


def test_many_small_records_use_a_stream_as_few_large_ones_do(
    every_alarm: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    """Four shards take 4 MB or 4,000 records a second: a fifth is 800 kB, or 800 records."""
    alarm = every_alarm["exchange dev exchange-dev-stream-ticks-unused"]
    for kilobytes, records, expected in (
        (700, 100, "ALARM"),
        (900, 100, "OK"),
        (80, 700, "ALARM"),
        (80, 900, "OK"),
    ):
        case = data(alarm)
        case.put(0, 24, kilobytes * 1000 * 3600)
        case.put(1, 24, records * 3600)
        assert case.watch.state(alarm, NOW, "OK") == expected, (kilobytes, records)


def test_the_budget_of_a_service_of_many_functions_counts_errors_and_answers_with_500(
    every_alarm: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    alarm = every_alarm["bank-prod-objective-reports-availability"]
    names = [query["MetricStat"]["Metric"]["MetricName"] for query in alarm["Metrics"][1:]]
    assert names == ["MeasuredFailures", "UnexpectedFailures", "MeasuredCalls"]
    for errors, answered, expected in ((3, 1, "OK"), (6, 0, "ALARM"), (0, 6, "ALARM"), (3, 3, "ALARM")):
        case = data(alarm)
        case.put(0, 1, errors)
        case.put(1, 1, answered)
        case.put(2, 1, 1000)
        assert case.watch.state(alarm, NOW, "OK") == expected, (errors, answered)


def test_the_latency_of_a_table_is_that_of_its_slowest_operation(
    every_alarm: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    (alarm,) = [alarm for name, alarm in every_alarm.items() if name.endswith("table-main-latency")]
    slow = data(alarm)
    slow.put(1, 3, 51)
    for fast in (0, 2, 3):
        slow.put(fast, 3, 4)
    assert slow.watch.state(alarm, NOW, "OK") == "ALARM"
    each_below = data(alarm)
    for number in range(4):
        each_below.put(number, 3, 20)
    assert each_below.watch.state(alarm, NOW, "ALARM") == "OK"
    assert data(alarm).watch.state(alarm, NOW, "ALARM") == "OK"


def test_errors_of_another_function_do_not_count(
    every_alarm: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    other = data(every_alarm["shop-dev-function-orders.get-errors"])
    other.put(0, 1, 50)
    other.put(1, 1, 50)
    assert other.watch.state(every_alarm["shop-dev-function-orders.create-errors"], NOW, "OK") == "OK"


def test_alarms_on_dynamodb_fill_their_gaps_since_it_ignores_how_they_treat_missing_data(
    every_alarm: dict[str, Properties],
) -> None:
    found = 0
    for alarm in every_alarm.values():
        if "AWS/DynamoDB" not in json.dumps(alarm) or not is_sum(alarm):
            continue
        found += 1
        (expression,) = [query["Expression"] for query in alarm["Metrics"] if "Expression" in query]
        ids = [query["Id"] for query in alarm["Metrics"] if "MetricStat" in query]
        assert sorted(expression.split(" + ")) == sorted(f"FILL({name}, 0)" for name in ids)
    assert found > 5


def test_every_alarm_is_named_explained_and_heard(
    every_alarm: dict[str, Properties], composites: list[tuple[Properties, frozenset[str]]]
) -> None:
    for name, alarm in (*every_alarm.items(), *((c["AlarmName"], c) for c, _ in composites)):
        system, environment, _ = alarm["AlarmName"].split("-", 2)
        assert environment in ("local", "dev", "prod", "home"), name
        assert len(alarm["AlarmName"]) <= 255
        description = alarm["AlarmDescription"]
        assert len(description) <= 1024
        assert f" of {system}-{environment}: " in description
        (link,) = re.findall(r" Runbook: (\S+)$", description)
        # The local AWS has no console; nobody is told by it either.
        local = "docs/alarms.md#" if environment == "local" else "https://"
        assert link.startswith((local, "https://wiki.")), name
        advice = description.partition(". ")[2].removesuffix(f" Runbook: {link}")
        assert advice in ADVICE.values(), name
        (action,) = alarm["AlarmActions"]
        assert alarm["OKActions"] == [action]
        assert action.split(":")[5].rpartition("-")[0] == f"{system}-{environment}-alarms", name
        metrics = [query for query in alarm.get("Metrics", ()) if "MetricStat" in query]
        assert len(metrics) <= 10, name
        if "ExtendedStatistic" in alarm:
            assert alarm["EvaluateLowSampleCountPercentile"] == "ignore", name


def test_names_of_alarms_are_unique_in_an_account(watched_systems: Mapping[str, Templates]) -> None:
    for templates in watched_systems.values():
        names = [name for name, _ in alarms_in(templates, "AWS::CloudWatch::Alarm")]
        names += [name for name, _ in alarms_in(templates, "AWS::CloudWatch::CompositeAlarm")]
        assert len(names) == len(set(names))


def test_an_alarm_tells_a_topic_of_its_own_region(edge_templates: Mapping[str, Templates]) -> None:
    """CloudFront's metrics are in us-east-1 alone, and an alarm stands where its metric is."""
    for environment, region in (("dev", "eu-west-1"), ("home", "us-east-1")):
        templates = edge_templates[environment]
        edge = templates[f"gate-{environment}-edge"]
        kinds = {alarm["Kind"] for _, alarm in alarms_in({"edge": edge}, "AWS::CloudWatch::Alarm")}
        assert kinds == {"cdns.errors", "certificates.expiry", "firewalls.blocked"}
        for _, alarm in alarms_in({"edge": edge}, "AWS::CloudWatch::Alarm"):
            assert alarm["AlarmActions"][0].split(":")[3] == "us-east-1"
        made = [resource["Type"] for resource in edge["Resources"].values()]
        # Where the system is in us-east-1, its topics are there already.
        assert made.count("AWS::SNS::Topic") == (3 if region != "us-east-1" else 0)
        for _, alarm in alarms_in(
            {"b": templates[f"gate-{environment}-balancer-hooks"]}, "AWS::CloudWatch::Alarm"
        ):
            assert alarm["AlarmActions"][0].split(":")[3] == region
