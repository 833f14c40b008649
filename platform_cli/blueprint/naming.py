"""Every physical name of the system, in one place, within the limits of AWS.

A name is `{system}-{env}-…`, so that two environments can share an account and the environment can
be seen in the console. The limits are those of the service reference of each AWS service, as of
November 2026; `checks/` turns a name beyond its limit into a finding.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

LOCAL_ACCOUNT = "000000000000"

CONCERNS = (
    "observability",
    "network",
    "databases",
    "data",
    "identity",
    "events",
    "firewalls",
    "analytics",
    "global",
)
"""The stacks of the foundation, those that others need first."""

RECOVERY = "recovery"
"""The concern of a second region, one stack a region; deployed before all others."""

BOARDS = "boards"
"""The concern of dashboards of services that are too many for one stack: `boards-1`, `boards-2`, …"""

NAMED_CONCERNS = (RECOVERY, "service", "api", "cdn", "balancer", BOARDS)
"""Concerns with a stack for each of a kind, called after it: `shop-dev-service-orders`."""

OVERVIEW = "overview"
"""The concern of dashboards and of the system's objectives: it looks at all others."""

EDGE = "edge"
"""The concern of what watches CDNs, in us-east-1: CloudFront tells its metrics there alone."""

LAST_CONCERNS = (EDGE, OVERVIEW)
"""The stacks that look at others."""

CONCERNS_IN_ORDER = (RECOVERY, *CONCERNS, "service", "api", "cdn", "balancer", BOARDS, *LAST_CONCERNS)
"""Every concern; one needs only those that stand before it."""

ALARM_KINDS = (
    "api",
    "application",
    "backup",
    "balancer",
    "cache",
    "cdn",
    "certificate",
    "client",
    "database",
    "firewall",
    "flags",
    "function",
    "index",
    "metric",
    "objective",
    "queue",
    "replica",
    "service",
    "stream",
    "table",
    "topic",
)
"""What alarms watch, as their names have it: `shop-dev-function-orders.create-errors`."""

KIND_WORDS = frozenset((*ALARM_KINDS, *CONCERNS_IN_ORDER, "alarm", "alarms", "silence"))
"""Words that stand right after `shop-dev-` where they say what kind of thing it is."""

LIMITS: Mapping[str, int] = {
    "API": 128,
    "application of Flink": 128,
    "backup plan": 50,
    "bucket": 63,
    "budget": 100,
    "bus": 256,
    "cache": 40,
    "dashboard": 255,
    "database": 63,
    "firewall": 128,
    "function": 64,
    "key alias": 256,
    "log group": 512,
    "network": 256,
    "parameter": 900,
    "queue": 80,
    "secret": 512,
    "stack": 128,
    "stream": 128,
    "table": 255,
    "topic": 256,
    "user pool": 128,
}
"""Characters of a name, by kind of thing.

Parameter Store takes 1,011 with the ARN before the name, of which 900 leave enough for any region. An
IAM role is called as its function, and has the same limit.
"""


