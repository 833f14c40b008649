"""The progress of a change of flags: a bar through deployment and bake, or plain lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from platform_cli.operate.flags.events import (
    AlarmsUnseen,
    DeploymentProgress,
    FlagsEvent,
    Overtaken,
    VersionWritten,
    WaitingForTurn,
)

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from platform_cli.cli.terminal import Terminal


class FlagProgress(AbstractContextManager["FlagProgress"]):
    """Takes events of flags, and shows them on stderr."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._said = ""

    def __enter__(self) -> FlagProgress:
        if self._terminal.live:
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.percentage:>3.0f} %"),
                TimeElapsedColumn(),
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

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar away while something is asked."""
        if self._bar is not None:
            self._bar.stop()
        try:
            yield
        finally:
            if self._bar is not None:
                self._bar.start()

    def __call__(self, event: FlagsEvent) -> None:
        """Show an event."""
        match event:
            case VersionWritten():
                self._say(f"version {event.version} is written")
            case AlarmsUnseen():
                self._say(f"no alarm can stop this deployment from here: {event.reason}")
            case Overtaken():
                self._say("somebody else changed the flags meanwhile; applying the change to theirs")
            case WaitingForTurn():
                self._show(
                    f"waiting for deployment {event.deployment} of {event.profile}, which is {event.state}",
                    event.percent,
                )
            case DeploymentProgress():
                self._show(_words(event), event.percent)

    def _show(self, text: str, percent: float) -> None:
        if self._bar is None:
            self._say(text)
        elif self._task is None:
            self._task = self._bar.add_task(text, total=100, completed=round(percent))
        else:
            self._bar.update(self._task, description=text, completed=round(percent))

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._terminal.say(text)


def _words(event: DeploymentProgress) -> str:
    others = "" if event.ours else " (somebody else's, which carries the change)"
    which = f"deployment {event.deployment} of version {event.version}{others}"
    match event.state:
        case "BAKING":
            return f"{which} is at everybody; alarms are watched for {event.bake_minutes} min"
        case "COMPLETE":
            return f"{which} is complete"
        case "ROLLING_BACK" | "ROLLED_BACK" | "REVERTED":
            return f"{which} is rolled back"
    return f"{which} is under way"
