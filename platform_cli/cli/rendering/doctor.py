"""What the doctor found: trouble in full, the rest in a line a group."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import number
from platform_cli.operate.doctor.model import GROUPS, Diagnosis, Examined, Verdict

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.text import Text

    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.doctor.mending import Mended

_STYLES = {
    Verdict.OK: "green",
    Verdict.WARNING: "bold yellow",
    Verdict.FAILURE: "bold red",
    Verdict.SKIPPED: "dim",
    Verdict.BROKEN: "bold magenta",
}
_SIGNS = {
    Verdict.OK: "✓",
    Verdict.WARNING: "!",
    Verdict.FAILURE: "✗",
    Verdict.SKIPPED: "-",
    Verdict.BROKEN: "?",
}
_TROUBLE = (Verdict.FAILURE, Verdict.BROKEN, Verdict.WARNING)
_SHOWN_IN_HAND = 4
_WIDEST = 110


class ExaminationProgress(AbstractContextManager["ExaminationProgress"]):
    """Shows on stderr how many checks are made, and which are in hand; nothing without a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._running: list[str] = []

    def __enter__(self) -> ExaminationProgress:
        if self._terminal.live and not self._terminal.json:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("checking", markup=False),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TextColumn("{task.description}", style="dim", markup=False),
                console=self._terminal.err,
                transient=True,
            )
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, event: Any) -> None:
        """Take `CheckStarted` and `CheckFinished`."""
        from platform_cli.operate.doctor.running import CheckFinished, CheckStarted

        match event:
            case CheckStarted():
                self._running.append(event.check.title)
            case CheckFinished():
                self._running.remove(event.examined.check.title)
        if self._bar is None:
            return
        if self._task is None:
            self._task = self._bar.add_task("", total=event.total)
        shown = ", ".join(self._running[:_SHOWN_IN_HAND])
        more = len(self._running) - _SHOWN_IN_HAND
        self._bar.update(
            self._task,
            description=f"{shown} and {more} more" if more > 0 else shown,
            completed=event.done if isinstance(event, CheckFinished) else None,
        )


def render_diagnosis(
    terminal: Terminal, diagnosis: Diagnosis, *, show_all: bool = False, fixing: bool = False
) -> None:
    """Show the groups, and what to do next; with `--json` nothing, as `render_data` does it.

    Args:
        terminal: Where to.
        diagnosis: What was found.
        show_all: List what is well and what was skipped too, each by itself.
        fixing: Whether what can be mended is shown next anyway.
    """
    if terminal.json:
        return
    for group in GROUPS:
        examined = [e for e in diagnosis.examined if e.check.group == group]
        if examined:
            terminal.result(*_group(group, examined, terminal.out.width, show_all=show_all))
    terminal.result(_count(diagnosis))
    for line in _next(diagnosis, fixing=fixing):
        terminal.say(line)


def render_data(terminal: Terminal, diagnosis: Diagnosis, mended: Sequence[Mended]) -> None:
    """Write the document of `--json`: all checks as they are in the end, and what was mended."""
    if not terminal.json:
        return
    counts = Counter(e.result.verdict for e in diagnosis.examined)
    terminal.data(
        {
            "verdicts": {verdict.value: counts[verdict] for verdict in Verdict},
            "checks": [
                {
                    "id": e.check.id,
                    "group": e.check.group,
                    "title": e.check.title,
                    "verdict": e.result.verdict.value,
                    "summary": e.result.summary,
                    "evidence": e.result.evidence,
                    "consequence": e.result.consequence or None,
                    "mend": e.result.mend or None,
                    "fix": e.result.fix.does if e.result.fix else None,
                    "seconds": round(e.seconds, 3),
                }
                for e in diagnosis.examined
            ],
            "mended": [
                {"check": m.check, "did": m.does, "error": m.error.message if m.error else None}
                for m in mended
            ],
        }
    )


def render_fixes(terminal: Terminal, fixable: Sequence[Examined]) -> None:
    """Show what would be done, before anybody is asked."""
    if not fixable:
        terminal.say("\nThere is nothing that can be mended without you.")
        return
    terminal.say("\nThis can be mended:")
    for one in fixable:
        assert one.result.fix is not None, "only those that have one are shown"
        terminal.say(f"  {one.check.id}: {one.result.fix.does}")


