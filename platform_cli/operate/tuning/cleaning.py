"""Put back what runs left that were killed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedFunction
from platform_cli.deploy.answers import Sleep
from platform_cli.operate.tuning.journal import read_journals
from platform_cli.operate.tuning.variants import Leftover, remove_made, restore


@dataclass(frozen=True)
class Cleanup:
    """What was put back.

    Attributes:
        journals: Functions of runs that were found on the disk.
        leftovers: What was found on functions without a journal.
    """

    journals: tuple[str, ...]
    leftovers: tuple[Leftover, ...]


def clean_up(
    client: Any, root: Path, environment: str, functions: Sequence[ResolvedFunction], *, sleep: Sleep
) -> Cleanup:
    """Put back what the journals say, then delete what other runs left on functions.

    Where the journal is lost, `$LATEST` stays as it is: only the blueprint knows what it should have, and
    the next deployment or `Leftover.memory_mb` says so.

    Args:
        client: Of Lambda.
        root: The workspace.
        environment: Of the blueprint.
        functions: To look at.
        sleep: Waits for Lambda.
    """
    wanted = {f.physical_name for f in functions}
    done = []
    with aws_errors("putting back what a killed tuning left"):
        for journal in read_journals(root, environment):
            if journal.function in wanted:
                restore(client, journal, sleep=sleep)
                done.append(journal.address)
        found = [remove_made(client, name) for name in sorted(wanted)]
    return Cleanup(tuple(done), tuple(left for left in found if left.aliases or left.versions))
