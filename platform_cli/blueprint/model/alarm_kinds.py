"""What may be said of alarms, by the kind of thing that they are on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from platform_cli.blueprint.model.base import Source


class AlarmChange(Source):
    """What of an alarm is not as the tool has it."""

    enabled: bool | None = None
    """Whether the alarm is there at all."""
    threshold: float | None = Field(default=None, ge=0)
    """The value beyond which it is bad, in the unit of the alarm."""
    anomaly: bool | None = None
    """Whether bad is what CloudWatch did not learn to expect, in the place of a threshold."""
    deviations: float | None = Field(default=None, gt=0, le=100)
    """Standard deviations around what is expected that are still good; 2 without it. For `anomaly`."""
    period_seconds: int | None = Field(default=None, ge=60, le=86400, multiple_of=60)
    """Seconds that are one point."""
    evaluation_periods: int | None = Field(default=None, ge=1, le=1440)
    """How many of the latest points are looked at."""
    datapoints: int | None = Field(default=None, ge=1, le=1440)
    """How many of those must be bad."""
    severity: Literal["critical", "warning", "info"] | None = None
    """Whom it tells."""


class FunctionAlarms(Source):
    """Alarms on a function."""

    errors: AlarmChange | None = None
    """Percent of calls that fail."""
    throttles: AlarmChange | None = None
    """Calls that are turned away."""
    duration: AlarmChange | None = None
    """Percent of the timeout that the slowest tenth of calls takes."""
    iterator_age: AlarmChange | None = None
    """Milliseconds that a stream's records wait."""
    failures: AlarmChange | None = None
    """Events that the function failed on for good."""
    memory: AlarmChange | None = None
    """Percent of the memory that the largest call takes."""
    cold_starts: AlarmChange | None = None
    """Percent of calls that wait for the function to start."""
    personal_data: AlarmChange | None = None
    """Lines of the log in which AWS finds what is masked; of functions whose logs are."""
    concurrency: AlarmChange | None = None
    """Percent of the reserved concurrency that runs at once; of functions that reserve five or more."""
    unused: AlarmChange | None = None
    """Percent of the provisioned concurrency below which it is hardly used."""


class ServiceAlarms(Source):
    """Alarms on a service."""

    unhealthy: AlarmChange | None = None
    """That any critical or warning alarm of the service is on; of it, only `enabled` and `severity` count."""


class ApiAlarms(Source):
    """Alarms on an API."""

    errors: AlarmChange | None = None
    """Percent of requests answered with 5xx."""
    client_errors: AlarmChange | None = None
    """Percent of requests answered with 4xx, from 50 in a period on; only where something stands here."""
    latency: AlarmChange | None = None
    """Milliseconds that the slowest tenth of requests takes."""
    denied: AlarmChange | None = None
    """Requests that are refused for want of rights."""
    throttled: AlarmChange | None = None
    """Requests beyond a rate limit."""


class TableAlarms(Source):
    """Alarms on a table."""

    throttles: AlarmChange | None = None
    """Reads and writes that are turned away, of the table and of each index."""
    errors: AlarmChange | None = None
    """Errors of DynamoDB itself."""
    latency: AlarmChange | None = None
    """Milliseconds that DynamoDB takes for single items, on average; only where something stands here."""
    hot_partition: AlarmChange | None = None
    """Reads and writes that one partition turns away, whatever the capacity; of the table and each index."""
    unused_reads: AlarmChange | None = None
    """Percent of provisioned reads below which they are hardly used."""
    unused_writes: AlarmChange | None = None
    """Percent of provisioned writes below which they are hardly used."""
    replication: AlarmChange | None = None
    """Milliseconds until what is written is in a replica; of each."""


class TopicAlarms(Source):
    """Alarms on a topic."""

    undelivered: AlarmChange | None = None
    """Messages that SNS could not deliver."""


class CertificateAlarms(Source):
    """Alarms on the certificate of a domain."""

    expiry: AlarmChange | None = None
    """Days until it expires, below which it is bad."""


