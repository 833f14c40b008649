"""What can go wrong when events are published or replayed."""

from __future__ import annotations

EVENTS = {
    "bus-not-deployed": "The blueprint declares this bus, and it is not there. A deployment makes it.",
    "invalid-event": (
        "The detail of an event is no JSON object, or does not fit the JSON Schema that `buses.NAME.events` "
        "names for its type. The message says where. Nothing was published."
    ),
    "invalid-replay": (
        "A replay needs a time span that lies in the past and a name of at most 64 letters, digits, dots, - "
        "and _. Nothing was started."
    ),
    "no-archive": (
        "Only what an archive kept can be replayed. With `archive_days` a bus has one, which keeps what "
        "comes after its deployment; AWS does not keep events otherwise."
    ),
    "publishing-failed": (
        "EventBridge did not take the event; the message says why. Publishing it again is safe: it was not "
        "delivered to anybody."
    ),
    "replay-ended": "The replay is through, failed, or was cancelled already. There is nothing to end.",
    "replay-exists": (
        "Names of replays are unique in an account and region, and AWS keeps each for 90 days after its end. "
        "Without --name, the name has the present time in it."
    ),
    "unknown-bus": "`buses` of the blueprint declares no bus of this name.",
    "unknown-event-type": (
        "Where `buses.NAME.events` declares types of events, no other is published, by hand or by a service "
        "that checks its own: nobody would expect it."
    ),
    "unknown-receiver": (
        "--rule names a queue, a function or a rule that gets events of the bus. `--dry-run` without it "
        "lists them all."
    ),
    "unknown-replay": (
        "AWS knows no replay of this name from an archive of this environment. It forgets them after 90 days."
    ),
}
