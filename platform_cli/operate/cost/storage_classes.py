"""A rule about buckets whose objects would be cheaper in another storage class of S3.

As on S3's pricing page and in its user guide, "Understanding and managing Amazon S3 storage classes" (read in
November 2026): the infrequent class bills objects below 128 KB as 128 KB, for 30 days at least, and takes a
fee for each gigabyte read; intelligent tiering takes one for each object of 128 KB and more.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.resolved import ResolvedBucket
from platform_cli.operate.cost.advice import Advice, Case
from platform_cli.operate.cost.demand import Demand, exact
from platform_cli.operate.cost.estimate import NOTHING

_SMALLEST_KB = 128
_LEAST_DAYS = 30
"""In the standard class before objects may move, and then in the infrequent one."""
_MOST_MONTHS = 12
"""Moving what is there is not worth it where it takes longer to pay for itself."""
_KB_PER_GB = 1024 * 1024


def dearer_storage_class(case: Case) -> Iterator[Advice]:
    """Buckets in the standard class whose objects are large enough, and seldom read."""
    for name, bucket in case.environment.buckets.items():
        gigabytes = case.monthly("buckets", name, "storage_gb")
        objects = case.seen.bucket_objects.get(name)
        if not gigabytes or not objects or not _may_move(bucket):
            continue
        if gigabytes * _KB_PER_GB / objects < _SMALLEST_KB:
            continue
        prices = {key: case.unit_usd(f"s3.{key}") for key in _PRICES}
        known = {key: price for key, price in prices.items() if price is not None}
        if len(known) < len(_PRICES):
            continue
        stored, count, reads = exact(gigabytes), exact(objects), _reads(case, name)
        change, saving = max(
            (
                ("infrequent_after_days: 30", _infrequent(known, stored, count, reads)),
                ("intelligent_tiering: true", _tiering(known, stored, count, reads)),
            ),
            key=lambda choice: choice[1],
        )
        moving = count * known["transitions"]
        if saving <= NOTHING or moving > saving * _MOST_MONTHS:
            continue
        yield Advice(
            "dearer-storage-class",
            ("buckets", name, "lifecycle"),
            f"bucket {name} keeps {gigabytes:,.0f} GB in {objects:,.0f} objects of the standard class, of "
            f"which {float(reads):,.0f} are read a month",
            f"write lifecycle: {{ {change} }}; moving what is there costs {moving:,.2f} USD once",
            saving,
        )


_PRICES = (
    *("storage", "reads", "storage.infrequent", "reads.infrequent", "retrieval.infrequent"),
    *("monitoring", "transitions"),
)


def _may_move(bucket: ResolvedBucket) -> bool:
    moves = (bucket.infrequent_after_days, bucket.archive_after_days, bucket.intelligent_tiering or None)
    short = bucket.expire_after_days is not None and bucket.expire_after_days <= 2 * _LEAST_DAYS
    return not bucket.external and not short and all(step is None for step in moves)


def _reads(case: Case, name: str) -> Decimal:
    """Reads a month: as said, else one an invocation of each function that may read, which is rather many."""
    demand = Demand(case.environment)
    said = demand.said("buckets", name, "reads_per_month")
    return said if said is not None else sum((n for _, n in demand.reads("buckets", name)), NOTHING)


def _infrequent(prices: dict[str, Decimal], stored: Decimal, objects: Decimal, reads: Decimal) -> Decimal:
    retrieved = reads * stored / objects
    return (
        stored * (prices["storage"] - prices["storage.infrequent"])
        - retrieved * prices["retrieval.infrequent"]
        - reads * (prices["reads.infrequent"] - prices["reads"])
    )


def _tiering(prices: dict[str, Decimal], stored: Decimal, objects: Decimal, reads: Decimal) -> Decimal:
    """Where every read is of another object, which keeps the most of them among the frequent ones."""
    seldom = max(NOTHING, 1 - reads / objects)
    return (
        stored * seldom * (prices["storage"] - prices["storage.infrequent"]) - objects * prices["monitoring"]
    )
