"""Wait for threads so that Ctrl-C is heard at once.

A wait without an end is not interrupted on every system, nor by a signal that another thread received:
so it is a sequence of short ones.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, wait
from typing import TypeVar

_SLICE_SECONDS = 0.25
_Result = TypeVar("_Result")


def first_of(futures: Collection[Future[_Result]]) -> set[Future[_Result]]:
    """Those that are done, once one is."""
    while True:
        done = wait(futures, timeout=_SLICE_SECONDS, return_when=FIRST_COMPLETED).done
        if done or not futures:
            return done


def all_of(futures: Collection[Future[_Result]]) -> None:
    """Return once all are done."""
    while wait(futures, timeout=_SLICE_SECONDS, return_when=ALL_COMPLETED).not_done:
        pass
