"""AWS publishes a metric of that name under those dimensions: each alarm against AWS's own lists."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from platform_cli.stacks.alarms.catalog import RULES
from platform_cli.stacks.alarms.rule import DERIVED, MOST_METRICS, SEVERITIES
from platform_cli.stacks.derived import OF_APIS, OF_FUNCTIONS, OF_PROMISES, START_TIME

pytestmark = pytest.mark.xdist_group("every-assembly")

DOCS = "https://docs.aws.amazon.com"
LAMBDA = f"{DOCS}/lambda/latest/dg/monitoring-metrics-types.html"
HTTP = f"{DOCS}/apigateway/latest/developerguide/http-api-metrics.html"
REST = f"{DOCS}/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"
DYNAMODB = f"{DOCS}/amazondynamodb/latest/developerguide/metrics-dimensions.html"
INDEX = "TableName GlobalSecondaryIndexName"
SQS = f"{DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"
EVENTS = f"{DOCS}/eventbridge/latest/userguide/eb-monitoring.html"
AURORA = f"{DOCS}/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html"
ELASTICACHE = f"{DOCS}/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html"
COGNITO = f"{DOCS}/cognito/latest/developerguide/metrics-for-cognito-user-pools.html"
WAF = f"{DOCS}/waf/latest/developerguide/waf-metrics.html"
FLINK = f"{DOCS}/managed-flink/latest/java/metrics-dimensions.html"
CLOUDFRONT = f"{DOCS}/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html"
SNS = f"{DOCS}/sns/latest/dg/sns-monitoring-using-cloudwatch.html"
ACM = f"{DOCS}/acm/latest/userguide/cloudwatch-metrics.html"
ELB = f"{DOCS}/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html"
BACKUP = f"{DOCS}/aws-backup/latest/devguide/cloudwatch.html"
KINESIS = f"{DOCS}/streams/latest/dev/monitoring-with-cloudwatch.html"
LOGS = f"{DOCS}/AmazonCloudWatch/latest/logs/mask-sensitive-log-data-audit-findings.html"

PUBLISHED: Mapping[tuple[str, str, frozenset[str]], tuple[frozenset[str], str]] = {
    (namespace, metric, frozenset(dimensions.split())): (frozenset(statistics.split()), source)
    for namespace, metric, dimensions, statistics, source in (
        ("AWS/Lambda", "Errors", "FunctionName", "Sum", LAMBDA),
        ("AWS/Lambda", "Invocations", "FunctionName", "Sum", LAMBDA),
        ("AWS/Lambda", "Throttles", "FunctionName", "Sum", LAMBDA),
        ("AWS/Lambda", "Duration", "FunctionName", "Average Maximum p90 p95 p99", LAMBDA),
        ("AWS/Lambda", "IteratorAge", "FunctionName", "Average Maximum", LAMBDA),
        ("AWS/Lambda", "ConcurrentExecutions", "FunctionName", "Maximum", LAMBDA),
        ("AWS/Lambda", "ProvisionedConcurrencyUtilization", "FunctionName Resource", "Maximum", LAMBDA),
        ("AWS/ApiGateway", "4xx", "ApiId Stage", "Sum", HTTP),
        ("AWS/ApiGateway", "5xx", "ApiId Stage", "Sum", HTTP),
        ("AWS/ApiGateway", "Count", "ApiId Stage", "Sum SampleCount", HTTP),
        ("AWS/ApiGateway", "IntegrationLatency", "ApiId Stage", "Average p90 p99", HTTP),
        ("AWS/ApiGateway", "4XXError", "ApiName Stage", "Sum", REST),
        ("AWS/ApiGateway", "5XXError", "ApiName Stage", "Sum Average", REST),
        ("AWS/ApiGateway", "Count", "ApiName Stage", "SampleCount", REST),
        ("AWS/ApiGateway", "Latency", "ApiName Stage", "Average p90 p99", REST),
        ("AWS/DynamoDB", "ReadThrottleEvents", "TableName", "Sum SampleCount", DYNAMODB),
        ("AWS/DynamoDB", "WriteThrottleEvents", "TableName", "Sum SampleCount", DYNAMODB),
        ("AWS/DynamoDB", "ReadThrottleEvents", "TableName GlobalSecondaryIndexName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "WriteThrottleEvents", "TableName GlobalSecondaryIndexName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ReadKeyRangeThroughputThrottleEvents", "TableName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "WriteKeyRangeThroughputThrottleEvents", "TableName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ReadKeyRangeThroughputThrottleEvents", INDEX, "Sum", DYNAMODB),
        ("AWS/DynamoDB", "WriteKeyRangeThroughputThrottleEvents", INDEX, "Sum", DYNAMODB),
        ("AWS/DynamoDB", "SystemErrors", "TableName Operation", "Sum SampleCount", DYNAMODB),
        ("AWS/DynamoDB", "SuccessfulRequestLatency", "TableName Operation", "Average Maximum", DYNAMODB),
        ("AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ProvisionedReadCapacityUnits", "TableName", "Average Minimum Maximum", DYNAMODB),
        ("AWS/DynamoDB", "ProvisionedWriteCapacityUnits", "TableName", "Average Minimum Maximum", DYNAMODB),
        ("AWS/DynamoDB", "ConsumedReadCapacityUnits", INDEX, "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", INDEX, "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ReplicationLatency", "TableName ReceivingRegion", "Average Maximum", DYNAMODB),
        ("AWS/DynamoDB", "ProvisionedReadCapacityUnits", INDEX, "Average Minimum Maximum", DYNAMODB),
        ("AWS/DynamoDB", "ProvisionedWriteCapacityUnits", INDEX, "Average Minimum Maximum", DYNAMODB),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "Average Maximum", SQS),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "Average Maximum Sum", SQS),
        ("AWS/Events", "FailedInvocations", "EventBusName RuleName", "Sum SampleCount", EVENTS),
        ("AWS/SNS", "NumberOfNotificationsFailed", "TopicName", "Sum Average", SNS),
        ("AWS/CertificateManager", "DaysToExpiry", "CertificateArn", "Minimum", ACM),
        ("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "StreamName", "Average Maximum", KINESIS),
        ("AWS/Kinesis", "ReadProvisionedThroughputExceeded", "StreamName", "Sum Average", KINESIS),
        ("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "StreamName", "Sum Average", KINESIS),
        ("AWS/Kinesis", "IncomingBytes", "StreamName", "Sum Average Maximum", KINESIS),
        ("AWS/Kinesis", "IncomingRecords", "StreamName", "Sum Average Maximum", KINESIS),
        # The page has the metric and no dimensions: the alarms watch both that are in use.
        ("AWS/Logs", "LogEventsWithFindings", "LogGroupName", "Sum", LOGS),
        ("AWS/Logs", "LogEventsWithFindings", "LogGroupName DataProtectionOperation", "Sum", LOGS),
        ("AWS/KinesisAnalytics", "downtime", "Application", "Average Maximum", FLINK),
        ("AWS/KinesisAnalytics", "fullRestarts", "Application", "Average Maximum", FLINK),
        ("AWS/KinesisAnalytics", "numberOfFailedCheckpoints", "Application", "Average Maximum", FLINK),
        ("AWS/KinesisAnalytics", "lastCheckpointDuration", "Application", "Average Maximum", FLINK),
        ("AWS/RDS", "ACUUtilization", "DBClusterIdentifier", "Average Maximum", AURORA),
        ("AWS/RDS", "CPUUtilization", "DBClusterIdentifier", "Average Maximum", AURORA),
        ("AWS/RDS", "FreeableMemory", "DBClusterIdentifier", "Average Minimum", AURORA),
        ("AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", "Average Maximum Sum", AURORA),
        ("AWS/ElastiCache", "EngineCPUUtilization", "CacheClusterId", "Average Maximum", ELASTICACHE),
        (
            "AWS/ElastiCache",
            "DatabaseMemoryUsagePercentage",
            "CacheClusterId",
            "Average Maximum",
            ELASTICACHE,
        ),
        ("AWS/ElastiCache", "CurrConnections", "CacheClusterId", "Average Maximum", ELASTICACHE),
        ("AWS/Cognito", "SignInSuccesses", "UserPool UserPoolClient", "Average SampleCount Sum", COGNITO),
        ("AWS/Cognito", "SignInThrottles", "UserPool UserPoolClient", "Sum", COGNITO),
        ("AWS/WAFV2", "BlockedRequests", "Region Rule WebACL", "Sum", WAF),
        ("AWS/WAFV2", "BlockedRequests", "Rule WebACL", "Sum", WAF),
        ("AWS/CloudFront", "5xxErrorRate", "DistributionId Region", "Average", CLOUDFRONT),
        ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", "Sum", ELB),
        ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", "Sum", ELB),
        ("AWS/ApplicationELB", "RequestCount", "LoadBalancer", "Sum", ELB),
        ("AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", "Average p90 p99", ELB),
        ("AWS/ApplicationELB", "LambdaUserError", "LoadBalancer TargetGroup", "Sum", ELB),
        ("AWS/ApplicationELB", "LambdaInternalError", "LoadBalancer TargetGroup", "Sum", ELB),
        ("AWS/ApplicationELB", "RequestCount", "LoadBalancer TargetGroup", "Sum", ELB),
        # The page has the vault and the type, and not which of them together: the alarms watch both.
        ("AWS/Backup", "NumberOfBackupJobsFailed", "BackupVaultName", "Sum", BACKUP),
        ("AWS/Backup", "NumberOfBackupJobsFailed", "BackupVaultName ResourceType", "Sum", BACKUP),
        ("AWS/Backup", "NumberOfBackupJobsExpired", "BackupVaultName", "Sum", BACKUP),
        ("AWS/Backup", "NumberOfBackupJobsExpired", "BackupVaultName ResourceType", "Sum", BACKUP),
        ("AWS/Backup", "NumberOfCopyJobsFailed", "BackupVaultName", "Sum", BACKUP),
        ("AWS/Backup", "NumberOfCopyJobsFailed", "BackupVaultName ResourceType", "Sum", BACKUP),
    )
}
"""Namespace, name, exact dimensions; the statistics that mean something, and where AWS says so (2026-11)."""

PROMISED: Mapping[tuple[str, str, frozenset[str]], tuple[frozenset[str], str]] = {
    ("AWS/ApiGateway", "Latency", frozenset({"ApiId", "Stage"})): (
        frozenset({"Average", "p90", "p99"}),
        HTTP,
    ),
}
"""What alarms on objectives watch beside that."""

BUS = "EventBusName RuleName"
DRAWN: Mapping[tuple[str, str, frozenset[str]], tuple[frozenset[str], str]] = {
    (namespace, metric, frozenset(dimensions.split())): (frozenset(statistics.split()), source)
    for namespace, dimensions, metrics, statistics, source in (
        ("AWS/Lambda", "", "ConcurrentExecutions", "Maximum", LAMBDA),
        ("AWS/ApiGateway", "ApiName Stage", "CacheHitCount CacheMissCount", "Sum", REST),
        ("AWS/SQS", "QueueName", "ApproximateNumberOfMessagesNotVisible", "Maximum", SQS),
        ("AWS/Events", BUS, "TriggeredRules Invocations InvocationsSentToDlq", "Sum", EVENTS),
        ("AWS/SNS", "TopicName", "NumberOfMessagesPublished", "Sum", SNS),
        ("AWS/SNS", "TopicName", "NumberOfNotificationsDelivered", "Sum", SNS),
        ("AWS/Kinesis", "StreamName", "IncomingRecords", "Sum", KINESIS),
        ("AWS/KinesisAnalytics", "Application", "KPUs", "Average", FLINK),
        ("AWS/RDS", "DBInstanceIdentifier", "ServerlessDatabaseCapacity CommitLatency", "Average", AURORA),
        ("AWS/RDS", "DBInstanceIdentifier", "ACUUtilization CPUUtilization", "Maximum", AURORA),
        ("AWS/RDS", "DBInstanceIdentifier", "DatabaseConnections", "Maximum", AURORA),
        ("AWS/RDS", "DBInstanceIdentifier", "FreeableMemory", "Minimum", AURORA),
        ("AWS/ElastiCache", "CacheClusterId", "CacheHits CacheMisses Evictions", "Sum", ELASTICACHE),
        ("AWS/WAFV2", "Region Rule WebACL", "AllowedRequests", "Sum", WAF),
        ("AWS/WAFV2", "Rule WebACL", "AllowedRequests", "Sum", WAF),
        ("AWS/CloudFront", "DistributionId Region", "Requests BytesDownloaded", "Sum", CLOUDFRONT),
        ("AWS/CloudFront", "DistributionId Region", "4xxErrorRate", "Average", CLOUDFRONT),
        # As with the alarms on them: the vault, and the vault with the type.
        ("AWS/Backup", "BackupVaultName", "NumberOfBackupJobsCompleted", "Sum", BACKUP),
        ("AWS/Backup", "BackupVaultName ResourceType", "NumberOfBackupJobsCompleted", "Sum", BACKUP),
        ("AWS/Backup", "BackupVaultName", "NumberOfCopyJobsCompleted", "Sum", BACKUP),
        ("AWS/Backup", "BackupVaultName ResourceType", "NumberOfCopyJobsCompleted", "Sum", BACKUP),
    )
    for metric in metrics.split()
}
"""What dashboards draw beside that."""

OPERATIONS = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)


def watched_by(alarm: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any], str]]:
    """Namespace, name, dimensions and statistic of each metric of an alarm in a template."""
    found = []
    metrics = [q["MetricStat"] for q in alarm.get("Metrics", ()) if "MetricStat" in q]
    for query in metrics or [
        {"Metric": alarm, "Stat": alarm.get("Statistic") or alarm.get("ExtendedStatistic")}
    ]:
        metric = query["Metric"]
        dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions", ())}
        found.append((metric["Namespace"], metric["MetricName"], dimensions, str(query["Stat"])))
    return found


Templates = dict[str, dict[str, Any]]
KNOWN = {**PUBLISHED, **PROMISED}
ALL = {**KNOWN, **DRAWN}
DERIVED_METRICS = {metric.name: metric for metric in (*OF_FUNCTIONS, START_TIME, *OF_PROMISES, *OF_APIS)}


REPOSITORY = Path(__file__).parents[3]


def of_type(templates: Templates, kind: str) -> Iterator[Mapping[str, Any]]:
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == kind:
                yield resource["Properties"]


def test_aws_publishes_every_metric_that_an_alarm_watches(watched_systems: Mapping[str, Templates]) -> None:
    seen = set()
    for templates in watched_systems.values():
        for alarm in of_type(templates, "AWS::CloudWatch::Alarm"):
            for namespace, metric, dimensions, stat in watched_by(alarm):
                if not namespace.startswith("AWS/"):
                    continue
                key = (namespace, metric, frozenset(dimensions))
                assert key in KNOWN, key
                assert stat in KNOWN[key][0], (key, stat)
                assert dimensions.get("Operation", "Query") in OPERATIONS
                seen.add(key)
    assert seen == set(KNOWN)


SEARCHED = re.compile(
    r"""SEARCH\('\{(?P<names>[^}]*)\} (?P<terms>[^']*)MetricName="(?P<metric>[^"]+)"', '(?P<stat>\w+)'\)"""
)