@dataclass(frozen=True)
class Names:
    """Names in one environment of one system."""

    system: str
    environment: str
    account: str
    region: str

    @property
    def prefix(self) -> str:
        """`shop-dev`."""
        return f"{self.system}-{self.environment}"

    def stack(self, concern: str, name: str | None = None) -> str:
        """`shop-dev-data`, `shop-dev-service-orders`, `shop-dev-api-public` (CloudFormation: 128)."""
        return "-".join(p for p in (self.prefix, concern, name) if p)

    def function(self, service: str, function: str) -> str:
        """`shop-dev-orders-create` (Lambda: 64)."""
        return f"{self.prefix}-{service}-{function}"

    def role(self, service: str, function: str) -> str:
        """The execution role of a function, named as the function (IAM: 64)."""
        return self.function(service, function)

    def failures_queue(self, service: str, function: str) -> str:
        """`shop-dev-orders-notify-failed`: what a function failed on for good (SQS: 80)."""
        return f"{self.function(service, function)}-failed"

    def log_group(self, service: str, function: str) -> str:
        """`/aws/lambda/shop-dev-orders-create` (CloudWatch Logs: 512)."""
        return f"/aws/lambda/{self.function(service, function)}"

    @staticmethod
    def access_log(physical_name: str) -> str:
        """`/aws/vendedlogs/apis/shop-dev-public`: the access log of an API (CloudWatch Logs: 512)."""
        return f"/aws/vendedlogs/apis/{physical_name}"

    def resource(self, name: str) -> str:
        """Tables (255), buses (256), topics (256), streams (128), APIs, pools: `shop-dev-main`."""
        return f"{self.prefix}-{name}"

    def sign_in_prefix(self, pool: str) -> str:
        """`shop-dev-users-111111111111`: the domain of a user pool, one a region in all of AWS (Cognito: 63).

        Cognito takes small letters, digits and `-` alone, and no name with one of its own words in it.
        """
        whole = self.resource(pool)
        plain = re.sub(r"[^a-z0-9-]", "-", whole.lower())
        if any(word in plain for word in ("amazon", "aws", "cognito")):
            plain = "users"
        if plain != whole:
            plain = f"{plain[:40]}-{_digest(whole)}"
        return f"{_shortened(plain, 50)}-{self.account}"

    def queue(self, name: str, *, dead_letter: bool = False, fifo: bool = False) -> str:
        """`shop-dev-notifications`, `shop-dev-notifications-dead`, with `.fifo` (SQS: 80)."""
        return f"{self.prefix}-{name}{'-dead' if dead_letter else ''}{'.fifo' if fifo else ''}"

    def topic(self, name: str, *, fifo: bool = False) -> str:
        """`shop-dev-orders`, with `.fifo` (SNS: 256)."""
        return f"{self.prefix}-{name}{'.fifo' if fifo else ''}"

    def alarm_topic(self, severity: str) -> str:
        """`shop-dev-alarms-critical`: the topic that alarms of a severity tell (SNS: 256)."""
        return f"{self.prefix}-alarms-{severity}"

    def flags_strategy(self, *, own: bool) -> str:
        """`shop-dev-release`: how changes of flags reach hosts; `shop-dev-at-once` for all at once (64)."""
        return f"{self.prefix}-{'release' if own else 'at-once'}"

    def releases(self, service: str) -> str:
        """`shop-dev-orders`: the CodeDeploy application that releases the functions of a service (100)."""
        return self.resource(service)

    def alarm(self, kind: str, subject: str, rule: str) -> str:
        """`shop-dev-function-orders.create-errors` (CloudWatch: 255).

        The kind and the dots keep apart what the names of the things themselves would not.

        Raises:
            ValueError: `ALARM_KINDS` lacks the kind, so no command would know the alarm again.
        """
        if kind not in ALARM_KINDS:
            raise ValueError(f"{kind} is no kind of alarm")
        return f"{self.prefix}-{kind}-{subject}-{rule}"

    def is_alarm(self, name: str) -> bool:
        """Whether an alarm is this environment's, by its name.

        `shop-dev-` also begins the names of the environments `dev-2` and `dev-eu`, but what follows there
        is no kind of alarm.
        """
        start = f"{self.prefix}-"
        return name.startswith(start) and name.removeprefix(start).partition("-")[0] in ALARM_KINDS

    def metrics_namespace(self) -> str:
        """`shop/dev`: where handlers' own metrics are, so that environments of one account do not mix."""
        return f"{self.system}/{self.environment}"

    def log_metrics_namespace(self, owner: str) -> str:
        """`shop/dev/orders`, `shop/dev/orders.create`: metrics from the logs of a service or a function."""
        return f"{self.metrics_namespace()}/{owner}"

    def api_metrics_namespace(self, api: str) -> str:
        """`shop/dev/apis/public`: metrics from the access log of an API."""
        return f"{self.metrics_namespace()}/apis/{api}"

    def promise_metrics_namespace(self, service: str) -> str:
        """`shop/dev/objectives/orders`: metrics from the logs of a service that its objectives look at."""
        return f"{self.metrics_namespace()}/objectives/{service}"

    def edge(self, name: str) -> str:
        """`shop-dev-site`: a CDN's policies and functions, shortened to 56 characters (CloudFront: 64)."""
        return _shortened(self.resource(name), 56)

    def balancer(self, name: str) -> str:
        """`shop-dev-web`, shortened to 32 characters (Elastic Load Balancing: 32)."""
        return _shortened(self.resource(name), 32)

    def target_group(self, balancer: str, pattern: str) -> str:
        """A name for the targets of a pattern, within 32 characters (Elastic Load Balancing: 32)."""
        return _shortened(f"{self.resource(balancer)}-{_digest(pattern)}", 32)

    def bucket(self, name: str) -> str:
        """Bucket names are global, so account and region are part of them (S3: 63)."""
        return f"{self.prefix}-{name}-{self.account}-{self.region}"

    def access_log_bucket(self) -> str:
        """The bucket that keeps the records of requests to all others (S3: 63)."""
        return self.bucket("access-log")

    def secret(self, name: str) -> str:
        """`shop/dev/payment` (Secrets Manager: 512)."""
        return f"{self.system}/{self.environment}/{name}"

    def parameter(self, group: str, key: str) -> str:
        """`/shop/dev/api/rate-limit` (Parameter Store: 1011 with the ARN)."""
        return f"/{self.system}/{self.environment}/{group}/{key}"

    def record(self, *parts: str) -> str:
        """Where the tool keeps locks and records: `/shop/dev/platform/…`."""
        return "/".join(("", self.system, self.environment, "platform", *parts))

    def key_alias(self, purpose: str) -> str:
        """`alias/shop-dev-data` (KMS: 256)."""
        return f"alias/{self.prefix}-{purpose}"


def _shortened(name: str, longest: int) -> str:
    """A name, or the beginning of one that is too long with a part of its hash."""
    if len(name) <= longest:
        return name
    return f"{name[: longest - 9].rstrip('-')}-{_digest(name)}"


def pattern_word(pattern: str) -> str:
    """A pattern of a path as a word for names: `/hooks/*` as `hooks-1a2b3c4d`; no two are the same."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", pattern).strip("-")[:40]
    return f"{readable}-{_digest(pattern)}".lstrip("-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
