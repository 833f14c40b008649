"""What was promised, kept in the environment itself; and whether it came true.

A record is one parameter under `/{system}/{env}/platform/tuning/{service}.{function}/`, named by its time.
The last ten of a function are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.naming import Names
from platform_cli.deploy.answers import pages
from platform_cli.deploy.lock import current_owner
from platform_cli.operate.tuning.choosing import Candidate
from platform_cli.operate.tuning.observations import Variant
from platform_cli.operate.tuning.own_calls import PastRun
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.priors import Logged
from platform_cli.operate.tuning.tuned import Tuning

KEPT = 10
_AT_ONCE = 10  # DeleteParameters' limit
_FEWEST_CALLS = 30
_TOLERANCE = 0.03
"""A promise that is missed by less came true."""

Verdict = Literal["came true", "fell short", "not in use", "too few calls"]


@dataclass(frozen=True)
class Measured:
    """A size as a run measured it."""

    memory_mb: int
    architecture: str
    mean_ms: float
    low_ms: float
    high_ms: float
    usd_per_million: float


@dataclass(frozen=True)
class TuningRecord:
    """One run.

    Attributes:
        address: `service.function`.
        when: It ended.
        who: Ran it.
        cost_weight: Of its aim.
        before: The size then in use; None where it was not measured.
        chosen: The size that was chosen.
        certainty: That no other is better by more than 3 %.
        invocations: How many calls it took.
        spent_usd: What they cost.
        applied: Whether the size was written into the blueprint.
        started: When it began; None in records of older versions of the tool.
        versions: Of the function, that it published and called.
    """

    address: str
    when: datetime
    who: str
    cost_weight: float
    before: Measured | None
    chosen: Measured
    certainty: float
    invocations: int
    spent_usd: float
    applied: bool = False
    started: datetime | None = None
    versions: tuple[str, ...] = ()

    @property
    def run(self) -> PastRun:
        """Its calls in the log."""
        return PastRun(self.started or self.when, self.when, self.versions)

    @property
    def promised_cost(self) -> float | None:
        """The change of the cost of a call, as a share; negative is a saving."""
        return None if self.before is None else self.chosen.usd_per_million / self.before.usd_per_million - 1

    @property
    def promised_time(self) -> float | None:
        """The change of the duration, as a share; negative is faster."""
        return None if self.before is None else self.chosen.mean_ms / self.before.mean_ms - 1


@dataclass(frozen=True)
class Outcome:
    """A promise beside what the logs say since.

    Attributes:
        record: What was promised.
        calls_before: Warm calls in the logs before the run, at the size then in use.
        calls_since: Warm calls since, at the chosen size.
        observed_cost: The change of the cost of a call in the logs, as a share.
        observed_time: The change of the duration in the logs.
        verdict: Whether it came true.
    """

    record: TuningRecord
    calls_before: int
    calls_since: int
    observed_cost: float | None
    observed_time: float | None
    verdict: Verdict


def record_of(tuning: Tuning, *, applied: bool) -> TuningRecord | None:
    """The record of a run; None if it chose nothing."""
    chosen = tuning.chosen
    if chosen is None:
        return None
    return TuningRecord(
        tuning.address,
        tuning.finished,
        str(current_owner()),
        tuning.settings.aim.cost_weight,
        _measured(tuning.present) if tuning.present is not None else None,
        _measured(chosen),
        tuning.race.choice.certainty,
        len(tuning.race.observations),
        tuning.race.spent_usd,
        applied,
        tuning.started,
        tuning.versions,
    )


def write_record(record: TuningRecord, names: Names, clients: Clients) -> None:
    """Keep a record, and forget those of the function before the last ten."""
    folder = names.record("tuning", record.address)
    with aws_errors(f"recording the tuning of {record.address}", target=clients.target):
        ssm = clients.client("ssm")
        ssm.put_parameter(
            Name=f"{folder}/{record.when.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            Value=_text(record),
            Type="String",
            Overwrite=True,
        )
        known = sorted(p["Name"] for p in pages(ssm.get_parameters_by_path, "Parameters", Path=folder))
        old = known[:-KEPT]
        for at in range(0, len(old), _AT_ONCE):
            ssm.delete_parameters(Names=old[at : at + _AT_ONCE])


def read_records(names: Names, clients: Clients, addresses: Sequence[str]) -> tuple[TuningRecord, ...]:
    """The records of functions, the latest first."""
    found = []
    with aws_errors("reading the tuning records", target=clients.target):
        for parameter in pages(
            clients.client("ssm").get_parameters_by_path,
            "Parameters",
            Path=names.record("tuning"),
            Recursive=True,
        ):
            record = _parsed(parameter["Value"])
            if record is not None and record.address in addresses:
                found.append(record)
    return tuple(sorted(found, key=lambda r: r.when, reverse=True))


def compare(
    record: TuningRecord,
    before: Logged,
    since: Logged,
    prices: Mapping[str, LambdaPrice],
    present: Variant | None = None,
) -> Outcome:
    """Compare a promise with the logs: production before the run with production since.

    The calls of a run are not those of users, so the change is compared and not the figures themselves.

    Args:
        record: What was promised.
        before: The logs of the days before the run, without the calls of any run.
        since: The logs since, without them.
        prices: By architecture, in the environment's region.
        present: What the blueprint says today; a log does not tell architectures apart, so calls count as of
            the chosen one only where that is in use.
    """
    chosen, old = record.chosen, record.before
    other = present is not None and present.architecture != chosen.architecture
    later = [] if other else since.warm_ms(chosen.memory_mb)
    earlier = before.warm_ms(old.memory_mb) if old is not None else []
    cost = time = None
    verdict: Verdict = "too few calls"
    if not later:
        verdict = "not in use"
    if old is not None and len(later) >= _FEWEST_CALLS and len(earlier) >= _FEWEST_CALLS:
        time = _mean(later) / _mean(earlier) - 1
        cost = (
            _usd(since.billed_ms(chosen.memory_mb), chosen.memory_mb, prices[chosen.architecture])
            / _usd(before.billed_ms(old.memory_mb), old.memory_mb, prices[old.architecture])
            - 1
        )
        weight = record.cost_weight
        promised = weight * (record.promised_cost or 0.0) + (1 - weight) * (record.promised_time or 0.0)
        observed = weight * cost + (1 - weight) * time
        verdict = "came true" if observed <= promised + max(_TOLERANCE, 0.2 * abs(promised)) else "fell short"
    return Outcome(record, len(earlier), len(later), cost, time, verdict)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _usd(billed_ms: Sequence[float], memory_mb: int, price: LambdaPrice) -> float:
    return _mean(billed_ms) / 1000 * memory_mb / 1024 * price.gigabyte_second_usd + price.request_usd


def _measured(candidate: Candidate) -> Measured:
    estimate = candidate.estimate
    return Measured(
        candidate.variant.memory_mb,
        candidate.variant.architecture,
        round(estimate.mean_ms, 3),
        round(estimate.low_ms, 3),
        round(estimate.high_ms, 3),
        round(candidate.cost_usd_per_million, 6),
    )


def _text(record: TuningRecord) -> str:
    started = None if record.started is None else record.started.isoformat()
    return json.dumps({**asdict(record), "when": record.when.isoformat(), "started": started})


def _parsed(text: str) -> TuningRecord | None:
    """A record; None if another version of the tool wrote it otherwise."""
    try:
        told: dict[str, Any] = json.loads(text)
        return TuningRecord(
            **{
                **told,
                "when": datetime.fromisoformat(told["when"]),
                "started": datetime.fromisoformat(told["started"]) if told.get("started") else None,
                "versions": tuple(told.get("versions") or ()),
                "before": Measured(**told["before"]) if told["before"] else None,
                "chosen": Measured(**told["chosen"]),
            }
        )
    except (ValueError, KeyError, TypeError):
        return None
