"""What AWS billed for an environment, by its tags, beside what the model says.

In: clients of the account, an estimate. Out: the cost of a month by AWS service, the forecast to its end,
and the model's figure beside each. Cost Explorer is asked about the tags `system` and `environment`,
which every resource has; they count only once they are active as cost allocation tags.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.cost.estimate import NOTHING, CostEstimate

HOME_REGION = "us-east-1"
"""Where Cost Explorer and the Price List API answer for every region."""
_METRIC = "UnblendedCost"
_PRODUCTS = {
    "AWS AppConfig": "AppConfig",
    "AWS Key Management Service": "KMS",
    "AWS Lambda": "Lambda",
    "AWS Secrets Manager": "Secrets Manager",
    "AWS Systems Manager": "Parameter Store",
    "AWS WAF": "WAF",
    "AWS X-Ray": "X-Ray",
    "Amazon API Gateway": "API Gateway",
    "Amazon Cognito": "Cognito",
    "Amazon DynamoDB": "DynamoDB",
    "Amazon ElastiCache": "ElastiCache",
    "Amazon EventBridge": "EventBridge",
    "Amazon Kinesis": "Kinesis",
    "Amazon Relational Database Service": "Aurora",
    "Amazon Simple Notification Service": "SNS",
    "Amazon Simple Queue Service": "SQS",
    "Amazon Simple Storage Service": "S3",
    "Amazon Virtual Private Cloud": "VPC",
    "AmazonCloudWatch": "CloudWatch",
    "CloudWatch Events": "EventBridge",
    "EC2 - Other": "VPC",
}
"""What Cost Explorer calls a service, and what the model does; NAT gateways are «EC2 - Other» there."""


@dataclass(frozen=True)
class BilledProduct:
    """A service of AWS: what was billed so far, and what the model says of a month."""

    product: str
    billed_usd: Decimal
    model_usd: Decimal


@dataclass(frozen=True)
class Bill:
    """A month by AWS and by the model.

    Attributes:
        start: The first day.
        end: The day after the last one that is billed.
        products: Dearest first.
        month_usd: Billed so far, and the forecast of the rest; None where AWS forecasts nothing.
        complete: Whether the month is over.
        estimate: What the model says.
        notices: What to know.
    """

    start: date
    end: date
    products: tuple[BilledProduct, ...]
    month_usd: Decimal | None
    complete: bool
    estimate: CostEstimate
    notices: tuple[str, ...] = ()

    @property
    def billed_usd(self) -> Decimal:
        """What was billed so far."""
        return sum((product.billed_usd for product in self.products), NOTHING)

    @property
    def model_error_percent(self) -> Decimal | None:
        """How far the model is above (or below) the month's bill; None where there is none to compare."""
        if not self.month_usd:
            return None
        return (self.estimate.total_usd - self.month_usd) / self.month_usd * 100


def billing_clients(clients: Clients) -> Clients:
    """The same credentials, in the region where costs and prices are asked for."""
    return Clients(replace(clients.target, region=HOME_REGION))


def read_bill(
    environment: ResolvedEnvironment,
    clients: Clients,
    estimate: CostEstimate,
    today: date,
    month: str | None = None,
) -> Bill:
    """Read what was billed, and compare.

    Args:
        environment: Whose tags are asked for.
        clients: From `billing_clients`.
        estimate: What the model says.
        today: To know whether the month is over.
        month: `2026-10`; None is the current month, on its first day the one before.

    Raises:
        PlatformError: The month is none or has not begun (code `invalid-month`), or AWS refuses.
    """
    start = _month_start(month, today)
    following = _next_month(start)
    end = min(following, today)
    wanted = _tagged(environment)
    billed = _billed(clients, wanted, start, end)
    complete = end == following
    notices: list[str] = []
    month_usd: Decimal | None = sum(billed.values(), NOTHING)
    if not complete:
        rest = _forecast(clients, wanted, today, following)
        if rest is None:
            notices.append("AWS has too little data to forecast the rest of the month")
        month_usd = None if rest is None or month_usd is None else month_usd + rest
    if not billed:
        notices.append(
            "nothing is billed under these tags: activate `system` and `environment` as cost allocation tags "
            "(platform cost tags --activate); they count from then on"
        )
    model = estimate.by_product
    products = tuple(
        BilledProduct(name, billed.get(name, NOTHING), model.get(name, NOTHING))
        for name in {**billed, **model}
    )
    ordered = tuple(sorted(products, key=lambda p: (-p.billed_usd, -p.model_usd, p.product)))
    return Bill(start, end, ordered, month_usd, complete, estimate, tuple(notices))


def _billed(clients: Clients, wanted: Mapping[str, Any], start: date, end: date) -> dict[str, Decimal]:
    request: dict[str, Any] = {
        "TimePeriod": _period(start, end),
        "Granularity": "MONTHLY",
        "Metrics": [_METRIC],
        "Filter": wanted,
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
    }
    billed: dict[str, Decimal] = {}
    while True:
        with aws_errors("reading the bill", target=clients.target):
            page = clients.client("ce").get_cost_and_usage(**request)
        for period in page["ResultsByTime"]:
            for group in period.get("Groups", ()):
                told = group["Keys"][0]
                name = _PRODUCTS.get(told, told)
                amount = Decimal(group["Metrics"][_METRIC]["Amount"])
                billed[name] = billed.get(name, NOTHING) + amount
        if not page.get("NextPageToken"):
            return billed
        request["NextPageToken"] = page["NextPageToken"]


def _forecast(clients: Clients, wanted: Mapping[str, Any], start: date, end: date) -> Decimal | None:
    client = clients.client("ce")
    with aws_errors("reading the forecast", target=clients.target):
        try:
            answer = client.get_cost_forecast(
                TimePeriod=_period(start, end), Metric="UNBLENDED_COST", Granularity="MONTHLY", Filter=wanted
            )
        except client.exceptions.DataUnavailableException:
            return None
    return Decimal(answer["Total"]["Amount"])


def _tagged(environment: ResolvedEnvironment) -> dict[str, Any]:
    tags = {"system": environment.system, "environment": environment.environment}
    return {"And": [{"Tags": {"Key": key, "Values": [value]}} for key, value in tags.items()]}


def _period(start: date, end: date) -> dict[str, str]:
    return {"Start": start.isoformat(), "End": end.isoformat()}


def _month_start(month: str | None, today: date) -> date:
    if month is None:
        # On the first day nothing of the month is billed yet.
        return (today - timedelta(days=1)).replace(day=1)
    try:
        start = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise _invalid_month(f'"{month}" is no month') from None
    if start >= today:
        raise _invalid_month(f"nothing is billed yet of {month}")
    return start


def _next_month(start: date) -> date:
    return (start + timedelta(days=31)).replace(day=1)


def _invalid_month(message: str) -> PlatformError:
    return PlatformError(
        message,
        hint="write a month that has begun, such as --month 2026-10",
        code="invalid-month",
        exit_code=ExitCode.USAGE,
    )
