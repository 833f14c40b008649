"""Fetch a jar by its Maven coordinate, and hold it to a checksum: the blueprint's, or the first that was."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from platform_cli.blueprint.resolved import ResolvedConnector
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.package.events import (
    ConnectorFinished,
    ConnectorRecorded,
    ConnectorStarted,
    Report,
    unreported,
)

CENTRAL = "https://repo1.maven.org/maven2"
URL_VARIABLE = "PLATFORM_MAVEN_URL"
"""Names another repository than Maven Central, such as a company's mirror."""
LOCK = "connectors.lock"
"""In the workspace, beside the blueprint; belongs under version control."""
_HEAD = "# Checksums of the jars that `analytics` uses, from their first download. Commit this file.\n"
_LINE = re.compile(r"(?P<coordinate>\S+) sha256:(?P<sha256>[0-9a-f]{64})")
_SECONDS = 60
_NOT_FOUND = 404


def fetch_jar(
    connector: ResolvedConnector,
    root: Path,
    cache: Path,
    report: Report = unreported,
    variables: Mapping[str, str] | None = None,
) -> Path:
    """A jar, from the cache or the repository; its checksum is recorded if nobody said it before.

    Args:
        connector: Which.
        root: The workspace, with the lock.
        cache: A folder for what can be fetched again.
        report: Called with events.
        variables: The environment's, with the address of the repository.

    Returns:
        Where it is, below the cache.

    Raises:
        PlatformError: `connector-unreachable`, `unknown-connector`, `connector-changed`,
            `invalid-connectors-lock`.
    """
    known = read_lock(root)
    expected = connector.sha256 or known.get(connector.coordinate)
    file = f"{connector.artifact}-{connector.version}.jar"
    path = cache / "maven" / connector.group / file
    if expected and path.is_file() and _digest(path, "sha256") == expected:
        return path
    report(ConnectorStarted(connector.coordinate))
    base = ((os.environ if variables is None else variables).get(URL_VARIABLE) or CENTRAL).rstrip("/")
    folder = f"{connector.group.replace('.', '/')}/{connector.artifact}/{connector.version}"
    url = f"{base}/{folder}/{file}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".fetch-", dir=path.parent) as scratch:
        fetched = _download(url, file, Path(scratch), connector)
        found = _digest(fetched, "sha256")
        if expected is None:
            _hold_to_repository(url, fetched, Path(scratch), connector)
        elif found != expected:
            raise _changed(connector, expected, found)
        fetched.replace(path)
    if expected is None:
        _record(root, {**known, connector.coordinate: found})
        report(ConnectorRecorded(connector.coordinate, LOCK))
    report(ConnectorFinished(connector.coordinate))
    return path


def read_lock(root: Path) -> dict[str, str]:
    """What was recorded: checksums by coordinate.

    Raises:
        PlatformError: `invalid-connectors-lock` for a line that nobody wrote so.
    """
    path = root / LOCK
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise PlatformError(
                f'line {number} of {LOCK} is no "group:artifact:version sha256:…"',
                hint="take the line away: the next download records it anew",
                code="invalid-connectors-lock",
                exit_code=ExitCode.USAGE,
            )
        found[match["coordinate"]] = match["sha256"]
    return found


def _record(root: Path, known: Mapping[str, str]) -> None:
    text = _HEAD + "".join(f"{coordinate} sha256:{sha256}\n" for coordinate, sha256 in sorted(known.items()))
    part = root / f".{LOCK}.part"
    part.write_text(text, encoding="utf-8")
    part.replace(root / LOCK)


def _download(url: str, file: str, scratch: Path, connector: ResolvedConnector) -> Path:
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    try:
        # It writes to a temporary name itself; checksums are ours to compare, to say what is wrong.
        fetched = pooch.retrieve(
            url, known_hash=None, fname=file, path=scratch, downloader=pooch.HTTPDownloader(timeout=_SECONDS)
        )
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if status == _NOT_FOUND:
            raise PlatformError(
                f"{_shown(url)} has no {connector.coordinate}",
                hint="correct `connector` in the blueprint, or the address in PLATFORM_MAVEN_URL",
                code="unknown-connector",
            ) from error
        raise _unreachable(url, connector, f"it answered {status}") from error
    except (requests.RequestException, OSError) as error:
        raise _unreachable(url, connector, "it does not answer") from error
    return Path(fetched)


def _hold_to_repository(url: str, jar: Path, scratch: Path, connector: ResolvedConnector) -> None:
    """What is recorded for ever is whole: every Maven repository has the SHA-1 of each file."""
    said = _download(f"{url}.sha1", f"{jar.name}.sha1", scratch, connector).read_text(
        encoding="ascii", errors="replace"
    )
    words = said.split()
    if not words or words[0].lower() != _digest(jar, "sha1"):
        raise PlatformError(
            f"{connector.coordinate} did not arrive as {_shown(url)} has it",
            hint="run the command again",
            code="connector-changed",
        )


def _changed(connector: ResolvedConnector, expected: str, found: str) -> PlatformError:
    where = "the blueprint" if connector.sha256 else LOCK
    return PlatformError(
        f"{connector.coordinate} has another checksum than {where} says: {found}, not {expected}",
        hint="find out why before you change it: a released jar never changes",
        code="connector-changed",
    )


def _unreachable(url: str, connector: ResolvedConnector, why: str) -> PlatformError:
    return PlatformError(
        f"{connector.coordinate} cannot be fetched from {_shown(url)}: {why}",
        hint=f"{URL_VARIABLE} names a mirror; proxies are taken from HTTPS_PROXY",
        code="connector-unreachable",
    )


def _shown(url: str) -> str:
    """The host alone: an address may have a password in it."""
    return url.split("//", 1)[-1].split("/", 1)[0].rpartition("@")[2]


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
