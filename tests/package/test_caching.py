"""The cache of finished packages."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from platform_cli.errors import PlatformError
from platform_cli.package.caching import ArtifactCache


def test_an_entry_is_found_as_it_was_built(tmp_path: Path) -> None:
    cache = ArtifactCache(tmp_path / "cache")

    built = cache.build("code-a", lambda path: path.write_bytes(b"content"))

    assert cache.find("code-a") == built
    assert built.unpacked_bytes == len(b"content")
    assert built.path.read_bytes() == b"content"


def test_looking_into_a_cache_does_not_make_it(tmp_path: Path) -> None:
    assert ArtifactCache(tmp_path / "cache").find("code-a") is None
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_made_is_named_with_what_moves_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PlatformError, match="cannot be made: Not a directory") as refused:
        ArtifactCache(tmp_path / "file" / "cache").build("x", lambda path: path.write_bytes(b"x"))
    assert refused.value.code == "cannot-write"


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(path: Path) -> int:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ArtifactCache(tmp_path).build("code-a", fail)

    assert list(tmp_path.iterdir()) == []


def test_a_reader_beside_many_writers_never_gets_half_an_entry(tmp_path: Path) -> None:
    cache = ArtifactCache(tmp_path)
    content = b"x" * 200_000

    def build(_: int) -> bool:
        cache.build("code-a", lambda path: path.write_bytes(content))
        found = cache.find("code-a")
        return found is None or found.path.read_bytes() == content

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(build, range(40)))
    assert cache.find("code-a") is not None


def test_two_processes_may_build_one_entry_at_once(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from platform_cli.package.caching import ArtifactCache
        cache = ArtifactCache(Path(sys.argv[1]))
        for _ in range(50):
            made = cache.build("code-a", lambda path: path.write_bytes(b"y" * 50_000))
            found = cache.find("code-a")
            assert found == made, found
        """
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(2)]

    assert [process.wait(timeout=60) for process in running] == [0, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["code-a.zip", "code-a.zip.json"]
