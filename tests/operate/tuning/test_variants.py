"""Sizes are published, and everything is put back: after an error, Ctrl-C, and a kill."""

from __future__ import annotations

import copy
import json
import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.tuning.cleaning import clean_up, look
from platform_cli.operate.tuning.journal import open_journal, read_journals
from platform_cli.operate.tuning.payloads import Payload
from platform_cli.operate.tuning.simulated_functions import refusal
from platform_cli.operate.tuning.simulator import SimulatedLambda
from platform_cli.operate.tuning.tuning import tune
from platform_cli.operate.tuning.variants import publish, published, restore

CHANGING = (
    *("update_function_configuration", "publish_version", "create_alias"),
    *("delete_alias", "delete_function", "create_function"),
)


class Watched:
    """Passes calls on, and lets something happen before or after the one with a number."""

    def __init__(self, client: Any, at: int, happens: Callable[[], None], *, after: bool = False) -> None:
        self._client = client
        self._left = at
        self._happens = happens
        self._after = after

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if name not in CHANGING:
            return call

        def watched(**arguments: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                self._happens()
            answer = call(**arguments)
            if self._left == 0 and self._after:
                self._happens()
            return answer

        return watched


def no_sleep(_seconds: float) -> None:
    pass


@pytest.fixture
def client(client_of, mixed) -> SimulatedLambda:
    client = client_of(mixed, memory_mb=512)
    (name,) = client.functions
    # A version and an alias that serve users, which nothing may touch.
    client.publish_version(FunctionName=name, Description="release 12")
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    client.put_provisioned_concurrency_config(
        FunctionName=name, Qualifier="live", ProvisionedConcurrentExecutions=3
    )
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=40)
    return client


@pytest.fixture
def journal(tmp_path, function, around):
    def begin():
        return open_journal(
            tmp_path, "dev", function.address, function.physical_name, 512, around(None).clock()
        )

    return begin


def state(client: SimulatedLambda) -> Any:
    """All that users could notice: sizes, versions, aliases, concurrency of every function."""
    return {
        name: (
            f.latest.memory_mb,
            {v: c.memory_mb for v, c in f.versions.items()},
            copy.deepcopy(f.aliases),
            dict(f.provisioned),
            f.reserved,
        )
        for name, f in client.functions.items()
    }


def test_every_size_is_a_version_behind_an_alias_and_latest_is_back_before_the_first_call(
    client, journal, sizes, function
):
    before = state(client)
    with published(client, journal(), sizes(256, 512, 1024), sleep=no_sleep) as places:
        name = function.physical_name
        aliases = {a["Name"]: a["FunctionVersion"] for a in client.list_aliases(FunctionName=name)["Aliases"]}
        versions = client.functions[name].versions
        assert {v.memory_mb: versions[aliases[p.alias]].memory_mb for v, p in places.items()} == {
            256: 256,
            512: 512,
            1024: 1024,
        }
        assert client.functions[name].latest.memory_mb == 512
    assert state(client) == before


def test_concurrency_is_as_it_was_while_sizes_are_published(client, journal, sizes):
    with published(client, journal(), sizes(256, 512, 1024), sleep=no_sleep):
        (function,) = client.functions.values()
        assert (function.provisioned, function.reserved) == ({"live": 3}, 40)


def test_the_present_size_takes_the_version_that_is_there_and_leaves_it(client, journal, sizes):
    with published(client, journal(), sizes(512), sleep=no_sleep):
        (function,) = client.functions.values()
        assert list(function.versions) == ["1"]
    assert list(function.versions) == ["1"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_whatever_ends_the_body_everything_is_put_back(client, journal, sizes, tmp_path, error):
    before = state(client)
    with pytest.raises(error), published(client, journal(), sizes(256, 1024), sleep=no_sleep):
        raise error
    assert state(client) == before
    assert read_journals(tmp_path, "dev") == ()


@pytest.mark.parametrize("at", range(1, 8))
def test_an_error_in_any_change_puts_everything_back(client, journal, sizes, at):
    before = state(client)

    def fail() -> None:
        raise refusal("ServiceException", "try later", 500)

    with (
        pytest.raises(Exception, match="try later"),
        published(Watched(client, at, fail), journal(), sizes(256, 512, 1024), sleep=no_sleep),
    ):
        pytest.fail("a size is missing, so nothing may be called")
    assert state(client) == before


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 17))
def test_a_kill_before_or_after_any_change_is_put_back_by_cleanup(
    client, journal, sizes, function, tmp_path, at, after
):
    """The run is killed with SIGKILL in a process of its own; what Lambda has by then is kept in a file."""
    before, kept = state(client), tmp_path / "lambda.pickle"
    kept.write_bytes(pickle.dumps(client.functions))
    child = os.fork()
    if child == 0:

        def die() -> None:
            kept.write_bytes(pickle.dumps(client.functions))
            os.kill(os.getpid(), signal.SIGKILL)

        try:
            with published(
                Watched(client, at, die, after=after), journal(), sizes(256, 512, 1024), sleep=no_sleep
            ):
                pass
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL, "there are fewer changes than this test counts"
    client.functions = pickle.loads(kept.read_bytes())
    assert len(read_journals(tmp_path, "dev")) == 1
    clean_up(client, tmp_path, "dev", (function,), sleep=no_sleep)
    assert state(client) == before
    assert read_journals(tmp_path, "dev") == ()


