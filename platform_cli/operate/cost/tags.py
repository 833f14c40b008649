"""Tags in the bill: AWS counts by none before somebody activates it as a cost allocation tag.

In: clients of the account that pays. Out: which of the tags of an environment are active. A tag can be
activated when AWS has seen it on something that costs, which takes up to a day after the first deployment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment

TagStatus = Literal["active", "inactive", "unseen"]
_TAGS = ("environment", "owner", "service", "system")
"""What every stack, or every service's stack, gives its resources."""
MOST_TAGS = 20
"""Tags that one request activates (Cost Explorer API, UpdateCostAllocationTagsStatus, 2026-11)."""


@dataclass(frozen=True)
class BillingTag:
    """A tag, and whether the bill counts by it; `unseen` is one that AWS has not met on a bill yet."""

    key: str
    status: TagStatus


@dataclass(frozen=True)
class RefusedTag:
    """A tag that AWS did not activate, and why."""

    key: str
    reason: str


def tags_of(environment: ResolvedEnvironment) -> tuple[str, ...]:
    """The tags of the resources of an environment: ours, and those of the blueprint."""
    return tuple(sorted({*_TAGS, *environment.tags}))


def read_tags(environment: ResolvedEnvironment, clients: Clients) -> tuple[BillingTag, ...]:
    """Which tags are active.

    Args:
        environment: Whose tags.
        clients: From `billing_clients`.

    Raises:
        PlatformError: AWS refuses, as it does in an account that another one pays for.
    """
    keys = tags_of(environment)
    with aws_errors("reading the cost allocation tags", target=clients.target):
        answer = clients.client("ce").list_cost_allocation_tags(TagKeys=list(keys), Type="UserDefined")
    seen = {tag["TagKey"]: tag["Status"] for tag in answer.get("CostAllocationTags") or ()}
    states: dict[str | None, TagStatus] = {"Active": "active", "Inactive": "inactive", None: "unseen"}
    return tuple(BillingTag(key, states[seen.get(key)]) for key in keys)


def activate_tags(keys: Sequence[str], clients: Clients) -> tuple[RefusedTag, ...]:
    """Let the bill count by tags, from now on; for all of the account.

    Returns:
        Those that AWS refused.

    Raises:
        PlatformError: AWS refuses all of a request; those before it are active.
    """
    refused: list[RefusedTag] = []
    for start in range(0, len(keys), MOST_TAGS):
        wanted = [{"TagKey": key, "Status": "Active"} for key in keys[start : start + MOST_TAGS]]
        with aws_errors("activating cost allocation tags", target=clients.target):
            answer = clients.client("ce").update_cost_allocation_tags_status(CostAllocationTagsStatus=wanted)
        refused += [
            RefusedTag(
                str(told.get("TagKey")), str(told.get("Message") or told.get("Code") or "no reason given")
            )
            for told in answer.get("Errors") or ()
        ]
    return tuple(refused)
