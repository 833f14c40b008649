"""Read what packaging needs of a service's `pyproject.toml`, and of the libraries it takes by path.

A path dependency is one that `[tool.uv.sources]` gives a folder (`servicekit = { path = … }`): its
code is packed with the service's own, its dependencies are locked with the service's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from platform_cli.errors import Place, PlatformError

OLDEST_PYTHON = (3, 11)
"""The oldest Python that a service may run on, where `requires-python` does not say."""

_TOML_SPOT = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True)
class Project:
    """A folder with a `pyproject.toml` and its code under `src/`.

    Attributes:
        name: The distribution's name, canonical.
        folder: Absolute or as given.
        requirements: `[project] dependencies` but those by path.
        libraries: Folders of the dependencies by path.
        requires_python: As it says there.
    """

    name: str
    folder: Path
    requirements: tuple[Requirement, ...]
    libraries: tuple[Path, ...]
    requires_python: SpecifierSet

    @property
    def source(self) -> Path:
        """Where the packages are."""
        return self.folder / "src"

    @property
    def pyproject(self) -> Path:
        """The file that describes it."""
        return self.folder / "pyproject.toml"


def read_projects(folder: Path) -> tuple[Project, ...]:
    """A service's project, followed by the libraries it takes by path, and theirs, each once.

    Raises:
        PlatformError: `missing-service-folder`, `missing-library-folder`, `invalid-pyproject`,
            `unsupported-source`.
    """
    found: dict[Path, Project] = {}
    waiting = [folder]
    while waiting:
        current = waiting.pop(0)
        key = current.resolve()
        if key not in found:
            found[key] = _read(current, is_library=current is not folder)
            waiting.extend(found[key].libraries)
    return tuple(found.values())


def minimum_python(projects: tuple[Project, ...]) -> tuple[int, int]:
    """The oldest Python that all projects admit, at least `OLDEST_PYTHON`."""
    for minor in range(OLDEST_PYTHON[1], OLDEST_PYTHON[1] + 20):
        # A patch release that is certainly past any lower bound of this minor version.
        if all(f"3.{minor}.99" in project.requires_python for project in projects):
            return (3, minor)
    project = projects[0]
    raise PlatformError(
        f"{project.name} admits no Python that its libraries admit too",
        hint="widen `requires-python`",
        code="invalid-pyproject",
        where=Place(str(project.pyproject)),
    )


def _read(folder: Path, *, is_library: bool) -> Project:
    path = folder / "pyproject.toml"
    if not path.is_file():
        raise _missing(folder, is_library=is_library)
    data = _toml(path)
    table = data.get("project")
    if not isinstance(table, dict) or not isinstance(table.get("name"), str):
        raise _invalid("it has no `[project]` table with a name", path)
    dependencies = table.get("dependencies", [])
    if not isinstance(dependencies, list):
        raise _invalid("`dependencies` is not a list", path)
    sources = _sources(data)
    requirements: list[Requirement] = []
    libraries: list[Path] = []
    for text in dependencies:
        requirement = _requirement(text, path)
        source = sources.get(canonicalize_name(requirement.name))
        if source is not None:
            libraries.append(_library(requirement.name, source, folder, path))
        else:
            requirements.append(requirement)
    try:
        requires_python = SpecifierSet(str(table.get("requires-python", "")))
    except InvalidSpecifier as error:
        raise _invalid(f"`requires-python` is not a version specifier: {error}", path) from error
    return Project(
        name=canonicalize_name(table["name"]),
        folder=folder,
        requirements=tuple(requirements),
        libraries=tuple(libraries),
        requires_python=requires_python,
    )


def _missing(folder: Path, *, is_library: bool) -> PlatformError:
    kind = "library" if is_library else "service"
    what = "has no pyproject.toml" if folder.is_dir() else "is not there"
    return PlatformError(
        f"the folder of the {kind}, {folder}, {what}",
        hint="correct its path in `[tool.uv.sources]`"
        if is_library
        else "make it with `platform new-service`, or correct `path` in the blueprint",
        code=f"missing-{kind}-folder",
        where=Place(str(folder)),
    )


def _sources(data: Mapping[str, Any]) -> dict[str, Any]:
    """`[tool.uv.sources]` without those that only choose an index."""
    table: Any = data
    for name in ("tool", "uv", "sources"):
        table = table.get(name, {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        return {}
    return {
        canonicalize_name(name): source
        for name, source in table.items()
        if not (isinstance(source, dict) and "index" in source)
    }


def _library(name: str, source: object, folder: Path, path: Path) -> Path:
    place = source.get("path") if isinstance(source, dict) else None
    if not isinstance(place, str):
        raise PlatformError(
            f'the dependency "{name}" comes from a source that cannot be locked by hash',
            hint="take it from an index, or by path: `{ path = … }` in `[tool.uv.sources]`",
            code="unsupported-source",
            where=Place(str(path)),
        )
    return folder / place


def _requirement(text: object, path: Path) -> Requirement:
    try:
        requirement = Requirement(str(text))
    except InvalidRequirement as error:
        raise _invalid(f'"{text}" is not a requirement: {str(error).splitlines()[0]}', path) from error
    if requirement.url is not None:
        raise PlatformError(
            f'the dependency "{requirement.name}" names an address, which cannot be locked by hash',
            hint="take it from an index, or by path: `{ path = … }` in `[tool.uv.sources]`",
            code="unsupported-source",
            where=Place(str(path)),
        )
    return requirement


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        spot = _TOML_SPOT.search(str(error))
        message = _TOML_SPOT.sub("", str(error)).strip()
        line, column = (int(spot[1]), int(spot[2])) if spot else (None, None)
        raise _invalid(f"it is not TOML: {message}", path, line, column) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(f"it cannot be read: {error}", path) from error


def _invalid(message: str, path: Path, line: int | None = None, column: int | None = None) -> PlatformError:
    return PlatformError(
        f"{path.parent.name}/pyproject.toml: {message}",
        code="invalid-pyproject",
        where=Place(str(path), line, column),
    )
