"""The databases and caches of a workspace's local AWS, as they are remembered between two calls."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from platform_cli.local.state import LocalFolder

StoreKind = Literal["postgresql", "redis"]
MASTER_USER = "postgres"
_FORMAT = 1


@dataclass(frozen=True)
class StoreWish:
    """A database or cache that an assembly declares.

    Attributes:
        kind: What it speaks.
        name: Identifier of the cluster or the group of nodes: `bank-local-ledger`.
        user: Who logs in.
        database: The database inside of a cluster; empty for a cache.
    """

    kind: StoreKind
    name: str
    user: str
    database: str = ""


@dataclass(frozen=True)
class Store:
    """A server of ours.

    Attributes:
        kind: What it speaks.
        name: As in its `StoreWish`.
        user: Who logs in.
        database: The database inside of a cluster; empty for a cache.
        password: Of the user; empty for a cache, where any is taken.
        token: In the command line of its process.
        pid: None after a clean stop.
        port: Where it answers, or answered: asked for again at the next start.
    """

    kind: StoreKind
    name: str
    user: str
    database: str
    password: str
    token: str
    pid: int | None
    port: int


def home_of(folder: LocalFolder, name: str) -> Path:
    """The folder with the data of a store."""
    return folder.path / "stores" / name


def read_stores(folder: LocalFolder) -> tuple[Store, ...]:
    """What is remembered; nothing if it cannot be understood."""
    try:
        document = json.loads(_file(folder).read_text(encoding="utf-8"))
        if document["format"] != _FORMAT:
            return ()
        names = [field.name for field in fields(Store)]
        stores = tuple(Store(**{name: entry[name] for name in names}) for entry in document["stores"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    # A pid of 0 or below would address whole process groups; a token that is short could be anybody's.
    sound = all(
        (store.pid is None or (type(store.pid) is int and store.pid > 1))
        and type(store.port) is int
        and len(str(store.token)) >= 16
        for store in stores
    )
    return stores if sound else ()


def write_stores(folder: LocalFolder, stores: tuple[Store, ...]) -> None:
    """Replace what is remembered in one step; only the user can read it, since it holds passwords."""
    path = _file(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"format": _FORMAT, "stores": [asdict(store) for store in stores]}, file, indent=2)
    temporary.replace(path)


def _file(folder: LocalFolder) -> Path:
    return folder.path / "stores.json"
