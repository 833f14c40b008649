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
_DELETED_AT_ONCE = 10

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


def read_records(names: Names, clients: Clients) -> tuple[DeploymentRecord, ...]:
    """All records, the latest first."""
    with aws_errors("reading the deployment records"):
        found = [_parsed(p["Name"], p["Value"]) for p in _parameters(names, clients)]
    return tuple(sorted((r for r in found if r is not None), key=lambda r: r.id, reverse=True))


def _forget_old(names: Names, clients: Clients) -> None:
    old = sorted(p["Name"] for p in _parameters(names, clients))[:-KEPT]
    for at in range(0, len(old), _DELETED_AT_ONCE):
        clients.client("ssm").delete_parameters(Names=old[at : at + _DELETED_AT_ONCE])


def _parameters(names: Names, clients: Clients) -> list[Any]:
    return list(
        pages(
            clients.client("ssm").get_parameters_by_path,
            "Parameters",
            Path=names.record("deployments"),
            Recursive=True,
        )
    )


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
