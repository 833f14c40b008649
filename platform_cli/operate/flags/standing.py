"""The flags of an environment as they stand: what is written, and what of that is on its way to the hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from platform_cli.operate.flags.differences import FlagDifference, compare
from platform_cli.operate.flags.document import EMPTY, FlagsDocument
from platform_cli.operate.flags.store import FlagStore


@dataclass(frozen=True)
class Standing:
    """Flags as they stand.

    Attributes:
        document: What is written and was not rolled back; the next change is made from it.
        version: Its number; None if nothing was ever written.
        deployed: What everybody has, or is being given.
        deployed_version: Its number; None if nothing was ever deployed.
        waiting: What the next deployment brings along, by flag: written by somebody, deployed by nobody.
    """

    document: FlagsDocument = EMPTY
    version: int | None = None
    deployed: FlagsDocument = EMPTY
    deployed_version: int | None = None
    waiting: Mapping[str, FlagDifference] = field(default_factory=dict)

    @property
    def pending(self) -> int | None:
        """The version that waits for a deployment, or None."""
        return self.version if self.version != self.deployed_version else None


def read_standing(store: FlagStore) -> Standing:
    """How the flags stand.

    Raises:
        PlatformError: What AWS refuses, or `broken-flags`.
    """
    lineage = store.lineage()
    document = store.document(lineage.base)
    if lineage.coming == lineage.base:
        return Standing(document, lineage.base, document, lineage.base)
    deployed = store.document(lineage.coming)
    waiting = {difference.name: difference for difference in compare(deployed, document)}
    return Standing(document, lineage.base, deployed, lineage.coming, waiting)
