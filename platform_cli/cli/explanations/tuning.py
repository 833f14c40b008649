"""What can be wrong when memory is tuned."""

from __future__ import annotations

TUNING = {
    "budget-too-small": (
        "`--max-spend-usd` is never exceeded, so a call is made only while its worst price fits: its size "
        "for the whole timeout, and the longest start. The limit must pay for one such call of the dearest "
        "size."
    ),
    "changed-meanwhile": (
        "Somebody changed the function while versions of it were published, so the versions would not be of "
        "one code. Everything was put back; start again when that deployment is done."
    ),
    "function-unusable": (
        "Lambda does not let the function be called: its last change failed, or its reserved concurrency is "
        "0. The message says what Lambda says."
    ),
    "invalid-aim": (
        "An aim is `cost`, `speed`, `balanced`, or the weight of the cost from 0 to 1: 0.7 lets the cost "
        "count more than the time."
    ),
    "invalid-size": "Lambda takes memory from 128 to 10240 MB, in whole megabytes.",
    "no-capacity": (
        "Lambda kept refusing calls for lack of capacity. The run was stopped so as not to take the capacity "
        "of users; everything was put back. Tune at a quieter time or with `--concurrency 1`."
    ),
    "no-test-events": (
        "The service has no test events for the function. They are JSON files in the service's folder: "
        "`tests/events/<function>.json`, or several in `tests/events/<function>/`."
    ),
    "not-comparable": (
        "Another architecture is tried on a temporary copy of the function. That is not possible where the "
        "function has a layer of somebody else, which may be of one architecture, or more code than a "
        "request to Lambda may carry. Dependencies of the service are built for the other architecture, and "
        "the AppConfig Agent is replaced by its counterpart."
    ),
    "nothing-to-tune": (
        "The logs promise no saving for any function: there are none, or every function has the size that "
        "its logs suggest. A function may still be tuned by its name."
    ),
    "processor-failed": (
        "A function that was named with `--before` or `--after` failed. The run was stopped, and everything "
        "put back."
    ),
    "tuning-failed": (
        "No size could be measured, as every call failed or came back without a report. Mostly the payload "
        "is not what the function takes."
    ),
    "tuning-in-progress": (
        "The function has aliases that `tune-memory` makes, so somebody is tuning it, or a run on another "
        "machine was killed. If nobody is at it, `--cleanup` deletes what is left."
    ),
    "tuning-needs-aws": (
        "The local AWS does not slow a function down at small sizes, so every size looks the same there. "
        "Tune an environment on AWS; `--simulate MODEL` shows what the command does without one."
    ),
    "tuning-not-restored": (
        "Something that the run made or changed could not be put back; the message says what. The journal of "
        "the run is kept, and `platform tune-memory --cleanup` tries again."
    ),
    "tuning-unfinished": (
        "An earlier run on the function was killed before it could put things back. `platform tune-memory "
        "--cleanup` does that from its journal."
    ),
    "unknown-model": "There is no model of this name to simulate. The hint lists those there are.",
    "unreadable-journal": (
        "The journal of a run that was killed is damaged, so what it changed must be put back by hand."
    ),
}
