"""The stand-in for the X-Ray daemon: what handlers tell of their calls, kept for a day.

The SDK in a handler sends each part of a trace that ended as a datagram: a line that names the format, and
the part as JSON (AWS X-Ray developer guide, "Sending segment documents to the X-Ray daemon"). Of a part only
what a tree shows is kept: neither metadata nor requests, statements or stacks, in which secrets could be.

Standard library only; no library receives segments without sending them on to AWS.
"""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from platform_cli.aws.redaction import redacted
from platform_cli.local.state import LocalFolder

DAEMON_VARIABLE = "AWS_XRAY_DAEMON_ADDRESS"
KEPT_SECONDS = 24 * 3600
MOST_PARTS = 20_000
_LARGEST_PART_BYTES = 8_000
_LARGEST_DATAGRAM_BYTES = 65_535
_PRUNED_EVERY = 200
_LATEST_SECONDS = 2**33
"""In the year 2242: what is later is no time, and cannot be shown as one."""
_PATIENCE_SECONDS = 5.0
_TRACE = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_PART = re.compile(r"[0-9a-f]{16}")
_TEXTS = ("name", "type", "namespace", "origin")
_MARKS = ("error", "fault", "throttle", "in_progress")
_OF_CALLS = ("operation", "table_name")


def read_datagram(datagram: bytes) -> dict[str, Any] | None:
    """What is kept of a part of a trace; None if it is none, or larger than a part may be."""
    try:
        header, _, document = datagram.decode().partition("\n")
        told, part = json.loads(header), json.loads(document)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or (told.get("format"), told.get("version")) != ("json", 1):
        return None
    if not isinstance(part, dict) or not _TRACE.fullmatch(str(part.get("trace_id"))):
        return None
    try:
        kept = _reduced(part)
        if kept is None or len(json.dumps(kept)) > _LARGEST_PART_BYTES:
            return None
    except RecursionError:
        return None
    return {**kept, "trace_id": part["trace_id"]}


def _reduced(part: Mapping[str, Any]) -> dict[str, Any] | None:
    times = {name: part[name] for name in ("start_time", "end_time") if _is_time(part.get(name))}
    if not _PART.fullmatch(str(part.get("id"))) or "start_time" not in times:
        return None
    kept: dict[str, Any] = {"id": part["id"], **times}
    if _PART.fullmatch(str(part.get("parent_id"))):
        kept["parent_id"] = part["parent_id"]
    kept |= {name: str(part[name]) for name in _TEXTS if isinstance(part.get(name), str)}
    kept |= {name: True for name in _MARKS if part.get(name) is True}
    kept |= {name: value for name, value in (("aws", _call(part)), ("cause", _cause(part))) if value}
    noted = part.get("annotations")
    if isinstance(noted, dict):
        kept["annotations"] = {
            name: redacted(value) if isinstance(value, str) else value
            for name, value in noted.items()
            if isinstance(value, str | bool | int | float)
        }
    below = part.get("subsegments")
    if isinstance(below, list):
        reduced = (_reduced(child) for child in below if isinstance(child, dict))
        kept["subsegments"] = [child for child in reduced if child is not None]
    return kept


def _call(part: Mapping[str, Any]) -> dict[str, str]:
    told = part.get("aws")
    if not isinstance(told, dict):
        return {}
    return {name: told[name] for name in _OF_CALLS if isinstance(told.get(name), str)}


def _cause(part: Mapping[str, Any]) -> dict[str, Any]:
    told = part.get("cause")
    exceptions = told.get("exceptions") if isinstance(told, dict) else None
    if not isinstance(exceptions, list):
        return {}
    return {
        "exceptions": [
            {name: redacted(str(one.get(name) or "")) for name in ("type", "message")}
            for one in exceptions
            if isinstance(one, dict)
        ]
    }


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LATEST_SECONDS


class TraceStore:
    """Parts of traces in a file of the workspace: written by the agent, read by commands.

    Args:
        path: The file; it need not be there.
        clock: Seconds since the epoch.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._added = 0

    def add(self, part: Mapping[str, Any]) -> None:
        """Keep a part; what is too old, or more than there is room for, goes."""
        with self._open() as database:
            database.execute(
                "INSERT INTO parts VALUES (?, ?, ?)", (part["trace_id"], self._clock(), json.dumps(part))
            )
            if self._added % _PRUNED_EVERY == 0:
                database.execute("DELETE FROM parts WHERE received < ?", (self._clock() - KEPT_SECONDS,))
                database.execute(
                    "DELETE FROM parts WHERE rowid <= (SELECT max(rowid) FROM parts) - ?", (MOST_PARTS,)
                )
        self._added += 1

    def of_trace(self, identifier: str) -> tuple[Mapping[str, Any], ...]:
        """The parts of a trace that are not too old, as they came."""
        return self._select("trace_id = ?", identifier)

    def since(self, moment: float) -> tuple[Mapping[str, Any], ...]:
        """All parts that came at or after a moment, in seconds since the epoch."""
        return self._select("received >= ?", moment)

    def _select(self, condition: str, value: str | float) -> tuple[Mapping[str, Any], ...]:
        if not self._path.exists():
            return ()
        # The conditions are this module's own texts; what comes from outside is bound.
        query = f"SELECT document FROM parts WHERE {condition} AND received >= ? ORDER BY rowid"
        with self._open() as database:
            found = database.execute(query, (value, self._clock() - KEPT_SECONDS)).fetchall()
        return tuple(json.loads(document) for (document,) in found)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # The folder is not made: one that is gone was deleted on purpose.
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE_SECONDS)) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS parts (trace_id TEXT, received REAL, document TEXT)")
            database.execute("CREATE INDEX IF NOT EXISTS by_trace ON parts (trace_id)")
            yield database


def trace_store(folder: LocalFolder) -> TraceStore:
    """The traces of a workspace's local AWS."""
    return TraceStore(folder.path / "traces.sqlite")


def collect_traces(store: TraceStore, host: str, port: int) -> socket.socket | None:
    """Take datagrams from now on, in a thread of its own, until the socket that is given back is closed.

    Returns:
        None if another program has the port: handlers work all the same, as their SDK waits for no answer.
    """
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        sys.stderr.write(f"no traces are kept: UDP port {port} cannot be taken: {error}\n")
        return None
    threading.Thread(target=_collect, args=(store, taken), daemon=True, name="traces").start()
    return taken


def _collect(store: TraceStore, taken: socket.socket) -> None:
    while True:
        try:
            datagram = taken.recv(_LARGEST_DATAGRAM_BYTES)
        except OSError:
            return
        part = read_datagram(datagram)
        if part is not None:
            # Without a place on the disk a trace is lost, not the agent.
            with suppress(sqlite3.Error, OSError):
                store.add(part)
