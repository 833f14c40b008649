"""Whether the account's limits are near."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import Check, Need, Result, failure, ok, warning

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.operate.doctor.context import Context

NEAR = 0.8
FULL = 0.95
_DAYS = 14
# Codes of Service Quotas, as `aws service-quotas list-service-quotas` names them (November 2026).
_STACKS = ("cloudformation", "L-0485CB21")
_STACKS_DEFAULT = 2000


@dataclass(frozen=True)
class Quota:
    """A limit of the account, and what of it is used."""

    name: str
    used: float
    limit: float

    @property
    def share(self) -> float:
        """Of the limit."""
        return self.used / self.limit if self.limit else 0.0

    def __str__(self) -> str:
        return f"{self.name}: {self.used:,.0f} of {self.limit:,.0f} ({self.share:.0%})"


def read_quotas(context: Context) -> tuple[Quota, ...]:
    """The limits that a deployment or a day of traffic meets first, in each region with stacks of the system.

    Raises:
        PlatformError: AWS refuses.
    """
    from platform_cli.aws.errors import aws_errors

    environment, clients = context.environment, context.clients
    found: list[Quota] = []
    for region in environment.regions:
        home = region == environment.region
        quotas = _of_region(context, clients if home else clients.elsewhere(region))
        found += quotas if home else (replace(quota, name=f"{quota.name}, in {region}") for quota in quotas)
    with aws_errors("reading the limits of the account", target=clients.target):
        roles = clients.client("iam").get_account_summary()["SummaryMap"]
    # IAM is the same everywhere.
    return (*found, Quota("IAM roles", roles.get("Roles", 0), roles.get("RolesQuota", 0)))


def _of_region(context: Context, clients: Clients) -> tuple[Quota, ...]:
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.observing import list_stacks
    from platform_cli.operate.cost.metrics import Metric, read_metrics

    with aws_errors("reading the limits of the account", target=clients.target):
        account = clients.client("lambda").get_account_settings()
        stacks = sum(1 for _ in list_stacks(clients))
    limit, use = account["AccountLimit"], account.get("AccountUsage", {})
    total = limit["ConcurrentExecutions"]
    peak = read_metrics(
        {"peak": Metric("AWS/Lambda", "ConcurrentExecutions", (), "Maximum")}, clients, context.now, _DAYS
    )["peak"].greatest
    return (
        Quota(f"Lambda calls at once, at the peak of {_DAYS} days", peak or 0, total),
        Quota(
            "Lambda concurrency that functions reserve",
            total - limit.get("UnreservedConcurrentExecutions", total),
            total,
        ),
        Quota("Lambda code, in MB", use.get("TotalCodeSize", 0) / 1e6, limit.get("TotalCodeSize", 0) / 1e6),
        Quota("CloudFormation stacks", stacks, _quota(clients, *_STACKS) or _STACKS_DEFAULT),
    )


def _quota(clients: Clients, service: str, code: str) -> float | None:
    """A limit as Service Quotas knows it; None where it has only the default, or may not be asked."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.answers import expecting

    with (
        aws_errors("reading the quotas", target=clients.target),
        expecting("NoSuchResourceException", "AccessDeniedException"),
    ):
        value = clients.client("service-quotas").get_service_quota(ServiceCode=service, QuotaCode=code)
        return float(value["Quota"]["Value"])
    return None


def check_quotas(context: Context) -> Result:
    """Compare what is used with the limits."""
    quotas = read_quotas(context)
    near = sorted((q for q in quotas if q.share >= NEAR), key=lambda q: q.share, reverse=True)
    if not near:
        return ok("no limit of the account is near", *(str(quota) for quota in quotas))
    make = failure if near[0].share >= FULL else warning
    return make(
        f"a limit of the account is near: {near[0]}",
        *(str(quota) for quota in near),
        consequence="at the limit AWS refuses calls with throttling, or a deployment fails",
        mend="ask for more in the console's Service Quotas, or remove what is no longer used",
    )


CHECKS = (
    Check(
        "quotas",
        "access",
        "limits of the account",
        "Compares what the account uses with its limits: Lambda calls at once at their peak of two weeks, "
        "reserved concurrency, stored code, stacks and roles, in each region of the system. From 80 percent "
        "on there is a warning, from 95 a failure. Other teams in the account count as well, as they do for "
        "AWS.",
        check_quotas,
        (Need.WORKSPACE, Need.ENVIRONMENT, Need.ACCOUNT, Need.REACH),
    ),
)
