"""How far the replay of a projection came, kept in the environment so that anybody can go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import expecting
from platform_cli.operate.functions import names_of


@dataclass(frozen=True)
class Checkpoint:
    """How far a replay came.

    Attributes:
        id: Of the replay.
        who: Who began it: `user@host`.
        started: When.
        updated: When it came so far.
        events: How many events the function was given.
        after: The last item that was read, as DynamoDB gave it; None at the beginning and at the end.
        done: Whether it came to the end.
    """

    id: str
    who: str
    started: datetime
    updated: datetime
    events: int = 0
    after: Mapping[str, Any] | None = None
    done: bool = False


def read_checkpoint(environment: ResolvedEnvironment, address: str, clients: Clients) -> Checkpoint | None:
    """The checkpoint of a projection's last replay; None if it was never replayed."""
    with (
        aws_errors(f"reading how far the replay of {address} came", target=clients.target),
        expecting("ParameterNotFound"),
    ):
        answer = clients.client("ssm").get_parameter(Name=_name(environment, address))
        return _parsed(answer["Parameter"]["Value"])
    return None


def write_checkpoint(
    environment: ResolvedEnvironment, address: str, checkpoint: Checkpoint, clients: Clients
) -> None:
    """Keep how far a replay came."""
    text = json.dumps(
        {
            "id": checkpoint.id,
            "who": checkpoint.who[:200],
            "started": checkpoint.started.isoformat(),
            "updated": checkpoint.updated.isoformat(),
            "events": checkpoint.events,
            "after": checkpoint.after,
            "done": checkpoint.done,
        }
    )
    # Parameter Store takes `{{…}}` for a reference to another parameter; in JSON, a space changes nothing.
    text = text.replace("{{", "{ {")
    with aws_errors(f"keeping how far the replay of {address} came", target=clients.target):
        clients.client("ssm").put_parameter(
            Name=_name(environment, address), Value=text, Type="String", Overwrite=True
        )


def _name(environment: ResolvedEnvironment, address: str) -> str:
    return names_of(environment).record("projections", address)


def _parsed(text: str) -> Checkpoint | None:
    try:
        told = json.loads(text)
        return Checkpoint(
            id=str(told["id"]),
            who=str(told["who"]),
            started=datetime.fromisoformat(told["started"]),
            updated=datetime.fromisoformat(told["updated"]),
            events=int(told["events"]),
            after=told["after"],
            done=bool(told["done"]),
        )
    except (ValueError, KeyError, TypeError):
        return None  # not ours, or of a later version: a replay from the beginning does no harm
