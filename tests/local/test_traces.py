"""What handlers tell of their calls: taken as datagrams, reduced, kept for a day."""

from __future__ import annotations

import json
import socket
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.local.traces import (
    KEPT_SECONDS,
    MOST_PARTS,
    TraceStore,
    collect_traces,
    read_datagram,
)

TRACE = "1-5759e988-bd862e3fe1be46a994272793"
OTHER = "1-5759e988-000000000000000000000000"
CANARY = "cAnArY-secret-91c2"
HEADER = '{"format": "json", "version": 1}'


def part(**more: Any) -> dict[str, Any]:
    return {
        "id": "53995c3f42cd8ad8",
        "trace_id": TRACE,
        "parent_id": "70de5b6f19ff9a0a",
        "type": "subsegment",
        "name": "dynamodb",
        "start_time": 100.0,
        "end_time": 100.5,
        **more,
    }


def datagram(document: Any, header: str = HEADER) -> bytes:
    return f"{header}\n{json.dumps(document)}".encode()


def nested(depth: int) -> bytes:
    """A part within a part within a part …"""
    level = '{"id": "53995c3f42cd8ad8", "start_time": 1, "trace_id": "' + TRACE + '", "subsegments": ['
    return f"{HEADER}\n{level * depth}{']}' * depth}".encode()


def test_of_a_part_only_what_a_tree_shows_is_kept() -> None:
    told = part(
        namespace="aws",
        aws={"operation": "GetItem", "table_name": "shop-main", "request_id": "r", "key": CANARY},
        http={"request": {"url": f"https://example.com/?token={CANARY}"}},
        metadata={"orders": {"answer": CANARY}},
        sql={"sanitized_query": CANARY},
        annotations={"route": "POST /orders", "ColdStart": True, "deep": {"secret": CANARY}},
        fault=True,
        cause={
            "working_directory": CANARY,
            "exceptions": [
                {"type": "KeyError", "message": "authorization: abc", "stack": [{"path": CANARY}], "id": "1"}
            ],
        },
        subsegments=[part(id="0000000000000001", metadata={"x": CANARY}), {"id": "no part"}],
    )
    kept = read_datagram(datagram(told))
    assert CANARY not in json.dumps(kept)
    assert kept == {
        **part(namespace="aws", fault=True),
        "aws": {"operation": "GetItem", "table_name": "shop-main"},
        "annotations": {"route": "POST /orders", "ColdStart": True},
        "cause": {"exceptions": [{"type": "KeyError", "message": "authorization: …"}]},
        "subsegments": [{k: v for k, v in part(id="0000000000000001").items() if k != "trace_id"}],
    }


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\xff\xfe",
        datagram(part()).partition(b"\n")[2],
        datagram(part(), '{"format": "json", "version": 2}'),
        datagram(part(), "[]"),
        datagram([part()]),
        datagram(part(trace_id="1-5759e988")),
        datagram(part(id="../../etc/passwd")),
        datagram(part(start_time="now")),
        datagram(part(start_time=float("inf"))),
        datagram(part(start_time=10**400)),
        nested(350),
        datagram(part(name="x" * 9000)),
        b'{"format": "json", "version": 1}\n' + b"[" * 60_000,
    ],
)
def test_what_is_no_part_is_passed_over(sent: bytes) -> None:
    assert read_datagram(sent) is None


@given(st.binary(max_size=200))
def test_no_datagram_is_an_error(sent: bytes) -> None:
    read_datagram(HEADER.encode() + b"\n" + sent)


def test_parts_are_kept_for_a_day_and_not_more_than_there_is_room_for(tmp_path: Path) -> None:
    now = [1000.0]
    store = TraceStore(tmp_path / "traces.sqlite", lambda: now[0])
    assert store.of_trace(TRACE) == ()
    assert not (tmp_path / "traces.sqlite").exists()
    store.add(part())
    now[0] += KEPT_SECONDS
    store.add(part(id="0000000000000002"))
    assert [p["id"] for p in store.of_trace(TRACE)] == ["53995c3f42cd8ad8", "0000000000000002"]
    assert store.of_trace(OTHER) == ()
    assert [p["id"] for p in store.since(2000)] == ["0000000000000002"]
    now[0] += 1
    assert [p["id"] for p in store.of_trace(TRACE)] == ["0000000000000002"]
    # Who writes anew looks what is too old, and takes it out of the file.
    TraceStore(tmp_path / "traces.sqlite", lambda: now[0]).add(part(id="0000000000000003"))
    assert b"53995c3f42cd8ad8" not in (tmp_path / "traces.sqlite").read_bytes()
    assert MOST_PARTS == 20_000


def test_a_workspace_that_was_deleted_is_not_made_again_by_what_still_arrives(tmp_path: Path) -> None:
    store = TraceStore(tmp_path / "gone" / "traces.sqlite")
    with pytest.raises(sqlite3.Error):
        store.add(part())
    assert not (tmp_path / "gone").exists()


def test_what_a_handler_sends_is_there_a_moment_later_and_a_taken_port_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = TraceStore(tmp_path / "traces.sqlite")
    taken = collect_traces(store, "127.0.0.1", 0)
    assert taken is not None
    try:
        assert collect_traces(store, *taken.getsockname()) is None
        assert "no traces are kept" in capsys.readouterr().err
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handler:
            handler.sendto(b"nonsense", taken.getsockname())
            handler.sendto(datagram(part()), taken.getsockname())
        for _ in range(100):
            if store.of_trace(TRACE):
                break
            time.sleep(0.02)
        assert [p["name"] for p in store.of_trace(TRACE)] == ["dynamodb"]
    finally:
        taken.close()
