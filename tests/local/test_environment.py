"""The emulator's own environment: its lock, and that it is made once, completely, and again when broken."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_cli.errors import PlatformError
from platform_cli.local import environment, events, server
from platform_cli.local.environment import (
    cache_folder,
    ensure_environment,
    find_environment,
    ministack_version,
    repair_environment,
    wanted_version,
)

FOLDER = Path(environment.__file__).parent
LOCK = (FOLDER / "ministack.lock").read_text()


def locked_version(name: str) -> str:
    found = re.search(rf"^{name}==(\S+)", LOCK, re.MULTILINE)
    assert found is not None, name
    return found[1]


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    packages = re.findall(r"^[a-z0-9-]+==", LOCK, re.MULTILINE)
    assert len(packages) > 10
    entries = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK
    assert "index-url" not in LOCK


def test_the_lock_is_of_what_was_asked_for() -> None:
    asked = re.findall(r"^([a-z0-9-]+)(?:==(\S+))?", (FOLDER / "ministack.in").read_text(), re.MULTILINE)
    assert len(asked) == 3
    assert all(not version or locked_version(name) == version for name, version in asked)
    assert ministack_version() == locked_version("ministack")


def test_handlers_get_the_boto3_that_belongs_to_the_emulators_botocore() -> None:
    assert locked_version("boto3") == locked_version("botocore")


def test_the_cache_can_be_put_elsewhere() -> None:
    assert cache_folder({"PLATFORM_CACHE_DIR": "/tmp/mine"}) == Path("/tmp/mine")
    assert cache_folder({"PLATFORM_CACHE_DIR": ""}).name == "platform-cli"


def test_an_environment_that_is_not_complete_is_none(tmp_path: Path) -> None:
    folder = tmp_path / f"ministack-{wanted_version()}"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    assert find_environment(tmp_path) is None
    (folder / "complete.json").write_text("{")
    assert find_environment(tmp_path) is None


def test_a_place_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlatformError) as raised:
        ensure_environment(cache=tmp_path / "file" / "cache")
    assert raised.value.code == "cannot-write"
    assert str(tmp_path / "file" / "cache") in raised.value.message


@pytest.fixture
def own_cache(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "cache"
    server.stop(tmp_path, grace_seconds=5)


@pytest.mark.e2e
def test_two_at_once_install_it_once_and_a_broken_one_is_made_anew(
    own_cache: Path, tmp_path: Path, free_port: int
) -> None:
    seen: list[events.LocalEvent] = []
    threads = [
        threading.Thread(target=ensure_environment, args=(seen.append,), kwargs={"cache": own_cache})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = find_environment(own_cache)
    assert made is not None
    assert [type(event) for event in seen] == [events.InstallingLocalAws, events.LocalAwsInstalled]
    assert sorted(path.name for path in own_cache.iterdir()) == [made.folder.name, f"{made.folder.name}.lock"]
    answer = subprocess.run(
        [str(made.python), "-I", "-c", "import platform_cli"], capture_output=True, text=True, check=False
    )
    assert "No module named" in answer.stderr, "handlers would see this tool's packages"
    assert repair_environment(seen.append, cache=own_cache) is None

    # A cleaned cache: the marker is there, and half of the rest is not.
    (module,) = made.folder.glob("lib/python*/site-packages/ministack/app.py")
    module.unlink()
    seen.clear()
    local = server.start(tmp_path, port=free_port, report=seen.append, cache=own_cache)
    assert [event.repairing for event in seen if isinstance(event, events.InstallingLocalAws)] == [True]
    assert server.status(tmp_path).local == local
