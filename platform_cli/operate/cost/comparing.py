"""What a change of the blueprint changes in the bill, with the same use before and after.

In: the estimates of two blueprints. Out: a `CostDifference` by part of the blueprint. Another revision is
read by `git show`, in a folder of its own, so that nothing of the workspace is touched.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedUsage
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.cost.estimate import NOTHING, CostEstimate

_YAML = (".yaml", ".yml")
_GIT_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class CostChange:
    """What a part of the blueprint costs before and after, in US dollars a month."""

    path: str
    before_usd: Decimal
    after_usd: Decimal

    @property
    def change_usd(self) -> Decimal:
        """What it costs more."""
        return self.after_usd - self.before_usd


@dataclass(frozen=True)
class CostDifference:
    """Two bills, and where they differ.

    Attributes:
        compared_with: What `before` is, as the user named it.
        before: The other blueprint's bill.
        after: This blueprint's bill.
    """

    compared_with: str
    before: CostEstimate
    after: CostEstimate

    @property
    def change_usd(self) -> Decimal:
        """US dollars a month that this blueprint costs more."""
        return self.after.total_usd - self.before.total_usd

    @property
    def changes(self) -> tuple[CostChange, ...]:
        """Parts whose cost differs, the greatest difference first."""
        before, after = _by_path(self.before), _by_path(self.after)
        changes = (
            CostChange(path, before.get(path, NOTHING), after.get(path, NOTHING))
            for path in {**before, **after}
        )
        differing = [change for change in changes if change.change_usd != 0]
        return tuple(sorted(differing, key=lambda change: (-abs(change.change_usd), change.path)))


def compare(
    other: ResolvedEnvironment,
    environment: ResolvedEnvironment,
    compared_with: str,
    price: Callable[[ResolvedEnvironment], CostEstimate],
) -> CostDifference:
    """Compare the bills of two blueprints under the use of the second.

    Args:
        other: What it is compared with; its own usage profile is set aside.
        environment: The blueprint as it is.
        compared_with: How the user named the other.
        price: Estimates a bill.
    """
    usage = _known_usage(environment.usage, other)
    before = price(other.model_copy(update={"usage": usage}))
    return CostDifference(compared_with, before, price(environment))


def read_other(compared_with: str, blueprint: Path, environment: str) -> ResolvedEnvironment:
    """Read the blueprint to compare with.

    Args:
        compared_with: A file, a folder with a blueprint, or a revision of git.
        blueprint: This blueprint's file; a revision is that of its repository.
        environment: The environment's name.

    Raises:
        BlueprintInvalid: The other blueprint has errors.
        PlatformError: There is neither such a file nor such a revision, or no git.
    """
    path = Path(compared_with)
    if path.exists():
        return resolve(inspect_blueprint(path / blueprint.name if path.is_dir() else path), environment)
    with checked_out(compared_with, blueprint) as other:
        return resolve(inspect_blueprint(other), environment)


@contextmanager
def checked_out(revision: str, blueprint: Path) -> Iterator[Path]:
    """A copy of the blueprint and all YAML files below it, as they were at a revision.

    Other files are there without their content: checks only ask whether they exist.

    Raises:
        PlatformError: There is no git, no repository, no such revision, or no blueprint in it.
    """
    root = blueprint.parent
    names = _git(root, revision, "ls-tree", "-r", "-z", "--name-only", revision, ".").decode().split("\0")
    if blueprint.name not in names:
        raise PlatformError(
            f"there is no {blueprint.name} in this folder at {revision}",
            hint="name a revision that has it, or compare with a file",
            code="no-such-revision",
            exit_code=ExitCode.USAGE,
        )
    with tempfile.TemporaryDirectory(prefix="platform-compare-") as folder:
        for name in filter(None, names):
            target = Path(folder, *PurePosixPath(name).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            is_yaml = target.suffix in _YAML
            target.write_bytes(_git(root, revision, "show", f"{revision}:./{name}") if is_yaml else b"")
        yield Path(folder, blueprint.name)


def _git(root: Path, revision: str, *arguments: str) -> bytes:
    program = shutil.which("git")
    if program is None:
        raise PlatformError(
            f'"{revision}" is no file, and without git no revision can be read',
            hint="install git, or compare with a file",
            code="no-git",
        )
    if revision.startswith("-"):
        raise _unknown(revision, "it begins with a dash")
    done = subprocess.run(
        [program, "-C", str(root), *arguments], capture_output=True, timeout=_GIT_TIMEOUT_SECONDS, check=False
    )
    if done.returncode != 0:
        raise _unknown(revision, done.stderr.decode(errors="replace").strip().partition("\n")[0])
    return done.stdout


def _unknown(revision: str, reason: str) -> PlatformError:
    return PlatformError(
        f'"{revision}" is neither a file nor a revision that git knows here: {reason}',
        hint="write --compare main, --compare HEAD~1, or the path of another blueprint.yaml",
        code="no-such-revision",
        exit_code=ExitCode.USAGE,
    )


def _known_usage(usage: ResolvedUsage, other: ResolvedEnvironment) -> ResolvedUsage:
    """The same figures, without those of things that the other blueprint does not have."""
    functions = {function.address for function in other.functions}
    sections = {
        name: {key: value for key, value in part.items() if key in getattr(other, name)}
        for name, part in usage
        if isinstance(part, dict) and name != "functions"
    }
    kept = {key: value for key, value in usage.functions.items() if key in functions}
    return usage.model_copy(update={**sections, "functions": kept})


def _by_path(estimate: CostEstimate) -> dict[str, Decimal]:
    costs: dict[str, Decimal] = {}
    for line in estimate.lines:
        path = line.quantity.path
        costs[path] = costs.get(path, NOTHING) + line.usd
    return costs
