"""Prove a rotation: the new value works, and the old one does what the strategy says."""

from __future__ import annotations

from dataclasses import dataclass

from platform_cli.operate.secrets.probing import ask
from platform_cli.operate.secrets.rotators import Rotator
from platform_cli.operate.secrets.selecting import Strategy

_OLD_SHALL_WORK: dict[Strategy, bool | None] = {
    "postgresql_single_user": False,
    "mysql_single_user": False,
    "postgresql_alternating_users": True,
    "mysql_alternating_users": True,
    "api_key": True,
    "jwt_key": True,
    "generic": None,
}


@dataclass(frozen=True)
class Proof:
    """What was shown after a rotation.

    Attributes:
        changed: Whether another version is current than before.
        new_works: Whether the current value works; None if nobody can be asked.
        old_works: The same of the old one; None also where it is still current.
        old_shall_work: What the strategy says of the old one; None: nothing.
    """

    changed: bool
    new_works: bool | None
    old_works: bool | None
    old_shall_work: bool | None

    @property
    def holds(self) -> bool:
        """Whether nothing that was seen speaks against it."""
        if self.new_works is False:
            return False
        return None in (self.old_works, self.old_shall_work) or self.old_works == self.old_shall_work


def prove(strategy: Strategy, rotator: Rotator, old: str, new: str, *, changed: bool) -> Proof:
    """Ask whether both values work."""
    if not changed:
        (works,) = ask(rotator, (new,))
        return Proof(False, works, None, None)
    new_works, old_works = ask(rotator, (new, old))
    return Proof(True, new_works, old_works, _OLD_SHALL_WORK[strategy])
