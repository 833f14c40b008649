"""Put back what runs left that were killed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedFunction
from platform_cli.deploy.answers import Sleep, expecting, pages
from platform_cli.operate.tuning.journal import Journal, copy_description, read_journals
from platform_cli.operate.tuning.variants import (
    Leftover,
    delete_function,
    delete_layer,
    leftover,
    remove_made,
    restore,
)


@dataclass(frozen=True)
class Cleanup:
    """What was put back.

    Attributes:
        journals: Functions of runs that were found on the disk.
        leftovers: What was found on functions without a journal.
        copies: Temporary copies for another architecture that were found without a journal, and deleted.
        layers: Their layers.
        searched: Whether copies could be looked for, which needs the right to list functions and layers.
        running: Functions of runs on this machine that still go on; they are left alone.
    """

    journals: tuple[str, ...]
    leftovers: tuple[Leftover, ...]
    copies: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    searched: bool = True
    running: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to put back."""
        return not (self.journals or self.leftovers or self.copies or self.layers)


def look(client: Any, root: Path, environment: str, functions: Sequence[ResolvedFunction]) -> Cleanup:
    """What `clean_up` would put back or delete; nothing is changed.

    Args:
        client: Of Lambda.
        root: The workspace.
        environment: Of the blueprint.
        functions: To look at.
    """
    with aws_errors("looking for what a killed tuning left"):
        journals, running, wanted = _journals(root, environment, functions)
        found = [leftover(client, name) for name in sorted(wanted)]
        with expecting("AccessDeniedException") as refused:
            copies, layers = _copies(client, wanted)
    done = tuple(journal.address for journal in journals)
    left = tuple(left for left in found if left.aliases or left.versions)
    if refused:
        return Cleanup(done, left, searched=False, running=running)
    return Cleanup(done, left, copies, layers, running=running)


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
    done = []
    with aws_errors("putting back what a killed tuning left"):
        journals, running, wanted = _journals(root, environment, functions)
        for journal in journals:
            restore(client, journal, sleep=sleep)
            done.append(journal.address)
        found = [remove_made(client, name) for name in sorted(wanted)]
        with expecting("AccessDeniedException") as refused:
            copies, layers = _remove_copies(client, wanted)
    left = tuple(left for left in found if left.aliases or left.versions)
    if refused:
        return Cleanup(tuple(done), left, searched=False, running=running)
    return Cleanup(tuple(done), left, copies, layers, running=running)


def _journals(
    root: Path, environment: str, functions: Sequence[ResolvedFunction]
) -> tuple[list[Journal], tuple[str, ...], set[str]]:
    """The journals of runs that were killed, the functions of those that go on, and all others by name."""
    wanted = {f.physical_name for f in functions}
    found = [journal for journal in read_journals(root, environment) if journal.function in wanted]
    going_on = [journal for journal in found if journal.goes_on]
    ended = [journal for journal in found if not journal.goes_on]
    return ended, tuple(j.address for j in going_on), wanted - {j.function for j in going_on}


def _remove_copies(client: Any, functions: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete the temporary copies of functions, and the layers that were made for them."""
    copies, layers = _copies(client, functions)
    for name in copies:
        delete_function(client, name)
    for name in layers:
        delete_layer(client, name)
    return copies, layers


def _copies(client: Any, functions: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    made, marks = {copy_description(name) for name in functions}, ("Marker", "NextMarker")
    copies = [
        told["FunctionName"]
        for told in pages(client.list_functions, "Functions", paging=marks)
        if told.get("Description") in made
    ]
    layers = [
        told["LayerName"]
        for told in pages(client.list_layers, "Layers", paging=marks)
        if told.get("LatestMatchingVersion", {}).get("Description") in made
    ]
    return tuple(copies), tuple(layers)