class QueueAlarms(Source):
    """Alarms on a queue."""

    age: AlarmChange | None = None
    """Seconds that the oldest message waits."""
    depth: AlarmChange | None = None
    """Messages that wait."""
    dead_letters: AlarmChange | None = None
    """Messages that nobody could handle."""
    undelivered: AlarmChange | None = None
    """Events that a bus could not put into the queue."""


class StreamAlarms(Source):
    """Alarms on a stream."""

    age: AlarmChange | None = None
    """Milliseconds that records wait."""
    throttles: AlarmChange | None = None
    """Reads and writes that are turned away."""
    unused: AlarmChange | None = None
    """Percent of what the shards take, below which they are hardly used; of streams with several shards."""


class AnalyticsAlarms(Source):
    """Alarms on an application of Flink."""

    downtime: AlarmChange | None = None
    """Milliseconds that it has failed for."""
    restarts: AlarmChange | None = None
    """Times that it starts again in a period."""
    checkpoint_failures: AlarmChange | None = None
    """Times in a period that its state cannot be saved."""
    checkpoint_duration: AlarmChange | None = None
    """Milliseconds that saving its state takes."""


class DatabaseAlarms(Source):
    """Alarms on a database."""

    load: AlarmChange | None = None
    """Percent of the greatest capacity that is in use."""
    cpu: AlarmChange | None = None
    """Percent of the processor."""
    memory: AlarmChange | None = None
    """Percent of the memory that is free, below which it is bad."""
    connections: AlarmChange | None = None
    """Percent of the connections that an instance takes."""


class CacheAlarms(Source):
    """Alarms on each node of a cache."""

    load: AlarmChange | None = None
    """Percent of the engine's processor."""
    memory: AlarmChange | None = None
    """Percent of the memory."""
    connections: AlarmChange | None = None
    """Percent of the connections that a node takes."""


class FirewallAlarms(Source):
    """Alarms on a firewall."""

    blocked: AlarmChange | None = None
    """Requests that are turned away."""


class CdnAlarms(Source):
    """Alarms on a CDN."""

    errors: AlarmChange | None = None
    """Percent of requests answered with 5xx."""


class LoadBalancerAlarms(Source):
    """Alarms on a load balancer."""

    errors: AlarmChange | None = None
    """Percent of requests that the load balancer itself answers with 5xx."""
    target_errors: AlarmChange | None = None
    """Percent of requests that functions answer with 5xx."""
    unhealthy: AlarmChange | None = None
    """Percent of requests that a function does not answer; each pattern."""
    latency: AlarmChange | None = None
    """Seconds that the slowest tenth of requests takes."""


class BackupAlarms(Source):
    """Alarms on a backup plan."""

    failed: AlarmChange | None = None
    """Jobs that fail."""
    expired: AlarmChange | None = None
    """Jobs that do not begin in time."""
    copies: AlarmChange | None = None
    """Copies into the other region that fail."""


class IdentityAlarms(Source):
    """Alarms on each client of a user pool."""

    failed_logins: AlarmChange | None = None
    """Sign-ins that fail."""
    throttles: AlarmChange | None = None
    """Sign-ins that are turned away."""


class ObjectiveAlarms(Source):
    """Alarms on what is promised; what is bad stands under `objectives`, except how fast a budget burns."""

    fast_burn: AlarmChange | None = None
    """How many times too fast the error budget burns, over an hour and over five minutes."""
    slow_burn: AlarmChange | None = None
    """How many times too fast the error budget burns, over six hours and over half an hour."""
    availability: AlarmChange | None = None
    """That more requests failed in a day than is promised."""
    p99: AlarmChange | None = None
    """That the slowest hundredth of requests takes longer than is promised."""
    cold_start: AlarmChange | None = None
    """That functions take longer to start than is promised."""


class OwnServiceAlarms(ServiceAlarms, ObjectiveAlarms):
    """Alarms on one service as a whole, and on what it promises."""
