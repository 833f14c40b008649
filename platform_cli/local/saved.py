"""Put what MiniStack saved right before it reads it again.

The files are MiniStack's own, of the version in `ministack.lock` (1.5.33); what is not as expected is
left alone.
"""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platform_cli.local.state import LocalFolder

_VERSIONS = ".versions"


def rewind_stream_positions(folder: LocalFolder) -> None:
    """Let table streams be read from their beginning after a start.

    MiniStack 1.5.33 saves how far a mapping has read a table's stream, but not the stream's records. After
    a start the records are counted from zero, and mappings would skip as many as they had read before.
    """
    path = folder.saved / "lambda.json"
    try:
        document = _read(path)
        positions = document["payload"]["dynamodb_stream_positions"]
        # Saved either plainly, or by account and region below "data".
        counted = positions.get("data", positions)
        counted.update({key: 0 for key, value in counted.items() if type(value) is int})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
    temporary = path.with_suffix(".json.tmp")
    temporary.write_text(json.dumps(document), encoding="utf-8")
    temporary.replace(path)


def forget_unsaved_buckets(folder: LocalFolder) -> None:
    """Remove the objects of buckets that the saved state does not know, after a server was killed.

    Objects are written at once, everything else when the server is stopped. A bucket that only has objects
    would be in the way of the deployment that makes it again.
    """
    known = set(_saved_buckets(folder.saved / "s3.json"))
    for top in (folder.objects, *folder.objects.glob(_VERSIONS)):
        for account in top.iterdir() if top.is_dir() else ():
            for bucket in account.iterdir() if account.is_dir() and account.name != _VERSIONS else ():
                if (account.name, bucket.name) not in known and bucket.is_dir():
                    shutil.rmtree(bucket, ignore_errors=True)


def _saved_buckets(path: Path) -> Iterator[tuple[str, str]]:
    """Account and name of each bucket in the saved state."""
    try:
        keys = list(_read(path)["payload"]["buckets_meta"]["data"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    for key in keys:
        account, _, name = key.partition("\0")
        try:
            yield account, str(ast.literal_eval(name))
        except (ValueError, SyntaxError):
            continue


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
