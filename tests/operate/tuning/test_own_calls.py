"""Calls of earlier runs are in the same log as those of users, and are told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from platform_cli.operate.logs import parse_line
from platform_cli.operate.tuning.own_calls import PastRun
from platform_cli.operate.tuning.priors import gather

START = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
RUN = PastRun(START, START + timedelta(minutes=5), ("7", "8"))


@pytest.fixture
def warm(function):
    """Durations of warm calls at 512 MB that count as users', from `(minutes, stream, ms)`."""

    def read(*calls: tuple[float, str, float]) -> list[float]:
        lines = []
        for number, (minutes, stream, ms) in enumerate(calls):
            message = (
                f"REPORT RequestId: r{number}\tDuration: {ms:.2f} ms\tBilled Duration: {int(ms) + 1} ms\t"
                "Memory Size: 512 MB\tMax Memory Used: 60 MB\t"
            )
            stamp = int((START + timedelta(minutes=minutes)).timestamp() * 1000)
            event = {"message": message, "timestamp": stamp, "eventId": str(number), "logStreamName": stream}
            lines.append(parse_line(function.address, event))
        found = gather(lines, [function], START, START + timedelta(days=1), {function.address: [RUN]})
        return found[function.address].warm_ms(512)

    return read


def test_calls_of_versions_that_a_run_published_are_not_users_calls_whenever_they_were_logged(warm):
    mine = (-60, "2026/11/14/[7]aa", 1.0), (60, "2026/11/14/shop-dev-orders-create[8]bb", 2.0)
    users = (-60, "2026/11/14/[6]cc", 3.0), (60, "2026/11/14/[$LATEST]dd", 4.0)
    assert warm(*mine, *users) == [3.0, 4.0]


def test_what_was_written_while_a_run_went_on_counts_as_its_own(warm):
    # The size in use is called in the version that users call.
    assert warm((2, "2026/11/14/[6]aa", 1.0), (5.1, "stream", 2.0), (6, "stream", 3.0)) == [3.0]


def test_calls_of_a_copy_for_another_architecture_are_never_users_calls(warm):
    stream = "2026/11/14/shop-dev-orders-create-tune-0a1b2c3d[1]aa"
    assert warm((600, stream, 1.0), (600, "2026/11/14/shop-dev-tune-memory[1]aa", 2.0)) == [2.0]
