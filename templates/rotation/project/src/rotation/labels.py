"""Which version of the secret is which, and what a step may do with it. Pure: no call is made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

CURRENT = "AWSCURRENT"
PENDING = "AWSPENDING"
PREVIOUS = "AWSPREVIOUS"

Labels = Mapping[str, Sequence[str]]
"""The labels of each version, by its id; as `DescribeSecret` gives them."""


class Step(Enum):
    """What Secrets Manager asks for, in its own words and order."""

    CREATE = "createSecret"
    SET = "setSecret"
    TEST = "testSecret"
    FINISH = "finishSecret"


class RotationRefused(Exception):
    """The step must not run; the message never holds a value."""


def version_with(label: str, labels: Labels) -> str | None:
    """The version that carries a label."""
    return next((version for version, carried in labels.items() if label in carried), None)


def must_run(token: str, labels: Labels) -> bool:
    """Whether a step has something to do for the version `token`.

    Returns:
        False if that version is the current one already: whatever comes late or twice is then done.

    Raises:
        RotationRefused: The version is unknown, or not the pending one.
    """
    if token not in labels:
        raise RotationRefused(f"the secret has no version {token}")
    if CURRENT in labels[token]:
        return False
    if PENDING not in labels[token]:
        raise RotationRefused(f"version {token} is not the pending one")
    return True
