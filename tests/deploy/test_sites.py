"""The files of CDNs: what is uploaded, in which order, and what a CDN is told to forget."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_cli.assembly.model import Assembly
from platform_cli.deploy.sites import FRESH, IMMUTABLE, Site, plan_site, sites_of

Make = Callable[..., Site]


@pytest.fixture
def site(tmp_path: Path) -> Make:
    def make(files: dict[str, str], **changes: Any) -> Site:
        for name, content in files.items():
            path = tmp_path / "site-web" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        fields: dict[str, Any] = {"index": "index.html", "immutable": ()} | changes
        return Site(cdn="web", bucket="files", folder=tmp_path / "site-web", **fields)

    return make


def etag(content: str) -> str:
    return hashlib.md5(content.encode(), usedforsecurity=False).hexdigest()


def test_an_empty_bucket_gets_every_file_the_index_last_and_forgets_nothing(site: Make) -> None:
    step = plan_site(site({"index.html": "a", "z.js": "b", "docs/index.html": "c"}), "shop-dev-cdn-web", {})
    assert step is not None
    assert [upload.key for upload in step.uploads] == ["z.js", "docs/index.html", "index.html"]
    assert (step.removals, step.stale) == ((), ())


def test_files_that_are_there_are_left_alone(site: Make) -> None:
    there = {"index.html": etag("a"), "z.js": etag("b")}
    assert plan_site(site({"index.html": "a", "z.js": "b"}), "stack", there) is None


def test_only_what_changed_is_uploaded_and_forgotten(site: Make) -> None:
    there = {"index.html": etag("old"), "z.js": etag("b"), "gone.css": etag("c")}
    step = plan_site(site({"index.html": "new", "z.js": "b", "added.js": "d"}), "stack", there)
    assert step is not None
    assert [upload.key for upload in step.uploads] == ["added.js", "index.html"]
    assert step.removals == ("gone.css",)
    assert step.stale == ("/", "/gone.css", "/index.html")


def test_many_changes_are_one_path(site: Make) -> None:
    there = {f"{number}.js": etag("old") for number in range(40)}
    step = plan_site(site({"index.html": "a", **dict.fromkeys(there, "new")}), "stack", there)
    assert step is not None
    assert step.stale == ("/*",)


def test_files_whose_names_change_with_their_content_are_kept_by_browsers(site: Make) -> None:
    step = plan_site(site({"index.html": "a", "assets/x.js": "b"}, immutable=("assets/*",)), "stack", {})
    assert step is not None
    kept = {upload.key: (upload.content_type, upload.cache_control) for upload in step.uploads}
    assert kept == {
        "assets/x.js": ("text/javascript; charset=utf-8", IMMUTABLE),
        "index.html": ("text/html; charset=utf-8", FRESH),
    }


def test_an_assembly_says_which_files_it_has(tmp_path: Path) -> None:
    entry = {"bucket": "b", "folder": "site-web", "immutable": ["a/*"], "index": "index.html"}
    (tmp_path / "platform.sites.json").write_text(json.dumps({"web": entry}))
    assert sites_of(Assembly(tmp_path, ())) == (
        Site("web", "b", tmp_path / "site-web", "index.html", ("a/*",)),
    )
    assert sites_of(Assembly(tmp_path / "other", ())) == ()
