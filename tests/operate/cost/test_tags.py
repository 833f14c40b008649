"""Tags that the bill counts by; answers as Cost Explorer gives them."""

from __future__ import annotations

from platform_cli.operate.cost.tags import RefusedTag, activate_tags, read_tags, tags_of

SYSTEM = "tags: { cost-centre: '42' }\ntables: { main: { partition_key: PK } }\n"
KEYS = ["cost-centre", "environment", "owner", "service", "system"]


def test_the_tags_of_all_stacks_and_of_the_blueprint_are_asked_for(clients, environment):
    told = [
        {"TagKey": "system", "Type": "UserDefined", "Status": "Active"},
        {"TagKey": "environment", "Type": "UserDefined", "Status": "Inactive"},
    ]
    clients.stub("ce").add_response(
        "list_cost_allocation_tags",
        {"CostAllocationTags": told},
        {"TagKeys": KEYS, "Type": "UserDefined"},
    )
    system = environment(SYSTEM)
    assert list(tags_of(system)) == KEYS
    assert {tag.key: tag.status for tag in read_tags(system, clients)} == {
        "cost-centre": "unseen",
        "environment": "inactive",
        "owner": "unseen",
        "service": "unseen",
        "system": "active",
    }


def test_what_aws_refuses_to_activate_is_told_with_its_reason(clients):
    clients.stub("ce").add_response(
        "update_cost_allocation_tags_status",
        {"Errors": [{"TagKey": "owner", "Code": "ValidationException", "Message": "Tag keys not found"}]},
        {
            "CostAllocationTagsStatus": [
                {"TagKey": "environment", "Status": "Active"},
                {"TagKey": "owner", "Status": "Active"},
            ]
        },
    )
    assert activate_tags(["environment", "owner"], clients) == (RefusedTag("owner", "Tag keys not found"),)


def test_tags_are_activated_as_many_at_a_time_as_aws_takes(clients):
    keys = [f"tag-{number}" for number in range(45)]
    for part, refused in ((keys[:20], ["tag-3"]), (keys[20:40], []), (keys[40:], ["tag-44"])):
        clients.stub("ce").add_response(
            "update_cost_allocation_tags_status",
            {"Errors": [{"TagKey": key, "Code": "c", "Message": "m"} for key in refused]},
            {"CostAllocationTagsStatus": [{"TagKey": key, "Status": "Active"} for key in part]},
        )
    assert activate_tags(keys, clients) == (RefusedTag("tag-3", "m"), RefusedTag("tag-44", "m"))
