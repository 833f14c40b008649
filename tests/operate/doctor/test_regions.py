"""Stacks of other regions are looked at there: copies of data, what CloudFront takes from us-east-1."""

from datetime import timedelta

import pytest

from platform_cli.operate.doctor.model import Verdict

BLUEPRINT = "buckets: { receipts: { versioned: true, replicas: [us-west-2] } }\n"
COPY = "arn:aws:cloudformation:us-west-2:111111111111:stack/shop-dev-recovery-us-west-2/1"
STORE = "shop-dev-receipts-111111111111-us-west-2"


@pytest.fixture
def two_regions(deployed, make_stack):
    """Answers of an environment with one stack here and one in us-west-2."""

    def make(resources, here, there):
        answers = deployed(**here)
        copies = make_stack("shop-dev-recovery-us-west-2", StackId=COPY)
        answers["us-west-2"] = deployed(*resources, stacks=[copies], **there)
        return answers

    return make


def drift(status, *drifts):
    return {
        "DetectStackDrift": {"StackDriftDetectionId": "d-1"},
        "DescribeStackDriftDetectionStatus": {
            "StackId": COPY,
            "StackDriftDetectionId": "d-1",
            "DetectionStatus": "DETECTION_COMPLETE",
            "StackDriftStatus": status,
            "Timestamp": "2026-11-21T12:00:00Z",
        },
        "DescribeStackResourceDrifts": {"StackResourceDrifts": list(drifts)},
    }


def test_a_stack_is_compared_in_its_own_region(doctor, two_regions):
    gone = {
        "StackId": COPY,
        "LogicalResourceId": "BucketReceipts",
        "ResourceType": "AWS::S3::Bucket",
        "StackResourceDriftStatus": "DELETED",
        "Timestamp": "2026-11-21T12:00:00Z",
    }
    here, there = {"cloudformation": drift("IN_SYNC")}, {"cloudformation": drift("DRIFTED", gone)}
    result = doctor(BLUEPRINT, answers=two_regions([], here, there)).says("drift")

    assert result.verdict is Verdict.WARNING
    assert result.evidence == ("shop-dev-recovery-us-west-2: BucketReceipts (AWS::S3::Bucket) is gone",)


def test_a_copy_in_another_region_is_looked_at_there(doctor, two_regions, refused):
    there = {"s3": {"GetPublicAccessBlock": refused("NoSuchPublicAccessBlockConfiguration")}}
    answers = two_regions([("AWS::S3::Bucket", STORE)], {}, there)
    result = doctor(BLUEPRINT, answers=answers).says("public-access")

    assert result.verdict is Verdict.FAILURE
    assert result.evidence == (f"bucket {STORE}: public access is not blocked",)


def test_alarms_and_their_history_are_read_where_they_are(doctor, two_regions, now):
    alarm = {
        "AlarmName": "shop-dev-cdn-site-errors",
        "StateValue": "ALARM",
        "StateReason": "Threshold Crossed",
        "StateUpdatedTimestamp": now - timedelta(minutes=30),
        "AlarmActions": ["arn:aws:sns:us-west-2:111111111111:shop-dev-alarms-critical"],
    }
    item = {
        "AlarmName": alarm["AlarmName"],
        "Timestamp": now - timedelta(minutes=30),
        "HistoryItemType": "StateUpdate",
        "HistoryData": '{"newState": {"stateValue": "ALARM"}}',
    }
    here = {"cloudwatch": {"DescribeAlarmHistory": {"AlarmHistoryItems": []}}}
    there = {
        "cloudwatch": {
            "DescribeAlarms": {"MetricAlarms": [alarm]},
            "DescribeAlarmHistory": {"AlarmHistoryItems": [item]},
        }
    }
    answers = two_regions([("AWS::CloudWatch::Alarm", alarm["AlarmName"])], here, there)
    made = doctor(BLUEPRINT, answers=answers)

    assert made.says("alarms-firing").verdict is Verdict.FAILURE
    incidents = made.says("incidents")
    assert incidents.verdict is Verdict.WARNING
    assert incidents.consequence == "shop-dev-cdn-site-errors is still on"


def test_an_alarm_elsewhere_that_nobody_would_hear_is_found_and_mended_there(doctor, two_regions, now):
    name, topic = "shop-dev-cdn-site-errors", "arn:aws:sns:us-west-2:111111111111:shop-dev-alarms-critical"
    alarm = {
        "AlarmName": name,
        "StateValue": "OK",
        "StateUpdatedTimestamp": now,
        "ActionsEnabled": False,
        "AlarmActions": [topic],
    }
    enabled = []
    there = {
        "cloudwatch": {
            "DescribeAlarms": {"MetricAlarms": [alarm]},
            "EnableAlarmActions": lambda params: enabled.append(params) or {},
        },
        "sns": {"ListSubscriptionsByTopic": {"Subscriptions": []}},
    }
    here = {"cloudwatch": {"ListAlarmMuteRules": {"AlarmMuteRuleSummaries": []}}}
    answers = two_regions([("AWS::CloudWatch::Alarm", name)], here, there)
    result = doctor(BLUEPRINT, answers=answers).says("alarms-watching")

    assert result.evidence == (
        "nobody listens to shop-dev-alarms-critical",
        f"{name}: its actions are disabled",
    )
    result.fix.apply()
    assert enabled == [{"AlarmNames": [name]}]


def test_log_groups_without_retention_are_found_where_they_are(doctor, two_regions):
    name = "aws-waf-logs-shop-dev-cdn"
    there = {"logs": {"DescribeLogGroups": {"logGroups": [{"logGroupName": name, "storedBytes": 2_000_000}]}}}
    here = {"logs": {"DescribeLogGroups": {"logGroups": []}}}
    result = doctor(BLUEPRINT, answers=two_regions([("AWS::Logs::LogGroup", name)], here, there)).says(
        "log-retention"
    )

    assert result.evidence == (f"{name} in us-west-2: 2 MB kept for ever",)
    assert f"--log-group-name {name} --region us-west-2" in result.mend
