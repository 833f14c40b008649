"""Reading routes: `GET /orders/{id}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"]
METHODS: tuple[str, ...] = get_args(Method)

_LITERAL = re.compile(r"[A-Za-z0-9._~:@!$&'()*,;=%-]+\Z")
_PARAMETER = re.compile(r"\{([A-Za-z0-9._-]+)(\+?)\}\Z")


def default_api(kinds: Mapping[str, str]) -> str | None:
    """The API of a route that names none: the only one, or of several the only one of kind `http`.

    Args:
        kinds: The kind of each API by its name.
    """
    if len(kinds) == 1:
        return next(iter(kinds))
    http = [name for name, kind in kinds.items() if kind == "http"]
    return http[0] if len(http) == 1 else None


class RouteError(ValueError):
    """A text is no route; `hint` says what would be one."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class ParsedRoute:
    """A method and a path."""

    method: str
    path: str

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts between slashes."""
        return tuple(self.path.strip("/").split("/")) if self.path != "/" else ()

    @property
    def shape(self) -> tuple[str, ...]:
        """The segments without the names in braces: two routes with one shape answer the same requests."""
        return tuple(
            "{+}" if segment.endswith("+}") else "{}" if segment.startswith("{") else segment
            for segment in self.segments
        )


def parse_route(text: str) -> ParsedRoute:
    """Read a route.

    Raises:
        RouteError: The text is none.
    """
    method, _, path = text.strip().partition(" ")
    path = path.strip()
    if method not in METHODS:
        if method.upper() in METHODS:
            raise RouteError(
                f'"{text}": the method is written in capitals', f'write "{method.upper()} {path}"'
            )
        if method.startswith("/"):
            raise RouteError(f'"{text}" has no method', f'write "GET {method}"')
        raise RouteError(f'"{method}" is no method', f"there is {', '.join(METHODS)}")
    if not path.startswith("/"):
        better = f'write "{method} /{path}"' if path else f'write "{method} /path"'
        raise RouteError(f'the path of "{text}" does not begin with /', better)
    if path != "/" and path.endswith("/"):
        raise RouteError(f'the path of "{text}" ends with /', f'write "{method} {path.rstrip("/") or "/"}"')
    route = ParsedRoute(method, path)
    names: set[str] = set()
    for index, segment in enumerate(route.segments):
        _check_segment(segment, text, names, last=index == len(route.segments) - 1)
    return route


def _check_segment(segment: str, text: str, names: set[str], *, last: bool) -> None:
    parameter = _PARAMETER.match(segment)
    if parameter is None:
        if segment == "":
            raise RouteError(f'"{text}" has two slashes in a row')
        if "{" in segment or "}" in segment:
            raise RouteError(
                f'"{segment}" mixes braces and text',
                "a segment is either a text or one name in braces: /orders/{id}",
            )
        if segment.startswith(":") or (segment.startswith("<") and segment.endswith(">")):
            raise RouteError(
                f'"{segment}" is not how a parameter is written', "write {" + segment.strip(":<>") + "}"
            )
        if not _LITERAL.match(segment):
            raise RouteError(f'"{segment}" has characters that a path cannot have')
        return
    name, greedy = parameter.groups()
    if greedy and not last:
        raise RouteError(f"{segment} takes the rest of the path, so it can only be the last segment")
    if name in names:
        raise RouteError(f'"{text}" has {{{name}}} twice')
    names.add(name)
