"""Look at every resource of some types, in every region; one that may not be looked at hides no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import expecting
from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.context import Context
from platform_cli.operate.doctor.resources import resources

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients

_WORKERS = 8
_GONE = (
    "ResourceNotFoundException",
    "NotFoundException",
    "NotFound",
    "NoSuchBucket",
    "NoSuchEntity",
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
    "DBInstanceNotFound",
    "DBClusterNotFoundFault",
    "DBProxyNotFoundFault",
    "ReplicationGroupNotFoundFault",
    "InvalidGroup.NotFound",
)
"""What is gone is drift, which another check tells of."""


@dataclass(frozen=True)
class Look:
    """How one kind of resource is looked at.

    Attributes:
        types: Of CloudFormation.
        what: Their name, in the plural.
        look: Yields a line for each trouble; takes the context, clients of the resource's region, and what
            CloudFormation calls the resource.
    """

    types: tuple[str, ...]
    what: str
    look: Callable[[Context, Clients, str], Iterable[str]]


@dataclass(frozen=True)
class Seen:
    """What was seen.

    Attributes:
        looked: How many resources were looked at.
        found: A line for each trouble, in the order of the looks.
        unseen: A line for each kind that could not be looked at.
    """

    looked: int
    found: tuple[str, ...]
    unseen: tuple[str, ...]


def look_at(context: Context, looks: Iterable[Look]) -> Seen:
    """Look at all resources of the environment that the looks are for.

    Raises:
        PlatformError: Not one of them could be looked at.
    """
    jobs = [(look, r) for look in looks for r in resources(context) if r.type in look.types and r.physical_id]

    def one(number: int) -> list[str] | PlatformError:
        look, resource = jobs[number]
        clients = context.clients.elsewhere(resource.region)
        lines: list[str] = []
        try:
            with aws_errors(f"looking at {look.what}", target=clients.target), expecting(*_GONE):
                lines += look.look(context, clients, resource.physical_id)
        except PlatformError as error:
            return error
        return lines

    with ThreadPoolExecutor(_WORKERS) as pool:
        answers = list(pool.map(one, range(len(jobs))))
    refused = [answer for answer in answers if isinstance(answer, PlatformError)]
    if refused and len(refused) == len(answers):
        raise refused[0]
    found = [line for answer in answers if isinstance(answer, list) for line in answer]
    unseen = dict.fromkeys(
        f"not looked at: {look.what}, since {answer.message}"
        for (look, _), answer in zip(jobs, answers, strict=True)
        if isinstance(answer, PlatformError)
    )
    return Seen(len(answers) - len(refused), tuple(found), tuple(unseen))
