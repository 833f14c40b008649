"""How long a value is kept."""

from __future__ import annotations

import itertools

import pytest

from servicekit.cache import Cached


def test_a_value_is_loaded_once_until_it_is_too_old(ticks) -> None:
    numbers = itertools.count(1)
    cached = Cached(lambda: next(numbers), max_age_seconds=60, monotonic=ticks)
    assert [cached.get(), cached.get()] == [1, 1]
    ticks.now = 60.0
    assert cached.get() == 2


def test_the_old_value_serves_on_when_loading_fails_and_is_retried_later(ticks) -> None:
    answers = iter([1, OSError("down"), 3])

    def load() -> int:
        value = next(answers)
        if isinstance(value, Exception):
            raise value
        return value

    cached = Cached(load, max_age_seconds=60, retry_seconds=5, monotonic=ticks)
    assert cached.get() == 1
    ticks.now = 61.0
    assert [cached.get(), cached.get()] == [1, 1]
    ticks.now = 66.0
    assert cached.get() == 3


def test_the_first_load_has_nothing_to_fall_back_on() -> None:
    def load() -> int:
        raise OSError("down")

    with pytest.raises(OSError, match="down"):
        Cached(load, max_age_seconds=60).get()


def test_a_forgotten_value_is_loaded_anew(ticks) -> None:
    numbers = itertools.count(1)
    cached = Cached(lambda: next(numbers), max_age_seconds=60, monotonic=ticks)
    cached.get()
    cached.forget()
    assert cached.get() == 2
