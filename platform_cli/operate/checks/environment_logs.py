"""Log groups that keep everything for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import REMOTE, Check, Result, ok, skipped, warning
from platform_cli.operate.doctor.wording import few, number

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

_TYPE = "AWS::Logs::LogGroup"
_MADE_BY_AWS = {
    "AWS::Lambda::Function": "/aws/lambda/{}",
    "AWS::RDS::DBCluster": "/aws/rds/cluster/{}/postgresql",
    "AWS::RDS::DBProxy": "/aws/rds/proxy/{}",
}
"""By the type of who writes: the log group that AWS makes where there is none, without a retention."""


def check_retention(context: Context) -> Result:
    """Look at the log groups of the stacks, and at those that Lambda and RDS make themselves."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.answers import pages
    from platform_cli.operate.doctor.resources import physical_ids, regions_of
    from platform_cli.operate.functions import names_of

    environment = context.environment
    home = environment.region
    made = {names_of(environment).log_group(f.service, f.name) for f in environment.functions}
    found = {}
    for region in regions_of(context, _TYPE, *_MADE_BY_AWS):
        names = {*(made if region == home else ()), *physical_ids(context, _TYPE, region=region)}
        names |= {
            pattern.format(id)
            for type, pattern in _MADE_BY_AWS.items()
            for id in physical_ids(context, type, region=region)
        }
        prefixes = {_stem(name, f"{names_of(environment).prefix}-") for name in names}
        clients = context.clients.elsewhere(region)
        with aws_errors("looking at the log groups", target=clients.target):
            for start in sorted(prefixes):
                for group in pages(
                    clients.client("logs").describe_log_groups,
                    "logGroups",
                    paging=("nextToken", "nextToken"),
                    logGroupNamePrefix=start,
                ):
                    if group["logGroupName"] in names:
                        found[region, group["logGroupName"]] = group
    if not found:
        return skipped("there are no log groups yet")
    endless = sorted(place for place, group in found.items() if not group.get("retentionInDays"))
    if not endless:
        return ok(f"{number(len(found), 'log group')} with a retention")
    shown = [
        f"{name}{'' if region == home else f' in {region}'}: "
        f"{found[region, name].get('storedBytes', 0) / 1e6:,.0f} MB kept for ever"
        for region, name in endless
    ]
    return warning(
        f"{number(len(endless), 'log group')} without a retention",
        *few(shown),
        consequence="the bill grows every month, and personal data stays longer than it may",
        mend="export what must be kept; then `aws logs put-retention-policy --log-group-name "
        f"{endless[0][1]} --region {endless[0][0]} --retention-in-days 30`, which deletes what is older",
    )


def _stem(name: str, ours: str) -> str:
    """What a name has in common with its neighbours, so that one call lists many."""
    before, found, _ = name.partition(ours)
    return before + found if found else name[: name.rfind("/") + 1] or name


CHECKS = (
    Check(
        "log-retention",
        "environment",
        "retention of logs",
        "Looks for log groups of the system without a retention. Those of the blueprint have one; without it "
        "is what AWS itself made: Lambda for a function, RDS for the log of a database or of its proxy. "
        "Setting one deletes what is older, so that `--fix` leaves it to you.",
        check_retention,
        REMOTE,
    ),
)
