"""A new service: rendered beside its folder, registered in the blueprint, both or neither."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from platform_cli.blueprint.editing import add_service, replace_file, set_value
from platform_cli.blueprint.findings import BlueprintInvalid, Finding
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.scaffold.answers import Record, render_record
from platform_cli.scaffold.catalog import TEMPLATE_VERSION, service_template
from platform_cli.scaffold.naming import check_name_length, check_service_name
from platform_cli.scaffold.questions import complete, questions
from platform_cli.scaffold.registration import FUNCTIONS, Registration, register


@dataclass(frozen=True)
class ServicePlan:
    """What making a service would do; nothing is done yet.

    Attributes:
        name: The service.
        folder: Where it goes: absolute, or as the workspace was given.
        blueprint: The blueprint file that will have it.
        files: Content by path, relative to `folder`, sorted.
        before: The blueprint's bytes now.
        after: The blueprint's bytes with the service.
    """

    name: str
    folder: Path
    blueprint: Path
    files: Mapping[Path, bytes]
    before: bytes
    after: bytes

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files with their folder."""
        return tuple(self.folder / path for path in self.files)

    @property
    def difference(self) -> str:
        """What changes in the blueprint, as a unified diff."""
        name = self.blueprint.name
        return "".join(
            difflib.unified_diff(
                self.before.decode().splitlines(keepends=True),
                self.after.decode().splitlines(keepends=True),
                name,
                name,
            )
        )


def new_service(
    root: Path, blueprint_path: Path, name: str, template: str, answers: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """Make a service and register it in the blueprint.

    Args:
        root: The workspace's folder.
        blueprint_path: The blueprint file.
        name: The service's name, which gives its folder `services/NAME` and its package.
        template: The kind of service: `api`, `worker`, `stream`, `analytics` or `schedule`.
        answers: To what `questions` asks; defaults for the rest.

    Returns:
        The files that were written.

    Raises:
        PlatformError: As `plan_service`, or if a file cannot be written; then nothing is left behind.
    """
    plan = plan_service(root, blueprint_path, name, template, answers)
    create_service(plan)
    return plan.paths


def plan_service(
    root: Path, blueprint_path: Path, name: str, template: str, answers: Mapping[str, str] | None = None
) -> ServicePlan:
    """Work out a service and the blueprint that has it, without leaving anything on disk.

    Raises:
        BlueprintInvalid: The blueprint has errors already.
        PlatformError: An unusable name or answer, a folder or service that is there already, or a
            service that does not fit the blueprint.
    """
    service_template(template)
    check_service_name(name)
    inspection = inspect_blueprint(blueprint_path)
    blueprint = inspection.blueprint
    if inspection.errors or blueprint is None:
        raise BlueprintInvalid(inspection.findings)
    if name in blueprint.services:
        raise _exists(f'the blueprint has a service "{name}" already')
    folder = root / "services" / name
    check_free(folder)
    check_name_length(blueprint.system, tuple(blueprint.environments), name, FUNCTIONS[template])
    answered = complete(questions(template, inspection, name), answers or {})
    registration = register(template, name, answered, blueprint)
    before = blueprint_path.read_bytes()
    after = registered(blueprint_path, name, registration)
    record = Record(template, TEMPLATE_VERSION, {"name": name, **answered, **registration.values})
    return ServicePlan(name, folder, blueprint_path, rendered_files(record), before, after)


def create_service(plan: ServicePlan) -> None:
    """Carry a plan out: the folder appears whole, then the blueprint changes; or neither.

    Raises:
        PlatformError: Something cannot be written, or has changed since the plan was made.
    """
    with writing(plan.blueprint):
        now = plan.blueprint.read_bytes()
    check_free(plan.folder)
    if now != plan.before:
        raise PlatformError(
            f"{plan.blueprint.name} changed in the meantime",
            hint="run the command again",
            code="blueprint-changed",
        )
    first_service = not plan.folder.parent.exists()
    with writing(plan.folder):
        try:
            write_folder(plan.folder, plan.files)
            replace_file(plan.blueprint, plan.after.decode("utf-8"))
        except BaseException:
            shutil.rmtree(plan.folder.parent if first_service else plan.folder, ignore_errors=True)
            raise


def rendered_files(record: Record) -> Mapping[Path, bytes]:
    """Render a service in memory: content by relative path, sorted."""
    with tempfile.TemporaryDirectory(prefix="platform-") as scratch:
        into = Path(scratch, "service")
        return {path: (into / path).read_bytes() for path in render_record(record, into)}


def write_folder(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Write a folder whole: under a temporary name beside it, which then becomes its own.

    Raises:
        OSError: As the file system says; nothing is left behind.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        # A folder made by mkdtemp is its owner's alone; the one that it becomes is like any other.
        whole = scratch / folder.name
        for path, content in files.items():
            (whole / path).parent.mkdir(parents=True, exist_ok=True)
            (whole / path).write_bytes(content)
        with suppress(FileNotFoundError):
            folder.rmdir()
        whole.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def registered(
    blueprint: Path, name: str, registration: Registration, *, but_for: Collection[str] = ()
) -> bytes:
    """The blueprint with the service, checked as a whole; edited on a copy beside it, for `include`.

    Args:
        blueprint: The file.
        name: Of the service.
        registration: What to enter.
        but_for: Codes of findings that were there before, and that other services will answer.
    """
    with writing(blueprint), _copy_beside(blueprint) as copy:
        copy.write_bytes(blueprint.read_bytes())
        for keys, value in registration.declarations:
            set_value(copy, keys, value)
        add_service(copy, name, registration.service)
        edited = inspect_blueprint(copy)
        if errors := [finding for finding in edited.errors if finding.code not in but_for]:
            raise _misfit(name, errors[0])
        return copy.read_bytes()


def _misfit(name: str, finding: Finding) -> PlatformError:
    return PlatformError(
        f"{name} does not fit into the blueprint: {finding.message}",
        hint=finding.hint,
        code="service-does-not-fit",
        exit_code=ExitCode.USAGE,
    )


@contextmanager
def _copy_beside(path: Path) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(
        prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent, delete=False
    ) as f:
        copy = Path(f.name)
    try:
        copy.chmod(path.stat().st_mode & 0o777)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into an error for the user."""
    try:
        yield
    except OSError as error:
        raise PlatformError(
            f"{error.filename or path} cannot be written: {error.strerror or error}",
            hint="see who owns the folder, and whether the disk is full",
            code="cannot-write",
            where=str(path),
        ) from error


def check_free(folder: Path) -> None:
    """Refuse a folder that holds something.

    Raises:
        PlatformError: `service-exists`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise _exists(f"{folder} exists already and is not empty")


def _exists(message: str) -> PlatformError:
    return PlatformError(message, hint="choose another name", code="service-exists", exit_code=ExitCode.USAGE)
