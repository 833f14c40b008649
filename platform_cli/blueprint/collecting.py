"""Where findings come together while a blueprint is read: it adds source lines and severities."""

from __future__ import annotations

from dataclasses import dataclass, field

from platform_cli.blueprint.finding_codes import CODES
from platform_cli.blueprint.findings import Finding, Severity
from platform_cli.blueprint.nodes import Node, Path, ScalarNode, SequenceNode, find_key, nearest
from platform_cli.errors import Place


@dataclass
class Sources:
    """The lines of the files that make up a blueprint."""

    lines: dict[str, list[str]] = field(default_factory=dict)

    def add(self, file: str, text: str) -> None:
        """Keep a file's lines."""
        self.lines[file] = text.split("\n")

    def line(self, file: str, number: int) -> str | None:
        """A line of a file, without its end; None where there is none."""
        lines = self.lines.get(file, [])
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else None


@dataclass
class Collector:
    """Findings in the order they were made; the same finding at the same spot is kept once."""

    sources: Sources = field(default_factory=Sources)
    findings: dict[tuple[str, Place, str], Finding] = field(default_factory=dict)

    def add_at(
        self,
        code: str,
        message: str,
        *,
        file: str,
        line: int | None = None,
        column: int | None = None,
        length: int = 0,
        path: Path = (),
        hint: str | None = None,
    ) -> None:
        """Add a finding at a line and a column; a length of 0 means to the end of the line."""
        text = self.sources.line(file, line) if line else None
        if text is not None and column is not None:
            rest = len(text.split(" #")[0].rstrip()) - (column - 1)
            length = max(1, min(length or rest, len(text) - (column - 1)))
        place = Place(file, line, column)
        severity: Severity = CODES[code].severity
        finding = Finding(code, severity, message, place, path, text, max(length, 1), hint)
        self.findings.setdefault((code, place, message), finding)

    def add(self, code: str, message: str, node: Node, path: Path = (), hint: str | None = None) -> None:
        """Add a finding at a key or a value."""
        self.add_at(
            code,
            message,
            file=node.file,
            line=node.line,
            column=node.column,
            length=node.length,
            path=path,
            hint=hint,
        )

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity is Severity.ERROR for finding in self.findings.values())

    def sorted(self) -> tuple[Finding, ...]:
        """The findings by file, line and column, the blueprint itself first."""
        order = {file: index for index, file in enumerate(self.sources.lines)}
        return tuple(
            sorted(
                self.findings.values(),
                key=lambda f: (order.get(f.place.file, -1), f.place.line or 0, f.place.column or 0, f.code),
            )
        )


def spot(root: Node, path: Path, *, key: bool = False) -> Node:
    """Where to point for a path: its value, or its key; if it is not there, the nearest parent's key."""
    node, reached = nearest(root, path)
    if reached == path and not key and _can_be_pointed_at(node):
        return node
    found = find_key(root, reached)
    return found if found is not None else node


def _can_be_pointed_at(node: Node) -> bool:
    """Whether a value is better pointed at than its key: a scalar that is written, or a list in brackets."""
    if isinstance(node, ScalarNode):
        return node.text != "" or not node.plain
    return isinstance(node, SequenceNode) and node.flow
