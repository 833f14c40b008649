"""Profiles and addresses."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from servicekit.models import Model, RequestModel

Line = Annotated[str, Field(min_length=1, max_length=100)]


class Profile(RequestModel):
    """What a user tells about himself or herself."""

    name: Line
    phone: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = None
    """In E.164: `+353861234567`."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    """ISO 639-1."""


class NewAddress(RequestModel):
    """Where to send things."""

    recipient: Line
    street: Line
    postal_code: Annotated[str, Field(min_length=2, max_length=12)]
    city: Line
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    """ISO 3166-1: two letters."""


class Address(Model):
    """An address under its id."""

    address_id: str
    recipient: str
    street: str
    postal_code: str
    city: str
    country: str
