"""What a check is given, and how it reports."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from platform_cli.blueprint.collecting import Collector, spot
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.services import Function, Service
from platform_cli.blueprint.nodes import Node, Path, find, mapping_of

SINGULAR = {
    "apis": "API",
    "backups": "backup plan",
    "buckets": "bucket",
    "buses": "bus",
    "caches": "cache",
    "certificates": "certificate",
    "config": "group of settings",
    "databases": "database",
    "event_stores": "event store",
    "firewalls": "firewall",
    "flags": "flag",
    "functions": "function",
    "hosted_zones": "hosted zone",
    "hosts": "host",
    "identity": "user pool",
    "load_balancers": "load balancer",
    "networks": "network",
    "queues": "queue",
    "secrets": "secret",
    "streams": "stream",
    "tables": "table",
    "topics": "topic",
}
UNKNOWN_CODES = {
    "apis": "unknown-api",
    "backups": "unknown-backup",
    "buckets": "unknown-bucket",
    "buses": "unknown-bus",
    "caches": "unknown-cache",
    "certificates": "unknown-certificate",
    "config": "unknown-config",
    "databases": "unknown-database",
    "event_stores": "unknown-event-store",
    "firewalls": "unknown-firewall",
    "flags": "unknown-flag",
    "functions": "unknown-function",
    "hosted_zones": "unknown-hosted-zone",
    "hosts": "unknown-host",
    "identity": "unknown-identity",
    "load_balancers": "unknown-load-balancer",
    "networks": "unknown-network",
    "queues": "unknown-queue",
    "secrets": "unknown-secret",
    "streams": "unknown-stream",
    "tables": "unknown-table",
    "topics": "unknown-topic",
}
EXTERNAL_SECTIONS = ("buckets", "certificates", "hosted_zones", "hosts", "networks", "tables")


@dataclass(frozen=True)
class Context:
    """A blueprint to check.

    Attributes:
        blueprint: What it says, without what has the wrong shape.
        tree: The document that the blueprint was made of, with positions.
        written: The document with all that is written, of whatever shape.
        collector: Takes the findings.
        root: The folder of the blueprint.
        environment: The environment whose overrides are merged in; None for the blueprint itself.
        wrong: Where the shape is wrong.
    """

    blueprint: Blueprint
    tree: Node
    written: Node
    collector: Collector
    root: FilePath
    environment: str | None
    wrong: frozenset[Path]

    def is_sound(self, *path: str | int) -> bool:
        """Whether the shape of everything under a path is right, so that what lacks is not written."""
        return not any(wrong[: len(path)] == path for wrong in self.wrong)

    def report(
        self, code: str, message: str, path: Path, *, key: bool = False, hint: str | None = None
    ) -> None:
        """Add a finding at a value, or at its key."""
        self.collector.add(code, message, spot(self.tree, path, key=key), path, hint)

    def environments(self) -> tuple[str, ...]:
        """The environments that it speaks of: its own, or all."""
        return (self.environment,) if self.environment else tuple(self.blueprint.environments)

    def names(self, section: str) -> Collection[str]:
        """What is declared in a section, and under `external`; also what has the wrong shape."""
        declared = dict.fromkeys(mapping_of(find(self.written, (section,))))
        if section in EXTERNAL_SECTIONS:
            declared.update(dict.fromkeys(mapping_of(find(self.written, ("external", section)))))
        return declared.keys()

    def function_addresses(self) -> list[str]:
        """All functions as `service.function`; also those that have the wrong shape."""
        services = mapping_of(find(self.written, ("services",)))
        return [
            f"{service}.{function}"
            for service, (_, node) in services.items()
            for function in mapping_of(find(node, ("functions",)))
        ]

    def functions(self) -> Iterator[tuple[str, Service, str, Function, Path]]:
        """Each function with its service's name, its service, its name, and its path in the document."""
        for service_name, service in self.blueprint.services.items():
            for name, function in service.functions.items():
                path = ("services", service_name, "functions", name)
                yield service_name, service, name, function, path

    def require(self, section: str, name: str, path: Path, what: str, *, key: bool = False) -> bool:
        """Report a name that a section does not declare.

        Args:
            section: Where it should be declared.
            name: The name.
            path: Where it is used.
            what: Who uses it and how: `function orders.create reads`.
            key: Whether the name stands in a key rather than in a value.

        Returns:
            Whether it is declared.
        """
        names = self.names(section)
        if name in names:
            return True
        place = section if hasattr(self.blueprint, section) else f"external.{section}"
        self.report(
            UNKNOWN_CODES[section],
            f'{what} {SINGULAR[section]} "{name}", which is not declared',
            path,
            key=key,
            hint=nearest_hint(name, names, otherwise=f"declare it under `{place}`"),
        )
        return False