def ours(name: str, widgets: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What the tool draws, without what a blueprint adds."""
    if not re.search(r"-(overview|business|performance|infrastructure|service-.+)$", name):
        return
    yield from takewhile(lambda widget: widget["properties"].get("markdown") != "## More", widgets)


def drawn_in(template: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], str, str | None]]:
    """What dashboards of a template draw, as `watched_by` has it, and the region, where it is another one."""
    for board in of_type({"one": dict(template)}, "AWS::CloudWatch::Dashboard"):
        text = board["DashboardBody"]
        pieces = [text] if isinstance(text, str) else text["Fn::Join"][1]
        computed = [piece for piece in pieces if not isinstance(piece, str)]
        marks = iter(f"@{number}" for number in range(len(computed)))
        body = json.loads("".join(piece if isinstance(piece, str) else next(marks) for piece in pieces))
        values = {f"@{number}": piece for number, piece in enumerate(computed)}
        for widget in ours(board["DashboardName"], body["widgets"]):
            for *metric, look in widget["properties"].get("metrics", ()):
                if metric:
                    namespace, name, *at = metric
                    dimensions = {
                        key: values.get(value, value) for key, value in zip(at[::2], at[1::2], strict=True)
                    }
                    yield namespace, name, dimensions, look["stat"], look.get("region")
                for found in SEARCHED.finditer(look["expression"] if not metric else ""):
                    namespace, *names = found["names"].replace('"', "").split(",")
                    said = dict(re.findall(r'(\w+)="([^"]+)"', found["terms"]))
                    yield namespace, found["metric"], dict.fromkeys(names) | said, found["stat"], None


def test_aws_publishes_every_metric_that_a_dashboard_draws(watched_systems: Mapping[str, Templates]) -> None:
    seen = set()
    for templates in watched_systems.values():
        for template in templates.values():
            for namespace, metric, dimensions, stat, _ in drawn_in(template):
                if namespace.startswith("AWS/"):
                    key = (namespace, metric, frozenset(dimensions))
                    assert key in ALL, key
                    assert stat in ALL[key][0], (key, stat)
                    seen.add(key)
    assert set(DRAWN) <= seen, "lines of the list that no dashboard needs"


def workspace_of(system: str) -> Path:
    """Where the code of a system stands; what these tests make without any is after the example."""
    name = system.split(" ")[0]
    places = (REPOSITORY / "blueprints" / name / "project", REPOSITORY / "tests" / "stacks" / name)
    return next(
        (place for place in places if (place / "services").is_dir()), REPOSITORY / "examples" / "shop"
    )


def metrics_written_by(workspace: Path, service: str) -> set[str]:
    """The metrics that the code of a service, or a library beside it, counts or measures."""
    libs = workspace / "libs"
    if not libs.is_dir():
        libs = REPOSITORY / "templates" / "workspace" / "project" / "libs"
    sources = [*(workspace / "services" / service).glob("src/**/*.py"), *libs.glob("*/src/**/*.py")]
    calls = re.compile(r'(?:count|measure|counting_failures)\(\s*"(\w+)"')
    return {name for path in sources for name in calls.findall(path.read_text())}


def test_what_aws_does_not_publish_a_metric_filter_derives_or_a_handler_writes(
    watched_systems: Mapping[str, Templates],
) -> None:
    written: dict[tuple[Path, str], set[str]] = {}
    derived_somewhere, written_somewhere = set(), set()
    for system, templates in watched_systems.items():
        derived = {
            (transformation["MetricNamespace"], transformation["MetricName"])
            for made in of_type(templates, "AWS::Logs::MetricFilter")
            for transformation in made["MetricTransformations"]
        }
        for alarm in of_type(templates, "AWS::CloudWatch::Alarm"):
            for namespace, metric, dimensions, _ in watched_by(alarm):
                if namespace.startswith("AWS/"):
                    continue
                if (namespace, metric) in derived:
                    # What is read from a log has no dimensions, but those that stand in its lines.
                    assert dimensions == {}, (system, metric)
                    derived_somewhere.add(metric)
                    continue
                assert set(dimensions) == {"service"}, (system, metric)
                services = {name.rpartition("-service-")[2] for name in templates if "-service-" in name}
                assert dimensions["service"] in services
                where = (workspace_of(system), dimensions["service"])
                if where not in written:
                    written[where] = metrics_written_by(*where)
                assert metric in written[where], (system, dimensions["service"], metric)
                written_somewhere.add(metric)
    assert derived_somewhere >= set(DERIVED_METRICS)
    assert {"OrdersFailed", "UnexpectedFailures"} <= written_somewhere


def test_every_rule_of_the_table_is_published_and_within_the_limits() -> None:
    used = set()
    for kind, rules in RULES.items():
        for rule in rules:
            assert len(rule.measures) <= MOST_METRICS
            assert rule.severity in SEVERITIES
            assert rule.datapoints <= rule.evaluation_periods
            assert rule.expression is not None or len(rule.measures) == 1, rule.key
            for measure in rule.measures:
                dimensions = frozenset(measure.dimensions) | {name for name, _ in measure.fixed}
                if (measure.namespace or rule.namespace) == DERIVED:
                    assert measure.metric in DERIVED_METRICS
                    assert not dimensions
                    continue
                key = (measure.namespace or rule.namespace, measure.metric, dimensions)
                assert measure.statistic in PUBLISHED[key][0], (kind, key)
                used.add(key)
    assert used == set(PUBLISHED), "lines of the list that no rule needs"


# --- the same list against one that others made ---------------------------------------------------

Published = tuple[str, str, frozenset[str]]
BEYOND_THE_CDK: Mapping[str, str] = {
    "5xx": "by ApiId, or ApiId and Stage: the page HTTP",
    "ACUUtilization": "of clusters and instances of Serverless v2: the page AURORA",
    "BlockedRequests": "by Rule, WebACL and Region, Rule=ALL for the whole: the page WAF",
    "SignInSuccesses": "1 for a success, 0 for a failure, by pool and client: the page COGNITO",
    "SignInThrottles": "by pool and client: the page COGNITO",
    "ReadKeyRangeThroughputThrottleEvents": "younger than the CDK's list",
    "WriteKeyRangeThroughputThrottleEvents": "younger than the CDK's list",
    "downtime": "the CDK's list of Flink has KPUs alone",
    "fullRestarts": "the CDK's list of Flink has KPUs alone",
    "lastCheckpointDuration": "the CDK's list of Flink has KPUs alone",
    "numberOfFailedCheckpoints": "the CDK's list of Flink has KPUs alone",
    "NumberOfBackupJobsExpired": "the CDK has no list of AWS Backup: the page BACKUP",
    "NumberOfBackupJobsFailed": "the CDK has no list of AWS Backup: the page BACKUP",
    "NumberOfCopyJobsFailed": "the CDK has no list of AWS Backup: the page BACKUP",
    "DaysToExpiry": "the CDK has no list of it, but a method of its own: `Certificate.metric_days_to_expiry`",
    "LogEventsWithFindings": "the CDK has no list of data protection: the page LOGS",
    "FailedInvocations": "by EventBusName and RuleName for a bus of one's own: the page EVENTS",
    "Invocations": "by EventBusName and RuleName for a bus of one's own: the page EVENTS",
    "InvocationsSentToDlq": "by EventBusName and RuleName for a bus of one's own: the page EVENTS",
    "TriggeredRules": "by EventBusName and RuleName for a bus of one's own: the page EVENTS",
    "4xx": "by ApiId, or ApiId and Stage: the page HTTP",
    "AllowedRequests": "by Rule, WebACL and Region, Rule=ALL for the whole: the page WAF",
    "CommitLatency": "of instances of both engines: the page AURORA",
    "NumberOfBackupJobsCompleted": "the CDK has no list of AWS Backup: the page BACKUP",
    "NumberOfCopyJobsCompleted": "the CDK has no list of AWS Backup: the page BACKUP",
}
"""What the CDK's classes lack; where a page is named, it was read again in November 2026."""


@pytest.fixture(scope="session")
def listed_by_the_cdk() -> set[Published]:
    """The metrics that the CDK's classes know, from the console's own definitions."""
    library = files("aws_cdk").joinpath("_jsii")
    (archive,) = [path for path in library.iterdir() if path.name.startswith("aws-cdk-lib@")]
    wanted = re.compile(
        r"package/aws-(lambda|apigateway|dynamodb|sqs|events|kinesis|rds|elasticache|cloudfront"
        r"|elasticloadbalancingv2|sns|kinesisanalytics)/lib/"
        r"[a-z0-9]+-canned-metrics\.generated\.(d\.ts|js)"
    )
    texts: dict[str, dict[str, str]] = {}
    with archive.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:gz") as tar:
        for member in tar:
            match = wanted.fullmatch(member.name)
            if match:
                content = tar.extractfile(member)
                assert content is not None
                texts.setdefault(match[1], {})[match[2]] = content.read().decode()
    found = set()
    for text in texts.values():
        named = {
            method: (namespace, metric)
            for method, namespace, metric in re.findall(
                r'static (\w+)\(dimensions\)\{return\{namespace:"([^"]+)",metricName:"([^"]+)"', text["js"]
            )
        }
        for method, block in re.findall(
            r"static (\w+)\((?:this: void, )?dimensions: \{([^}]*)\}\)", text["d.ts"]
        ):
            found.add((*named[method], frozenset(re.findall(r"(\w+):", block))))
    return found


def test_the_cdk_knows_the_same_metrics_under_the_same_dimensions(listed_by_the_cdk: set[Published]) -> None:
    assert len(listed_by_the_cdk) > 200
    unknown = {metric for namespace, metric, dims in set(ALL) - listed_by_the_cdk}
    assert unknown == set(BEYOND_THE_CDK)


# --- values of dimensions -------------------------------------------------------------------------

NAMED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "ApiName": (("AWS::ApiGateway::RestApi", "Name"),),
    "Application": (("AWS::KinesisAnalyticsV2::Application", "ApplicationName"),),
    "BackupVaultName": (("AWS::Backup::BackupVault", "BackupVaultName"),),
    "DBClusterIdentifier": (("AWS::RDS::DBCluster", "DBClusterIdentifier"),),
    "DBInstanceIdentifier": (("AWS::RDS::DBInstance", "DBInstanceIdentifier"),),
    "EventBusName": (("AWS::Events::EventBus", "Name"),),
    "FunctionName": (("AWS::Lambda::Function", "FunctionName"),),
    "LogGroupName": (("AWS::Logs::LogGroup", "LogGroupName"),),
    "QueueName": (("AWS::SQS::Queue", "QueueName"),),
    "StreamName": (("AWS::Kinesis::Stream", "Name"),),
    "TableName": (("AWS::DynamoDB::GlobalTable", "TableName"),),
    "TopicName": (("AWS::SNS::Topic", "TopicName"),),
}
"""Dimensions whose values are names that we give: of which resources, and in which property."""
CONSTANT = {
    "DataProtectionOperation": {"Audit"},
    "Operation": OPERATIONS,
    "ResourceType": {"Aurora", "DynamoDB"},
    "Rule": {"ALL"},
    "Stage": {"$default", "live"},
}
ON_DASHBOARDS = {"DBInstanceIdentifier"}
"""Dimensions that dashboards alone have: an alarm on a cluster is on all of its instances."""
COMPUTED = {
    "ApiId": {"Ref", "Fn::GetStackOutput"},
    "CertificateArn": {"Ref", "Fn::GetStackOutput"},
    "DistributionId": {"Fn::GetStackOutput"},
    "LoadBalancer": {"Fn::GetAtt", "Fn::GetStackOutput"},
    "RuleName": {"Fn::Select"},
    "TargetGroup": {"Fn::GetAtt"},
    "UserPool": {"Ref"},
    "UserPoolClient": {"Ref"},
}
"""Dimensions whose values AWS makes, and how a template reads them."""


