"""The checks of goals: objectives and error budgets."""

from datetime import timedelta

import pytest

from platform_cli.operate.doctor.model import Verdict

SERVICE = """\
apis: { public: { kind: http } }
services:
  orders:
    path: services/orders
    functions:
      create: { handler: orders.create.handler, routes: [POST /orders] }
"""
OBJECTIVES = (
    "objectives: { availability_percent: 99.9, error_percent: 0.1, p99_ms: 1000, cold_start_ms: 2000 }\n"
)
GROUP = "/aws/lambda/shop-dev-orders-create"


@pytest.fixture
def measured(deployed, now):
    def make(starts=(), **values):
        def answer(params):
            results = []
            for query in params["MetricDataQueries"]:
                found = values.get(query["MetricStat"]["Metric"]["MetricName"], ())
                times = [now - timedelta(days=day + 1) for day in range(len(found))]
                results.append({"Id": query["Id"], "Timestamps": times, "Values": [float(v) for v in found]})
            return {"MetricDataResults": results}

        lines = [f"REPORT RequestId: r\tDuration: 1.0 ms\tInit Duration: {ms} ms" for ms in starts]
        events = [
            {
                "eventId": str(i),
                "logStreamName": "s",
                "timestamp": int(now.timestamp() * 1000),
                "message": line,
            }
            for i, line in enumerate(lines)
        ]
        return deployed(cloudwatch={"GetMetricData": answer}, logs={"FilterLogEvents": {"events": events}})

    return make


ALL = ["objective-availability", "objective-errors", "objective-latency", "objective-cold-start"]


@pytest.mark.parametrize("check", ALL)
def test_without_an_objective_or_without_data_nothing_is_measured(doctor, measured, check):
    assert "states no `objectives." in doctor(SERVICE, answers=measured()).says(check).summary

    result = doctor(SERVICE + OBJECTIVES, answers=measured()).says(check)
    assert result.verdict is Verdict.SKIPPED
    assert "no data" in result.summary


@pytest.mark.parametrize(
    ("errors", "answered", "verdict", "left"),
    [
        (2, 0, Verdict.OK, "80% of the error budget left"),
        (5, 3, Verdict.WARNING, "20% of the error budget left"),
        (10, 10, Verdict.FAILURE, "error budget spent 2.0 times"),
        (0, 50, Verdict.FAILURE, "error budget spent 5.0 times"),
    ],
)
def test_availability_and_what_is_left_of_its_budget(doctor, measured, errors, answered, verdict, left):
    """Lambda takes an answer of 500 for a success; handlers count it."""
    answers = measured(Invocations=[5000, 5000], Errors=[errors], UnexpectedFailures=[answered])
    result = doctor(SERVICE + OBJECTIVES, answers=answers).says("objective-availability")

    assert result.verdict is verdict
    (line,) = result.evidence
    assert line.startswith("orders: 99.")
    assert "of 10,000 calls, 99.9 % promised" in line
    assert line.endswith(left)


def test_calls_that_were_turned_away_are_said_and_are_no_failed_ones(doctor, measured):
    answers = measured(Invocations=[10_000], Throttles=[500])
    result = doctor(SERVICE + OBJECTIVES, answers=answers).says("objective-availability")

    assert result.verdict is Verdict.OK
    assert result.evidence[0].endswith("100% of the error budget left; 500 more were turned away")


def alarmed(service):
    return "alarms: { contacts: { info: [a@b.c], warning: [a@b.c], critical: [a@b.c] } }\n" + service


@pytest.mark.parametrize("functions", [1, 5])
def test_the_goals_count_what_the_alarms_on_objectives_count(doctor, measured, functions):
    """Whoever follows the alarm reads the same figures here."""
    from platform_cli.stacks.alarms.objectives import service_requests

    more = [
        f"      f{i}: {{ handler: orders.f{i}.handler, routes: [GET /{i}] }}\n" for i in range(1, functions)
    ]
    asynchronous = "      sweep: { handler: orders.sweep.handler, triggers: [{ schedule: rate(1 day) }] }\n"
    own = "    objectives: { availability_percent: 99.9 }\n"
    instance = doctor(alarmed(SERVICE + "".join(more) + asynchronous + own), answers=measured())
    environment = instance.context.environment
    (requests,) = service_requests(environment, environment.services["orders"])
    instance.says("objective-availability")
    asked = {
        (told["Namespace"], told["MetricName"], tuple((d["Name"], d["Value"]) for d in told["Dimensions"]))
        for call in instance.calls("GetMetricData")
        for query in call["MetricDataQueries"]
        if (told := query["MetricStat"]["Metric"])["MetricName"] != "Throttles"
    }

    assert asked == {(m.namespace, m.metric, m.fixed) for m in (*requests.failed, *requests.total)}


