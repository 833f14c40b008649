"""What can be told of Flink's SQL without running it: its statements, and the tables that they name.

In: the text of files. Out: statements one by one, and the tables that they read, write and declare. Never:
whether the SQL is right; that is for Flink to say. What is not understood is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from platform_cli.blueprint.including import leaves_workspace

ENDING = ".sql"
EVENT_TIME = "event_time"
"""The column that each table of a stream has beside its own: the time that windows go by."""

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*')
    |`(?P<quoted>[^`]+)`
    |(?P<word>[^\W\d]\w*)
    |(?P<mark>[;(),.])
    |(?P<other>\s+|.)""",
    re.VERBOSE | re.DOTALL,
)
_NOT_TABLES = frozenset({"EXTRACT", "OVERLAY", "SUBSTRING", "TRIM"})
"""Functions in whose parentheses FROM means something else."""
_DECLARING = frozenset({"CREATE", "DROP", "ALTER"})
_BEFORE_NAMES = frozenset({"TABLE", "VIEW", "TEMPORARY", "SYSTEM", "IF", "NOT", "EXISTS", "OR", "REPLACE"})
_SETTING = re.compile(r"SET\s+'((?:[^']|'')+)'\s*=\s*'((?:[^']|'')*)'", re.IGNORECASE)


@dataclass(frozen=True)
class SqlFile:
    """A file of statements; `name` relative to the workspace."""

    name: str
    text: str


@dataclass(frozen=True)
class Statement:
    """A statement, and the tables that it names.

    Attributes:
        text: Without the semicolon.
        begins: Its first word, in capitals.
        reads: Tables of other statements that it reads.
        writes: Tables that it inserts into.
        declares: Tables and views that it makes.
    """

    text: str
    begins: str
    reads: frozenset[str]
    writes: frozenset[str]
    declares: frozenset[str]

    @property
    def setting(self) -> tuple[str, str] | None:
        """Key and value of `SET 'key' = 'value'`, which only Flink's own shell understands as SQL."""
        match = _SETTING.fullmatch(self.text)
        return (match[1].replace("''", "'"), match[2].replace("''", "'")) if match else None


@dataclass(frozen=True)
class _Token:
    """A word or sign of a statement; `name` is None for what names nothing."""

    mark: str
    name: str | None = None

    @property
    def word(self) -> str:
        """In capitals; empty for what is quoted."""
        return self.mark.upper()


def table_name(stream: str) -> str:
    """The table of a stream: `order-events` is `order_events`, since SQL takes `-` for minus."""
    return stream.replace("-", "_")


def read_sql(root: Path, name: str) -> tuple[SqlFile, ...]:
    """The file, or the `.sql` files of the folder, in the order of their names; none if nothing is there.

    Raises:
        OSError: A file cannot be read.
        UnicodeDecodeError: It is not UTF-8.
    """
    if leaves_workspace(name):
        return ()
    place = root / name
    paths = sorted(place.glob(f"*{ENDING}")) if place.is_dir() else [place] if place.is_file() else []
    return tuple(
        SqlFile(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8-sig")) for path in paths
    )


def statements_of(text: str) -> tuple[Statement, ...]:
    """The statements of a file, in order."""
    return tuple(_statement(part, tokens) for part, tokens in _split(text) if tokens)


def _split(text: str) -> Iterator[tuple[str, list[_Token]]]:
    begin, tokens = 0, list[_Token]()
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "mark" and match[0] == ";":
            yield text[begin : match.start()].strip(), tokens
            begin, tokens = match.end(), []
        elif kind == "word":
            tokens.append(_Token(match[0], match[0]))
        elif kind == "quoted":
            tokens.append(_Token("", match["quoted"]))
        elif kind in ("mark", "text") or (kind == "other" and not match[0].isspace()):
            tokens.append(_Token(match[0]))
        elif kind == "comment" and not tokens:
            # What stands before a statement is not part of it.
            begin = match.end()
    yield text[begin:].strip(), tokens


def _statement(text: str, tokens: list[_Token]) -> Statement:
    begins = tokens[0].word
    declares = frozenset(_declared(tokens)) if begins in _DECLARING else frozenset[str]()
    own = set(_with_names(tokens))
    return Statement(
        text=text,
        begins=begins,
        reads=frozenset(_read(tokens)) - own - declares,
        writes=frozenset(_written(tokens)),
        declares=declares if begins == "CREATE" else frozenset(),
    )


def _declared(tokens: list[_Token]) -> Iterator[str]:
    for at, token in enumerate(tokens[1:], 1):
        if token.word not in _BEFORE_NAMES:
            if tokens[at - 1].word in ("TABLE", "VIEW", "EXISTS") and (name := _name_at(tokens, at)):
                yield name
            return


def _written(tokens: list[_Token]) -> Iterator[str]:
    for at, token in enumerate(tokens[:-1]):
        before = tokens[at - 1].word if at else ""
        if before == "INSERT" and token.word in ("INTO", "OVERWRITE") and (name := _name_at(tokens, at + 1)):
            yield name


def _read(tokens: list[_Token]) -> Iterator[str]:
    functions: list[str] = []
    for at, token in enumerate(tokens[:-1]):
        before = tokens[at - 1].word if at else ""
        if token.mark == "(":
            functions.append(before)
        elif token.mark == ")" and functions:
            functions.pop()
        means_tables = not functions or functions[-1] not in _NOT_TABLES
        joined = token.word == "JOIN" or (token.word == "FROM" and before != "DISTINCT" and means_tables)
        windowed = token.word == "TABLE" and before in ("(", ",", "=>", ">")
        if (joined or windowed) and (name := _name_at(tokens, at + 1)):
            yield name


def _with_names(tokens: list[_Token]) -> Iterator[str]:
    """Names that a statement gives its own parts: `WITH totals AS (…)`."""
    for at, token in enumerate(tokens[:-2]):
        if token.name and tokens[at + 1].word == "AS" and tokens[at + 2].mark == "(":
            yield token.name


def _name_at(tokens: list[_Token], at: int) -> str | None:
    """The last part of the name that begins there; None where a function or a query does."""
    name = tokens[at].name
    if name is None or tokens[at].word in ("LATERAL", "TABLE", "UNNEST", "SELECT"):
        return None
    while at + 2 < len(tokens) and tokens[at + 1].mark == "." and tokens[at + 2].name:
        at += 2
        name = tokens[at].name
    called = at + 1 < len(tokens) and tokens[at + 1].mark == "("
    # INSERT INTO may list columns behind the name; a table function after FROM has no name of a table.
    return None if called and _is_function(tokens, at) else name


def _is_function(tokens: list[_Token], at: int) -> bool:
    while at > 1 and tokens[at - 1].mark == ".":
        at -= 2
    return tokens[at - 1].word not in ("INTO", "OVERWRITE", "TABLE", "VIEW", "EXISTS")


def declared_by(statements: Iterable[Statement]) -> frozenset[str]:
    """All tables and views that statements make themselves."""
    return frozenset(name for statement in statements for name in statement.declares)
