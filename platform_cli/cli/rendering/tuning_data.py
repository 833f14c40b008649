"""What `platform tune-memory --json` says of a plan and of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platform_cli.operate.tuning.planning import RunPlan
    from platform_cli.operate.tuning.tuned import Tuning


def tuning_data(tuning: Tuning) -> dict[str, Any]:
    """An answer for programs."""
    race = tuning.race
    return {
        "function": tuning.address,
        "finished": tuning.finished,
        "simulated": tuning.simulated,
        "aim": tuning.settings.aim,
        "present": tuning.settings.present,
        "chosen": race.choice.chosen,
        "certainty": race.choice.certainty,
        "expected_regret": race.choice.expected_regret,
        "regret_high": race.choice.regret_high,
        "sizes": list(race.choice.candidates),
        "dropped": [{"variant": v, "reason": reason} for v, reason in race.dropped.items()],
        "cold_starts": list(tuning.cold),
        "timeout_seconds": tuning.timeout_seconds,
        "recommended_timeout_seconds": tuning.recommended_timeout_seconds,
        "invocations": len(race.observations),
        "missing_reports": tuning.missing,
        "extension_ms": tuning.extension_ms,
        "throttled": tuning.throttled,
        "spent_usd": race.spent_usd,
        "rounds": race.rounds,
        "stopped": race.stopped,
        "drift": race.estimates.drift,
        "prices": dict(tuning.settings.prices),
        "writes": list(tuning.writes),
    }


def plan_data(plan: RunPlan) -> dict[str, Any]:
    """A plan for programs."""
    return {
        "function": plan.address,
        "sizes": list(plan.variants),
        "skipped": [{"variant": v, "reason": reason} for v, reason in plan.skipped.items()],
        "first_calls": plan.first_calls,
        "most_calls": plan.most_calls,
        "first_usd": plan.first_usd,
        "most_usd": plan.most_usd,
        "payloads": plan.payloads,
        "writes": list(plan.writes),
        "budget_usd": plan.budget_usd,
        "budget_calls": plan.budget_calls if plan.budget_usd is not None else None,
        "timeout_seconds": plan.timeout_seconds,
        "snapshots_usd": plan.snapshots_usd,
        "bound_usd": plan.bound_usd,
    }
