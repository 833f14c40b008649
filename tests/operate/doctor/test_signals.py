"""The checks of what watches a system and what it writes: alarms, logs, calls, stores."""

import json
from datetime import timedelta

import pytest

from platform_cli.operate.doctor.model import Verdict

ALARM = "AWS::CloudWatch::Alarm"
CRITICAL = "arn:aws:sns:eu-west-1:111111111111:shop-dev-alarms-critical"
WARNING = "arn:aws:sns:eu-west-1:111111111111:shop-dev-alarms-warning"
FUNCTION = """\
apis: { public: { kind: http } }
services:
  orders:
    path: services/orders
    functions:
      create: { handler: orders.create.handler, routes: [POST /orders], memory_mb: 512 }
      notify: { handler: orders.notify.handler }
"""
GROUP = "/aws/lambda/shop-dev-orders-create"
STORES = """\
networks: { main: { cidr: 10.0.0.0/16 } }
databases: { ledger: { engine: aurora-postgresql, network: main } }
caches: { sessions: { engine: valkey, network: main } }
"""


def alarm(now, name="shop-dev-function-orders.create-errors", state="OK", minutes=30, **more):
    return {
        "AlarmName": name,
        "StateValue": state,
        "StateReason": "Threshold Crossed",
        "StateUpdatedTimestamp": now - timedelta(minutes=minutes),
        "ActionsEnabled": True,
        "AlarmActions": [WARNING],
        **more,
    }


@pytest.fixture
def watched(deployed):
    def make(*described, subscribed=1, pending=0, **more):
        told = ["arn:aws:sns:x"] * subscribed + ["PendingConfirmation"] * pending
        listed = [{"SubscriptionArn": arn, "Protocol": "email", "Endpoint": "a@example.com"} for arn in told]
        return deployed(
            *((ALARM, a["AlarmName"]) for a in described),
            cloudwatch={
                "DescribeAlarms": {"MetricAlarms": list(described)},
                "ListAlarmMuteRules": {"AlarmMuteRuleSummaries": []},
                **more,
            },
            sns={"ListSubscriptionsByTopic": {"Subscriptions": listed}},
        )

    return make


@pytest.mark.parametrize(
    ("state", "topic", "verdict"),
    [
        ("OK", WARNING, Verdict.OK),
        ("INSUFFICIENT_DATA", CRITICAL, Verdict.OK),
        ("ALARM", WARNING, Verdict.WARNING),
        ("ALARM", CRITICAL, Verdict.FAILURE),
    ],
)
def test_alarms_that_fire(doctor, watched, now, state, topic, verdict):
    answers = watched(alarm(now, state=state, AlarmActions=[topic]), alarm(now, "shop-dev-other"))
    result = doctor(answers=answers).says("alarms-firing")

    assert result.verdict is verdict
    if state == "ALARM":
        assert result.evidence == ("shop-dev-function-orders.create-errors for 30 min: Threshold Crossed",)


@pytest.mark.parametrize("check", ["alarms-firing", "alarms-watching", "incidents"])
def test_without_alarms_there_is_nothing_that_could_fire(doctor, deployed, check):
    assert doctor(answers=deployed()).says(check).verdict is Verdict.SKIPPED


def test_alarms_with_data_and_somebody_to_tell_are_well(doctor, watched, now):
    assert doctor(answers=watched(alarm(now))).says("alarms-watching").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("more", "subscribed", "pending", "line"),
    [
        ({"AlarmActions": []}, 1, 0, "shop-dev-function-orders.create-errors has no action"),
        (
            {"state": "INSUFFICIENT_DATA", "minutes": 3000},
            1,
            0,
            "shop-dev-function-orders.create-errors has had no data since 2026-11-19",
        ),
        (
            {},
            0,
            2,
            "nobody listens to shop-dev-alarms-warning: 2 did not confirm the e-mail of AWS",
        ),
    ],
)
def test_alarms_that_nobody_would_hear(doctor, watched, now, more, subscribed, pending, line):
    answers = watched(alarm(now, **more), subscribed=subscribed, pending=pending)
    result = doctor(answers=answers).says("alarms-watching")

    assert result.verdict is Verdict.WARNING
    assert line in result.evidence
    assert result.fix is None


