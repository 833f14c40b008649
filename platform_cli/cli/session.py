"""What a command works with: the options, the terminal, the blueprint and its environment."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_cli.cli.work import Work
from platform_cli.errors import ExitCode, Place, PlatformError

if TYPE_CHECKING:
    from platform_cli.blueprint.loading import Inspection
    from platform_cli.blueprint.resolved import ResolvedEnvironment
    from platform_cli.cli.options import GlobalOptions
    from platform_cli.cli.terminal import Terminal


class Session:
    """One run of the command line."""

    def __init__(self, options: GlobalOptions, terminal: Terminal) -> None:
        self.options = options
        self.terminal = terminal
        self.interrupted = False
        self.work = Work()

    @cached_property
    def blueprint_path(self) -> Path:
        """The blueprint that this run is about.

        Raises:
            PlatformError: There is none.
        """
        from platform_cli.blueprint.loading import find_blueprint

        given = self.options.blueprint
        if given is None:
            return find_blueprint(Path.cwd())
        path = given / "blueprint.yaml" if given.is_dir() else given
        if not path.is_file():
            raise PlatformError(
                f"there is no blueprint at {path}",
                hint="give the path of a blueprint.yaml, or of the folder that holds one",
                code="no-blueprint",
                exit_code=ExitCode.USAGE,
            )
        return path.resolve()

    @cached_property
    def inspection(self) -> Inspection:
        """The blueprint as read, with everything that was found in it."""
        from platform_cli.blueprint.loading import inspect_blueprint

        inspection = inspect_blueprint(self.blueprint_path)
        self.terminal.base = inspection.root
        return inspection

    @cached_property
    def environment(self) -> ResolvedEnvironment:
        """The environment that this run is about.

        Raises:
            BlueprintInvalid: With every error of the blueprint.
            PlatformError: There is no such environment.
        """
        from platform_cli.blueprint.resolving import resolve

        return resolve(self.inspection, self.options.environment)

    def locate(self, path: str) -> Place | None:
        """Find the line of a dotted path, `services.orders.functions.create`; None if it is no such path."""
        # An error may come before a blueprint was read, or because it cannot be.
        inspection: Inspection | None = self.__dict__.get("inspection")
        if inspection is None or inspection.tree is None or "." not in path:
            return None
        place = inspection.locate(tuple(path.split(".")))
        return place if place.line is not None else None

    @property
    def root(self) -> Path:
        """The workspace: the folder of the blueprint."""
        return self.inspection.root

    @property
    def cache(self) -> Path:
        """Where what is built once is kept, for every workspace of this user."""
        from platform_cli.local.environment import cache_folder

        return cache_folder()

    def output_folder(self, given: Path | None = None) -> Path:
        """Where this environment's cloud assembly goes."""
        return given or self.root / ".platform" / "cdk.out" / self.environment.environment


def session_of(context: Any) -> Session:
    """Return the session that a command's context carries."""
    session: Session = context.obj
    return session