def render_again(terminal: Terminal, mended: Sequence[Mended], again: Diagnosis) -> None:
    """Say what was done, and what the checks say now."""
    for one in mended:
        if one.error is not None:
            terminal.say(f"{one.check}: {one.error.message}", style=_STYLES[Verdict.FAILURE])
            if one.error.hint:
                terminal.say(f"  hint: {one.error.hint}")
    if terminal.json:
        return
    terminal.result("", "after mending")
    for examined in again.examined:
        terminal.result(*_entry(examined, terminal.out.width))


def _group(group: str, examined: Sequence[Examined], width: int, *, show_all: bool) -> list[Text | str]:
    from rich.text import Text

    lines: list[Text | str] = [Text(group, style="bold")]
    trouble = [e for verdict in _TROUBLE for e in examined if e.result.verdict is verdict]
    for one in trouble:
        lines += _entry(one, width)
    well = [e for e in examined if e.result.verdict is Verdict.OK]
    omitted = [e for e in examined if e.result.verdict is Verdict.SKIPPED]
    if show_all:
        for one in (*well, *omitted):
            lines += _entry(one, width)
    else:
        if well:
            lines.append(
                _line(Verdict.OK, f"{len(well)} ok" if trouble or omitted else f"all {len(well)} ok")
            )
        lines += _skipped(omitted)
    return [*lines, ""]


def _skipped(omitted: Iterable[Examined]) -> list[Text]:
    """A line for each reason."""
    reasons: dict[str, list[str]] = {}
    for one in omitted:
        reasons.setdefault(one.result.summary, []).append(one.check.id)
    return [
        _line(Verdict.SKIPPED, f"{ids[0] if len(ids) == 1 else f'{len(ids)} checks'} skipped: {reason}")
        for reason, ids in reasons.items()
    ]


def _entry(one: Examined, width: int) -> list[Text]:
    from rich.text import Text

    result = one.result
    lines = [_line(result.verdict, f"{one.check.id}: {result.summary}")]
    for said in result.evidence:
        lines += [Text(f"      {line}", style="dim") for line in _wrapped(said, width, 6)]
    for label, said in (("means", result.consequence), ("do", result.mend)):
        for row, line in enumerate(_wrapped(said, width, 12) if said else ()):
            text = Text(f"      {label if row == 0 else '':<6}", style="bold")
            lines.append(text.append(line, style="not bold"))
    return lines


def _line(verdict: Verdict, text: str) -> Text:
    from rich.text import Text

    word = f"{verdict.value} " if verdict in _TROUBLE else ""
    line = Text(f"  {_SIGNS[verdict]} ", style=_STYLES[verdict])
    return line.append(word, style=_STYLES[verdict]).append(
        text, style="dim" if verdict is Verdict.SKIPPED else "not bold default"
    )


def _wrapped(text: str, width: int, indent: int) -> list[str]:
    room = max(30, min(width, _WIDEST) - indent)
    return textwrap.wrap(text, room, break_on_hyphens=False, break_long_words=False) or [""]


def _count(diagnosis: Diagnosis) -> Text:
    from rich.text import Text

    counts = Counter(e.result.verdict for e in diagnosis.examined)
    parts = [
        (number(counts[Verdict.FAILURE], "failure"), Verdict.FAILURE),
        (number(counts[Verdict.WARNING], "warning"), Verdict.WARNING),
        (f"{counts[Verdict.BROKEN]} broken", Verdict.BROKEN),
        (f"{counts[Verdict.OK]} ok", Verdict.OK),
        (f"{counts[Verdict.SKIPPED]} skipped", Verdict.SKIPPED),
    ]
    text = Text()
    for said, verdict in parts:
        if counts[verdict] or verdict is Verdict.OK:
            text.append(", " if text else "").append(said, style=_STYLES[verdict])
    return text


def _next(diagnosis: Diagnosis, *, fixing: bool) -> list[str]:
    """What to do next: the first failure first."""
    lines = []
    trouble = [e for verdict in _TROUBLE for e in diagnosis.of(verdict)]
    if trouble:
        first = trouble[0]
        if first.result.verdict is Verdict.BROKEN:
            lines.append(f"next: `platform doctor --only {first.check.id} --debug`")
        else:
            lines.append(f"next: {first.check.id}: {first.result.mend}")
        lines.append(f"`platform explain {first.check.id}` says more")
    if diagnosis.fixable and not fixing:
        ids = ", ".join(e.check.id for e in diagnosis.fixable)
        lines.append(f"`--fix` can mend {ids}")
    unnamed = any("no environment is named" in e.result.summary for e in diagnosis.of(Verdict.SKIPPED))
    if unnamed:
        lines.append("`platform doctor --env NAME` looks at what is deployed, too")
    elif not trouble:
        lines.append("all is well")
    return lines