def known_values(templates: Templates) -> dict[str, set[str]]:
    """The values that dimensions can have in a system."""
    found = {
        name: {str(made[key]) for kind, key in places for made in of_type(templates, kind)}
        for name, places in NAMED.items()
    }
    clusters = of_type(templates, "AWS::ElastiCache::ReplicationGroup")
    # ElastiCache numbers the nodes of a group.
    found["CacheClusterId"] = {
        f"{group['ReplicationGroupId']}-{number + 1:03}"
        for group in clusters
        for number in range(group["NumCacheClusters"])
    }
    found["GlobalSecondaryIndexName"] = {
        index["IndexName"]
        for table in of_type(templates, "AWS::DynamoDB::GlobalTable")
        for index in table.get("GlobalSecondaryIndexes", ())
    }
    found["CertificateArn"] = {
        certificate
        for made in of_type(templates, "AWS::ApiGatewayV2::DomainName")
        for one in made["DomainNameConfigurations"]
        if isinstance(certificate := one["CertificateArn"], str)
    }
    found["ReceivingRegion"] = {
        replica["Region"]
        for table in of_type(templates, "AWS::DynamoDB::GlobalTable")
        for replica in table["Replicas"]
    }
    found["Resource"] = {f"{name}:live" for name in found["FunctionName"]}
    found["WebACL"] = {
        acl["VisibilityConfig"]["MetricName"] for acl in of_type(templates, "AWS::WAFv2::WebACL")
    }
    found["service"] = {name.rpartition("-service-")[2] for name in templates if "-service-" in name}
    return found | {name: set(values) for name, values in CONSTANT.items()}


