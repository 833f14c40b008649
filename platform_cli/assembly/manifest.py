"""The parts of `manifest.json` and `*.assets.json` that are read, as the CDK writes them.

The schema is the CDK's (cloud-assembly-schema 55, read in November 2026), has many more fields, and
grows; what is not named here is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

STACK = "aws:cloudformation:stack"
ASSET_MANIFEST = "cdk:asset-manifest"
NESTED_ASSEMBLY = "cdk:cloud-assembly"


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Artifact(_Read):
    """An entry of the manifest; what `properties` mean depends on `type`."""

    type: str
    environment: str | None = None
    properties: Mapping[str, Any] = Field(default_factory=dict)
    dependencies: tuple[str, ...] = ()


class Manifest(_Read):
    """`manifest.json`."""

    version: str
    artifacts: Mapping[str, Artifact] = Field(default_factory=dict)


class StackProperties(_Read):
    """Properties of an artifact that is a stack."""

    template_file: str = Field(alias="templateFile")
    stack_name: str | None = Field(default=None, alias="stackName")
    tags: Mapping[str, str] = Field(default_factory=dict)
    termination_protection: bool = Field(default=False, alias="terminationProtection")
    deploy_role_arn: str | None = Field(default=None, alias="assumeRoleArn")
    execution_role_arn: str | None = Field(default=None, alias="cloudFormationExecutionRoleArn")
    bootstrap_version_parameter: str | None = Field(default=None, alias="bootstrapStackVersionSsmParameter")
    required_bootstrap_version: int | None = Field(default=None, alias="requiresBootstrapStackVersion")


class AssetManifestProperties(_Read):
    """Properties of an artifact that lists assets."""

    file: str


class FileSource(_Read):
    """Where an asset is in the assembly."""

    path: str | None = None
    packaging: Literal["file", "zip"] = "file"


class FileDestination(_Read):
    """Where an asset goes; with placeholders."""

    bucket: str = Field(alias="bucketName")
    key: str = Field(alias="objectKey")
    role_arn: str | None = Field(default=None, alias="assumeRoleArn")


class AssetEntry(_Read):
    """One file of an asset manifest."""

    display_name: str | None = Field(default=None, alias="displayName")
    source: FileSource
    destinations: Mapping[str, FileDestination]


class AssetManifest(_Read):
    """`*.assets.json`."""

    files: Mapping[str, AssetEntry] = Field(default_factory=dict)
    images: Mapping[str, Any] = Field(default_factory=dict, alias="dockerImages")