@pytest.mark.parametrize(
    ("errors", "verdict"), [(1, Verdict.OK), (9, Verdict.WARNING), (30, Verdict.FAILURE)]
)
def test_the_share_of_errors(doctor, measured, errors, verdict):
    answers = measured(Invocations=[10_000], Errors=[errors], Throttles=[500])
    result = doctor(SERVICE + OBJECTIVES, answers=answers).says("objective-errors")

    assert result.verdict is verdict
    assert "at most 0.1 % promised" in result.evidence[0]


@pytest.fixture
def latencies(deployed, now):
    """Two days of calls of a function; what percentage of each day's was within the goal."""

    def make(calls, within):
        told = {"SampleCount": calls, "PR(:1000)": within, "p99": [1500.0, 800.0]}
        times = [now - timedelta(days=day + 1) for day in range(2)]

        def answer(params):
            queries = params["MetricDataQueries"]
            return {
                "MetricDataResults": [
                    {"Id": q["Id"], "Timestamps": times, "Values": list(told[q["MetricStat"]["Stat"]])}
                    for q in queries
                ]
            }

        return deployed(cloudwatch={"GetMetricData": answer})

    return make


@pytest.mark.parametrize(
    ("calls", "within", "verdict", "share", "left"),
    [
        ([1000.0, 9000.0], [97.0, 100.0], Verdict.OK, "99.70%", "70% of the slow hundredth left"),
        ([1000.0, 9000.0], [91.0, 100.0], Verdict.WARNING, "99.10%", "10% of the slow hundredth left"),
        ([9000.0, 1000.0], [97.0, 100.0], Verdict.FAILURE, "97.30%", "slow hundredth spent 2.7 times"),
    ],
    ids=["a slow day with few calls", "hardly anything left", "a slow day with many calls"],
)
def test_the_99th_percentile_over_the_whole_window(doctor, latencies, calls, within, verdict, share, left):
    result = doctor(SERVICE + OBJECTIVES, answers=latencies(calls, within)).says("objective-latency")

    assert result.verdict is verdict
    assert result.evidence[0] == (
        f"orders: {share} of 10,000 calls within 1000 ms, 99 % promised; "
        f"{left}; worst day's p99 1,500 ms (orders.create)"
    )


