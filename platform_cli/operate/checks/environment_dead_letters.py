"""Messages that failed for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import REMOTE, Check, Result, ok, skipped, warning
from platform_cli.operate.doctor.wording import few, number

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context


def check_dead_letters(context: Context) -> Result:
    """Count what waits in the queues."""
    from platform_cli.operate.dead_letters.places import dead_letter_queues

    queues = dead_letter_queues(context.environment, context.clients)
    if not queues:
        return skipped("nothing has a dead-letter queue")
    waiting = [queue for queue in queues if queue.waiting or queue.in_flight]
    if not waiting:
        return ok(f"{number(len(queues), 'dead-letter queue')}, nothing waiting")
    first = waiting[0]
    return warning(
        f"{number(sum(q.waiting + q.in_flight for q in waiting), 'message')} failed for good",
        *few(
            [f"{q.name}: {q.waiting + q.in_flight}, each kept for {q.retention_days:g} days" for q in waiting]
        ),
        consequence="what they asked for was not done, and is lost when they are deleted",
        mend=f"look at them with `platform dead-letters show {first.name} {context.option}`, mend the cause, "
        f"then `platform dead-letters redrive {first.name} {context.option}`",
    )


CHECKS = (
    Check(
        "dead-letters",
        "environment",
        "dead letters",
        "Counts the messages that queues and functions gave up on. SQS deletes them after some days; until "
        "then they can be sent back once their cause is mended.",
        check_dead_letters,
        REMOTE,
    ),
)
