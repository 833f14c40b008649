"""Who deployed what, when, with which result: kept in the environment itself.

A record is one parameter under `/{system}/{env}/platform/deployments/`, named by its time, so the
order of names is the order of deployments. The last 50 are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.naming import Names
from platform_cli.deploy.answers import pages

KEPT = 50
# Parameter Store's standard tier takes 4 KB a value and costs nothing.
_LARGEST_BYTES = 4096
_AT_ONCE = 10  # GetParameters' and DeleteParameters' limit

Result = Literal["done", "failed", "interrupted"]


@dataclass(frozen=True)
class DeploymentRecord:
    """One deployment.

    Attributes:
        id: Its name; sorts by time.
        who: `user@host (process …)`.
        command: What was run.
        started: When.
        finished: When, or None where nobody lived to say.
        result: How it ended.
        stacks: What was done to which stack: `{"shop-dev-data": "update"}`.
        templates: Hashes of what was deployed, shortened; empty where they would not fit.
        reason: Why it failed, or what the user gave as a reason.
    """

    id: str
    who: str
    command: str
    started: datetime
    finished: datetime | None
    result: Result
    stacks: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def template_hash(template: Mapping[str, Any]) -> str:
    """The hash of a template by which records name it."""
    return hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:12]


def record_id(started: datetime, token: str) -> str:
    """A name that sorts by time and is nobody else's."""
    return f"{started.astimezone(UTC):%Y%m%dT%H%M%SZ}-{token}"


def write_record(record: DeploymentRecord, names: Names, clients: Clients) -> None:
    """Add a record, and forget those before the last 50."""
    with aws_errors("recording the deployment"):
        clients.client("ssm").put_parameter(
            Name=names.record("deployments", record.id), Value=_text(record), Type="String", Overwrite=True
        )
        _forget_old(names, clients)


def read_records(names: Names, clients: Clients, limit: int = KEPT) -> tuple[DeploymentRecord, ...]:
    """The latest records, the latest first."""
    found: list[DeploymentRecord | None] = []
    with aws_errors("reading the deployment records"):
        wanted = _record_names(names, clients)[::-1][:limit]
        for at in range(0, len(wanted), _AT_ONCE):
            answer = clients.client("ssm").get_parameters(Names=wanted[at : at + _AT_ONCE])
            found += [_parsed(parameter["Name"], parameter["Value"]) for parameter in answer["Parameters"]]
    return tuple(sorted((r for r in found if r is not None), key=lambda r: r.id, reverse=True))


def _forget_old(names: Names, clients: Clients) -> None:
    old = _record_names(names, clients)[:-KEPT]
    for at in range(0, len(old), _AT_ONCE):
        clients.client("ssm").delete_parameters(Names=old[at : at + _AT_ONCE])


def _record_names(names: Names, clients: Clients) -> list[str]:
    """Names of all records, the oldest first; fifty of them come with one call, their values with five."""
    described = pages(
        clients.client("ssm").describe_parameters,
        "Parameters",
        MaxResults=KEPT,
        ParameterFilters=[
            {"Key": "Path", "Option": "Recursive", "Values": [names.record("deployments")]},
        ],
    )
    return sorted(parameter["Name"] for parameter in described)


def _text(record: DeploymentRecord) -> str:
    told: dict[str, Any] = {
        "who": record.who,
        "command": record.command[:500],
        "started": record.started.isoformat(),
        "finished": record.finished.isoformat() if record.finished else None,
        "result": record.result,
        "reason": record.reason[:800],
        "stacks": dict(record.stacks),
        "templates": dict(record.templates),
    }
    text = json.dumps(told, ensure_ascii=True)
    if len(text) > _LARGEST_BYTES:
        told["templates"] = {}
        text = json.dumps(told, ensure_ascii=True)
    if len(text) > _LARGEST_BYTES:
        told["stacks"] = {"*": f"{len(record.stacks)} stacks"}
        text = json.dumps(told, ensure_ascii=True)
    if len(text) > _LARGEST_BYTES:  # every non-ASCII character takes six
        told["command"], told["reason"] = record.command[:200], record.reason[:200]
        text = json.dumps(told, ensure_ascii=True)
    return text


def _parsed(name: str, text: str) -> DeploymentRecord | None:
    try:
        told = json.loads(text)
        return DeploymentRecord(
            id=name.rsplit("/", 1)[-1],
            who=told["who"],
            command=told["command"],
            started=datetime.fromisoformat(told["started"]),
            finished=datetime.fromisoformat(told["finished"]) if told["finished"] else None,
            result=told["result"],
            stacks=told["stacks"],
            templates=told["templates"],
            reason=told["reason"],
        )
    except (ValueError, KeyError, TypeError):
        return None  # not ours, or of a later version: a history with a gap is better than none