def test_a_latency_is_that_of_functions_that_answer_users(doctor, latencies):
    asynchronous = "      sweep: { handler: orders.sweep.handler, triggers: [{ schedule: rate(1 day) }] }\n"
    instance = doctor(SERVICE + asynchronous + OBJECTIVES, answers=latencies([10.0, 10.0], [100.0, 100.0]))
    instance.says("objective-latency")
    queries = instance.calls("GetMetricData")[0]["MetricDataQueries"]
    names = {query["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for query in queries}
    assert names == {"shop-dev-orders-create"}


# --- APIs ----------------------------------------------------------------------------------------


@pytest.fixture
def entrances(deployed, now, make_stack):
    """Two days of requests to an HTTP API, and what percentage of each day's was within the goal."""

    def make(requests, within):
        told = {
            ("Latency", "SampleCount"): requests,
            ("Latency", "PR(:1000)"): within,
            ("Latency", "p99"): [1500.0, 800.0],
            ("IntegrationLatency", "p99"): [1400.0, 700.0],
        }
        times = [now - timedelta(days=day + 1) for day in range(2)]

        def values(query):
            asked = query["MetricStat"]
            return list(told[asked["Metric"]["MetricName"], asked["Stat"]])

        def answer(params):
            queries = params["MetricDataQueries"]
            return {
                "MetricDataResults": [
                    {"Id": q["Id"], "Timestamps": times[: len(values(q))], "Values": values(q)}
                    for q in queries
                ]
            }

        return deployed(
            ("AWS::ApiGatewayV2::Api", "a1b2c3"),
            stacks=[make_stack("shop-dev-api-public")],
            cloudwatch={"GetMetricData": answer},
        )

    return make


@pytest.mark.parametrize(
    ("requests", "within", "verdict", "share", "left"),
    [
        ([1000.0, 9000.0], [97.0, 100.0], Verdict.OK, "99.70%", "70% of the slow hundredth left"),
        ([1000.0, 9000.0], [91.0, 100.0], Verdict.WARNING, "99.10%", "10% of the slow hundredth left"),
        ([9000.0, 1000.0], [97.0, 100.0], Verdict.FAILURE, "97.30%", "slow hundredth spent 2.7 times"),
    ],
    ids=["a slow day with few requests", "hardly anything left", "a slow day with many requests"],
)
def test_the_99th_percentile_of_an_api_is_told_beside_what_is_behind_it(
    doctor, entrances, requests, within, verdict, share, left
):
    result = doctor(SERVICE + OBJECTIVES, answers=entrances(requests, within)).says("objective-api-latency")

    assert result.verdict is verdict
    assert result.evidence == (
        f"public: {share} of 10,000 requests within 1000 ms, 99 % promised; "
        f"{left}; worst day's p99 1,500 ms, of what is behind it 1,400 ms",
    )


@pytest.mark.parametrize(
    ("kind", "dimensions"),
    [
        ("http", {("ApiId", "a1b2c3"), ("Stage", "$default")}),
        ("rest", {("ApiName", "shop-dev-public"), ("Stage", "live")}),
    ],
)
def test_an_api_is_measured_by_the_dimension_of_its_kind(doctor, entrances, kind, dimensions):
    blueprint = SERVICE.replace("kind: http", f"kind: {kind}") + OBJECTIVES
    instance = doctor(blueprint, answers=entrances([10.0, 10.0], [100.0, 100.0]))
    assert instance.says("objective-api-latency").verdict is Verdict.OK
    queries = instance.calls("GetMetricData")[0]["MetricDataQueries"]
    asked = {tuple(d.values()) for q in queries for d in q["MetricStat"]["Metric"]["Dimensions"]}
    assert asked == dimensions


def test_without_a_promise_of_the_system_or_without_requests_no_api_is_judged(doctor, entrances):
    own = "    objectives: { p99_ms: 1000 }\n"
    unpromised = doctor(SERVICE + own, answers=entrances([1.0, 1.0], [0.0, 0.0]))
    assert "for the system" in unpromised.says("objective-api-latency").summary
    quiet = doctor(SERVICE + OBJECTIVES, answers=entrances([], [])).says("objective-api-latency")
    assert quiet.verdict is Verdict.SKIPPED
    assert "no API was called" in quiet.summary


@pytest.mark.parametrize(
    ("failed", "verdict", "left"),
    [
        (2, Verdict.OK, "80% of the error budget left"),
        (8, Verdict.WARNING, "20% of the error budget left"),
        (20, Verdict.FAILURE, "error budget spent 2.0 times"),
    ],
)
@pytest.mark.parametrize(("kind", "metric"), [("http", "5xx"), ("rest", "5XXError")])
def test_the_availability_of_the_system_is_that_of_its_apis(
    doctor, deployed, now, make_stack, kind, metric, failed, verdict, left
):
    times = [now - timedelta(days=day + 1) for day in range(2)]
    told = {("Count", "SampleCount"): [4000.0, 6000.0], (metric, "Sum"): [float(failed), 0.0]}

    def answer(params):
        asked = [(q["Id"], q["MetricStat"]) for q in params["MetricDataQueries"]]
        return {
            "MetricDataResults": [
                {"Id": id, "Timestamps": times, "Values": told[stat["Metric"]["MetricName"], stat["Stat"]]}
                for id, stat in asked
            ]
        }

    answers = deployed(
        ("AWS::ApiGatewayV2::Api", "a1b2c3"),
        stacks=[make_stack("shop-dev-api-public")],
        cloudwatch={"GetMetricData": answer},
    )
    blueprint = (
        SERVICE.replace("kind: http", f"kind: {kind}") + "objectives: { availability_percent: 99.9 }\n"
    )
    result = doctor(blueprint, answers=answers).says("objective-api-availability")

    assert result.verdict is verdict
    assert result.evidence == (
        f"{failed / 10_000:.3%} of 10,000 requests failed, at most 0.1 % promised; {left}",
    )


def test_without_a_promise_of_availability_or_without_requests_the_system_is_not_judged(doctor, deployed):
    answers = deployed(cloudwatch={"GetMetricData": {"MetricDataResults": []}})
    unpromised = doctor(SERVICE, answers=answers).says("objective-api-availability")
    assert "states neither" in unpromised.summary
    promised = SERVICE + "objectives: { error_percent: 1 }\n"
    quiet = doctor(promised, answers=answers).says("objective-api-availability")
    assert quiet.verdict is Verdict.SKIPPED
    assert "no API was called" in quiet.summary


@pytest.mark.parametrize(
    ("starts", "verdict", "left"),
    [
        ([900.0] * 20, Verdict.OK, "0 slow, 2 allowed"),
        ([900.0] * 19 + [2500.0], Verdict.WARNING, "1 slow, 2 allowed"),
        ([900.0, 2500.0], Verdict.FAILURE, "1 slow, 0 allowed"),
    ],
)
def test_cold_starts_within_the_goal(doctor, measured, starts, verdict, left):
    result = doctor(SERVICE + OBJECTIVES, answers=measured(starts)).says("objective-cold-start")

    assert result.verdict is verdict
    assert f"; {left}; slowest " in result.evidence[0]


@pytest.mark.parametrize(
    ("within", "verdict", "said"),
    [
        ([100.0, 100.0], Verdict.OK, "200 of 200 cold starts within 2000 ms in 7 days; 0 slow, 20 allowed"),
        ([90.0, 100.0], Verdict.WARNING, "190 of 200 cold starts within 2000 ms in 7 days; 10 slow"),
        ([70.0, 100.0], Verdict.FAILURE, "170 of 200 cold starts within 2000 ms in 7 days; 30 slow"),
    ],
)
def test_cold_starts_of_the_whole_window_are_read_from_the_metric_of_the_alarms(
    doctor, deployed, now, within, verdict, said
):
    told = {"SampleCount": [100.0, 100.0], "PR(:2000)": within, "Maximum": [2500.0, 800.0]}
    times = [now - timedelta(days=day + 1) for day in range(2)]

    def answer(params):
        for query in params["MetricDataQueries"]:
            metric = query["MetricStat"]["Metric"]
            named = (metric["Namespace"], metric["MetricName"], metric["Dimensions"])
            assert named == ("shop/dev/orders.create", "InitDuration", [])
        return {
            "MetricDataResults": [
                {"Id": q["Id"], "Timestamps": times, "Values": told[q["MetricStat"]["Stat"]]}
                for q in params["MetricDataQueries"]
            ]
        }

    answers = deployed(cloudwatch={"GetMetricData": answer})
    result = doctor(alarmed(SERVICE) + OBJECTIVES, answers=answers, days=7).says("objective-cold-start")

    assert result.verdict is verdict
    assert said in result.evidence[0]
    assert result.evidence[0].endswith("slowest 2,500 ms")
    assert "in 7 days" in result.summary


def test_of_a_busy_function_without_alarms_it_is_said_which_calls_were_read(doctor, measured):
    result = doctor(SERVICE + OBJECTIVES, answers=measured([900.0] * 2001)).says("objective-cold-start")

    said = "2,000 of 2,000 cold starts within 2000 ms in the first 2,000 calls of each function in 24 hours; "
    assert said in result.evidence[0]


def test_the_window_is_the_one_that_was_asked_for(doctor, measured, now):
    instance = doctor(SERVICE + OBJECTIVES, answers=measured(Invocations=[1]), days=7)

    assert "in 7 days" in instance.says("objective-availability").summary
    start = instance.calls("GetMetricData")[0]["StartTime"]
    assert (now - start).days == 7
