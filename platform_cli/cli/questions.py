"""Ask what a template needs to know: by option, by question, or by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from platform_cli.cli.session import Session

if TYPE_CHECKING:
    from platform_cli.scaffold.questions import Question


def chosen_template(session: Session, given: str | None) -> str:
    """Return the kind of a new service: the option's, or what is chosen from the list.

    Raises:
        PlatformError: There is no such kind, or nobody can be asked.
    """
    from platform_cli.scaffold.catalog import SUMMARIES, service_kinds, service_template

    if given is not None:
        return service_template(given).kind
    kinds = [(kind, SUMMARIES[kind]) for kind in service_kinds()]
    return session.terminal.choose("What kind of service", kinds, flag="--template")


def service_answers(
    session: Session, kind: str, name: str, given: Mapping[str, str | None]
) -> Mapping[str, str]:
    """Return the answers to the questions of a kind of service.

    Raises:
        BlueprintInvalid: The blueprint has errors, so nothing can be added to it.
        PlatformError: An unusable name.
    """
    from platform_cli.blueprint.findings import BlueprintInvalid
    from platform_cli.scaffold.naming import check_service_name
    from platform_cli.scaffold.questions import questions

    # Before any question, so that nobody answers five of them in vain.
    check_service_name(name)
    if session.inspection.errors:
        raise BlueprintInvalid(session.inspection.findings)
    return answered(session, questions(kind, session.inspection, name), given)


def answered(
    session: Session, questions: Sequence[Question], given: Mapping[str, str | None]
) -> Mapping[str, str]:
    """Return what was given by option and, in a terminal without `--yes`, asked for the rest.

    What neither option nor question answers is left out, so that the template's default holds.
    """
    answers = {name: value for name, value in given.items() if value is not None}
    if session.options.yes or not session.terminal.interactive:
        return answers
    for question in questions:
        if question.name not in answers:
            default = question.default or ("" if question.optional else None)
            answers[question.name] = session.terminal.ask(
                _prompt(question), flag=question.flag, default=default
            )
    return answers


def _prompt(question: Question) -> str:
    others = [suggestion for suggestion in question.suggestions if suggestion != question.default]
    return f"{question.prompt} (or {', '.join(others)})" if others else question.prompt
