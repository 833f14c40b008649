"""The doctor on the deployed shop: every check of an environment can be made on the local AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.nightly]


def test_no_check_breaks_on_a_deployed_shop_and_what_is_well_is_said_to_be(deployed_shop: Any) -> None:
    done = deployed_shop.platform("doctor", "--env", "local", "--json", check=False)
    checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}

    assert [check for check in checks.values() if check["verdict"] == "broken"] == []
    well = ("local-aws", "bootstrap", "stacks", "drift", "undeployed-changes", "secrets", "log-retention")
    assert {id: checks[id]["verdict"] for id in well} == dict.fromkeys(well, "ok"), checks
    # The local AWS encrypts nothing, and answers on this machine alone.
    for id in ("encryption", "public-access", "open-policies", "open-routes"):
        assert checks[id]["verdict"] == "skipped"


def test_a_retention_that_somebody_took_away_is_found(deployed_shop: Any) -> None:
    logs = deployed_shop.clients.client("logs")
    group = {"logGroupName": f"/aws/lambda/{deployed_shop.environment.system}-local-orders-create"}
    (told,) = logs.describe_log_groups(logGroupNamePrefix=group["logGroupName"])["logGroups"]
    logs.delete_retention_policy(**group)
    try:
        done = deployed_shop.platform(
            "doctor", "--env", "local", "--only", "log-retention", "--json", check=False
        )
    finally:
        logs.put_retention_policy(**group, retentionInDays=told["retentionInDays"])
    (check,) = json.loads(done.stdout)["checks"]
    assert check["verdict"] == "warning"
    assert check["evidence"][0].startswith(group["logGroupName"])
