"""The deployment lock, on a Parameter Store in memory."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.naming import Names
from platform_cli.deploy.lock import Lock, Owner, held
from platform_cli.deploy.locking import LIFETIME, acquire, deployment_lock, lock_name, read_lock
from platform_cli.errors import PlatformError

NAMES = Names("shop", "dev", "123456789012", "us-east-1")
ALICE, BOB = Owner("alice", "laptop", 1), Owner("bob", "runner", 2)


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, by: timedelta) -> None:
        self.time += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def take(moto_clients: Clients, clock: Clock) -> Callable[..., Any]:
    return lambda owner=ALICE: acquire(
        NAMES, moto_clients, "platform deploy --env dev", owner=owner, clock=clock
    )


def test_the_second_is_told_who_has_it_since_when_for_what(take: Callable[..., Any]) -> None:
    take(ALICE)
    with pytest.raises(PlatformError) as caught:
        take(BOB)
    assert caught.value.code == "deploy-locked"
    assert caught.value.message == (
        "alice@laptop (process 1) works on this environment since 2026-11-20 12:00:00 UTC: "
        "platform deploy --env dev"
    )
    assert "2026-11-20 12:10:00 UTC" in (caught.value.hint or "")


def test_a_released_lock_is_free(take: Callable[..., Any], moto_clients: Clients) -> None:
    take(ALICE).release()
    assert read_lock(NAMES, moto_clients) is None
    take(BOB)


def test_an_ended_lock_is_taken_over_but_not_before_its_owner_must_have_noticed(
    take: Callable[..., Any], clock: Clock, moto_clients: Clients
) -> None:
    first = take(ALICE)
    clock.pass_(LIFETIME)
    assert not held(read_lock(NAMES, moto_clients), clock)
    assert first.lost
    with pytest.raises(PlatformError):
        take(BOB)
    clock.pass_(timedelta(seconds=31))
    second = take(BOB)
    assert not first.renew()
    first.release()
    there = read_lock(NAMES, moto_clients)
    assert there is not None
    assert there.owner == BOB
    assert there.id == second.lock.id


def test_of_many_who_find_an_ended_lock_one_gets_it(take: Callable[..., Any], clock: Clock) -> None:
    take(ALICE)
    clock.pass_(LIFETIME + timedelta(minutes=1))
    barrier = threading.Barrier(8)
    won: list[Owner] = []

    def try_it(owner: Owner) -> None:
        barrier.wait()
        try:
            take(owner)
        except PlatformError:
            return
        won.append(owner)

    threads = [threading.Thread(target=try_it, args=(Owner("u", "h", n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


@pytest.mark.parametrize(("age", "kept"), [(0, True), (60, True), (61, False)])
def test_a_takeover_that_nobody_ended_is_given_up_after_a_minute(
    take: Callable[..., Any], clock: Clock, moto_clients: Clients, age: int, kept: bool
) -> None:
    """Who died between marking the lock and deleting it must not keep it for ever."""
    ended = take(ALICE).lock
    clock.pass_(LIFETIME + timedelta(minutes=5))
    ssm, marker = moto_clients.client("ssm"), NAMES.record("lock-takeover", ended.id)
    since = clock() - timedelta(seconds=age)
    ssm.put_parameter(Name=marker, Value=since.isoformat(), Type="String")

    with pytest.raises(PlatformError):
        take(BOB)
    there = ssm.get_parameters(Names=[marker])["Parameters"]
    assert [parameter["Name"] for parameter in there] == ([marker] if kept else [])
    if not kept:
        assert take(BOB).lock.owner == BOB


def test_renewing_moves_the_end_and_a_lock_that_is_gone_is_lost(
    take: Callable[..., Any], clock: Clock, moto_clients: Clients
) -> None:
    lock = take()
    clock.pass_(LIFETIME - timedelta(seconds=1))
    assert lock.renew()
    clock.pass_(LIFETIME - timedelta(seconds=1))
    assert not lock.lost
    moto_clients.client("ssm").delete_parameter(Name=lock_name(NAMES))
    assert not lock.renew()
    assert lock.lost


def test_a_long_deployment_keeps_its_lock(moto_clients: Clients, clock: Clock) -> None:
    renewed = threading.Event()

    def ticking() -> datetime:
        now = clock()
        there = read_lock(NAMES, moto_clients) if threading.current_thread().name == "lock-renewal" else None
        if there is not None and there.expires > datetime(2026, 11, 20, 12, 10, tzinfo=UTC):
            renewed.set()
        return now

    every = timedelta(milliseconds=5)
    with deployment_lock(NAMES, moto_clients, "x", owner=ALICE, clock=ticking, renew_every=every) as lock:
        clock.pass_(timedelta(minutes=9))
        assert renewed.wait(10)
        assert not lock.lost
    assert read_lock(NAMES, moto_clients) is None


def test_the_lock_is_given_back_when_the_deployment_fails(moto_clients: Clients) -> None:
    with pytest.raises(KeyboardInterrupt), deployment_lock(NAMES, moto_clients, "x"):
        raise KeyboardInterrupt
    assert read_lock(NAMES, moto_clients) is None


def test_on_this_machine_a_lock_of_a_process_that_died_is_free_at_once(
    moto_clients: Clients, clock: Clock
) -> None:
    class Local:
        """The same Parameter Store, as if it were on this machine."""

        target = replace(moto_clients.target, endpoint_url="http://127.0.0.1:1")

        def client(self, name: str) -> Any:
            return moto_clients.client(name)

    local: Any = Local()
    here = Owner("alice", socket.gethostname(), os.getpid())
    first = acquire(NAMES, local, "x", owner=here, clock=clock)
    with pytest.raises(PlatformError):
        acquire(NAMES, local, "x", owner=BOB, clock=clock)
    first.release()
    dead = replace(here, pid=2**22 + 1)  # beyond the largest process id of Linux
    acquire(NAMES, local, "x", owner=dead, clock=clock)
    acquire(NAMES, local, "x", owner=BOB, clock=clock)


def test_a_lock_that_this_tool_did_not_write_is_said(take: Callable[..., Any], moto_clients: Clients) -> None:
    moto_clients.client("ssm").put_parameter(Name=lock_name(NAMES), Value="mine!", Type="String")
    with pytest.raises(PlatformError) as caught:
        take()
    assert caught.value.code == "broken-lock"


def test_a_command_as_long_as_one_likes_fits(moto_clients: Clients) -> None:
    acquire(NAMES, moto_clients, "x" * 10_000).release()


def test_a_lock_is_held_until_it_ends(clock: Clock) -> None:
    lock = Lock("1", ALICE, "platform deploy --env dev", clock(), clock() + LIFETIME)

    assert held(lock, clock)
    clock.pass_(LIFETIME)
    assert not held(lock, clock)
    assert not held(None, clock)
