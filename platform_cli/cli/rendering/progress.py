"""Live progress: a bar for each stack with the resources in hand; plain lines where there is no terminal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.events import DOING, in_hand, line
from platform_cli.deploy.events import ResourceProgress, StackFinished, StackStarted

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from platform_cli.cli.terminal import Terminal

QUIET_SECONDS = 20.0
"""A log without a terminal shows a sign of life this often, so that no pipeline takes it for dead."""
SHOWN_IN_HAND = 3


class LiveProgress(AbstractContextManager["LiveProgress"]):
    """Takes events of every room, from any thread, and shows them on stderr.

    Args:
        terminal: Where to.
        clock: Seconds that only grow.
    """

    def __init__(self, terminal: Terminal, clock: Callable[[], float] = monotonic) -> None:
        self._terminal = terminal
        self._clock = clock
        self._lock = threading.Lock()
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._working: dict[str, list[str]] = {}
        self._talk: TaskID | None = None
        self._last_said = clock()

    def __enter__(self) -> LiveProgress:
        if self._terminal.live:
            self._bars = _bars(self._terminal)
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bars away while something is shown or asked."""
        if self._bars is not None:
            self._bars.stop()
        try:
            yield
        finally:
            if self._bars is not None:
                self._bars.start()

    def __call__(self, event: Any) -> None:
        """Show an event."""
        with self._lock:
            match event:
                case StackStarted():
                    self._start(event.stack, event.action)
                case ResourceProgress():
                    self._advance(event)
                case StackFinished():
                    self._finish(event.stack)
            said = line(event)
            if said is not None:
                self._say(said)
            self._show_in_hand(event)

    def _start(self, stack: str, action: str) -> None:
        self._working[stack] = []
        if self._bars is not None:
            doing = DOING.get(action, action)
            self._tasks[stack] = self._bars.add_task(f"{doing} {stack}", total=None, in_hand="", count="")

    def _advance(self, event: ResourceProgress) -> None:
        working = self._working.setdefault(event.stack, [])
        name = f"{event.type.removeprefix('AWS::')} {event.logical_id}"
        if event.status.endswith("_IN_PROGRESS"):
            if name not in working:
                working.append(name)
        elif name in working:
            working.remove(name)
        if event.status.endswith("_FAILED"):
            self._say(f"{event.stack}: {name} {event.status}: {event.reason}".rstrip(": "))
        if self._bars is not None and event.stack in self._tasks:
            self._bars.update(
                self._tasks[event.stack],
                completed=event.done,
                total=event.total or None,
                count=f"{event.done}/{event.total}",
                in_hand=_few(working),
            )
        elif self._clock() - self._last_said > QUIET_SECONDS:
            self._say(
                f"{event.stack}: {event.done}/{event.total} resources, in hand: {_few(working) or 'none'}"
            )

    def _finish(self, stack: str) -> None:
        self._working.pop(stack, None)
        task = self._tasks.pop(stack, None)
        if self._bars is not None and task is not None:
            self._bars.remove_task(task)

    def _say(self, text: str) -> None:
        self._last_said = self._clock()
        self._terminal.say(text)

    def _show_in_hand(self, event: Any) -> None:
        if self._bars is None:
            return
        doing = in_hand(event)
        if doing is None:
            if self._talk is not None:
                self._bars.remove_task(self._talk)
                self._talk = None
        elif self._talk is None:
            self._talk = self._bars.add_task(doing, total=None, in_hand="", count="")
        else:
            self._bars.update(self._talk, description=doing)


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN_IN_HAND])
    return f"{shown} and {len(names) - SHOWN_IN_HAND} more" if len(names) > SHOWN_IN_HAND else shown


def _bars(terminal: Terminal) -> Progress:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[count]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.fields[in_hand]}", style="dim", markup=False),
        console=terminal.err,
        transient=True,
    )
