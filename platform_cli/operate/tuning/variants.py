"""A published version and a temporary alias for every size; and everything back as it was.

`$LATEST` is the only place where Lambda takes a new memory size, so it is moved while versions are
published, and moved back before the first call. Nothing else that serves users is touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from platform_cli.deploy.answers import Sleep, expecting, pages
from platform_cli.errors import PlatformError
from platform_cli.operate.tuning.journal import ALIAS_PREFIX, DESCRIPTION, Journal
from platform_cli.operate.tuning.observations import Variant

_POLL_SECONDS = 0.5
_POLLS = 600
_MADE_BY = re.compile(re.escape(DESCRIPTION) + r", run (\w+); \$LATEST had (\d+) MB")


@dataclass(frozen=True)
class Published:
    """Where a size can be called.

    Attributes:
        function: The function, or its copy.
        alias: Of the size.
        version: Published for the run, which lines in the log bear; empty where it was there before.
    """

    function: str
    alias: str
    version: str = ""


@dataclass(frozen=True)
class Leftover:
    """What a run whose journal is lost left on a function."""

    function: str
    aliases: tuple[str, ...]
    versions: tuple[str, ...]
    memory_mb: int | None


@contextmanager
def published(
    client: Any, journal: Journal, variants: Sequence[Variant], *, sleep: Sleep
) -> Iterator[Mapping[Variant, Published]]:
    """Publish sizes for the body, and put everything back after it, whatever happens in it.

    Args:
        client: Of Lambda.
        journal: Written before each change; closed when all is back.
        variants: Of the function's own architecture.
        sleep: Waits for Lambda to finish a change.

    Raises:
        PlatformError: `changed-meanwhile` if somebody deploys at the same time; `tuning-not-restored` if
            something could not be put back.
    """
    holding = [journal]
    try:
        yield publish(client, holding, journal.function, variants, sleep=sleep)
    finally:
        restore(client, holding[0], sleep=sleep)


def publish(
    client: Any, holding: list[Journal], function: str, variants: Sequence[Variant], *, sleep: Sleep
) -> dict[Variant, Published]:
    """Publish sizes of a function, and set `$LATEST` back to what it had.

    Args:
        client: Of Lambda.
        holding: The journal; its newest state is left in it.
        function: The function, or its copy.
        variants: Sizes.
        sleep: Waits for Lambda.
    """
    made: dict[Variant, Published] = {}
    for variant in variants:
        configuration = settled(client, function, sleep=sleep)
        if configuration["MemorySize"] != variant.memory_mb:
            if function == holding[0].function:
                holding[0] = holding[0].noting(set_mb=(*holding[0].set_mb, variant.memory_mb))
            _set_memory(client, function, variant.memory_mb, configuration)
            configuration = settled(client, function, sleep=sleep)
        with _unchanged(function):
            told = client.publish_version(
                FunctionName=function,
                Description=holding[0].description,
                **_revision(configuration),
            )
        version = told["Version"]
        settled(client, function, version, sleep=sleep)
        alias = f"{holding[0].alias_prefix}{variant.memory_mb}"
        client.create_alias(
            FunctionName=function, Name=alias, FunctionVersion=version, Description=DESCRIPTION
        )
        # Where nothing changed since the last version, Lambda names that one, which users may call.
        own = told.get("Description") == holding[0].description
        made[variant] = Published(function, alias, version if own else "")
    if function == holding[0].function:
        _restore_memory(client, holding[0], sleep=sleep)
        # From here on, another size of `$LATEST` is somebody's deployment.
        holding[0] = holding[0].noting(set_mb=())
    return made


def settled(client: Any, function: str, qualifier: str | None = None, *, sleep: Sleep) -> Mapping[str, Any]:
    """A configuration, once Lambda has finished changing it.

    Raises:
        PlatformError: `function-unusable` if the change failed or does not end.
    """
    arguments = {"FunctionName": function, **({"Qualifier": qualifier} if qualifier else {})}
    for _ in range(_POLLS):
        told: Mapping[str, Any] = client.get_function_configuration(**arguments)
        state, update = told.get("State", "Active"), told.get("LastUpdateStatus", "Successful")
        if "Failed" in (state, update):
            break
        if state != "Pending" and update != "InProgress":
            return told
        sleep(_POLL_SECONDS)
    reason = told.get("StateReason") or told.get("LastUpdateStatusReason") or "it does not become active"
    raise PlatformError(f"the function {function} cannot be used: {reason}", code="function-unusable")


def restore(client: Any, journal: Journal, *, sleep: Sleep) -> None:
    """Put everything back that a run changed; what is back already stays as it is.

    Args:
        client: Of Lambda.
        journal: Of the run; closed when all is back.
        sleep: Waits for Lambda.

    Raises:
        PlatformError: `tuning-not-restored`, with what could not be put back; the journal stays.
    """
    steps: list[tuple[str, Callable[[], object]]] = [
        (f"$LATEST to {journal.memory_mb} MB", lambda: _restore_memory(client, journal, sleep=sleep)),
        ("the aliases and versions", lambda: remove_made(client, journal.function, journal.run)),
    ]
    if journal.copy is not None:
        steps.append((f"the copy {journal.copy}", lambda: delete_function(client, journal.copy or "")))
    if journal.layer is not None:
        steps.append((f"the layer {journal.layer}", lambda: delete_layer(client, journal.layer or "")))
    failed, last = [], None
    for what, step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - each step is tried, whatever became of the others
            failed.append(f"{what}: {error}")
            last = error
    if last is not None:
        raise PlatformError(
            f"not everything of {journal.function} could be put back: {'; '.join(failed)}",
            hint=f"run `platform tune-memory {journal.address} --env {journal.environment} --cleanup`",
            code="tuning-not-restored",
        ) from last
    journal.close()


def remove_made(client: Any, function: str, run: str | None = None) -> Leftover:
    """Delete the aliases and versions that a run, or any run, made; and say which those were."""
    found = leftover(client, function, run)
    for alias in found.aliases:
        client.delete_alias(FunctionName=function, Name=alias)
    for version in found.versions:
        with expecting("ResourceNotFoundException"):
            client.delete_function(FunctionName=function, Qualifier=version)
    return found


def leftover(client: Any, function: str, run: str | None = None) -> Leftover:
    """What runs made on a function and is still there."""
    prefix = f"{ALIAS_PREFIX}{run}-" if run else ALIAS_PREFIX
    aliases: list[str] = []
    versions: list[str] = []
    memory = None
    with expecting("ResourceNotFoundException"):
        marks = ("Marker", "NextMarker")
        for alias in pages(client.list_aliases, "Aliases", paging=marks, FunctionName=function):
            if alias["Name"].startswith(prefix):
                aliases.append(alias["Name"])
        for version in pages(
            client.list_versions_by_function, "Versions", paging=marks, FunctionName=function
        ):
            made = _MADE_BY.match(version.get("Description") or "")
            # `$LATEST` never carries the description; a version of another run is not ours.
            if made is not None and version["Version"] != "$LATEST" and run in (None, made[1]):
                versions.append(version["Version"])
                memory = int(made[2])
    return Leftover(function, tuple(aliases), tuple(versions), memory)


def _restore_memory(client: Any, journal: Journal, *, sleep: Sleep) -> None:
    if not journal.set_mb:
        return
    with expecting("ResourceNotFoundException") as gone:
        configuration = settled(client, journal.function, sleep=sleep)
    if gone or configuration["MemorySize"] == journal.memory_mb:
        return
    if configuration["MemorySize"] not in journal.set_mb:
        return  # somebody deployed another size meanwhile; that one stands
    _set_memory(client, journal.function, journal.memory_mb, configuration)
    settled(client, journal.function, sleep=sleep)


def _set_memory(client: Any, function: str, memory_mb: int, configuration: Mapping[str, Any]) -> None:
    with _unchanged(function):
        client.update_function_configuration(
            FunctionName=function, MemorySize=memory_mb, **_revision(configuration)
        )


def _revision(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Refuse to change what is not as it was read; servers that only resemble Lambda keep no revisions."""
    return {"RevisionId": configuration["RevisionId"]} if "RevisionId" in configuration else {}


@contextmanager
def _unchanged(function: str) -> Iterator[None]:
    with expecting("PreconditionFailedException", "ResourceConflictException") as refused:
        yield
    if refused:
        raise PlatformError(
            f"{function} was changed by somebody else while its sizes were published",
            hint="wait until that deployment is done, and start again",
            code="changed-meanwhile",
        )


def delete_function(client: Any, function: str) -> None:
    """Delete a copy; it may be gone already."""
    with expecting("ResourceNotFoundException"):
        client.delete_function(FunctionName=function)


def delete_layer(client: Any, layer: str) -> None:
    """Delete all versions of a copy's layer."""
    with expecting("ResourceNotFoundException"):
        for version in pages(
            client.list_layer_versions, "LayerVersions", paging=("Marker", "NextMarker"), LayerName=layer
        ):
            client.delete_layer_version(LayerName=layer, VersionNumber=version["Version"])
