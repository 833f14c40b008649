"""Read a folder `cdk.out` into an `Assembly`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from platform_cli.assembly import manifest as cdk
from platform_cli.assembly.model import Assembly, FileAsset, StackArtifact
from platform_cli.errors import Place, PlatformError

_SYNTH = "run `platform synth` to write it anew"
# The partitions of AWS by the start of a region's name; everywhere else it is `aws`.
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-iso-", "aws-iso"),
    ("eusc-", "aws-eusc"),
)
_Model = TypeVar("_Model", bound=BaseModel)


def read_assembly(path: Path) -> Assembly:
    """Read the cloud assembly in the folder `path`.

    Placeholders (`${AWS::AccountId}`, `${AWS::Region}`, `${AWS::Partition}`) in names of buckets,
    keys and roles are resolved by the environment of the stack that they belong to.

    Raises:
        PlatformError: `no-assembly` if there is none; `broken-assembly` if a file of it is missing or
            not what it should be; `unsupported-assembly` if it holds what this tool cannot deploy.
    """
    manifest_path = path / "manifest.json"
    if not manifest_path.is_file():
        raise PlatformError(
            f"{path} is no cloud assembly: it has no manifest.json",
            hint="run `platform synth` first",
            code="no-assembly",
        )
    manifest = _model(cdk.Manifest, _json(manifest_path), manifest_path)
    for artifact_id, artifact in manifest.artifacts.items():
        if artifact.type == cdk.NESTED_ASSEMBLY:
            raise PlatformError(
                f'the cloud assembly has the stage "{artifact_id}", and stages cannot be deployed',
                hint="give the path of the stage's own folder, or put the stacks directly in the app",
                code="unsupported-assembly",
                where=Place(str(manifest_path)),
            )
    stacks = {
        artifact_id: _stack(artifact_id, artifact, manifest, path)
        for artifact_id, artifact in manifest.artifacts.items()
        if artifact.type == cdk.STACK
    }
    return Assembly(path=path, stacks=_in_order(stacks, manifest_path))


def _stack(artifact_id: str, artifact: cdk.Artifact, manifest: cdk.Manifest, folder: Path) -> StackArtifact:
    manifest_path = folder / "manifest.json"
    properties = _model(cdk.StackProperties, artifact.properties, manifest_path)
    account, region = _environment(artifact_id, artifact.environment, manifest_path)
    template_path = _inside(folder, properties.template_file, manifest_path)
    template = _json(template_path)
    if not isinstance(template, dict):
        raise _broken(f"{template_path.name} is no template", template_path)
    asset_manifests, dependencies = _sorted_dependencies(artifact_id, artifact, manifest, manifest_path)
    assets = [
        asset
        for manifest_id in asset_manifests
        for asset in _assets(manifest.artifacts[manifest_id], folder, account, region)
    ]
    return StackArtifact(
        id=artifact_id,
        name=properties.stack_name or artifact_id,
        account=account,
        region=region,
        template=template,
        template_path=template_path,
        dependencies=dependencies,
        assets=tuple(assets),
        tags=dict(sorted(properties.tags.items())),
        termination_protection=properties.termination_protection,
        deploy_role_arn=_resolved(properties.deploy_role_arn, account, region),
        execution_role_arn=_resolved(properties.execution_role_arn, account, region),
        bootstrap_version_parameter=properties.bootstrap_version_parameter,
        required_bootstrap_version=properties.required_bootstrap_version,
    )


def _sorted_dependencies(
    artifact_id: str, artifact: cdk.Artifact, manifest: cdk.Manifest, manifest_path: Path
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The asset manifests and the stacks that an artifact depends on."""
    kinds: dict[str, list[str]] = {cdk.ASSET_MANIFEST: [], cdk.STACK: []}
    for dependency in artifact.dependencies:
        if dependency not in manifest.artifacts:
            raise _broken(
                f'stack "{artifact_id}" depends on "{dependency}", which is not there', manifest_path
            )
        kinds.get(manifest.artifacts[dependency].type, []).append(dependency)
    return tuple(sorted(kinds[cdk.ASSET_MANIFEST])), tuple(sorted(kinds[cdk.STACK]))