def points_to(value: Mapping[str, Any], templates: Templates, stack: str) -> bool:
    """Whether what a template reads is there: a resource of its own, or another stack's output."""
    ((how, what),) = value.items()
    if how == "Fn::GetStackOutput":
        return what["OutputName"] in templates[what["StackName"]].get("Outputs", {})
    if how == "Fn::Select":
        # An ARN of a rule ends in `rule/BUS/NAME`.
        number, split = what
        slash, arn = split["Fn::Split"]
        return (number, slash) == (2, "/") and points_to(arn, templates, stack)
    return (what if how == "Ref" else what[0]) in templates[stack]["Resources"]


def test_the_values_of_dimensions_are_names_of_things_in_the_same_system(
    watched_systems: Mapping[str, Templates],
) -> None:
    seen: dict[str, set[str]] = {}
    for system, templates in watched_systems.items():
        known = known_values(templates)
        for stack, template in templates.items():
            for alarm in of_type({stack: template}, "AWS::CloudWatch::Alarm"):
                for namespace, _, dimensions, _ in watched_by(alarm):
                    for name, value in dimensions.items():
                        where = (system, alarm["AlarmName"], name, value)
                        if isinstance(value, str) and name == "Region":
                            region = alarm["AlarmActions"][0].split(":")[3]
                            assert value == ("Global" if namespace == "AWS/CloudFront" else region), where
                        elif isinstance(value, str):
                            assert value in known[name], where
                        else:
                            assert set(value) <= COMPUTED[name], where
                            assert points_to(value, templates, stack), where
                        seen.setdefault(name, set()).add(str(value))
    assert set(seen) == {*NAMED, *CONSTANT, *COMPUTED} - ON_DASHBOARDS | {
        "CacheClusterId",
        "GlobalSecondaryIndexName",
        "ReceivingRegion",
        "Region",
        "Resource",
        "WebACL",
        "service",
    }