def test_alarms_that_somebody_silenced_are_well_and_named(doctor, watched, now):
    arn = "arn:aws:cloudwatch:eu-west-1:111111111111:alarm-mute-rule:shop-dev-silence-1"
    rule = {
        "AlarmMuteRuleArn": arn,
        "Rule": {"Schedule": {"Expression": "at(2026-11-21T11:50)", "Duration": "PT30M"}},
        "MuteTargets": {"AlarmNames": ["shop-dev-function-orders.create-errors"]},
    }
    answers = watched(
        alarm(now),
        alarm(now, "shop-dev-other"),
        ListAlarmMuteRules={"AlarmMuteRuleSummaries": [{"AlarmMuteRuleArn": arn}]},
        GetAlarmMuteRule=rule,
    )
    result = doctor(answers=answers).says("alarms-watching")

    assert result.verdict is Verdict.OK
    assert result.evidence == (
        "shop-dev-function-orders.create-errors is silenced until 2026-11-21 12:20 UTC",
    )


def test_who_may_not_see_mute_rules_is_told_the_rest(doctor, watched, now, refused):
    answers = watched(alarm(now), ListAlarmMuteRules=refused("AccessDenied"))
    assert doctor(answers=answers).says("alarms-watching").verdict is Verdict.OK


def test_disabled_actions_are_enabled_by_the_fix(doctor, watched, now):
    instance = doctor(answers=watched(alarm(now, ActionsEnabled=False), EnableAlarmActions={}))
    result = instance.says("alarms-watching")

    assert result.verdict is Verdict.WARNING
    assert result.fix is not None
    assert result.fix.in_environment
    assert instance.calls("EnableAlarmActions") == []
    result.fix.apply()
    assert instance.calls("EnableAlarmActions") == [
        {"AlarmNames": ["shop-dev-function-orders.create-errors"]}
    ]


def test_a_new_alarm_may_have_no_data_yet(doctor, watched, now):
    fresh = alarm(now, state="INSUFFICIENT_DATA", minutes=60)

    assert doctor(answers=watched(fresh)).says("alarms-watching").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("listed", "values", "days", "verdict"),
    [
        ([], [], 2, Verdict.WARNING),
        ([], [], 0, Verdict.OK),
        ([], [7.0], 2, Verdict.OK),
        (["f"], [], 2, Verdict.OK),
        (["another"], [], 2, Verdict.WARNING),
    ],
    ids=["never-seen", "new", "seen-once", "counts-what-did-not-happen", "of-something-else"],
)
def test_an_alarm_that_takes_no_data_for_good_is_judged_by_its_metric(
    doctor, watched, now, listed, values, days, verdict
):
    def place(name):
        return [{"Name": "FunctionName", "Value": name}]

    answers = watched(
        alarm(
            now,
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=place("f"),
            AlarmConfigurationUpdatedTimestamp=now - timedelta(days=days),
        ),
        GetMetricData={
            "MetricDataResults": [{"Id": "m0", "Timestamps": [now] * len(values), "Values": values}]
        },
        ListMetrics={
            "Metrics": [
                {"Namespace": "AWS/Lambda", "MetricName": "Calls", "Dimensions": place(n)} for n in listed
            ]
        },
    )
    result = doctor(answers=answers).says("alarms-watching")

    assert result.verdict is verdict
    if verdict is Verdict.WARNING:
        assert result.evidence == (
            "shop-dev-function-orders.create-errors: nothing of what it watches was ever seen",
        )


# --- logs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "verdict"), [(30, Verdict.OK), (None, Verdict.WARNING)])
def test_log_groups_without_retention(doctor, deployed, days, verdict):
    groups = [
        {"logGroupName": GROUP, "storedBytes": 5_000_000, **({"retentionInDays": days} if days else {})},
        {"logGroupName": "/aws/lambda/shop-dev-eu-orders-create"},  # another environment's
    ]
    answers = deployed(logs={"DescribeLogGroups": {"logGroups": groups}})
    result = doctor(FUNCTION, answers=answers).says("log-retention")

    assert result.verdict is verdict
    if verdict is Verdict.WARNING:
        assert result.evidence == (f"{GROUP}: 5 MB kept for ever",)
        assert result.fix is None


