"""Profiles and addresses in the single table: `PK = USER#<id>`, `SK = PROFILE` or `ADDRESS#<id>`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Key

from users.logic.people import Address, Profile

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class PeopleTable:
    """Keeps profiles and addresses in DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def profile(self, user_id: str) -> Profile | None:
        """The profile, if there is one."""
        item = self._table.get_item(Key=_key(user_id, "PROFILE"), ConsistentRead=True).get("Item")
        if item is None:
            return None
        return Profile.model_validate({name: item[name] for name in Profile.model_fields if name in item})

    def set_profile(self, user_id: str, profile: Profile) -> None:
        """Keep it in place of what was there."""
        fields = profile.model_dump(exclude_none=True)
        self._table.put_item(Item={**_key(user_id, "PROFILE"), "entity": "PROFILE", **fields})

    def addresses(self, user_id: str) -> Sequence[Address]:
        """All addresses, by id. There are few: one page of DynamoDB holds them many times over."""
        mine = Key("PK").eq(f"USER#{user_id}") & Key("SK").begins_with("ADDRESS#")
        items = self._table.query(KeyConditionExpression=mine, ConsistentRead=True)["Items"]
        return [Address.model_validate({name: item[name] for name in Address.model_fields}) for item in items]

    def add_address(self, user_id: str, address: Address) -> None:
        """Keep a new address."""
        key = _key(user_id, f"ADDRESS#{address.address_id}")
        self._table.put_item(Item={**key, "entity": "ADDRESS", **address.model_dump()})

    def remove_address(self, user_id: str, address_id: str) -> bool:
        """Whether it was there."""
        removed = self._table.delete_item(Key=_key(user_id, f"ADDRESS#{address_id}"), ReturnValues="ALL_OLD")
        return "Attributes" in removed


def _key(user_id: str, sort: str) -> dict[str, str]:
    return {"PK": f"USER#{user_id}", "SK": sort}
