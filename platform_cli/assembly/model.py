"""What a cloud assembly holds, typed: stacks in the order they are deployed, and their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from platform_cli.errors import PlatformError


@dataclass(frozen=True)
class FileAsset:
    """A file that must be in the bootstrap bucket before its stack is deployed.

    Attributes:
        id: The content hash by which the CDK knows it.
        path: Where it is now; a folder if `packaging` is `zip`.
        packaging: `file` is uploaded as it is, `zip` is zipped first.
        bucket: The bucket, with every placeholder resolved.
        key: The object's key.
        role_arn: The role to assume for the upload, or None to use one's own rights.
        display_name: How the CDK calls it, for progress; the id where it says nothing.
    """

    id: str
    path: Path
    packaging: Literal["file", "zip"]
    bucket: str
    key: str
    role_arn: str | None
    display_name: str = ""


@dataclass(frozen=True)
class StackArtifact:
    """One CloudFormation stack of the assembly.

    Attributes:
        id: Its id in the manifest, by which `dependencies` name it.
        name: The name that CloudFormation knows.
        account: Twelve digits.
        region: As AWS calls it.
        template: The parsed template; to be read, never changed.
        template_path: The file that it came from.
        dependencies: Ids of stacks that must be deployed before.
        assets: What must be uploaded before, the template itself among it.
        tags: Tags of the stack.
        termination_protection: Whether the stack shall refuse deletion.
        deploy_role_arn: The role to assume for talking to CloudFormation, or None.
        execution_role_arn: The role that CloudFormation itself takes on, or None.
        bootstrap_version_parameter: The parameter that says how recent the bootstrap is, or None.
        required_bootstrap_version: The least version of it that will do, or None.
    """

    id: str
    name: str
    account: str
    region: str
    template: Mapping[str, Any]
    template_path: Path
    dependencies: tuple[str, ...] = ()
    assets: tuple[FileAsset, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    termination_protection: bool = False
    deploy_role_arn: str | None = None
    execution_role_arn: str | None = None
    bootstrap_version_parameter: str | None = None
    required_bootstrap_version: int | None = None

    @property
    def template_asset(self) -> FileAsset | None:
        """The asset that is the template itself, or None if it is given in line."""
        return next((asset for asset in self.assets if asset.path == self.template_path), None)


@dataclass(frozen=True)
class Assembly:
    """A folder `cdk.out`; `stacks` are in dependency order, a producer before its consumers."""

    path: Path
    stacks: tuple[StackArtifact, ...]

    def stack(self, name: str) -> StackArtifact:
        """The stack that CloudFormation calls `name`.

        Raises:
            PlatformError: `unknown-stack`, naming those that there are.
        """
        for stack in self.stacks:
            if stack.name == name:
                return stack
        known = ", ".join(stack.name for stack in self.stacks) or "none"
        raise PlatformError(
            f'the cloud assembly has no stack "{name}"', hint=f"stacks: {known}", code="unknown-stack"
        )
