"""Shares of users: what each split variant of a flag gets, and cumulative percentages for it.

AppConfig takes the first variant whose rule holds, and one seed puts a user at one place of the scale
from 0 to 100. So two splits of 20 % with one seed catch the same users, and the second gets nobody;
variants of one flag therefore share a seed and have cumulative percentages (20, then 50 for 20 % and
30 %), while different flags have different seeds, so that not the same users are always first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.local.rule_syntax import Call, ContextValue, RuleError
from platform_cli.operate.flags.document import AttributeValue, Variant, variant_of
from platform_cli.operate.flags.rules import parsed, split_rule


@dataclass(frozen=True)
class Split:
    """A rule that is a split and nothing else: up to `percent` of the scale that `by` and `seed` make."""

    by: str
    percent: float
    seed: str


@dataclass(frozen=True)
class Share:
    """What a variant gets of all users: `percent`, by a context key."""

    variant: Variant
    by: str
    seed: str
    percent: float


def split_of(variant: Variant) -> Split | None:
    """The split that a variant is chosen by; None if it is chosen otherwise."""
    try:
        rule = parsed(variant.rule) if variant.rule is not None else None
    except RuleError:
        return None
    if not isinstance(rule, Call) or rule.operator != "split":
        return None
    by, percent, seed = rule.named.get("by"), rule.named.get("pct"), rule.named.get("seed", "")
    if not isinstance(by, ContextValue) or isinstance(percent, bool) or not isinstance(percent, int | float):
        return None
    return Split(by.key, float(percent), str(seed))


def shares(variants: Iterable[Variant]) -> tuple[Share, ...]:
    """The share of each split variant, whatever its percentage says."""
    reached: dict[tuple[str, str], float] = {}
    found = []
    for variant in variants:
        split = split_of(variant)
        if split is not None:
            scale = (split.by, split.seed)
            before = reached.get(scale, 0.0)
            found.append(Share(variant, split.by, split.seed, max(0.0, round(split.percent - before, 6))))
            reached[scale] = max(before, split.percent)
    return tuple(found)


def eaten_shares(variants: Iterable[Variant]) -> Iterator[str]:
    """Which splits get nobody, since those before them with the same seed catch the same users."""
    for share in shares(variants):
        split = split_of(share.variant)
        if split is not None and not 0 <= split.percent <= 100:
            yield f"variant {share.variant.name!r} splits at {split.percent} %"
        elif split is not None and split.percent > 0 and share.percent == 0:
            yield (
                f"variant {share.variant.name!r} gets nobody: the splits before it with the same seed take "
                f"the first {split.percent:g} % already; use cumulative percentages or another seed"
            )


def with_share(
    variants: Sequence[Variant],
    *,
    name: str,
    percent: float,
    by: str,
    seed: str,
    enabled: bool,
    attributes: Mapping[str, AttributeValue],
) -> tuple[Variant, ...]:
    """The ruled variants of a flag with one share changed, and the percentages of all made cumulative.

    Args:
        variants: The ruled ones, in their order.
        name: Of the variant that gets the share; made, behind the others, where there is none.
        percent: The share; 0 takes the variant away.
        by: The context key whose values are spread.
        seed: Of the scale.
        enabled: The variant's state.
        attributes: The variant's attributes.

    Raises:
        PlatformError: `invalid-rollout` if the shares of one scale exceed 100 %, or the name is taken.
    """
    present = {share.variant.name: share for share in shares(variants)}
    if name not in present and any(variant.name == name for variant in variants):
        raise _invalid(f'the variant "{name}" is chosen by another rule than a percentage', None)
    kept = [variant for variant in variants if not (variant.name == name and percent == 0)]
    if name not in present and percent > 0:
        kept.append(variant_of(name, enabled=enabled, rule=split_rule(by, 1, seed), attributes=attributes))
    wanted: dict[str, tuple[str, str, float]] = {}
    for variant in kept:
        if variant.name == name:
            wanted[name] = (by, seed, percent)
        elif variant.name in present:
            share = present[variant.name]
            wanted[variant.name] = (share.by, share.seed, share.percent)
    reached: dict[tuple[str, str], float] = {}
    result = []
    for variant in kept:
        if variant.name not in wanted:
            result.append(variant)
            continue
        key, scale_seed, share_percent = wanted[variant.name]
        total = round(reached.get((key, scale_seed), 0.0) + share_percent, 6)
        reached[(key, scale_seed)] = total
        if total > 100:
            raise _invalid(
                f"the shares by {key} would come to {total:g} %",
                "lower another variant's share first, or give this one less",
            )
        mine = variant.name == name
        result.append(
            variant_of(
                variant.name,
                enabled=enabled if mine else variant.enabled,
                rule=split_rule(key, total, scale_seed),
                attributes=attributes if mine else variant.attribute_values,
            )
        )
    return tuple(result)


def _invalid(message: str, hint: str | None) -> PlatformError:
    return PlatformError(message, hint=hint, code="invalid-rollout", exit_code=ExitCode.USAGE)
