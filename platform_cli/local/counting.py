"""Make metrics of what stands in logs, as CloudWatch does: embedded metrics, and those of metric filters.

MiniStack 1.5.33 keeps both, and counts nothing. So the agent looks every second which log groups grew, reads
what is new in those alone, and puts the values by the API, at which the emulator also looks at its alarms.
Values are put before it is noted how far they are counted: a process that is killed in between counts them
twice, as AWS says of embedded metrics that it may.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time

from platform_cli.blueprint.pattern_matching import Line
from platform_cli.local.embedded_metrics import MARK, read_embedded
from platform_cli.local.filtered_metrics import MetricFilter, read_filtered
from platform_cli.local.log_groups import Cloud, LocalCloud, LogGroup, LogLine
from platform_cli.local.log_positions import GroupPosition, Positions, read_positions, write_positions
from platform_cli.local.metric_data import Datum, Request, put_requests

PAUSE_SECONDS = 1.0
_AFTER_TROUBLE_SECONDS = 5.0
_SHARE = 10
"""A look is followed by a pause of so many times its length: at most a tenth of a core."""
LATE_MS = 5_000
"""By so much a line may be stored after its own time, and is still seen."""
_MINUTE_MS = 60_000


class LogCounter:
    """Counts what is new in logs.

    Args:
        cloud: The local AWS.
        path: Where it is kept how far everything is counted.
        now: Seconds since the epoch.
    """

    def __init__(self, cloud: Cloud, path: Path, now: Callable[[], float] = time) -> None:
        self._cloud = cloud
        self._path = path
        self._now = now
        self._positions: Positions | None = None
        self._begun: dict[str, _Begun] = {}
        self._trouble = read_trouble(path)

    def run(self, stop: threading.Event) -> None:
        """Look again and again until told to stop; trouble is said once, and the next look tries again."""
        while not stop.is_set():
            begin = monotonic()
            try:
                self.look()
                trouble = None
            except Exception as error:  # noqa: BLE001 - the agent has other work, which nothing here may end
                trouble = f"{type(error).__name__}: {error}"
            if trouble != self._trouble:
                self._tell(trouble)
            pause = max(PAUSE_SECONDS, _SHARE * (monotonic() - begin))
            stop.wait(max(pause, _AFTER_TROUBLE_SECONDS) if trouble else pause)

    def look(self) -> tuple[str, ...]:
        """Count what is new.

        Returns:
            Names of the log groups that were read.

        Raises:
            CallFailed: The local AWS does not answer, or refuses; what was not counted is the next time.
            OSError: It cannot be kept how far it got.
            Exception: Whatever else ended the count of a group, the first one, after all other groups.
        """
        now_ms = int(self._now() * 1000)
        positions = self._positions or read_positions(self._path)
        if positions is None:
            positions = Positions(now_ms)
            write_positions(self._path, positions)
        there, read = set[str](), list[str]()
        failed: Exception | None = None
        groups = dict(positions.groups)
        for group in tuple(self._cloud.groups()):
            there.add(group.name)
            known = groups.get(group.name)
            if known is None or known.created_ms != group.created_ms:
                known = GroupPosition(group.created_ms, 0, max(positions.began_ms, group.created_ms))
            if known.stored_bytes == group.stored_bytes and not _due(known, now_ms):
                continue
            try:
                groups[group.name] = self._count(group, known, now_ms)
            except Exception as error:  # noqa: BLE001 - what one group has must not keep the others from counting
                failed = failed or error
                continue
            read.append(group.name)
            positions = self._keep(Positions(positions.began_ms, dict(groups)))
        if groups.keys() - there:
            left = {name: position for name, position in groups.items() if name in there}
            positions = self._keep(Positions(positions.began_ms, left))
        self._positions = positions
        if failed is not None:
            raise failed
        return tuple(read)

    def _tell(self, trouble: str | None) -> None:
        self._trouble = trouble
        sys.stderr.write(f"metrics from logs: {trouble or 'they are counted again'}\n")
        sys.stderr.flush()
        note = _note(self._path)
        with suppress(OSError):
            if trouble:
                note.write_text(trouble, encoding="utf-8")
            else:
                note.unlink(missing_ok=True)

    def _keep(self, positions: Positions) -> Positions:
        write_positions(self._path, positions)
        self._positions = positions
        return positions

    def _count(self, group: LogGroup, known: GroupPosition, now_ms: int) -> GroupPosition:
        begun = self._begun.get(group.name) or self._begin(group, known, now_ms)
        while begun.requests:
            self._cloud.put(begun.requests[0])
            # From here on the lines are not read again: what was put would be put twice.
            self._begun[group.name] = begun
            del begun.requests[0]
        self._begun.pop(group.name, None)
        return begun.position

    def _begin(self, group: LogGroup, known: GroupPosition, now_ms: int) -> _Begun:
        filters = tuple(self._cloud.filters(group.name)) if group.filters else ()
        counted = _Counted(filters, known, now_ms)
        if known.stored_bytes != group.stored_bytes:
            for line in self._cloud.lines(group.name, known.read_ms - LATE_MS):
                counted.add(line)
        else:
            counted.keep_place()
        counted.close_minutes()
        return _Begun(counted.position(group), list(put_requests(counted.data)))


def count_metrics(path: Path, host: str, port: int) -> None:
    """Count for as long as this process lives, beside its other work.

    Args:
        path: Where it is kept how far everything is counted.
        host: Of the local AWS.
        port: Of the local AWS.
    """
    counter = LogCounter(LocalCloud(host, port), path)
    threading.Thread(target=counter.run, args=(threading.Event(),), daemon=True).start()


def read_trouble(path: Path) -> str | None:
    """Why nothing is counted at present; None if it is.

    Args:
        path: Where it is kept how far everything is counted.
    """
    try:
        return _note(path).read_text(encoding="utf-8") or None
    except (OSError, ValueError):
        return None


def _note(path: Path) -> Path:
    return path.with_suffix(".trouble")


@dataclass(frozen=True)
class _Begun:
    """How far a group is counted when these requests are put, too."""

    position: GroupPosition
    requests: list[Request]


class _Counted:
    """What one look finds in one log group."""

    def __init__(self, filters: tuple[MetricFilter, ...], known: GroupPosition, now_ms: int) -> None:
        self._filters = filters
        self._known = known
        self._now_ms = now_ms
        self._seen = set[str]()
        self._read_ms = now_ms
        self._minutes = {name: dict(minutes) for name, minutes in known.minutes.items()}
        self.data: list[Datum] = []

    def add(self, line: LogLine) -> None:
        if line.at_ms >= self._now_ms - LATE_MS:
            self._seen.add(line.id)
        if line.id in self._known.seen:
            return
        parsed = Line(line.message)
        if MARK in line.message:
            self.data += read_embedded(parsed.document, self._now_ms)
        for each in self._filters:
            if line.arrived_ms >= each.created_ms:
                self._filter(each, parsed, line.at_ms)

    def _filter(self, each: MetricFilter, line: Line, at_ms: int) -> None:
        found = read_filtered(each, line, at_ms)
        if found is not None:
            self.data += found
        if any(made.otherwise is not None for made in each.transformations):
            minutes = self._minutes.setdefault(each.name, {})
            minute = at_ms // _MINUTE_MS
            minutes[minute] = minutes.get(minute, False) or found is not None

    def keep_place(self) -> None:
        """Say that no line was read."""
        self._read_ms, self._seen = self._known.read_ms, set(self._known.seen)

    def close_minutes(self) -> None:
        """Count the minutes that are over and in which no line counted."""
        by_name = {each.name: each for each in self._filters}
        for name, minutes in self._minutes.items():
            for minute in [minute for minute in minutes if _is_over(minute, self._now_ms)]:
                if not minutes.pop(minute) and name in by_name:
                    self.data += _silences(by_name[name], minute * _MINUTE_MS)

    def position(self, group: LogGroup) -> GroupPosition:
        minutes = {name: left for name, left in self._minutes.items() if left}
        return GroupPosition(
            group.created_ms, group.stored_bytes, self._read_ms, frozenset(self._seen), minutes
        )


def _silences(metric_filter: MetricFilter, at_ms: int) -> Iterator[Datum]:
    for made in metric_filter.transformations:
        silent = made.silence(at_ms)
        if silent is not None:
            yield silent


def _due(known: GroupPosition, now_ms: int) -> bool:
    return any(_is_over(minute, now_ms) for minutes in known.minutes.values() for minute in minutes)


def _is_over(minute: int, now_ms: int) -> bool:
    return (minute + 1) * _MINUTE_MS + LATE_MS <= now_ms
