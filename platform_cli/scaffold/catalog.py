"""Where the templates are, and which there are.

In a checkout they lie beside the package; in an installed wheel, inside it, under `_data/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_cli import __version__
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.errors import ExitCode, PlatformError

_PACKAGE = Path(__file__).parents[1]

TEMPLATE_VERSION = __version__
"""The version that a rendered service records.

Templates ship inside the wheel and change only with a release, so the release names them: an older
version of a template is found in the wheel of that release, at `platform_cli/_data/templates`.
"""

SHARED = "service"
"""What every kind of service has in common: rendered first, the kind's own template over it."""

WORKSPACE = "workspace"

EXAMPLE = "shop"
"""The example of the repository, which `platform init` can start from as well; it is no template."""


@dataclass(frozen=True)
class ServiceTemplate:
    """A kind of service that `new-service` can make.

    Attributes:
        kind: What `--template` says.
        summary: One line for the user who chooses.
        layers: Copier templates, rendered one over the other.
    """

    kind: str
    summary: str
    layers: tuple[Path, ...]


SUMMARIES = {
    "api": "answers HTTP requests and keeps items in a table",
    "worker": "works through the messages of a queue",
    "stream": "follows a Kinesis stream or the changes of a table",
    "analytics": "measures volume, revenue and large orders of a Kinesis stream",
    "schedule": "runs a job by the clock",
}


def templates_root() -> Path:
    """Return the folder that holds the Copier templates.

    Raises:
        PlatformError: The installation is incomplete.
    """
    return _data("templates")


def blueprints_root() -> Path:
    """Return the folder that holds the blueprints of `platform init`.

    Raises:
        PlatformError: The installation is incomplete.
    """
    return _data("blueprints")


def example_root() -> Path:
    """Return the folder of the example.

    Raises:
        PlatformError: The installation is incomplete.
    """
    return _data(f"examples/{EXAMPLE}")


def service_kinds() -> tuple[str, ...]:
    """Return the kinds of service, in the order in which they are offered."""
    return tuple(SUMMARIES)


def service_template(kind: str, root: Path | None = None) -> ServiceTemplate:
    """Find the template of a kind of service.

    Args:
        kind: `api`, `worker`, `stream`, `analytics` or `schedule`.
        root: A folder of templates, such as an older release's; None means this release's.

    Raises:
        PlatformError: There is no such kind.
    """
    if kind not in SUMMARIES:
        raise unknown("template", kind, service_kinds())
    folder = root or templates_root()
    return ServiceTemplate(kind, SUMMARIES[kind], (folder / SHARED, folder / kind))


def blueprint_names() -> tuple[str, ...]:
    """Return the blueprints that `platform init` can start from."""
    templates = (p.name for p in blueprints_root().iterdir() if (p / "copier.yml").is_file())
    return tuple(sorted((*templates, EXAMPLE)))


def blueprint_template(name: str) -> Path:
    """Find the Copier template of a blueprint, or the example.

    Raises:
        PlatformError: There is no such blueprint.
    """
    names = blueprint_names()
    if name not in names:
        raise unknown("blueprint", name, names)
    return example_root() if name == EXAMPLE else blueprints_root() / name


def unknown(what: str, value: str, known: Sequence[str]) -> PlatformError:
    """Make the error for a value that is not one of a few; the hint names the nearest."""
    return PlatformError(
        f'there is no {what} "{value}"',
        hint=nearest_hint(value, known),
        code=f"unknown-{what}",
        exit_code=ExitCode.USAGE,
    )


def _data(name: str) -> Path:
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise PlatformError(
        f"the installation of platform lacks its {name}",
        hint="install platform-cli again",
        code="incomplete-installation",
    )
