"""A new workspace: a blueprint, the shared library and the first services, all or nothing."""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from platform_cli.blueprint.checks.alarms import is_contact
from platform_cli.blueprint.model.base import REGION_PATTERN
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.scaffold.catalog import WORKSPACE, blueprint_template, example_root, templates_root
from platform_cli.scaffold.example import lay_example
from platform_cli.scaffold.naming import check_system_name
from platform_cli.scaffold.questions import bad_answer, complete, workspace_questions
from platform_cli.scaffold.rendering import render
from platform_cli.scaffold.services import new_service, writing

BLUEPRINT = "blueprint.yaml"


def init_workspace(
    folder: Path, blueprint: str = "starter", answers: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """Make a workspace in a folder.

    The folder may be there and hold other things, such as a `.git`, but nothing by a name that the
    workspace needs.

    Args:
        folder: Where; made if it is not there.
        blueprint: One of `blueprint_names()`.
        answers: To what `workspace_questions` asks; defaults for the rest.

    Returns:
        The files that were written.

    Raises:
        PlatformError: An unusable answer, something in the way, or a file that cannot be written;
            then nothing is left behind.
    """
    template = blueprint_template(blueprint)
    answered = complete(workspace_questions(folder), answers or {})
    _check(answered)
    made = _first_missing(folder)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".platform-init-", dir=folder))
        try:
            files = _rendered(template, answered, scratch)
            _move_in(scratch, folder)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            if made is not None:
                shutil.rmtree(made, ignore_errors=True)
            raise
        shutil.rmtree(scratch, ignore_errors=True)
    return tuple(folder / file for file in files)


def _first_missing(folder: Path) -> Path | None:
    """The topmost folder that will be made with this one, or None if it is there."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    return missing[-1] if missing else None


def _rendered(template: Path, answers: Mapping[str, str], into: Path) -> tuple[Path, ...]:
    layers = (templates_root() / WORKSPACE, template)
    if template == example_root():
        render(layers[:1], answers, into)
        lay_example(template, answers, into, BLUEPRINT)
        return tuple(sorted(p.relative_to(into) for p in into.rglob("*") if p.is_file()))
    files = set(render(layers, answers, into))
    first_services = template / "services.toml"
    if first_services.is_file():
        for name, wanted in tomllib.loads(first_services.read_text(encoding="utf-8")).items():
            kind = wanted.pop("template")
            made = new_service(into, into / BLUEPRINT, name, kind, wanted)
            files.update(path.relative_to(into) for path in made)
    return tuple(sorted(files))


def _move_in(scratch: Path, folder: Path) -> None:
    """Move what was rendered into the folder, the blueprint last: with it, it is a workspace."""
    entries = sorted(scratch.iterdir(), key=lambda entry: (entry.name == BLUEPRINT, entry.name))
    taken = [entry.name for entry in entries if (folder / entry.name).exists()]
    if taken:
        is_workspace = BLUEPRINT in taken
        raise PlatformError(
            f"{folder} is a workspace already"
            if is_workspace
            else f"{folder} has {', '.join(taken)} already",
            hint="add services to it with `platform new-service`"
            if is_workspace
            else "choose an empty folder",
            code="folder-not-empty",
            where=str(folder),
            exit_code=ExitCode.USAGE,
        )
    moved: list[Path] = []
    try:
        for entry in entries:
            moved.append(entry.rename(folder / entry.name))
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _check(answers: Mapping[str, str]) -> None:
    check_system_name(answers["system"])
    for question in ("dev_account", "prod_account"):
        if not re.fullmatch(r"[0-9]{12}", answers[question]):
            raise bad_answer(question, answers[question], "an AWS account is twelve digits")
    if answers["contact"] and not is_contact(answers["contact"]):
        raise bad_answer("contact", answers["contact"], "give a mail address such as ops@example.com")
    if not re.fullmatch(REGION_PATTERN, answers["region"]):
        raise bad_answer("region", answers["region"], "give a region such as eu-west-1")
