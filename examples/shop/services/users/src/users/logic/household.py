"""What a user may do with profile and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from servicekit.clock import Ids
from servicekit.problems import Conflict, NotFound
from users.logic.people import Address, NewAddress, Profile

MAX_ADDRESSES = 20


class PeopleStore(Protocol):
    """Keeps profiles and addresses."""

    def profile(self, user_id: str) -> Profile | None:
        """The profile, if there is one."""

    def set_profile(self, user_id: str, profile: Profile) -> None:
        """Keep it in place of what was there."""

    def addresses(self, user_id: str) -> Sequence[Address]:
        """All addresses, by id."""

    def add_address(self, user_id: str, address: Address) -> None:
        """Keep a new address."""

    def remove_address(self, user_id: str, address_id: str) -> bool:
        """Whether it was there."""


@dataclass(frozen=True)
class Household:
    """A user's own data. `user_id` always comes from the verified token."""

    store: PeopleStore
    new_id: Ids

    def profile(self, user_id: str) -> Profile:
        """The profile.

        Raises:
            NotFound: The user has not written one.
        """
        profile = self.store.profile(user_id)
        if profile is None:
            raise NotFound("There is no profile yet; PUT one", code="no-profile")
        return profile

    def set_profile(self, user_id: str, profile: Profile) -> Profile:
        """The profile as it now is."""
        self.store.set_profile(user_id, profile)
        return profile

    def addresses(self, user_id: str) -> Sequence[Address]:
        """All addresses."""
        return self.store.addresses(user_id)

    def add_address(self, user_id: str, new: NewAddress) -> Address:
        """The new address under its id.

        Raises:
            Conflict: The user has `MAX_ADDRESSES`. Two requests at once may both pass: one more does no harm.
        """
        if len(self.store.addresses(user_id)) >= MAX_ADDRESSES:
            raise Conflict(
                f"There are {MAX_ADDRESSES} addresses; remove one first", code="too-many-addresses"
            )
        address = Address(address_id=self.new_id(), **new.model_dump())
        self.store.add_address(user_id, address)
        return address

    def remove_address(self, user_id: str, address_id: str) -> None:
        """Remove an address.

        Raises:
            NotFound: The user has no such address.
        """
        if not self.store.remove_address(user_id, address_id):
            raise NotFound("There is no such address", code="unknown-address")