def test_dashboards_draw_things_that_are_there_in_the_regions_that_tell_of_them(
    watched_systems: Mapping[str, Templates],
) -> None:
    seen = set()
    for system, templates in watched_systems.items():
        known = known_values(templates)
        for stack, template in templates.items():
            for namespace, metric, dimensions, _, region in drawn_in(template):
                far = namespace == "AWS/CloudFront" or (
                    namespace == "AWS/WAFV2" and "Region" not in dimensions
                )
                assert (region == "us-east-1") == far, (system, stack, namespace, metric)
                if not namespace.startswith("AWS/"):
                    continue
                for name, value in dimensions.items():
                    where = (system, stack, namespace, name, value)
                    seen.add(name)
                    if name == "Region":
                        assert value == "Global" or namespace != "AWS/CloudFront", where
                    elif isinstance(value, str):
                        assert value in known[name], where
                    elif value is not None:
                        assert set(value) <= COMPUTED[name], where
                        assert points_to(value, templates, stack), where
    assert {*ON_DASHBOARDS, "BackupVaultName", "DistributionId", "EventBusName", "LoadBalancer"} <= seen


def test_firewalls_before_cdns_are_watched_without_a_region_and_in_us_east_1(
    edge_templates: Mapping[str, Templates],
) -> None:
    """AWS WAF sends `Region` for all that it protects but CloudFront (the page WAF)."""
    for templates in edge_templates.values():
        (edge,) = [template for name, template in templates.items() if name.endswith("-edge")]
        scopes = {
            acl["VisibilityConfig"]["MetricName"]: acl["Scope"]
            for acl in of_type(templates, "AWS::WAFv2::WebACL")
        }
        for template in templates.values():
            for alarm in of_type({"one": template}, "AWS::CloudWatch::Alarm"):
                for namespace, _, dimensions, _ in watched_by(alarm):
                    if namespace == "AWS/WAFV2":
                        of_cdn = scopes[dimensions["WebACL"]] == "CLOUDFRONT"
                        assert of_cdn == ("Region" not in dimensions) == (template is edge)
