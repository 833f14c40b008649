"""From a resolved environment to a cloud assembly on disk, or to the one that is already there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.stacks.analytics import add_analytics
from platform_cli.stacks.concerns import concerns_of
from platform_cli.stacks.events import AssemblyReused, Report, SynthesisFinished, SynthesisStarted, unreported
from platform_cli.stacks.fingerprint import STAMP, fingerprint, is_current, stamp
from platform_cli.stacks.sites import add_sites
from platform_cli.stacks.support import require_built

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Synthesis:
    """A cloud assembly.

    Attributes:
        out: Its folder.
        reused: Whether it was there already, made from the same.
        stacks: Names of its stacks, each after those it needs.
    """

    out: Path
    reused: bool
    stacks: tuple[str, ...]


def synthesize(
    environment: ResolvedEnvironment, root: Path, out: Path, cache: Path, report: Report = unreported
) -> Synthesis:
    """Package the services and synthesize the stacks; where nothing changed, do neither.

    The new assembly is built beside `out` and takes its place when it is whole, so an interrupted or failed
    synthesis leaves the old one as it was.

    Args:
        environment: What to build.
        root: The workspace.
        out: Folder of the assembly. What is there is replaced, if it is an assembly.
        cache: Folder for packages; safe to delete.
        report: Called with events.

    Raises:
        PlatformError: `not-built` for what the stacks cannot do yet, `not-an-assembly` if `out` holds other
            files, what packaging raises, `synthesis-failed` for what the CDK refuses.
    """
    require_built(environment)
    stacks = tuple(concern.stack_name(environment) for concern in concerns_of(environment))
    made_from = fingerprint(environment, root)
    if is_current(out, made_from):
        report(AssemblyReused(stacks))
        return Synthesis(out, reused=True, stacks=stacks)
    _require_replaceable(out)

    from platform_cli.package.building import package_services
    from platform_cli.package.flink import package_analytics
    from platform_cli.stacks.assembling import assemble

    packages = package_services(environment, root, cache, report)
    analytics = package_analytics(environment, root, cache, report)
    report(SynthesisStarted(stacks))
    with _replacing(out) as building:
        assemble(environment, packages, root, building, report, analytics=analytics)
        add_sites(environment, root, building)
        add_analytics(environment, building)
        stamp(building, made_from)
    report(SynthesisFinished(stacks))
    return Synthesis(out, reused=False, stacks=stacks)


def _require_replaceable(out: Path) -> None:
    if not out.exists() or (out.is_dir() and (not any(out.iterdir()) or _is_assembly(out))):
        return
    raise PlatformError(
        f"{out} is not a cloud assembly, and would be replaced by one",
        hint="name an empty or new folder with --out",
        code="not-an-assembly",
        exit_code=ExitCode.USAGE,
    )


def _is_assembly(folder: Path) -> bool:
    return (folder / STAMP).is_file() or ((folder / MANIFEST).is_file() and (folder / "cdk.out").is_file())


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A new folder beside `out` that becomes `out` if the block succeeds, and else is gone."""
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    new, old = work / "new", work / "old"
    try:
        new.mkdir()
        yield new
        _swap(new, out, old)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _swap(new: Path, out: Path, old: Path) -> None:
    try:
        if out.exists():
            out.replace(old)
        new.replace(out)
    except BaseException:
        if old.exists() and not out.exists():
            old.replace(out)
        raise
