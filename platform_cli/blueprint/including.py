"""`include`: services that stand in files of their own.

An included file has `services` and nothing else. All paths are relative to the file that includes, so
a service means the same wherever its part is written; only a service that says no `path` gets the
folder of the file that it stands in.
"""

from __future__ import annotations

from pathlib import Path as FilePath
from pathlib import PurePosixPath

from platform_cli.blueprint.collecting import Collector
from platform_cli.blueprint.nodes import MappingNode, Node, ScalarNode, SequenceNode
from platform_cli.blueprint.parsing import parse


def leaves_workspace(path: str) -> bool:
    """Whether a path is absolute or leads out of the folder it is relative to."""
    pure = PurePosixPath(path)
    return pure.is_absolute() or ".." in pure.parts or "\\" in path or path[1:2] == ":"


def read_file(path: FilePath, shown: str, collector: Collector) -> Node | None:
    """Read and parse a file; what cannot be read is a finding."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        collector.add_at(
            "unreadable-file",
            f"{shown} is not written in UTF-8 (byte {error.start + 1})",
            file=shown,
            hint="save it as UTF-8",
        )
        return None
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        collector.add_at("unreadable-file", f"{shown} cannot be read: {reason}", file=shown)
        return None
    return parse(text, shown, collector)


def include_services(root: MappingNode, folder: FilePath, collector: Collector) -> MappingNode:
    """Bring the services of included files into the blueprint's tree.

    Args:
        root: The blueprint's tree.
        folder: The folder of the blueprint.
        collector: Takes the findings.

    Returns:
        A new tree with all services; `root` itself where nothing is included.
    """
    patterns = root.get("include")
    if not isinstance(patterns, SequenceNode) or not patterns.items:
        return root
    own = root.entries.get("services")
    if own is not None and not isinstance(own[1], MappingNode) and not _is_null(own[1]):
        return root
    key = own[0] if own else root.entries["include"][0]
    services = dict(own[1].entries) if own is not None and isinstance(own[1], MappingNode) else {}
    seen: set[FilePath] = set()
    for index, item in enumerate(patterns.items):
        if not isinstance(item, ScalarNode) or not isinstance(item.value, str):
            continue
        for path in _matching(item, index, folder, collector):
            if path not in seen:
                seen.add(path)
                _include_file(path, folder, services, collector)
    origin = own[1] if own is not None else patterns
    merged = MappingNode(origin.file, origin.line, origin.column, origin.length, services)
    result = MappingNode(root.file, root.line, root.column, root.length, dict(root.entries), root.flow)
    result.entries["services"] = (key, merged)
    return result


def _matching(item: ScalarNode, index: int, folder: FilePath, collector: Collector) -> list[FilePath]:
    pattern = item.text
    place = ("include", index)
    if leaves_workspace(pattern):
        collector.add(
            "path-outside-workspace",
            f'"{pattern}" leads out of the folder of the blueprint',
            item,
            place,
            "write a path relative to the blueprint, without ..",
        )
        return []
    if not any(character in pattern for character in "*?["):
        path = folder / pattern
        if path.is_file():
            return [path]
        collector.add("include-not-found", f'the file "{pattern}" does not exist', item, place)
        return []
    try:
        found = sorted(path for path in folder.glob(pattern) if path.is_file())
    except ValueError as error:
        collector.add("invalid-format", f'"{pattern}" is no pattern of files: {error}', item, place)
        return []
    if not found:
        collector.add("include-matches-nothing", f'no file matches "{pattern}"', item, place)
    return found


def _include_file(
    path: FilePath,
    folder: FilePath,
    services: dict[str, tuple[ScalarNode, Node]],
    collector: Collector,
) -> None:
    shown = path.relative_to(folder).as_posix()
    tree = read_file(path, shown, collector)
    if tree is None:
        return
    if not isinstance(tree, MappingNode):
        collector.add(
            "include-only-services", f"{shown} is no mapping", tree, hint="it begins with `services:`"
        )
        return
    for key, (key_node, value) in tree.entries.items():
        if key != "services":
            collector.add(
                "include-only-services",
                f'an included file brings services only, and this one has "{key}"',
                key_node,
                (key,),
                "move it into the blueprint itself",
            )
        elif isinstance(value, MappingNode):
            for name, entry in value.entries.items():
                _add_service(name, entry, shown, services, collector)
        elif not _is_null(value):
            collector.add("wrong-type", "services is a mapping of names to services", value, ("services",))


def _add_service(
    name: str,
    entry: tuple[ScalarNode, Node],
    shown: str,
    services: dict[str, tuple[ScalarNode, Node]],
    collector: Collector,
) -> None:
    key, value = entry
    if name in services:
        first = services[name][0]
        collector.add(
            "duplicate-service",
            f'the service "{name}" is declared for the second time',
            key,
            ("services", name),
            f"the first one is in {first.file}:{first.line}",
        )
        return
    if isinstance(value, MappingNode) and "path" not in value.entries:
        own_folder = PurePosixPath(shown).parent.as_posix()
        path_node = ScalarNode(key.file, key.line, key.column, key.length, own_folder, False)
        value = MappingNode(
            value.file, value.line, value.column, value.length, dict(value.entries), value.flow
        )
        value.entries["path"] = (key, path_node)
    services[name] = (key, value)


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None
