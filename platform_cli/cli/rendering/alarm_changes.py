"""What the commands of `platform alarms` show that change something: tests and silences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.words import duration, few, fitted, moment, number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.alarms.contacts import Contact, Contacts
    from platform_cli.operate.alarms.leftovers import Leftover, Remaining
    from platform_cli.operate.alarms.proving import AlarmProof, AlarmTest
    from platform_cli.operate.alarms.reading import AlarmStatus
    from platform_cli.operate.alarms.silencing import Silence

CLEANUP = "platform alarms test --cleanup"


def chosen_lines(
    alarms: Sequence[AlarmStatus], contacts: Contacts | None, what: str, told: str, width: int
) -> Iterator[str]:
    """Say which alarms a change is about, and who hears of them.

    Args:
        alarms: Which.
        contacts: By topic; None where they cannot be read.
        what: What becomes of them, to stand after their number: `to set off in dev`.
        told: What becomes of the contacts: `will be told`.
        width: Of the terminal.
    """
    yield f"{number(len(alarms), 'alarm')} {what}:"
    names = [f"{(alarm.severity or '-').ljust(8)}  {alarm.name}" for alarm in alarms]
    yield from (f"  {name}" for name in few(names))
    if contacts is None:
        yield f"{told}: whoever is subscribed; that cannot be read here"
        return
    for topic, subscribed in contacts.items():
        ready = [str(contact) for contact in subscribed or () if contact.confirmed]
        who = ", ".join(few(ready, 5)) or ("the topic is gone" if subscribed is None else "nobody")
        unready = sum(not contact.confirmed for contact in subscribed or ())
        more = f"; {unready} did not confirm" if unready else ""
        yield from fitted(f"{told} by {topic.rpartition(':')[2]}: {who}{more}", width)


def leftover_lines(leftovers: Sequence[Leftover]) -> Iterator[str]:
    """Say what tests left that would be put back; a test that still runs has such things as well."""
    now = datetime.now(UTC)
    yield f"{number(len(leftovers), 'thing')} that a test left, or one that still runs needs:"
    for leftover in leftovers:
        age = f", for {duration((now - leftover.since).total_seconds())}" if leftover.since else ""
        yield f"  {leftover}{age}"


def render_test(terminal: Terminal, test: AlarmTest) -> None:
    """Say of each alarm what was proven, and what cannot be; and what could not be put back."""
    if terminal.json:
        terminal.data(
            {
                "proofs": list(test.proofs),
                "left": list(test.left),
                "remains": _remains_data(test.remains),
                "interrupted": test.interrupted,
                "failure": test.failure.message if test.failure else None,
            }
        )
        return
    from rich.text import Text

    for proof in test.proofs:
        mark, style = ("heard", "bold green") if proof.well else ("NOT HEARD", "bold red")
        terminal.result(Text(mark.ljust(10), style=style).append(proof.alarm, style="not bold default"))
        for remark in _remarks(proof):
            rows = fitted(remark, terminal.out.width, " " * 10)
            terminal.result(*(Text(row, style="dim") for row in rows))
    if test.begun:
        were = "was" if test.heard == 1 else "were"
        back = "" if test.remains else "; all is put back"
        terminal.result(f"{test.heard} of {number(len(test.begun), 'alarm')} {were} heard{back}")
    else:
        terminal.result("no alarm was set off" if test.left else "there is no alarm to test")
    _render_remains(terminal, test.remains)
    if test.left:
        terminal.say(*fitted(f"not tried: {', '.join(few(test.left))}", terminal.err.width))
    if test.proofs:
        terminal.say("that somebody read a mail cannot be proven from here", style="dim")


def render_cleanup(terminal: Terminal, found: Sequence[Leftover], remains: Sequence[Remaining]) -> None:
    """Say what was put back."""
    left = [remaining.leftover for remaining in remains]
    done = [leftover for leftover in found if leftover not in left]
    if terminal.json:
        terminal.data({"put_back": [str(leftover) for leftover in done], "remains": _remains_data(remains)})
        return
    if not found:
        terminal.result("no test left anything")
        return
    terminal.result(f"{number(len(done), 'thing')} put back")
    _render_remains(terminal, remains)


def silence_lines(silences: Sequence[Silence]) -> list[str]:
    """Say what is silenced, until when, and why."""
    return [
        line for rule in silences for line in (_silence_line(rule), f"  {', '.join(few(rule.alarms, 3))}")
    ]


def render_silences(terminal: Terminal, silences: Sequence[Silence]) -> None:
    """Show what is silenced, until when."""
    if terminal.json:
        terminal.data(list(silences))
        return
    if not silences:
        terminal.result("no alarm is silenced")
    for rule in silences:
        terminal.result(*fitted(_silence_line(rule), terminal.out.width))


def _silence_line(rule: Silence) -> str:
    why = f" - {rule.reason}" if rule.reason else ""
    return f"{number(len(rule.alarms), 'alarm')} silent from {moment(rule.begin)} to {moment(rule.end)}{why}"


def _remarks(proof: AlarmProof) -> Iterator[str]:
    if not proof.changed:
        yield "its history does not say that it went on"
    if proof.published == "missing":
        yield "its notice did not come: are its actions switched off, or its topic's key closed?"
    if proof.published == "none":
        yield "it has no topic to tell"
    for contact in proof.contacts:
        yield _contact(contact)
    if proof.published == "proven" and not any(contact.confirmed for contact in proof.contacts):
        yield "the notice was sent, and nobody is subscribed who could get it"


def _contact(contact: Contact) -> str:
    unready = "" if contact.confirmed else " has not confirmed, and gets nothing"
    return f"{contact.protocol} {contact.endpoint}{unready}"


def _render_remains(terminal: Terminal, remains: Sequence[Remaining]) -> None:
    if not remains:
        return
    terminal.result(f"{number(len(remains), 'thing')} could not be put back:", style="bold red")
    for remaining in remains:
        rows = fitted(f"{remaining.leftover}: {remaining.why}", terminal.out.width, "  ")
        terminal.result(*rows)
    terminal.say(f"`{CLEANUP}` tries again")


def _remains_data(remains: Sequence[Remaining]) -> list[dict[str, str]]:
    return [
        {"kind": r.leftover.kind, "name": r.leftover.name, "what": str(r.leftover), "why": r.why}
        for r in remains
    ]
