"""Copier, kept on a short lead: layers of templates and answers become files in a folder.

Nothing of Copier's reaches the user: no output, no prompt, no settings file of theirs, no git. The
same layers and answers give the same bytes on every machine.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from platform_cli.errors import PlatformError

_CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache")
"""What tools leave in a template that somebody works on."""


def render(layers: Sequence[Path], answers: Mapping[str, Any], into: Path) -> tuple[Path, ...]:
    """Render Copier templates one over the other into a folder.

    Args:
        layers: Folders with a `copier.yml`; a file of a later layer replaces that of an earlier one.
        answers: The value of every question; each layer sees them all.
        into: The folder to fill; made if it is not there.

    Returns:
        The files in the folder, relative to it, sorted.

    Raises:
        PlatformError: A template is broken.
    """
    import copier
    from copier.errors import CopierError
    from jinja2 import TemplateError

    with _without_git():
        for layer in layers:
            try:
                copier.run_copy(
                    str(layer),
                    into,
                    data=dict(answers),
                    settings=copier.Settings(),
                    exclude=_CACHES,
                    defaults=True,
                    overwrite=True,
                    quiet=True,
                )
            except (CopierError, TemplateError, ValueError) as error:
                raise PlatformError(
                    f"the template {layer.name} cannot be rendered: {error}",
                    hint="install platform-cli again, or report this as a bug",
                    code="broken-template",
                    where=str(layer),
                ) from error
    return tuple(sorted(p.relative_to(into) for p in into.rglob("*") if p.is_file()))


@contextmanager
def _without_git() -> Iterator[None]:
    """Let Copier find no git.

    It would ask git about every file that it writes, and take a template inside a repository for a
    tagged one; ours are plain folders, whose version is the release's.
    """
    from plumbum import local

    with tempfile.TemporaryDirectory(prefix="platform-") as empty, local.env(PATH=empty):
        yield
