"""The codes of findings about events: queues, topics, streams, schedules, triggers."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import notice as _notice
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

EVENT_CODES: Mapping[str, FindingCode] = {
    "visibility-below-timeout": _error(
        "A queue's visibility timeout is shorter than the timeout of a function that takes from it, which "
        "Lambda refuses: a message would come again while it is still being worked on."
    ),
    "visibility-below-advice": _warning(
        "AWS advises a visibility timeout of six times the function's timeout, plus the batch window, so "
        "that throttled batches can be tried again."
    ),
    "competing-consumers": _warning(
        "Two functions take from one queue, so each message reaches only one of them. Give each a queue of "
        "its own."
    ),
    "batch-needs-window": _error(
        "Lambda takes batches above 10 messages only with a batch window of at least one second."
    ),
    "fifo-batch-size": _error("A FIFO queue gives at most 10 messages at once, and knows no batch window."),
    "fifo-mismatch": _error(
        "A standard topic cannot send to a FIFO queue, and a FIFO topic cannot call a function: put a queue "
        "between them."
    ),
    "invalid-subscription": _error(
        "`from` names either a bus or a topic; detail_types and sources go with a bus."
    ),
    "invalid-projection": _error(
        "A projection goes `of: event_stores.NAME` and `into: tables.NAME`, a table of the blueprint, and "
        "has no tumbling window: it follows every event of each aggregate, from the first to the last."
    ),
    "shared-projection": _error(
        "Two projections keep one table. Each writes whole rows of its own making, so they would overwrite "
        "each other, and a replay of one would undo the other."
    ),
    "written-beside-projection": _warning(
        "A function writes a table that a projection keeps. The projection writes whole rows from the events "
        "alone, so what others write is lost with the next event or replay."
    ),
    "table-without-stream": _error("A function is driven by a table that has no `stream`."),
    "invalid-schedule": _error(
        "A schedule is rate(5 minutes), cron(minutes hours day-of-month month day-of-week year) or "
        "at(yyyy-mm-ddThh:mm:ss), as EventBridge Scheduler takes them. One of day-of-month and day-of-week "
        "is a question mark."
    ),
    "unknown-timezone": _error("The time zone is none of the IANA database, such as Europe/Berlin."),
    "event-loop": _notice(
        "Events go in a circle: a function publishes to what drives it, directly or through others. That may "
        "be meant; without an end to it, it costs without limit."
    ),
    "invoke-cycle": _warning(
        "Functions that may invoke each other in a circle can call each other without end."
    ),
    "too-many-consumers": _error(
        "Kinesis registers at most 20 consumers with a stream; each function with `enhanced_fan_out` is one."
    ),
    "sign-ins-need-trail": _notice(
        "Cognito has no event of its own for a sign-in that fails: single ones are told by CloudTrail, some "
        "minutes later, and only where the account has a trail that logs management events. The tool makes "
        "none: a trail is the account's. The alarm `identity.failed_logins` counts without it, and an API "
        "that signs users in itself puts its 401 into the stream of its own `security_events`."
    ),
    "window-in-parallel": _error(
        "In a tumbling window each batch of a shard gets the state that the one before it gave back, so that "
        "they come one after the other: a window and several batches of a shard at a time exclude each other."
    ),
    "too-many-readers": _warning(
        "DynamoDB lets two functions read a shard of a table's stream at the same time, and of a table with "
        "replicas one. More are throttled, and fall behind. A projection of an event store is such a reader."
    ),
    "shared-throughput": _notice(
        "All functions that read a Kinesis stream without `enhanced_fan_out` share 2 MB and five reads a "
        "second of each shard, and Lambda asks once a second for each of them. With it, a function has 2 MB "
        "a second for itself, which is paid for."
    ),
    "invalid-filter": _error(
        "A filter of a trigger is an event filter pattern over what AWS puts around the content: `body` of a "
        "message, `data` of a record, `dynamodb` and `eventName` of a change. One trigger has at most five, "
        "each of at most 4,096 characters. What no pattern matches is dropped without a trace."
    ),
    "age-beyond-retention": _warning(
        "Records are given up at an age that none reaches, since the stream keeps them for less: they are "
        "lost without `on_failure` being told."
    ),
    "given-up-untold": _notice(
        "Lambda gives up a batch of records of a stream after its last try, and goes on with the next. Only "
        "the queue that `on_failure` names is told where in the stream they were, so that they can be "
        "read again."
    ),
    "dead-letters-expire-early": _warning(
        "A message keeps the age that it had when it moves to the dead-letter queue of a standard queue. If "
        "that one keeps messages no longer than the queue itself, a message that failed late is gone at once."
    ),
    "fifo-options": _error(
        "Deduplication, throughput and groups of messages belong to FIFO queues and topics, and a bus fills "
        "only those FIFO queues that tell messages apart by their content."
    ),
    "unknown-event": _error(
        "A queue or function takes a type of events that the bus does not carry, so that none would ever "
        "come. A bus that declares no `events` carries any."
    ),
    "invalid-event-schema": _error(
        "The file with the schema of an event does not exist, is no JSON, or no JSON Schema of Draft 4 of an "
        "object. It may refer to its own `definitions`, and to nothing elsewhere."
    ),
    "invalid-event-example": _error(
        "An example of an event does not exist, is no JSON, or does not fit the schema of its type."
    ),
}
