"""What rooms report while they work, each event as one line or none."""

from __future__ import annotations

from typing import Any

from platform_cli.cli.rendering.alarms import WaitingForQuiet
from platform_cli.cli.rendering.event_replays import progress_line
from platform_cli.deploy import events as deploying
from platform_cli.local import events as local
from platform_cli.operate.alarms.proving import ProvingProgress
from platform_cli.operate.dead_letters.clearing import ClearingProgress
from platform_cli.operate.events.replays import Replay
from platform_cli.operate.projections.replaying import ReplayProgress
from platform_cli.operate.queries import QueryProgress
from platform_cli.operate.tuning import events as tuning
from platform_cli.package import events as packaging
from platform_cli.stacks import events as synthesis

DOING = {
    "create": "creating",
    "update": "updating",
    "recreate": "recreating",
    "recover": "recovering",
    "wait": "waiting for",
    "remove": "removing",
    "follow": "checking",
    "delete": "deleting",
}
DONE = {
    "create": "created",
    "update": "updated",
    "recreate": "recreated",
    "recover": "recovered and updated",
    "wait": "finished",
    "remove": "removed",
    "follow": "checked",
    "delete": "deleted",
}


def line(event: Any) -> str | None:
    """Say an event in a line; None for those that only move a bar."""
    match event:
        case packaging.DependenciesFinished(reused=False):
            return f"installed the dependencies of {', '.join(event.services)} for {event.platform}"
        case packaging.ConnectorRecorded():
            return f"recorded the checksum of {event.coordinate} in {event.file}: commit it"
        case packaging.PackagingFinished(reused=False):
            return f"packed {event.service}"
        case synthesis.SynthesisFinished():
            return f"synthesized {len(event.stacks)} stacks"
        case local.InstallingLocalAws():
            doing = "repairing" if event.repairing else "installing"
            return f"{doing} the local AWS (MiniStack {event.version}), only this once"
        case local.LocalAwsRecovered():
            return "the local AWS had died; what it had not saved is deployed again"
        case local.LocalAwsReplaced():
            return f"the local AWS changes from {event.old} to {event.new}"
        case local.PortTaken():
            owner = f" to {event.owner}" if event.owner else ""
            return f"port {event.port} belongs{owner or ' to another program'}; using {event.chosen}"
        case local.LocalAwsReady():
            return f"the local AWS {'runs' if event.already_running else 'is ready'} at {event.endpoint_url}"
        case local.LocalAwsStopped(forced=True):
            return "the local AWS did not end by itself and was killed; its last changes may be lost"
        case local.InstallingStores():
            return "installing PostgreSQL and Redis for the local AWS, only this once"
        case local.StoreReady():
            return f"{event.name} answers at 127.0.0.1:{event.port}"
        case local.LedToServers():
            return f"led to the new ports: {', '.join(event.names)}"
        case deploying.StackFinished():
            return _stack_finished(event)
        case deploying.WaitingForStack():
            return f"{event.stack} is still {event.status}; waiting for it"
        case deploying.ReleaseProgress():
            share = "" if event.percent is None else f", {event.percent:g} % of calls on the new version"
            return f"releasing {event.function} of {event.stack}: {event.status}{share}"
        case deploying.SeedCreated():
            return f"created the {'flags' if event.kind == 'flags' else event.kind} {event.name}"
        case deploying.Removed():
            return f"removed {event.count} {event.kind} of {event.name}"
        case deploying.SitePublished():
            return f"files of CDN {event.cdn}: {event.uploaded} uploaded, {event.removed} deleted"
        case deploying.ApplicationProgress():
            return f"application {event.application} is {event.status}"
        case deploying.Remark():
            return event.message
        case tuning.RoundDone():
            leads = f"{event.leader} leads" if event.leader else "none works yet"
            return (
                f"{event.address}: round {event.number}, {event.invocations} calls, "
                f"{event.spent_usd:.2g} USD; {leads}, {event.open} sizes in the race"
            )
    return None


def in_hand(event: Any) -> str | None:
    """Say what is being worked on, for the line below the bars."""
    match event:
        case packaging.ConnectorStarted():
            return f"fetching {event.coordinate}"
        case packaging.DependenciesStarted():
            return f"installing the dependencies of {', '.join(event.services)}"
        case packaging.PackagingStarted():
            return f"packing {event.service}"
        case synthesis.SynthesisStarted():
            return f"synthesizing {len(event.stacks)} stacks"
        case synthesis.StackDefined():
            return f"synthesizing {event.stack} ({event.done}/{event.total})"
        case local.InstallingLocalAws():
            return "installing the local AWS"
        case local.StartingLocalAws():
            return f"starting the local AWS ({event.elapsed_seconds:.0f} s)"
        case local.StoppingLocalAws():
            return "stopping the local AWS"
        case local.InstallingStores():
            return "installing PostgreSQL and Redis"
        case local.StartingStore():
            return f"starting {event.name}"
        case tuning.SizesPublished():
            return f"calling {event.sizes} sizes of {event.address}, {event.lanes} at a time"
        case ReplayProgress():
            return f"{event.address}: {event.events} events replayed"
        case tuning.RoundDone():
            return f"calling {event.open} sizes of {event.address}"
        case tuning.PuttingBack():
            return f"putting {event.address} back"
        case ClearingProgress():
            return f"{event.queue}: {event.doing} {event.done}, {event.read} of about {event.waiting} read"
        case Replay():
            return progress_line(event)
        case WaitingForQuiet():
            return f"{event.count} on; waiting up to {event.seconds_left:.0f} s until all is quiet"
        case QueryProgress():
            return f"asking {event.name}: {event.scanned_records:,} lines looked at"
        case ProvingProgress():
            return f"testing {event.alarm} ({event.number}/{event.total})"
        case deploying.AssetProgress():
            return f"uploading {event.done}/{event.total} files"
    return None


def _stack_finished(event: deploying.StackFinished) -> str | None:
    if event.result == "unchanged":
        return None
    if event.result == "done":
        return f"{DONE.get(event.action, event.action)} {event.stack}"
    verb = DOING.get(event.action, event.action)
    return f"{verb} {event.stack} {'failed' if event.result == 'failed' else 'was interrupted'}"
