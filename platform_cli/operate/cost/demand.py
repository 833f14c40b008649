"""How often each part of a system is used in a month, where nobody says so too.

In: a resolved environment with its usage profile. Out: requests of each function and of each thing, as
`Decimal`. What is not said follows from the blueprint (a function that may write a table writes it once
a request), and every such assumption is noted in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.resolved import (
    BucketTrigger,
    BusTrigger,
    QueueTrigger,
    ResolvedEnvironment,
    ResolvedFunction,
    ScheduleTrigger,
    StreamTrigger,
    TopicTrigger,
    Trigger,
)
from platform_cli.operate.cost.schedules import runs_per_month

DEFAULT_REQUESTS = Decimal(1_000_000)
DEFAULT_DURATION_MS = Decimal(100)
DEFAULT_LOG_KB = Decimal(1)
DEFAULT_STORAGE_GB = Decimal(1)
DEFAULT_EVENT_KB = Decimal(1)

_WRITES = ("write", "read_write", "append")
_READS = ("read", "read_write", "append")
_SENDS = {"queues": "send", "buses": "publish", "topics": "publish", "streams": "put"}


def exact(value: float | Decimal | int) -> Decimal:
    """A number as it was written: 0.1 stays 0.1."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


class Demand:
    """What an environment is asked for in a month.

    Args:
        environment: With the figures that are known in its `usage`.
        requests_per_month: Requests of all APIs together; all other figures of use that are said (not
            gigabytes stored, not schedules) grow or shrink with it. None takes the profile's.
    """

    def __init__(self, environment: ResolvedEnvironment, requests_per_month: Decimal | None = None) -> None:
        self.environment = environment
        self._usage = environment.usage
        self._notes: dict[str, None] = {}
        self._known: dict[str, Decimal] = {}
        self._visiting: set[str] = set()
        self._routed = [f for f in environment.functions if f.routes]
        self._factor = Decimal(1)
        total, said = self._base()
        if requests_per_month is not None:
            self._factor = requests_per_month / total if total else Decimal(1)
            total, said = requests_per_month, True
        self._total = total
        if self._routed:
            self._note_spread(said)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed so far, in words."""
        return tuple(self._notes)

    def assume(self, text: str) -> None:
        """Note an assumption; the same one is noted once."""
        self._notes.setdefault(text)

    # --- functions -----------------------------------------------------------------------------

    def requests(self, function: ResolvedFunction) -> Decimal:
        """Invocations a month."""
        address = function.address
        if address in self._visiting:  # a circle adds nothing to itself
            return Decimal(0)
        if address not in self._known:
            self._visiting.add(address)
            try:
                self._known[address] = self._requests(function)
            finally:
                self._visiting.discard(address)
        return self._known[address]

    def api_requests(self, function: ResolvedFunction) -> Decimal:
        """Those of its invocations that come by an API."""
        if not function.routes:
            return Decimal(0)
        said = self._said_requests(function)
        if said is None:
            return self._share()
        return max(Decimal(0), said - self._triggered(function)) if function.triggers else said

    def duration_ms(self, function: ResolvedFunction) -> Decimal:
        """Billed milliseconds an invocation."""
        usage = self._usage.functions.get(function.address)
        if usage is not None and usage.duration_ms is not None:
            return exact(usage.duration_ms)
        self.assume(f"an invocation takes {DEFAULT_DURATION_MS} ms where `usage` does not say `duration_ms`")
        return DEFAULT_DURATION_MS

    def log_kb(self, function: ResolvedFunction) -> Decimal:
        """Kilobytes of log an invocation."""
        usage = self._usage.functions.get(function.address)
        if usage is not None and usage.log_kb_per_request is not None:
            return exact(usage.log_kb_per_request)
        self.assume(f"an invocation writes {DEFAULT_LOG_KB} KB of log where `usage` does not say")
        return DEFAULT_LOG_KB

    # --- things --------------------------------------------------------------------------------

    def said(self, section: str, name: str, field: str) -> Decimal | None:
        """A figure a month of the profile, scaled; None where it is not said."""
        value = self.stored(section, name, field)
        return None if value is None else value * self._factor

    def stored(self, section: str, name: str, field: str) -> Decimal | None:
        """A figure of the profile that does not grow with requests; None where it is not said."""
        thing = getattr(self._usage, section).get(name)
        value = getattr(thing, field) if thing is not None else None
        return None if value is None else exact(value)

    def storage_gb(self, section: str, name: str) -> Decimal:
        """Gigabytes stored."""
        said = self.stored(section, name, "storage_gb")
        if said is None:
            self.assume(f"{section}.{name} holds {DEFAULT_STORAGE_GB} GB")
            return DEFAULT_STORAGE_GB
        return said

    def uses(
        self, section: str, name: str, verbs: tuple[str, ...]
    ) -> Iterator[tuple[ResolvedFunction, Decimal]]:
        """Functions whose `access` allows one of the verbs, each with its invocations a month."""
        store = self.environment.tables[name].event_store if section == "tables" else None
        thing = ("event_stores", store) if store else (section, name)
        for function in self.environment.functions:
            if any((a.kind, a.name) == thing and a.verb in verbs for a in function.access):
                yield function, self.requests(function)

    def reads(self, section: str, name: str) -> Iterator[tuple[ResolvedFunction, Decimal]]:
        """Functions that may read a thing, each with one read an invocation."""
        return self.uses(section, name, _READS)

    def writes(self, section: str, name: str) -> Iterator[tuple[ResolvedFunction, Decimal]]:
        """Functions that may write a thing, each with one write an invocation."""
        return self.uses(section, name, _WRITES)

    def messages(self, section: str, name: str) -> Decimal:
        """Messages, events or records a month that go into a queue, topic, bus or stream."""
        field = {"buses": "events_per_month", "streams": "records_per_month"}.get(
            section, "messages_per_month"
        )
        said = self.said(section, name, field)
        if said is not None:
            return said
        total = sum((n for _, n in self.uses(section, name, (_SENDS[section],))), Decimal(0))
        if section == "queues":
            subscription = self.environment.queues[name].subscription
            if subscription is not None and subscription.bus is not None:
                total += self.messages("buses", subscription.bus)
            if subscription is not None and subscription.topic is not None:
                total += self.messages("topics", subscription.topic)
        self.assume(f"each invocation of a sender puts one message into {section}.{name}")
        return total

    def items_written(self, table: str) -> Decimal:
        """Items a month that are written to a table."""
        said = self.said("tables", table, "writes_per_month")
        if said is not None:
            return said / (1 + len(self.environment.tables[table].indexes))
        return sum((n for _, n in self.writes("tables", table)), Decimal(0))

    # --- how requests come about -------------------------------------------------------------------

    def _base(self) -> tuple[Decimal, bool]:
        if self._usage.requests_per_month is not None:
            return exact(self._usage.requests_per_month), True
        figures = [self._usage.functions.get(f.address) for f in self._routed]
        said = [f.requests_per_month for f in figures if f is not None and f.requests_per_month is not None]
        if said and len(said) == len(figures):
            return sum((exact(n) for n in said), Decimal(0)), True
        return DEFAULT_REQUESTS, False

    def _note_spread(self, said: bool) -> None:
        quiet = [f for f in self._routed if self._said_requests(f) is None]
        if not said:
            self.assume(
                f"{DEFAULT_REQUESTS:,} requests a month reach the APIs; `usage` does not say how many"
            )
        if len(quiet) > 1:
            self.assume(f"requests spread evenly over {len(quiet)} functions with routes")

    def _said_requests(self, function: ResolvedFunction) -> Decimal | None:
        usage = self._usage.functions.get(function.address)
        if usage is None or usage.requests_per_month is None:
            return None
        return exact(usage.requests_per_month) * self._factor

    def _share(self) -> Decimal:
        """What a routed function gets of the requests that no function claims."""
        figures = [self._said_requests(f) for f in self._routed]
        claimed = sum((n for n in figures if n is not None), Decimal(0))
        quiet = sum(1 for n in figures if n is None)
        return max(Decimal(0), self._total - claimed) / quiet if quiet else Decimal(0)

    def _requests(self, function: ResolvedFunction) -> Decimal:
        said = self._said_requests(function)
        if said is not None:
            return said
        total = self._share() if function.routes else Decimal(0)
        return total + self._triggered(function) + self._invoked(function)

    def _triggered(self, function: ResolvedFunction) -> Decimal:
        return sum((self._of_trigger(trigger) for trigger in function.triggers), Decimal(0))

    def _invoked(self, function: ResolvedFunction) -> Decimal:
        callers = self.uses("functions", function.address, ("invoke",))
        return sum((n for caller, n in callers if caller.address != function.address), Decimal(0))

    def _of_trigger(self, trigger: Trigger) -> Decimal:
        if isinstance(trigger, ScheduleTrigger):
            return runs_per_month(trigger.schedule) if trigger.enabled else Decimal(0)
        # Batches only form under load, so one message an invocation is the upper end.
        self.assume("a queue, stream, bus, topic or bucket calls its function once a message, unbatched")
        if isinstance(trigger, QueueTrigger):
            return self.messages("queues", trigger.queue)
        if isinstance(trigger, BusTrigger):
            return self.messages("buses", trigger.bus)
        if isinstance(trigger, TopicTrigger):
            return self.messages("topics", trigger.topic)
        if isinstance(trigger, StreamTrigger):
            if trigger.kind == "table_stream":
                return self.items_written(trigger.source)
            return self.messages("streams", trigger.source)
        assert isinstance(trigger, BucketTrigger)
        said = self.said("buckets", trigger.bucket, "writes_per_month")
        if said is not None:
            return said
        return sum((n for _, n in self.writes("buckets", trigger.bucket)), Decimal(0))
