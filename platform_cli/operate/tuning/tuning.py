"""One function from the first call to the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedFunction
from platform_cli.deploy.answers import Clock, Sleep, expecting
from platform_cli.errors import PlatformError
from platform_cli.operate.tuning.copies import AgentOf, Download, LayerOf, make_copy
from platform_cli.operate.tuning.dropping import may_be_called
from platform_cli.operate.tuning.events import PuttingBack, Report, RoundDone, SizesPublished
from platform_cli.operate.tuning.journal import open_journal
from platform_cli.operate.tuning.measuring import Measurer, Processor, safe_lanes
from platform_cli.operate.tuning.observations import Variant
from platform_cli.operate.tuning.payloads import Payload
from platform_cli.operate.tuning.racing import (
    Race,
    RaceSettings,
    RoundFinished,
    race,
)
from platform_cli.operate.tuning.spending import check_budget, snapshots_usd
from platform_cli.operate.tuning.tuned import Tuning, cold_starts, recommended_timeout
from platform_cli.operate.tuning.variants import leftover, publish, restore, settled


@dataclass(frozen=True)
class Surroundings:
    """What a run works with beside its settings; passed in, so that tests pass their own.

    Attributes:
        client: Of Lambda.
        caller: Another client of Lambda for the calls of sizes, which does not try again by itself; None
            takes the same one.
        root: The workspace, where the journal is.
        environment: Of the blueprint.
        sleep: Waits.
        clock: The time.
        report: Is told of the progress.
        guard: Keeps deployments away while sizes are published.
        before: Is called with each payload.
        after: Is called with each answer.
        download: Fetches a function's code, for a copy.
        layer_of: Builds the dependencies' layer, for a copy.
        own_layer: The name of that layer.
        agent_of: Names the AppConfig Agent's layer for an architecture, for a copy.
    """

    client: Any
    root: Path
    environment: str
    sleep: Sleep
    clock: Clock
    report: Report = lambda _event: None
    guard: Callable[[], AbstractContextManager[object]] = nullcontext
    before: Processor | None = None
    after: Processor | None = None
    download: Download = lambda _address: b""
    layer_of: LayerOf = lambda _architecture: None
    own_layer: str = ""
    agent_of: AgentOf = lambda _architecture: ""
    caller: Any = None


def tune(
    function: ResolvedFunction,
    settings: RaceSettings,
    payloads: Sequence[Payload],
    around: Surroundings,
    *,
    lanes: int,
    writes: tuple[str, ...] = (),
    simulated: str | None = None,
) -> Tuning:
    """Publish the sizes, race them, put everything back, and say what came out.

    Args:
        function: As resolved.
        settings: Of the race; `present` is taken from what is deployed.
        payloads: What to send.
        around: Clients, clock and the like.
        lanes: Calls at a time, at most.
        writes: For the answer.
        simulated: For the answer.

    Raises:
        PlatformError: `not-deployed`, `budget-too-small`, `tuning-unfinished`, `tuning-in-progress`,
            `tuning-failed`, `no-capacity`, `tuning-not-restored`, or what AWS refuses.
    """
    client, name = around.client, function.physical_name
    with aws_errors(f"tuning {function.address}"):
        started = around.clock()
        deployed = _deployed(client, function, around)
        present = Variant(deployed["Architectures"][0], deployed["MemorySize"])
        settings = replace(
            settings,
            present=present,
            weights=tuple(p.weight for p in payloads),
            # Against the present size all others are judged, so it is always among them.
            variants=tuple(sorted({*settings.variants, present})),
            timeout_seconds=deployed["Timeout"],
        )
        # What logs know to be too small is neither published nor called.
        tried = [v for v in settings.variants if may_be_called(v, settings.known_memory_mb, present)]
        # A copy for another architecture has no SnapStart.
        own = [v for v in tried if v.architecture == present.architecture]
        settings = replace(settings, beside_usd=snapshots_usd(own, settings.prices))
        check_budget(
            settings.max_spend_usd, settings.timeout_seconds, tried, settings.prices, settings.beside_usd
        )
        at_a_time = safe_lanes(client, name, lanes)
        holding = [
            open_journal(
                around.root,
                around.environment,
                function.address,
                name,
                deployed["MemorySize"],
                around.clock(),
            )
        ]
        try:
            with around.guard():
                places = _publish_all(client, holding, tried, present.architecture, around)
            around.report(SizesPublished(function.address, len(places), at_a_time))
            measurer = Measurer(
                around.caller or client,
                places,
                [p.content for p in payloads],
                lanes=at_a_time,
                sleep=around.sleep,
                before=around.before,
                after=around.after,
            )
            result = race(settings, measurer, lambda r: around.report(_told(function.address, r)))
        finally:
            around.report(PuttingBack(function.address))
            restore(client, holding[0], sleep=around.sleep)
    _check_some_work(function, result)
    return Tuning(
        function.address,
        around.environment,
        around.clock(),
        settings,
        result,
        cold_starts(result.observations),
        deployed["Timeout"],
        recommended_timeout(result),
        sum(o.kind == "missing" for o in result.observations),
        measurer.throttled,
        writes,
        simulated,
        started,
        tuple(p.version for p in places.values() if p.function == name and p.version),
    )


def _told(address: str, done: RoundFinished) -> RoundDone:
    leader = str(done.leader) if done.leader is not None else None
    return RoundDone(address, done.number, done.invocations, done.spent_usd, leader, len(done.open))


def _deployed(client: Any, function: ResolvedFunction, around: Surroundings) -> Any:
    with expecting("ResourceNotFoundException") as missing:
        deployed = settled(client, function.physical_name, sleep=around.sleep)
    if missing:
        raise PlatformError(
            f'the function "{function.address}" is not deployed to "{around.environment}"',
            hint=f"run `platform deploy --env {around.environment}`",
            code="not-deployed",
        )
    others = leftover(client, function.physical_name)
    if others.aliases:
        raise PlatformError(
            f"{function.address} is being tuned by somebody, or a run elsewhere was killed: "
            f"there is the alias {others.aliases[0]}",
            hint=f"if nobody is at it, run `platform tune-memory {function.address} "
            f"--env {around.environment} --cleanup`",
            code="tuning-in-progress",
        )
    return deployed


def _publish_all(
    client: Any, holding: list[Any], variants: Sequence[Variant], own: str, around: Surroundings
) -> dict[Variant, Any]:
    mine = [v for v in variants if v.architecture == own]
    places = publish(client, holding, holding[0].function, mine, sleep=around.sleep)
    for architecture in sorted({v.architecture for v in variants} - {own}):
        copy = make_copy(
            client,
            holding,
            architecture,
            own_layer=around.own_layer,
            layer_of=around.layer_of,
            agent_of=around.agent_of,
            download=around.download,
            sleep=around.sleep,
        )
        theirs = [v for v in variants if v.architecture == architecture]
        places |= publish(client, holding, copy, theirs, sleep=around.sleep)
    return places


def _check_some_work(function: ResolvedFunction, result: Race) -> None:
    if result.estimates.sizes:
        return
    errors = [o.error for o in result.observations if o.error]
    said = f": {errors[-1]}" if errors else ""
    if not errors and result.stopped in ("max-spend", "max-invocations"):
        limit = "--max-spend-usd" if result.stopped == "max-spend" else "--max-invocations"
        raise PlatformError(
            f"no size of {function.address} could be measured: {limit} allowed "
            f"{len(result.observations)} calls, and a size needs a cold and three warm ones",
            hint=f"raise {limit}, or try fewer sizes with `--sizes`",
            code="tuning-failed",
        )
    raise PlatformError(
        f"no size of {function.address} could be measured in {len(result.observations)} calls{said}",
        hint="give a payload that the function takes, with `--payload` or `--payloads`; "
        f"`platform invoke {function.address} --payload …` shows what it says",
        code="tuning-failed",
    )
