"""Files on their way to the bootstrap bucket, on an S3 in memory."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest

from platform_cli.assembly.model import FileAsset
from platform_cli.aws.clients import Clients
from platform_cli.deploy.events import AssetProgress
from platform_cli.deploy.publishing import publish, write_zip
from platform_cli.deploy.roles import Roles
from platform_cli.errors import PlatformError


def asset(path: Path, packaging: Any = "file", bucket: str = "assets") -> FileAsset:
    return FileAsset(path.name, path, packaging, bucket, f"{path.name}.x", None)


def zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    write_zip(folder, out)
    return out.getvalue()


def test_only_what_is_missing_is_uploaded_and_each_once(moto_clients: Clients, tmp_path: Path) -> None:
    s3 = moto_clients.client("s3")
    s3.create_bucket(Bucket="assets")
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    s3.put_object(Bucket="assets", Key="a.x", Body=b"there")
    events: list[Any] = []
    both = [asset(tmp_path / "a"), asset(tmp_path / "b"), asset(tmp_path / "b")]
    assert publish(both, Roles(moto_clients), events.append, threading.Event()) == 1
    assert s3.get_object(Bucket="assets", Key="a.x")["Body"].read() == b"there"
    assert s3.get_object(Bucket="assets", Key="b.x")["Body"].read() == b"b"
    assert {(e.name, e.uploaded, e.total) for e in events} == {("a", False, 2), ("b", True, 2)}
    assert sorted(e.done for e in events if isinstance(e, AssetProgress)) == [1, 2]


def test_without_the_bucket_the_account_is_not_bootstrapped(moto_clients: Clients, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with pytest.raises(PlatformError) as caught:
        publish(
            [asset(tmp_path / "a", bucket="none")], Roles(moto_clients), lambda _: None, threading.Event()
        )
    assert caught.value.code == "not-bootstrapped"
    assert "platform bootstrap" in (caught.value.hint or "")


def test_equal_folders_give_equal_zips_whatever_their_times_and_order(tmp_path: Path) -> None:
    for folder, names, when in (("one", ("b", "a"), 1_000_000_000), ("two", ("a", "b"), 1_700_000_000)):
        for name in names:
            path = tmp_path / folder / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name * 100)
            os.utime(path, (when, when))
    (tmp_path / "one" / "in" / "b").chmod(0o600)
    assert zipped(tmp_path / "one") == zipped(tmp_path / "two")


def test_a_zip_keeps_what_may_be_run_and_a_folder_is_uploaded_as_one(
    moto_clients: Clients, tmp_path: Path
) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "run").write_text("#!/bin/sh")
    (folder / "run").chmod(0o755)
    (folder / "data").write_text("x")
    moto_clients.client("s3").create_bucket(Bucket="assets")
    publish([asset(folder, "zip")], Roles(moto_clients), lambda _: None, threading.Event())
    body = moto_clients.client("s3").get_object(Bucket="assets", Key="code.x")["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert {i.filename: oct(i.external_attr >> 16) for i in archive.infolist()} == {
            "data": "0o100644",
            "run": "0o100755",
        }