def test_without_the_journal_cleanup_still_finds_aliases_and_versions(
    client, journal, sizes, function, tmp_path
):
    before, holding = state(client), [journal()]
    publish(client, holding, function.physical_name, sizes(256, 1024), sleep=no_sleep)
    holding[0].close()
    done = clean_up(client, tmp_path, "dev", (function,), sleep=no_sleep)
    assert state(client) == before
    assert done.journals == ()
    assert (len(done.leftovers[0].aliases), done.leftovers[0].memory_mb) == (2, 512)


def test_cleanup_leaves_a_run_alone_that_still_goes_on(client, journal, sizes, function, tmp_path):
    holding = [journal()]
    publish(client, holding, function.physical_name, sizes(256, 1024), sleep=no_sleep)
    # The process that started the tests goes on as well.
    holding[0] = holding[0].noting(process=os.getppid())
    during = state(client)
    for done in (
        look(client, tmp_path, "dev", (function,)),
        clean_up(client, tmp_path, "dev", (function,), sleep=no_sleep),
    ):
        assert (done.running, done.nothing) == ((function.address,), True)
        assert state(client) == during
    holding[0].noting(machine="elsewhere")
    assert look(client, tmp_path, "dev", (function,)).journals == (function.address,)
    assert clean_up(client, tmp_path, "dev", (function,), sleep=no_sleep).journals == (function.address,)


def test_a_size_that_somebody_deployed_meanwhile_stands(client, journal, sizes, function):
    name = function.physical_name
    with published(client, journal(), sizes(256, 1024), sleep=no_sleep):
        client.update_function_configuration(FunctionName=name, MemorySize=640)
    assert client.functions[name].latest.memory_mb == 640


def test_a_deployment_between_two_steps_stops_the_run(client, journal, sizes, function):
    def deploy() -> None:
        client.update_function_configuration(FunctionName=function.physical_name, MemorySize=640)

    with (
        pytest.raises(PlatformError) as error,
        published(Watched(client, 2, deploy), journal(), sizes(256, 1024), sleep=no_sleep),
    ):
        pytest.fail("versions of two deployments must not be compared")
    assert error.value.code == "changed-meanwhile"


def test_what_cannot_be_put_back_is_told_and_the_journal_stays(client, journal, sizes, tmp_path):
    def fail() -> None:
        raise refusal("AccessDeniedException", "no lambda:DeleteAlias", 403)

    # Two updates, two versions, two aliases, one update back: the eighth change deletes an alias.
    with (
        pytest.raises(PlatformError) as error,
        published(Watched(client, 8, fail), journal(), sizes(256, 1024), sleep=no_sleep),
    ):
        pass
    assert error.value.code == "tuning-not-restored"
    assert "lambda:DeleteAlias" in error.value.message
    assert "--cleanup" in error.value.hint
    (left,) = read_journals(tmp_path, "dev")
    restore(client, left, sleep=no_sleep)
    assert read_journals(tmp_path, "dev") == ()


def test_a_second_run_is_refused_while_the_first_was_not_put_back(
    client, journal, function, around, settings_of, sizes
):
    journal()
    with pytest.raises(PlatformError) as error:
        tune(function, settings_of(sizes(256, 1024)), [Payload(b"{}")], around(client), lanes=1)
    assert error.value.code == "tuning-unfinished"


def test_a_run_is_refused_while_somebody_else_tunes_the_function(
    client, function, around, settings_of, sizes
):
    client.create_alias(FunctionName=function.physical_name, Name="platform-tune-1-256", FunctionVersion="1")
    before = state(client)
    with pytest.raises(PlatformError) as error:
        tune(function, settings_of(sizes(256, 1024)), [Payload(b"{}")], around(client), lanes=1)
    assert error.value.code == "tuning-in-progress"
    assert state(client) == before


def test_a_damaged_journal_is_told_and_not_skipped(journal, tmp_path):
    begun = journal()
    begun.path.write_text(json.dumps({"format": 1}))
    with pytest.raises(PlatformError) as error:
        read_journals(tmp_path, "dev")
    assert error.value.code == "unreadable-journal"
    assert str(Path(begun.path).name) in error.value.message
