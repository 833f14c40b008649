"""CloudWatch and SNS in memory, with alarms, their metrics and mute rules, as AWS documents them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target

NOW = datetime(2026, 11, 20, 12, 0, 40, tzinfo=UTC)
REGION = "arn:aws:sns:eu-west-1:123456789012:"


class FakeAws:
    """Answers for two services.

    Attributes:
        metrics: Values of a metric by its name: a list for the latest periods, or None for no data.
    """

    target = Target("123456789012", "eu-west-1")

    def __init__(self) -> None:
        self.alarms: list[dict[str, Any]] = []
        self.composites: list[dict[str, Any]] = []
        self.metrics: dict[str, list[float]] = {}
        self.subscriptions: dict[str, list[dict[str, str]]] = {}
        self.rules: dict[str, dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.without_rules = False
        self.listed: list[dict[str, Any]] = []
        """Metrics that had a value in the last two weeks."""

    def elsewhere(self, region: str) -> FakeAws:
        return self

    def client(self, name: str) -> FakeAws:
        assert name in ("cloudwatch", "sns")
        return self

    def describe_alarms(self, **request: Any) -> dict[str, Any]:
        prefix = request["AlarmNamePrefix"]
        at = int(request.get("NextToken", 0))
        # A page holds one alarm, so that who forgets the next ones is found out.
        mine = [a for a in self.alarms if a["AlarmName"].startswith(prefix)]
        more = {"NextToken": str(at + 1)} if len(mine) > at + 1 else {}
        composites = [a for a in self.composites if a["AlarmName"].startswith(prefix)]
        return {"MetricAlarms": mine[at : at + 1], "CompositeAlarms": composites if at == 0 else [], **more}

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        queries = request["MetricDataQueries"]
        assert len({query["Id"] for query in queries}) == len(queries) <= 500
        results = []
        for query in queries:
            if "MetricStat" in query:
                name = query["MetricStat"]["Metric"]["MetricName"]
                period = query["MetricStat"]["Period"]
                if query["MetricStat"]["Stat"] == "SampleCount":
                    name += " by the day"
            else:
                # What an expression gives is listed under its text without the ids' marks.
                name, period = query["Expression"].split("_")[-1], 300
            values = self.metrics.get(name, [])
            end = request["EndTime"].timestamp() // period * period
            times = [
                datetime.fromtimestamp(end - period * (len(values) - number), UTC)
                for number in range(len(values))
            ]
            kept = [(t, v) for t, v in zip(times, values, strict=True) if t >= request["StartTime"]]
            results.append(
                {"Id": query["Id"], "Timestamps": [t for t, _ in kept], "Values": [v for _, v in kept]}
            )
        return {"MetricDataResults": results}

    def list_subscriptions_by_topic(self, TopicArn: str, **_: Any) -> dict[str, Any]:
        return {"Subscriptions": self.subscriptions.get(TopicArn.rpartition(":")[2], [])}

    def list_metrics(self, Namespace: str, Dimensions: list[dict[str, str]], **_: Any) -> dict[str, Any]:
        return {"Metrics": [m for m in self.listed if m["Namespace"] == Namespace]}

    def put_alarm_mute_rule(self, **request: Any) -> None:
        if self.without_rules:
            raise ClientError({"Error": {"Code": "InvalidAction", "Message": "?"}}, "PutAlarmMuteRule")
        assert 1 <= len(request["MuteTargets"]["AlarmNames"]) <= 100
        self.rules[request["Name"]] = request

    def list_alarm_mute_rules(self, **_: Any) -> dict[str, Any]:
        arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:"
        return {"AlarmMuteRuleSummaries": [{"AlarmMuteRuleArn": arn + name} for name in self.rules]}

    def get_alarm_mute_rule(self, AlarmMuteRuleName: str) -> dict[str, Any]:
        return self.rules[AlarmMuteRuleName]

    def delete_alarm_mute_rule(self, AlarmMuteRuleName: str) -> None:
        del self.rules[AlarmMuteRuleName]


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return lambda: NOW


@pytest.fixture
def make_alarm(aws: FakeAws, environment: Any) -> Callable[..., dict[str, Any]]:
    """`make_alarm("function-orders.create-errors", severity="critical", …)`; it is there at once."""

    def make(name: str, severity: str | None = "critical", **more: Any) -> dict[str, Any]:
        prefix = f"{environment.system}-dev-"
        document = {
            "AlarmName": prefix + name,
            "AlarmArn": f"arn:aws:cloudwatch:{environment.region}:123456789012:alarm:{prefix}{name}",
            "StateValue": "OK",
            "StateReason": "all is well",
            "StateTransitionedTimestamp": NOW - timedelta(hours=1),
            "AlarmActions": [f"{REGION}{prefix}alarms-{severity}"] if severity else [],
            "ActionsEnabled": True,
            "Namespace": "AWS/Lambda",
            "MetricName": name,
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "Threshold": 10.0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            **more,
        }
        aws.alarms.append(document)
        return document

    return make
