"""From a path to everything that can be said about the blueprint there.

In: a path. Out: an `Inspection`: the blueprint, and all findings at once.
Never: raising for bad content, resolving, network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platform_cli.blueprint.checks import check_variant, check_whole
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.collecting import Collector, Sources, spot
from platform_cli.blueprint.event_schemas import schemas_of
from platform_cli.blueprint.findings import Finding, Severity
from platform_cli.blueprint.including import include_services, read_file
from platform_cli.blueprint.merging import merge
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.nodes import MappingNode, Node, find, mapping_of, walk
from platform_cli.blueprint.presets import expand_presets
from platform_cli.blueprint.shapes import read_shape
from platform_cli.errors import ExitCode, Place, PlatformError

FILE_NAME = "blueprint.yaml"


@dataclass(frozen=True)
class Inspection:
    """A blueprint and what was found.

    Attributes:
        path: The blueprint's file.
        root: Its folder, to which all paths of the blueprint are relative.
        blueprint: What it says, without overrides; None where its shape has errors.
        findings: Errors, warnings and notices, by place.
        variants: For each environment, the blueprint with the environment's overrides.
        schemas: The content of each file with the schema of an event, as JSON, by the path in the blueprint.
    """

    path: Path
    root: Path
    blueprint: Blueprint | None
    findings: tuple[Finding, ...]
    variants: Mapping[str, Blueprint] = field(default_factory=dict, repr=False)
    tree: Node | None = field(default=None, repr=False, compare=False)
    schemas: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep a command from working."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    def locate(self, path: tuple[str | int, ...]) -> Place:
        """Where something stands, such as `("services", "orders", "functions", "create")`.

        The nearest parent's place if it is not written (a default), the file if nothing is.
        """
        if self.tree is None:
            return Place(self.path.name)
        node = spot(self.tree, path, key=True)
        return Place(node.file, node.line, node.column)


def find_blueprint(start: Path) -> Path:
    """The nearest `blueprint.yaml`, from a folder upwards.

    Raises:
        PlatformError: There is none (code `no-blueprint`).
    """
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        path = candidate / FILE_NAME
        if path.is_file():
            return path
    raise PlatformError(
        f"there is no {FILE_NAME} in {folder}, nor in any folder above it",
        hint="`platform init` starts one; `--blueprint PATH` names one elsewhere",
        code="no-blueprint",
        exit_code=ExitCode.USAGE,
    )


def inspect_blueprint(path: Path) -> Inspection:
    """Read a blueprint and check it, in every environment.

    Args:
        path: The blueprint's file.

    Returns:
        What it says and all findings; bad content is a finding, never an exception.

    Raises:
        PlatformError: The file does not exist (code `no-blueprint`).
    """
    if not path.exists():
        raise PlatformError(
            f"the blueprint {path} does not exist",
            hint="`platform init` starts one; `--blueprint PATH` names one elsewhere",
            code="no-blueprint",
            exit_code=ExitCode.USAGE,
        )
    path = path.resolve()
    collector = Collector()
    tree = read_file(path, path.name, collector)
    if tree is not None and not isinstance(tree, MappingNode):
        collector.add(
            "wrong-type",
            "the blueprint is a mapping of keys to values",
            tree,
            hint="begin with `blueprint: 1`",
        )
        tree = None
    if tree is None:
        return Inspection(path, path.parent, None, collector.sorted())
    written = include_services(tree, path.parent, collector)
    tree = expand_presets(written, collector)
    shape = read_shape(tree, collector)
    blueprint, whole = shape.blueprint, not shape.wrong
    if blueprint is None:
        return Inspection(path, path.parent, None, collector.sorted(), tree=tree)
    base = Context(blueprint, shape.tree, tree, collector, path.parent, None, shape.wrong)
    check_variant(base)
    variants: dict[str, Blueprint] = {}
    contexts = [base]
    for name in blueprint.environments:
        override = find(tree, ("environments", name, "overrides"))
        if not mapping_of(override):
            variants[name] = blueprint
            continue
        assert override is not None
        context = _inspect_variant(written, override, name, path.parent, collector)
        if context is not None:
            variants[name] = context.blueprint
            contexts.append(context)
    check_whole(contexts)
    if not whole:
        return Inspection(path, path.parent, None, collector.sorted(), tree=tree)
    schemas = schemas_of(variants.values(), path.parent)
    return Inspection(path, path.parent, blueprint, collector.sorted(), variants, tree, schemas)


def _inspect_variant(
    tree: Node, override: Node, environment: str, root: Path, collector: Collector
) -> Context | None:
    """Check the blueprint with an environment's overrides; what the base has too is said once."""
    own = Collector(Sources(collector.sources.lines))
    merged = expand_presets(merge(tree, override, environment, own), own)
    shape = read_shape(merged, own)
    context = None
    if shape.blueprint is not None:
        context = Context(shape.blueprint, shape.tree, merged, own, root, environment, shape.wrong)
        check_variant(context)
    places = {(node.file, node.line, node.column) for node in _nodes(override)}
    for key, finding in own.findings.items():
        if key in collector.findings:
            continue
        place = finding.place
        if (place.file, place.line, place.column) in places:
            path = finding.path
            if path[:1] != ("environments",):
                path = ("environments", environment, "overrides", *path)
            message = finding.message
        else:
            path, message = finding.path, f"{finding.message} (in environment {environment})"
        said = Finding(
            finding.code,
            finding.severity,
            message,
            place,
            path,
            finding.source_line,
            finding.length,
            finding.hint,
        )
        collector.findings.setdefault((finding.code, place, message), said)
    return context


def _nodes(tree: Node) -> list[Node]:
    nodes: list[Node] = []
    for _, node in walk(tree):
        nodes.append(node)
        nodes.extend(key for key, _ in mapping_of(node).values())
    return nodes
