"""Make a copy of a cloud assembly that the local AWS can take.

The copy is a cloud assembly like any other: templates that had to change have new content hashes, in
their asset manifests too, so that it can be deployed by this tool or by `cdk deploy --app`.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_cli.assembly.model import Assembly
from platform_cli.assembly.reading import read_assembly
from platform_cli.errors import PlatformError
from platform_cli.local.environment import ensure_environment
from platform_cli.local.pruning import Omission, prune
from platform_cli.local.rewrites import REWRITES, Notice
from platform_cli.local.server import LocalAws
from platform_cli.local.store_rewrites import place_stores
from platform_cli.local.templates import Output

_STACK = "aws:cloudformation:stack"
_ASSET_MANIFEST = "cdk:asset-manifest"


@dataclass(frozen=True)
class Adaptation:
    """An assembly for the local AWS, and how it differs.

    Attributes:
        assembly: The copy.
        omitted: What the local AWS does not get.
        notices: What behaves otherwise there.
    """

    assembly: Assembly
    omitted: tuple[Omission, ...]
    notices: tuple[Notice, ...] = ()


def adapt(
    assembly: Assembly, local: LocalAws, out: Path, *, supported: Collection[str] | None = None
) -> Adaptation:
    """Copy an assembly to `out`, with only what changes rewritten.

    Args:
        assembly: What was synthesized; it is only read.
        local: Where it will be deployed.
        out: A folder; what was there is replaced in one step.
        supported: The types of resources that can stay; asked of MiniStack if not given.

    Raises:
        PlatformError: `cannot-write` if `out` cannot be written.
    """
    types = ensure_environment().resource_types if supported is None else supported
    omitted: list[Omission] = []
    notices: list[Notice] = []
    lost: set[Output] = set()
    templates: dict[str, dict[str, Any]] = {}
    for stack in assembly.stacks:
        template, told, left_out = adapt_template(stack.template, local, stack.name, types, lost)
        notices += told
        omitted += left_out
        if template != stack.template:
            templates[stack.id] = template
    workshop = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}")
    try:
        _write_copy(assembly, templates, workshop)
        _replace(out, workshop)
    except OSError as error:
        raise PlatformError(
            f"the copy for the local AWS cannot be written: {error.strerror or error}",
            hint="check the folder's owner and the free space",
            code="cannot-write",
            where=str(out),
        ) from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return Adaptation(read_assembly(out), tuple(omitted), tuple(notices))


def adapt_template(
    template: Mapping[str, Any],
    local: LocalAws,
    stack: str,
    supported: Collection[str] | None = None,
    lost_outputs: set[Output] | None = None,
) -> tuple[dict[str, Any], tuple[Notice, ...], tuple[Omission, ...]]:
    """A template as the local AWS can take it, for example that of the bootstrap stack.

    Args:
        template: Parsed; it is only read.
        local: Where it will be deployed.
        stack: The stack's name.
        supported: The types of resources that can stay; asked of MiniStack if not given.
        lost_outputs: Outputs that stacks before it lost; those of this stack are added.
    """
    adapted: dict[str, Any] = copy.deepcopy(dict(template))
    notices: list[Notice] = []
    placed = list(place_stores(adapted, stack, local.stores))
    for rewrite in REWRITES:
        notices += rewrite.apply(adapted, stack, local)
    types = ensure_environment().resource_types if supported is None else supported
    omitted = prune(adapted, stack, types, set() if lost_outputs is None else lost_outputs)
    return adapted, tuple(notices), (*placed, *omitted)


def _write_copy(assembly: Assembly, templates: Mapping[str, dict[str, Any]], workshop: Path) -> None:
    manifest: dict[str, Any] = json.loads((assembly.path / "manifest.json").read_text(encoding="utf-8"))
    written: dict[str, str] = {"manifest.json": ""}
    artifacts: dict[str, Any] = manifest.get("artifacts", {})
    for stack_id, template in templates.items():
        described = artifacts[stack_id]["properties"]
        old = described["templateFile"]
        text = json.dumps(template, indent=1) + "\n"
        written[old] = text
        content_hash = hashlib.sha256(text.encode()).hexdigest()
        for dependency in artifacts[stack_id].get("dependencies", []):
            listing = artifacts.get(dependency, {})
            if listing.get("type") == _ASSET_MANIFEST:
                name = listing["properties"]["file"]
                before = written.get(name) or (assembly.path / name).read_text(encoding="utf-8")
                renamed = _rename_template(json.loads(before), old, content_hash, described)
                written[name] = json.dumps(renamed, indent=1) + "\n"
    written["manifest.json"] = json.dumps(manifest, indent=1) + "\n"
    workshop.mkdir(parents=True)
    for source in sorted(assembly.path.iterdir()):
        if source.name in written:
            (workshop / source.name).write_text(written[source.name], encoding="utf-8")
        elif not source.name.startswith("."):
            _link(source, workshop / source.name)


def _rename_template(
    listing: dict[str, Any], template_file: str, content_hash: str, described: dict[str, Any]
) -> dict[str, Any]:
    """An asset manifest that knows a template under its new hash; the stack's own address follows."""
    files: dict[str, Any] = {}
    for asset_id, asset in listing.get("files", {}).items():
        if asset.get("source", {}).get("path") != template_file:
            files[asset_id] = asset
            continue
        files[content_hash] = asset
        for destination in asset.get("destinations", {}).values():
            key = destination["objectKey"]
            destination["objectKey"] = key.replace(asset_id.split("-")[0], content_hash)
            address = described.get("stackTemplateAssetObjectUrl")
            if isinstance(address, str):
                described["stackTemplateAssetObjectUrl"] = address.replace(key, destination["objectKey"])
    return {**listing, "files": files}


def _link(source: Path, target: Path) -> None:
    """The same file in two places; a copy where that is not possible."""
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link_file)
    else:
        _link_file(str(source), str(target))


def _link_file(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _replace(out: Path, workshop: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    old = workshop.with_name(f"{workshop.name}.old")
    if out.exists():
        out.rename(old)
    workshop.rename(out)
    shutil.rmtree(old, ignore_errors=True)
