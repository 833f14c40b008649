"""What a run works with: Lambda and a workspace, or a model of Lambda and nothing else."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from platform_cli.cli.deploying import reach
from platform_cli.cli.session import Session
from platform_cli.cli.tuning.options import TuneOptions
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction
    from platform_cli.operate.tuning.measuring import Processor
    from platform_cli.operate.tuning.tuning import Surroundings

_SEED = 1


@contextmanager
def surroundings(
    session: Session, options: TuneOptions, function: ResolvedFunction, report: Callable[[Any], None]
) -> Iterator[Surroundings]:
    """The surroundings of a function's run.

    Raises:
        PlatformError: `unknown-model`, `unknown-function`, or what AWS refuses.
    """
    from platform_cli.operate.tuning.tuning import Surroundings

    environment = session.environment
    if options.simulate is not None:
        with tempfile.TemporaryDirectory(prefix="platform-tuning-") as folder:
            yield Surroundings(
                _simulated(options.simulate, function),
                Path(folder),
                environment.environment,
                lambda _seconds: None,
                lambda: datetime.now(UTC),
                report,
            )
        return
    from platform_cli.aws.clients import verify_account
    from platform_cli.deploy.locking import deployment_lock
    from platform_cli.operate.functions import names_of

    clients, names = reach(session), names_of(environment)
    verify_account(clients)
    yield Surroundings(
        clients.client("lambda"),
        session.root,
        environment.environment,
        time.sleep,
        lambda: datetime.now(UTC),
        report,
        guard=lambda: deployment_lock(names, clients, f"platform tune-memory {function.address}"),
        before=processor_of(environment, options.before, clients) if options.before else None,
        after=processor_of(environment, options.after, clients) if options.after else None,
        download=_download,
        layer_of=lambda architecture: _layer(session, function, architecture),
        own_layer=names.resource(f"{function.service}-dependencies"),
        agent_of=lambda architecture: _agent(environment.region, architecture),
        caller=clients.impatient("lambda"),
    )


def _simulated(model: str, function: ResolvedFunction) -> Any:
    from platform_cli.operate.tuning.simulator import SimulatedLambda
    from platform_cli.operate.tuning.workloads import MODELS

    if model not in MODELS:
        raise PlatformError(
            f'there is no model "{model}"',
            hint=f"there are: {', '.join(MODELS)}",
            code="unknown-model",
            exit_code=ExitCode.USAGE,
        )
    return SimulatedLambda(
        MODELS[model],
        _SEED,
        name=function.physical_name,
        memory_mb=function.memory_mb,
        timeout_seconds=function.timeout_seconds,
        architecture=function.architecture,
    )


def processor_of(environment: ResolvedEnvironment, address: str, clients: Clients) -> Processor:
    """A function of the same environment that is called around each call.

    Raises:
        PlatformError: `unknown-function`; and when it is called, `processor-failed` if it fails.
    """
    from platform_cli.operate.functions import find_function
    from platform_cli.operate.invoking import invoke

    find_function(environment, address)

    def process(payload: bytes) -> bytes | None:
        done = invoke(environment, address, payload, clients)
        if done.error is not None:
            raise PlatformError(
                f"{address} failed with {done.error.type}: {done.error.message}",
                hint=f"`platform invoke {address}` shows its log",
                code="processor-failed",
            )
        return None if done.payload.strip() in (b"", b"null") else done.payload

    return process


def _download(address: str) -> bytes:
    with urlopen(address, timeout=60) as answer:
        content: bytes = answer.read()
    return content


def _agent(region: str, architecture: str) -> str:
    from typing import cast

    from platform_cli.blueprint.resolved import Architecture
    from platform_cli.stacks.constructs.agents import flags_agent

    return flags_agent(region, cast(Architecture, architecture))


def _layer(session: Session, function: ResolvedFunction, architecture: str) -> bytes | None:
    """The service's dependencies, built for another architecture."""
    from platform_cli.package.building import package_services

    environment = session.environment
    service = environment.services[function.service]
    other = function.model_copy(update={"architecture": architecture})
    changed = environment.model_copy(
        update={"services": {service.name: service.model_copy(update={"functions": {function.name: other}})}}
    )
    package = package_services(changed, session.root, session.cache)[service.name]
    layer = package.layers.get((function.runtime, other.architecture))
    return layer.path.read_bytes() if layer is not None else None