def _assets(artifact: cdk.Artifact, folder: Path, account: str, region: str) -> Iterable[FileAsset]:
    manifest_path = folder / "manifest.json"
    properties = _model(cdk.AssetManifestProperties, artifact.properties, manifest_path)
    path = _inside(folder, properties.file, manifest_path)
    listed = _model(cdk.AssetManifest, _json(path), path)
    if listed.images:
        raise PlatformError(
            f"{path.name} lists container images, which cannot be deployed",
            hint="package the code as a zip",
            code="unsupported-assembly",
            where=Place(str(path)),
        )
    for asset_id, entry in sorted(listed.files.items()):
        if entry.source.path is None:
            raise PlatformError(
                f'the asset "{asset_id}" of {path.name} is made by a program, which is not supported',
                hint="let the app write the file itself",
                code="unsupported-assembly",
                where=Place(str(path)),
            )
        source = _inside(folder, entry.source.path, path)
        for _, destination in sorted(entry.destinations.items()):
            yield FileAsset(
                id=asset_id,
                path=source,
                packaging=entry.source.packaging,
                bucket=_filled(destination.bucket, account, region),
                key=_filled(destination.key, account, region),
                role_arn=_resolved(destination.role_arn, account, region),
                display_name=entry.display_name or asset_id,
            )


def _environment(artifact_id: str, text: str | None, manifest_path: Path) -> tuple[str, str]:
    scheme, _, rest = (text or "").partition("://")
    account, _, region = rest.partition("/")
    if scheme != "aws" or not account or not region:
        raise _broken(f'stack "{artifact_id}" has the environment "{text}"', manifest_path)
    if account == "unknown-account" or region == "unknown-region":
        raise PlatformError(
            f'stack "{artifact_id}" names no account or no region',
            hint="give the stack an environment: `env=Environment(account=…, region=…)`",
            code="unsupported-assembly",
            where=Place(str(manifest_path)),
        )
    return account, region


def partition(region: str) -> str:
    """The partition of AWS that a region is in: `aws`, `aws-cn`, …."""
    return next((name for start, name in _PARTITIONS if region.startswith(start)), "aws")


def _filled(text: str, account: str, region: str) -> str:
    return (
        text.replace("${AWS::AccountId}", account)
        .replace("${AWS::Region}", region)
        .replace("${AWS::Partition}", partition(region))
    )


def _resolved(text: str | None, account: str, region: str) -> str | None:
    return None if text is None else _filled(text, account, region)


def _in_order(stacks: Mapping[str, StackArtifact], manifest_path: Path) -> tuple[StackArtifact, ...]:
    """Producers first; among equals by id, so that the order is the same wherever it is computed."""
    sorter = TopologicalSorter({stack_id: stacks[stack_id].dependencies for stack_id in sorted(stacks)})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise _broken(f"stacks depend on each other in a circle: {circle}", manifest_path) from error
    ordered: list[StackArtifact] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered.extend(stacks[stack_id] for stack_id in ready)
        sorter.done(*ready)
    return tuple(ordered)


def _inside(folder: Path, name: str, named_by: Path) -> Path:
    """A file of the assembly; it must exist."""
    path = folder / name
    if not path.exists():
        raise _broken(f"{named_by.name} names {name}, which is missing", path)
    return path


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise _broken(f"{path.name} is not JSON: {error.msg}", path, error.lineno, error.colno) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _broken(f"{path.name} cannot be read: {error}", path) from error


def _model(model: type[_Model], data: object, path: Path) -> _Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in first["loc"])
        message = first["msg"][:1].lower() + first["msg"][1:]
        raise _broken(
            f"{path.name} is not as the CDK writes it: {at or 'the whole'}: {message}", path
        ) from error


def _broken(message: str, path: Path, line: int | None = None, column: int | None = None) -> PlatformError:
    return PlatformError(message, hint=_SYNTH, code="broken-assembly", where=Place(str(path), line, column))
