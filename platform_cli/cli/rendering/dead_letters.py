"""What `platform dead-letters` shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.dead_letters.clearing import Cleared
    from platform_cli.operate.dead_letters.messages import DeadLetter
    from platform_cli.operate.dead_letters.places import DeadLetterQueue

_LONGEST = 2000


def render_queues(terminal: Terminal, queues: Sequence[DeadLetterQueue]) -> None:
    """Show the queues, with what waits in them first."""
    if terminal.json:
        terminal.data(list(queues))
        return
    if not queues:
        terminal.result("nothing here has a dead-letter queue")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("FAILED", "WAITING", "IN HAND", "KEPT", "QUEUE"):
        counts = heading in ("WAITING", "IN HAND")
        table.add_column(heading, no_wrap=True, justify="right" if counts else "left")
    for queue in sorted(queues, key=lambda queue: (-queue.waiting, queue.name)):
        table.add_row(
            queue.name,
            str(queue.waiting),
            str(queue.in_flight or "-"),
            f"{queue.retention_days:g} days",
            queue.physical_name,
            style="bold red" if queue.waiting else "",
        )
    terminal.result(table)
    waiting = next((queue for queue in queues if queue.waiting), None)
    if waiting is not None:
        terminal.say(f"\nlook at them: platform dead-letters show {waiting.name}", style="dim")


def render_messages(terminal: Terminal, queue: DeadLetterQueue, letters: Sequence[DeadLetter]) -> None:
    """Show messages with what is known of their failure."""
    if terminal.json:
        terminal.data([message_data(letter) for letter in letters])
        return
    from rich.text import Text

    for letter in letters:
        head = Text(moment(letter.sent), style="bold")
        head.append(f"  {letter.id}  received {number(letter.receives, 'time')}", style="not bold dim")
        if letter.error:
            head.append(f"\n{letter.error}", style="not bold red")
        terminal.result(head, _shortened(letter.content), "")
    if not letters:
        terminal.result(f"no message of {queue.physical_name} can be seen")
    else:
        terminal.say(
            f"{len(letters)} of about {max(queue.waiting, len(letters))}; once the cause is mended: "
            f"platform dead-letters redrive {queue.name}",
            style="dim",
        )


def render_cleared(terminal: Terminal, cleared: Cleared, done: str) -> None:
    """Say what became of the messages."""
    if terminal.json:
        terminal.data(
            {
                "queue": cleared.queue.name,
                "done": cleared.done,
                "kept": cleared.kept,
                "refused": dict(cleared.refused),
                "interrupted": cleared.interrupted,
                "failure": cleared.failure.message if cleared.failure else None,
            }
        )
        return
    kept = f", {cleared.kept} did not match and stay" if cleared.kept else ""
    terminal.result(f"{done} {number(cleared.done, 'message')} of {cleared.queue.physical_name}{kept}")
    for letter, why in cleared.refused:
        terminal.say(f"{letter} stays: {why}", style="yellow")
    if cleared.interrupted:
        terminal.say("ended before all were read; nothing is lost, run it again for the others")


def message_data(letter: DeadLetter) -> dict[str, Any]:
    """A message for programs."""
    return {
        "id": letter.id,
        "sent": letter.sent,
        "receives": letter.receives,
        "error": letter.error,
        "group": letter.group,
        "content": letter.content,
        "body": letter.body,
    }


def _shortened(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content, indent=2, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… {len(text) - _LONGEST:,} more characters"
