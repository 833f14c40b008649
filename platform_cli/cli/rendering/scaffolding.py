"""What `platform init` and `platform new-service` say."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.scaffold.services import ServicePlan


def render_workspace(terminal: Terminal, folder: Path, files: Iterable[Path]) -> None:
    """Show the files and folders of a new workspace, and what to do next."""
    paths = [_shown(path, folder) for path in files]
    if terminal.json:
        terminal.data({"folder": str(folder), "files": paths})
        return
    terminal.result(*_summary(paths))
    steps = [] if folder.resolve() == Path.cwd() else [f"cd {shlex.quote(str(folder))}"]
    _say_next(terminal, [*steps, "platform deploy"])


def render_service(terminal: Terminal, root: Path, name: str, files: Iterable[Path]) -> None:
    """Show the files of a new service, and what to do next."""
    paths = [_shown(path, root) for path in files]
    if terminal.json:
        terminal.data({"service": name, "files": paths})
        return
    terminal.result(*paths)
    _say_next(terminal, ["platform validate", "platform deploy"])


def render_service_plan(terminal: Terminal, root: Path, plan: ServicePlan) -> None:
    """Show what `new-service` would write, and what it would change in the blueprint."""
    paths = [_shown(path, root) for path in plan.paths]
    if terminal.json:
        terminal.data({"service": plan.name, "files": paths, "blueprint": plan.difference, "dry_run": True})
        return
    terminal.result(*paths, "", plan.difference.rstrip("\n"))
    terminal.say("", "Nothing was written.")


def _summary(paths: Iterable[str]) -> list[str]:
    """Files of the top by name, and how many there are below each folder of the first two levels."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        parts = path.split("/")
        found.setdefault("/".join(parts[: min(2, len(parts) - 1)]) or path, []).append(path)
    alone = {group: files[0] for group, files in found.items() if len(files) == 1}
    width = max((len(group) for group in found if group not in alone), default=0) + 1
    return [
        alone.get(group) or f"{group + '/':<{width}}  {len(files)} files"
        for group, files in sorted(found.items(), key=lambda entry: ("/" in entry[1][0], entry[0]))
    ]


def _shown(path: Path, root: Path) -> str:
    for folder in (root, root.resolve()):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.as_posix()


def _say_next(terminal: Terminal, commands: list[str]) -> None:
    terminal.say("", "Next:", *(f"  {command}" for command in commands))
