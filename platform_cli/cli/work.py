"""What a command that does several things one by one has done, and what is left when it ends early."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Work:
    """Steps of a command; told if it is stopped or refused half-way, and not otherwise.

    Attributes:
        done: What was done, in words.
        left: What was not.
    """

    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def plan(self, steps: Iterable[str]) -> None:
        """Say what is to be done."""
        self.left = list(steps)

    def finish(self, step: str) -> None:
        """Say that a step is done."""
        if step in self.left:
            self.left.remove(step)
        self.done.append(step)

    @property
    def begun(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.done)

    def data(self) -> dict[str, Any]:
        """For programs."""
        return {"done": list(self.done), "left": list(self.left)}

    def lines(self) -> list[str]:
        """For people; none where nothing was done."""
        if not self.begun:
            return []
        from platform_cli.cli.rendering.words import few

        left = [f"left as it was: {', '.join(few(self.left))}"] if self.left else []
        return [f"done before that: {', '.join(few(self.done))}", *left]
