"""Run the CDK: from an environment and packages to the files of a cloud assembly.

Importing this module is cheap; `aws_cdk` comes with the first call, after the process is prepared for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import PlatformError
from platform_cli.stacks.events import Report, unreported
from platform_cli.stacks.hooks import apply_patches, load_hook
from platform_cli.stacks.linting import require_valid
from platform_cli.stacks.runtime import cdk_runtime

if TYPE_CHECKING:
    from aws_cdk import App

    from platform_cli.package.building import Artifact, ServicePackage

_CONTEXT: Mapping[str, Any] = {
    # Nothing that differs from run to run or from machine to machine, and nothing that only a console needs.
    "aws:cdk:disable-stack-trace": True,
    "aws:cdk:enable-asset-metadata": False,
    "aws:cdk:enable-path-metadata": False,
    "aws:cdk:version-reporting": False,
    # No reference between stacks is made automatically; if a hook makes one, it must not lock the producer.
    "@aws-cdk/core:defaultCrossStackReferences": "weak",
    "@aws-cdk/core:enablePartitionLiterals": True,
}


def assemble(
    environment: ResolvedEnvironment,
    packages: Mapping[str, ServicePackage],
    root: Path,
    out: Path,
    report: Report = unreported,
    *,
    analytics: Mapping[str, Artifact] = MappingProxyType({}),
    check: Callable[[App], None] = lambda _app: None,
) -> None:
    """Write the assembly of an environment into an empty folder.

    Args:
        environment: What to build; `support.require_built` was asked.
        packages: By service.
        root: The workspace, for the user's hook.
        out: The folder.
        report: Called as each stack is defined.
        analytics: Packages of applications of Flink, by name.
        check: Called with the whole app before it is synthesized; it may add plugins that validate it.

    Raises:
        PlatformError: `synthesis-failed` with what the CDK says, `hook-failed`, `patch-failed`,
            `invalid-template` for what patches and hooks made of a template.
    """
    with cdk_runtime():
        try:
            _run(environment, packages, analytics, root, out, report, check)
        except RuntimeError as error:  # jsii gives every error of the JavaScript side as one
            raise PlatformError(
                f"the CDK refused to synthesize: {_reason(error)}",
                hint="run again with --debug for the whole message",
                code="synthesis-failed",
            ) from error
    apply_patches(environment, out)
    if environment.patches or environment.extend:
        # What we write ourselves is checked by our tests, in all its variety; this is somebody else's.
        require_valid(out)


def _run(
    environment: ResolvedEnvironment,
    packages: Mapping[str, ServicePackage],
    analytics: Mapping[str, Artifact],
    root: Path,
    out: Path,
    report: Report,
    check: Callable[[App], None],
) -> None:
    from aws_cdk import App

    from platform_cli.stacks.constructs.system import build_stacks

    hook = load_hook(environment, root)
    app = App(
        outdir=str(out),
        context=dict(_CONTEXT),
        analytics_reporting=False,
        tree_metadata=False,
        auto_synth=False,
    )
    for stack in build_stacks(app, environment, packages, report, analytics).values():
        hook(stack, environment)
    check(app)
    app.synth()


def _reason(error: RuntimeError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
