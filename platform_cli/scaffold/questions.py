"""What is asked before a service or a workspace is rendered: data, so that any shell can ask it.

Every question has a default, so nothing needs to be asked; the name of a question is the key of its
answer and, with hyphens, its flag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.blueprint.findings import nearest_hint
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.scaffold.catalog import service_template
from platform_cli.scaffold.naming import suggest

if TYPE_CHECKING:
    from platform_cli.blueprint.loading import Inspection


@dataclass(frozen=True)
class Question:
    """Something that the user may decide.

    Attributes:
        name: The key of the answer.
        prompt: What to ask, without a question mark or colon.
        help: One sentence on what the answer does, for a flag.
        default: The answer of whoever does not care.
        suggestions: Answers that come to mind, the default among them; others are allowed.
        optional: Whether no answer is one too.
    """

    name: str
    prompt: str
    help: str
    default: str = ""
    suggestions: tuple[str, ...] = ()
    optional: bool = False

    @property
    def flag(self) -> str:
        """`dev_account` → `--dev-account`."""
        return f"--{self.name.replace('_', '-')}"


DESCRIPTION = Question("description", "What is it for", "What the service is for, in one line.")
TABLE = Question("table", "Table that it writes to", "A table of the blueprint, or a new one's name.")
API = Question("api", "API of its routes", "An HTTP API of the blueprint, or a new one's name.")
ROUTE = Question("route", "Path of its routes", "The path that the routes start with, such as /orders.")
QUEUE = Question("queue", "Queue of its messages", "A queue of the blueprint, or a new one's name.")
FOLLOW = Question(
    "follow",
    "Stream or table that it follows",
    "streams.NAME of the blueprint or new, or tables.NAME of the blueprint.",
)
FOLLOW_STREAM = replace(
    FOLLOW, prompt="Stream that it measures", help="streams.NAME of the blueprint or new."
)
SCHEDULE = Question("schedule", "When it runs", "rate(…) or cron(…), as EventBridge Scheduler takes it.")

_OF_KIND = {
    "api": (DESCRIPTION, API, ROUTE, TABLE),
    "worker": (DESCRIPTION, QUEUE, TABLE),
    "stream": (DESCRIPTION, FOLLOW, TABLE),
    "analytics": (DESCRIPTION, FOLLOW_STREAM, API, ROUTE, TABLE),
    "schedule": (DESCRIPTION, SCHEDULE, TABLE),
}


def every_question() -> tuple[Question, ...]:
    """Return the questions of all kinds of service, each once, without defaults: the flags there are."""
    asked = {question.name: question for of_kind in reversed(_OF_KIND.values()) for question in of_kind}
    return tuple(asked.values())


def questions(kind: str, inspection: Inspection, name: str) -> tuple[Question, ...]:
    """Return what to ask for a new service, with defaults that fit the blueprint.

    Args:
        kind: Kind of the service, as `--template` says it.
        inspection: The blueprint that will have the service.
        name: The service's name.

    Raises:
        PlatformError: There is no such kind.
    """
    template = service_template(kind)
    blueprint = inspection.blueprint
    tables = tuple(blueprint.tables) if blueprint else ()
    apis = tuple(n for n, api in blueprint.apis.items() if api.kind == "http") if blueprint else ()
    queues = tuple(blueprint.queues) if blueprint else ()
    streams = tuple(blueprint.streams) if blueprint else ()
    default_api = apis[0] if apis else "public"
    followed = [f"streams.{n}" for n in streams]
    if kind == "stream":
        followed += [f"tables.{n}" for n in tables]
    answers = {
        "description": (f"A service that {template.summary}", ()),
        "table": (name, (name, *tables)),
        "api": (default_api, (default_api, *apis)),
        "route": (f"/{name}", ()),
        "queue": (name, (name, *queues)),
        "follow": (f"streams.{name}", (f"streams.{name}", *followed)),
        "schedule": ("rate(1 day)", ("rate(1 day)", "rate(5 minutes)", "cron(0 6 * * ? *)")),
    }
    return tuple(
        replace(q, default=answers[q.name][0], suggestions=tuple(dict.fromkeys(answers[q.name][1])))
        for q in _OF_KIND[kind]
    )


def workspace_questions(folder: Path) -> tuple[Question, ...]:
    """Return what to ask for a new workspace in a folder."""
    system = suggest(folder.resolve().name)[:20].rstrip("-")
    return (
        Question("system", "Name of the system", "The name that every name on AWS begins with.", system),
        Question("owner", "Team that owns it", "The team that answers for the system.", f"team-{system}"),
        Question("region", "AWS region", "The region of dev and prod.", "eu-west-1"),
        Question(
            "dev_account", "AWS account of dev", "Twelve digits; can be corrected later.", "111111111111"
        ),
        Question(
            "prod_account", "AWS account of prod", "Twelve digits; can be corrected later.", "222222222222"
        ),
        Question(
            "contact",
            "Mail address that alarms go to, or nothing for no alarms",
            "Whom alarms tell: a mail address. Without it there are none.",
            optional=True,
        ),
    )


def complete(asked: Sequence[Question], answers: Mapping[str, str]) -> dict[str, str]:
    """Fill the defaults in.

    Raises:
        PlatformError: An answer to something that was not asked, or one that is empty or of several lines.
    """
    names = [question.name for question in asked]
    for name in answers:
        if name not in names:
            raise PlatformError(
                f'"{name}" is not asked here',
                hint=nearest_hint(name, names),
                code="unknown-answer",
                exit_code=ExitCode.USAGE,
            )
    result = {question.name: answers.get(question.name, question.default).strip() for question in asked}
    for question in asked:
        if question.optional and not result[question.name]:
            continue
        if not result[question.name].isprintable() or not result[question.name]:
            raise bad_answer(question.name, result[question.name], "give one line of text")
    return result


def bad_answer(name: str, value: str, hint: str) -> PlatformError:
    """Make the error for an answer that cannot be used."""
    flag = Question(name, "", "").flag
    return PlatformError(
        f'{flag} cannot be "{value}"', hint=hint, code="bad-answer", exit_code=ExitCode.USAGE
    )
