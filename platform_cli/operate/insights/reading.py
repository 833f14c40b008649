"""Read a query: its text becomes commands, or an error that says where and what.

Libraries: lark reads the grammar. moto and MiniStack have readers of the language too, that pass over what
they do not know, `stats` among it; a figure from one of them would be wrong without a word.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from platform_cli.blueprint.findings import known_hint
from platform_cli.errors import ExitCode, Place, PlatformError
from platform_cli.operate.insights import syntax
from platform_cli.operate.insights.checking import check
from platform_cli.operate.insights.syntax import At, Command

if TYPE_CHECKING:
    from lark import Lark

COMMANDS = ("fields", "display", "filter", "where", "parse", "stats", "sort", "limit", "dedup")
_WORD = re.compile(r"[A-Za-z]\w*")
_SHOWN = 24
_TOO_MUCH = syntax.NotUnderstood(
    "its parts are nested too deeply, or a number is too long", syntax.At(1, 1), "say it in less"
)


def read_query(name: str, text: str, file: str | None = None) -> tuple[Command, ...]:
    """The commands of a query, each of whose parts is understood.

    Args:
        name: Of the query, for errors.
        text: It.
        file: Where it stands, if not in the blueprint.

    Raises:
        PlatformError: `invalid-query`, with line and column.
    """
    from lark import UnexpectedInput
    from lark.exceptions import VisitError

    from platform_cli.operate.insights.building import build

    try:
        commands = build(_parser().parse(text), text)
        check(commands)
    except UnexpectedInput as error:
        raise _invalid(name, _unexpected(text, error), file) from error
    except VisitError as error:
        if isinstance(error.orig_exc, syntax.NotUnderstood):
            raise _invalid(name, error.orig_exc, file) from error
        if isinstance(error.orig_exc, ValueError):  # Python reads numbers of some thousand digits
            raise _invalid(name, _TOO_MUCH, file) from error
        raise
    except RecursionError as error:
        raise _invalid(name, _TOO_MUCH, file) from error
    except syntax.NotUnderstood as error:
        raise _invalid(name, error, file) from error
    return commands


@cache
def _parser() -> Lark:
    from lark import Lark

    from platform_cli.operate.insights.grammar import GRAMMAR

    return Lark(GRAMMAR, parser="lalr", start="query", propagate_positions=True, maybe_placeholders=True)


def _unexpected(text: str, error: Any) -> syntax.NotUnderstood:
    token = getattr(error, "token", None)
    ended = token is not None and token.type == "$END"
    at = len(text.rstrip()) if ended else error.pos_in_stream
    before, rest = text[:at].rstrip(), text[at:].strip()
    place = At(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    if not rest:
        hint = "each | is followed by a command, each command by what it is about"
        return syntax.NotUnderstood("the query ends too early", place, hint)
    word = _WORD.match(rest)
    if word is not None and (not before or before.endswith("|")):
        hint = known_hint(word[0], COMMANDS, otherwise=f"there are: {', '.join(COMMANDS)}")
        return syntax.NotUnderstood(f'there is no command "{word[0]}"', place, hint)
    shown = rest.splitlines()[0]
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    hint = (
        "commands are separated by |, fields with other signs than letters, digits, _, @ and . stand in `…`"
    )
    return syntax.NotUnderstood(f"`{shown}` cannot stand here", place, hint)


def _invalid(name: str, told: syntax.NotUnderstood, file: str | None) -> PlatformError:
    return PlatformError(
        f"the query {name} cannot be read: {told}",
        hint=told.hint,
        code="invalid-query",
        where=Place(file or name, told.at.line, told.at.column),
        exit_code=ExitCode.USAGE,
    )