@pytest.mark.parametrize(
    ("made", "group"),
    [
        (("AWS::RDS::DBCluster", "shop-dev-ledger"), "/aws/rds/cluster/shop-dev-ledger/postgresql"),
        (("AWS::RDS::DBProxy", "shop-dev-ledger"), "/aws/rds/proxy/shop-dev-ledger"),
        (("AWS::Lambda::Function", "shop-dev-rotation"), "/aws/lambda/shop-dev-rotation"),
        (("AWS::Lambda::Function", "hook-x1"), "/aws/lambda/hook-x1"),
    ],
)
def test_log_groups_that_aws_makes_itself_are_looked_at(doctor, deployed, made, group):
    def listed(params):
        known = [group, "/aws/rds/cluster/shop-dev-old/postgresql", "/aws/lambda/of-somebody-else"]
        return {
            "logGroups": [
                {"logGroupName": name, "storedBytes": 3_000_000}
                for name in known
                if name.startswith(params["logGroupNamePrefix"])
            ]
        }

    result = doctor(FUNCTION, answers=deployed(made, logs={"DescribeLogGroups": listed})).says(
        "log-retention"
    )
    assert result.evidence == (f"{group}: 3 MB kept for ever",)


def test_without_log_groups_nothing_is_kept(doctor, deployed):
    answers = deployed(logs={"DescribeLogGroups": {"logGroups": []}})

    assert doctor(FUNCTION, answers=answers).says("log-retention").verdict is Verdict.SKIPPED


# --- calls ---------------------------------------------------------------------------------------


def logged(now, create=(), notify=()):
    lines = {GROUP: create, "/aws/lambda/shop-dev-orders-notify": notify}

    def answer(params):
        events = [
            {
                "eventId": f"{params['logGroupName']}-{number}",
                "logStreamName": "s",
                "timestamp": int((now - timedelta(hours=1)).timestamp() * 1000) + number,
                "message": line,
            }
            for number, line in enumerate(lines[params["logGroupName"]])
        ]
        return {"events": events}

    return {"FilterLogEvents": answer}


def report(init=None, used=100, size=512):
    start = f"\tInit Duration: {init} ms" if init is not None else ""
    return (
        f"REPORT RequestId: r\tDuration: 12.0 ms\tBilled Duration: 13 ms\tMemory Size: {size} MB\t"
        f"Max Memory Used: {used} MB{start}"
    )


@pytest.mark.parametrize(
    ("cold", "warm", "verdict"),
    [(1, 99, Verdict.OK), (30, 70, Verdict.WARNING), (5, 5, Verdict.OK), (0, 0, Verdict.SKIPPED)],
)
def test_the_share_of_cold_starts(doctor, deployed, now, cold, warm, verdict):
    lines = [report(init=800.0)] * cold + [report()] * warm
    result = doctor(FUNCTION, answers=deployed(logs=logged(now, lines))).says("cold-starts")

    assert result.verdict is verdict
    if verdict is Verdict.WARNING:
        assert result.evidence == ("orders.create: 30 of 100 calls (30%), 800 ms each",)


def test_nobody_waits_for_a_function_without_a_route(doctor, deployed, now):
    lines = [report(init=800.0)] * 50
    answers = deployed(logs=logged(now, notify=lines))

    assert doctor(FUNCTION, answers=answers).says("cold-starts").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("used", "verdict"),
    [(200, Verdict.OK), (480, Verdict.WARNING), (512, Verdict.FAILURE), (None, Verdict.SKIPPED)],
)
def test_memory_near_the_limit(doctor, deployed, now, used, verdict):
    lines = [] if used is None else [report(), report(used=used)]
    result = doctor(FUNCTION, answers=deployed(logs=logged(now, lines))).says("memory")

    assert result.verdict is verdict
    if used:
        assert result.evidence == (f"orders.create: {used} of 512 MB ({used / 512:.0%})",)


def test_reports_that_tell_no_memory_are_no_lack_of_calls(doctor, deployed, now):
    result = doctor(FUNCTION, answers=deployed(logs=logged(now, [report(used=0)]))).says("memory")

    assert result.verdict is Verdict.SKIPPED
    assert result.summary == "the reports of calls do not say what memory was used"


def metrics(now, values):
    """`values` by the metric's name: a number, or several days of it."""

    def answer(params):
        results = []
        for query in params["MetricDataQueries"]:
            found = values.get(query["MetricStat"]["Metric"]["MetricName"], ())
            numbers = found if isinstance(found, list | tuple) else [found]
            times = [now - timedelta(days=day + 1) for day in range(len(numbers))]
            results.append(
                {"Id": query["Id"], "Timestamps": times, "Values": [float(number) for number in numbers]}
            )
        return {"MetricDataResults": results}

    return {"GetMetricData": answer}


