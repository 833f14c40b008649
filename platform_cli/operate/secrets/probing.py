"""A probe that runs throughout a rotation, and sees any moment in which neither value works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.events import Outage, Report
from platform_cli.operate.secrets.rotators import Rotator

INTERVAL_SECONDS = 1.0


@dataclass(frozen=True)
class Sample:
    """One look, `at` seconds from the start: whether the old and the new value work; None: not known."""

    at: float
    old: bool | None
    new: bool | None

    @property
    def out(self) -> bool:
        """Whether neither works."""
        return self.old is False and self.new is False


@dataclass(frozen=True)
class Gap:
    """A time in which neither value worked, in seconds from the start; at most so long."""

    start: float
    end: float


@dataclass(frozen=True)
class ProbeLog:
    """What a probe saw.

    Attributes:
        samples: All looks, in time order.
        failures: Looks that failed themselves, such as a function that was busy.
    """

    samples: tuple[Sample, ...] = ()
    failures: int = 0

    @property
    def able(self) -> bool:
        """Whether anything was seen at all."""
        return any(sample.old is not None for sample in self.samples)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Times in which neither value worked: from the last good look to the next."""
        found: list[Gap] = []
        started: float | None = None
        last_good = 0.0
        for sample in self.samples:
            if sample.out:
                started = last_good if started is None else started
                continue
            if started is not None:
                found.append(Gap(started, sample.at))
                started = None
            last_good = sample.at
        if started is not None:
            found.append(Gap(started, self.samples[-1].at))
        return tuple(found)


class Prober:
    """Looks at once, then again and again in a thread of its own until it is closed.

    Args:
        rotator: Asks whether values work.
        secret: For the events.
        old: The version that is current at the start.
        new: The version that shall be.
        report: Is told of outages.
        interval_seconds: Between looks.
        monotonic: Seconds that only grow.
    """

    def __init__(
        self,
        rotator: Rotator,
        secret: str,
        old: str,
        new: str,
        report: Report,
        *,
        interval_seconds: float = INTERVAL_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rotator = rotator
        self._secret = secret
        self._versions = (old, new)
        self._report = report
        self._interval = interval_seconds
        self._monotonic = monotonic
        self._start = monotonic()
        self._samples: list[Sample] = []
        self._failures = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="secret-probe", daemon=True)

    def __enter__(self) -> Prober:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def log(self) -> ProbeLog:
        """What was seen so far."""
        return ProbeLog(tuple(self._samples), self._failures)

    def _run(self) -> None:
        was_out = False
        while True:
            sample = self._look()
            if sample is not None:
                self._samples.append(sample)
                if sample.out != was_out:
                    was_out = sample.out
                    self._report(Outage(self._secret, over=not was_out))
            if self._stop.wait(self._interval):
                return

    def _look(self) -> Sample | None:
        sample = self._ask()
        # Each value is asked for once, one after the other; only a second look tells an outage from a
        # change between the two.
        return self._ask() if sample is not None and sample.out else sample

    def _ask(self) -> Sample | None:
        try:
            # The old one first: if it died just now, the new one lives when it is asked.
            works = self._rotator.probe(self._versions)
        except PlatformError:
            self._failures += 1
            return None
        old, new = (works.get(version) for version in self._versions)
        return Sample(self._monotonic() - self._start, old, new)


def ask(rotator: Rotator, versions: Sequence[str | None]) -> tuple[bool | None, ...]:
    """Whether the values of versions work, in order; None for what is not known or not there."""
    works = rotator.probe([version for version in versions if version is not None])
    return tuple(works.get(version) if version is not None else None for version in versions)
