"""A quantity that AWS meters, and who it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from platform_cli.blueprint.resolved import ResolvedEnvironment

Part = Literal["fixed", "variable"]

PRODUCTS = {
    "apigateway": "API Gateway",
    "appconfig": "AppConfig",
    "aurora": "Aurora",
    "backup": "Backup",
    "cloudfront": "CloudFront",
    "cloudwatch": "CloudWatch",
    "cognito": "Cognito",
    "dynamodb": "DynamoDB",
    "elasticache": "ElastiCache",
    "elb": "Elastic Load Balancing",
    "eventbridge": "EventBridge",
    "flink": "Managed Service for Apache Flink",
    "kinesis": "Kinesis",
    "kms": "KMS",
    "lambda": "Lambda",
    "nat": "VPC",
    "rds": "Aurora",
    "route53": "Route 53",
    "s3": "S3",
    "scheduler": "EventBridge",
    "secretsmanager": "Secrets Manager",
    "sns": "SNS",
    "sqs": "SQS",
    "ssm": "Parameter Store",
    "vpc": "VPC",
    "waf": "WAF",
    "xray": "X-Ray",
}
"""AWS's service by the first word of a price's id."""


@dataclass(frozen=True)
class Quantity:
    """So many units of something in a month.

    Attributes:
        price_id: What a unit costs.
        units: In the unit of the price.
        part: `fixed` is paid without any use, `variable` with it.
        path: Where it comes from in the blueprint, dotted: `services.orders.functions.create`.
        what: In words: `requests`, `duration at 512 MB`.
        service: The one service that causes it; None where several do, or none.
        free_tier: Whether the free tier applies.
    """

    price_id: str
    units: Decimal
    part: Part
    path: str
    what: str
    service: str | None = None
    free_tier: bool = True

    @property
    def product(self) -> str:
        """AWS's service."""
        return PRODUCTS[self.price_id.partition(".")[0]]


_TRIGGER_FIELDS = {
    "queues": ("queue",),
    "buses": ("bus",),
    "topics": ("topic",),
    "buckets": ("bucket",),
    "streams": ("source",),
    "tables": ("source",),
}
"""Where a trigger names a thing of a section."""


def sole_user(environment: ResolvedEnvironment, section: str, name: str) -> str | None:
    """The service that alone uses a thing; None where several do, or none."""
    users = {
        function.service
        for function in environment.functions
        if any(a.kind == section and a.name == name for a in function.access)
        or any(
            name in (getattr(t, attribute, None) for attribute in _TRIGGER_FIELDS.get(section, ()))
            for t in function.triggers
        )
    }
    return users.pop() if len(users) == 1 else None
