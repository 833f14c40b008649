"""Timestamps and ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from servicekit.clock import new_id, timestamp, utc_now


def test_timestamps_sort_as_the_moments_do() -> None:
    start = datetime(2026, 1, 2, 3, 4, 59, 999_000, tzinfo=UTC)
    moments = [start, start + timedelta(milliseconds=1), start + timedelta(days=30)]
    texts = [timestamp(moment) for moment in moments]
    assert texts == sorted(texts)
    assert texts[0] == "2026-01-02T03:04:59.999Z"
    assert texts[1] == "2026-01-02T03:05:00.000Z"


def test_a_timestamp_is_in_utc_wherever_the_moment_was_taken() -> None:
    assert (
        timestamp(datetime(2026, 1, 2, 1, tzinfo=timezone(timedelta(hours=2)))) == "2026-01-01T23:00:00.000Z"
    )


def test_now_knows_its_time_zone_and_ids_differ() -> None:
    assert utc_now().tzinfo is UTC
    assert new_id() != new_id()
    assert len(new_id()) == 32


def test_a_moment_reads_back_from_its_timestamp_as_it_was() -> None:
    now = utc_now()
    assert datetime.fromisoformat(timestamp(now)) == now
