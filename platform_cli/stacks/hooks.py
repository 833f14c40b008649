"""The user's own say in the templates: `extend`, a hook in Python, and `patches`, operations of RFC 6902."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedPatch
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.stacks.concerns import concerns_of

Hook = Callable[[Any, ResolvedEnvironment], None]
_SECTIONS = {
    "service": "services",
    "api": "apis",
    "cdn": "cdns",
    "balancer": "load_balancers",
    "recovery": "recovery",
    "boards": "boards",
}


def load_hook(environment: ResolvedEnvironment, root: Path) -> Hook:
    """The function `extend(stack, environment)` of the user's file; one that does nothing without a file.

    It is called with each stack (an `aws_cdk.Stack`) after our own resources are in it.

    Raises:
        PlatformError: `hook-failed`: no such file, no such function, or it raised.
    """
    if environment.extend is None:
        return lambda _stack, _environment: None
    path = root / environment.extend
    if not path.is_file():
        raise _hook_error(path, "the file is missing")
    scope: dict[str, Any] = {"__file__": str(path), "__name__": path.stem}
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), scope)
    except Exception as error:
        raise _hook_error(path, f"{type(error).__name__}: {error}") from error
    extend = scope.get("extend")
    if not callable(extend):
        raise _hook_error(path, "it has no function extend(stack, environment)")

    def call(stack: Any, environment: ResolvedEnvironment) -> None:
        try:
            extend(stack, environment)
        except Exception as error:
            raise _hook_error(path, f"{type(error).__name__}: {error}") from error

    return call


def _hook_error(path: Path, reason: str) -> PlatformError:
    return PlatformError(
        f"extend: {path.name} failed: {reason}",
        hint="see docs/decisions/0001-stacks-and-references.md for what a hook gets",
        code="hook-failed",
        where=str(path),
        exit_code=ExitCode.USAGE,
    )


def apply_patches(environment: ResolvedEnvironment, assembly: Path) -> None:
    """Apply the blueprint's patches to the templates of an assembly, and keep its manifest true.

    Raises:
        PlatformError: `patch-failed`: the stack does not exist, or the operation does not fit its template.
    """
    patches: dict[str, list[ResolvedPatch]] = {}
    for patch in environment.patches:
        patches.setdefault(patch.stack, []).append(patch)
    names = {
        f"{_SECTIONS[concern.kind]}.{concern.name}" if concern.name else concern.kind: concern
        for concern in concerns_of(environment)
    }
    for target, operations in patches.items():
        if target not in names:
            raise _patch_error(target, "no such stack", f"stacks: {', '.join(names)}")
        _patch(assembly, names[target].stack_name(environment), target, operations)


def _patch(assembly: Path, stack_name: str, target: str, operations: Iterable[ResolvedPatch]) -> None:
    import jsonpatch
    from jsonpointer import JsonPointerException

    path = assembly / f"{stack_name}.template.json"
    before = path.read_bytes()
    document = json.loads(before)
    for operation in operations:
        *above, added = operation.path.split("/")
        if operation.op == "add" and above == ["", "Resources"] and added in document.get("Resources", {}):
            # RFC 6902 would replace it without a word.
            there = f"there is a resource {added} already"
            raise _patch_error(target, there, "write `replace` if that is meant")
        try:
            document = jsonpatch.apply_patch(document, [_rendered(operation)])
        except (jsonpatch.JsonPatchException, JsonPointerException) as error:
            raise _patch_error(target, f"{operation.op} {operation.path}: {error}", None) from error
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    # The manifests know the template by the hash of its content.
    old, new = hashlib.sha256(before).hexdigest(), hashlib.sha256(path.read_bytes()).hexdigest()
    for manifest in (assembly / "manifest.json", assembly / f"{stack_name}.assets.json"):
        text = manifest.read_text(encoding="utf-8")
        manifest.write_text(text.replace(old, new), encoding="utf-8")


def _rendered(patch: ResolvedPatch) -> dict[str, Any]:
    operation: dict[str, Any] = {"op": patch.op, "path": patch.path}
    if patch.value is not None:
        operation["value"] = json.loads(patch.value)
    if patch.from_path is not None:
        operation["from"] = patch.from_path
    return operation


def _patch_error(target: str, reason: str, hint: str | None) -> PlatformError:
    return PlatformError(
        f"patch of {target} cannot be applied: {reason}",
        hint=hint or "the path points into the stack's template; `platform synth` without the patch shows it",
        code="patch-failed",
        where="patches",
        exit_code=ExitCode.USAGE,
    )