@pytest.mark.parametrize(("throttles", "verdict"), [(0, Verdict.OK), (12, Verdict.WARNING)])
def test_throttled_calls(doctor, deployed, now, throttles, verdict):
    answers = deployed(cloudwatch=metrics(now, {"Throttles": throttles}))
    result = doctor(FUNCTION, answers=answers).says("throttles")

    assert result.verdict is verdict
    if throttles:
        assert result.evidence == ("function orders.notify: 12", "function orders.create: 12")


def test_what_an_index_turned_away_is_told_beside_its_table(doctor, deployed, now):
    def answer(params):
        asked = {q["Id"]: q["MetricStat"]["Metric"] for q in params["MetricDataQueries"]}
        results = []
        for id, metric in asked.items():
            at = {d["Name"]: d["Value"] for d in metric["Dimensions"]}
            of_index = at == {"TableName": "shop-dev-main", "GlobalSecondaryIndexName": "by-customer"}
            value = 7.0 if of_index and metric["MetricName"] == "WriteThrottleEvents" else 0.0
            results.append({"Id": id, "Timestamps": [now - timedelta(days=1)], "Values": [value]})
        return {"MetricDataResults": results}

    tables = """\
tables:
  main: { partition_key: PK, sort_key: SK, indexes: { by-customer: { partition_key: CPK } } }
"""
    result = doctor(tables, answers=deployed(cloudwatch={"GetMetricData": answer})).says("throttles")

    assert result.verdict is Verdict.WARNING
    assert result.evidence == ("index main.by-customer, writes: 7",)


def test_without_anything_to_throttle(doctor, deployed):
    assert doctor(answers=deployed()).says("throttles").verdict is Verdict.SKIPPED


# --- stores --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("available", Verdict.OK), ("modifying", Verdict.WARNING), ("incompatible-network", Verdict.FAILURE)],
)
def test_databases_and_caches_by_their_state(doctor, deployed, status, verdict):
    answers = deployed(
        rds={"DescribeDBClusters": {"DBClusters": [{"Status": status}]}},
        elasticache={"DescribeReplicationGroups": {"ReplicationGroups": [{"Status": status}]}},
    )
    instance = doctor(STORES, answers=answers)

    for check, name in (("databases", "ledger"), ("caches", "sessions")):
        result = instance.says(check)
        assert result.verdict is verdict
        assert result.evidence[0] == f"{name}: {status}"
        assert (len(result.evidence) == 2) is (verdict is Verdict.OK)  # what was judged


def test_a_database_or_cache_that_is_gone(doctor, deployed, refused):
    answers = deployed(
        rds={"DescribeDBClusters": refused("DBClusterNotFoundFault")},
        elasticache={"DescribeReplicationGroups": refused("ReplicationGroupNotFoundFault")},
    )
    instance = doctor(STORES, answers=answers)

    for check in ("databases", "caches"):
        result = instance.says(check)
        assert result.verdict is Verdict.FAILURE
        assert "there is none" in result.evidence[0]


@pytest.mark.parametrize("check", ["databases", "caches"])
def test_without_databases_or_caches(doctor, deployed, check):
    assert doctor(answers=deployed()).says(check).verdict is Verdict.SKIPPED


def test_on_the_local_aws_a_connection_is_made(doctor, deployed, tmp_path, make_stack):
    import socket

    from platform_cli.local.state import LocalFolder
    from platform_cli.local.store_state import Store, write_stores

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        answers = deployed(stacks=[make_stack("shop-local-data")])
        instance = doctor(STORES, env="local", answers=answers)
        assert instance.says("databases").verdict is Verdict.FAILURE  # never started
        store = Store("postgresql", "shop-local-ledger", "postgres", "ledger", "hidden", "t" * 16, 4711, port)
        write_stores(LocalFolder(instance.context.folder), (store,))
        result = instance.says("databases")
        assert result.verdict is Verdict.OK
        assert "hidden" not in json.dumps([*result.evidence, result.summary])
    assert instance.says("databases").verdict is Verdict.FAILURE
