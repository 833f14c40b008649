"""Secrets on the embedded local AWS, which promotes without a function: the tool drives the steps itself."""

from __future__ import annotations

import json

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.history import read_history
from platform_cli.operate.secrets.labels import promote
from platform_cli.operate.secrets.planning import plan_rotation
from platform_cli.operate.secrets.reporting import report_secrets
from platform_cli.operate.secrets.rolling_back import execute_rollback, plan_rollback
from platform_cli.operate.secrets.rotating import execute_rotation
from platform_cli.operate.secrets.rotators import load_rotation
from platform_cli.operate.secrets.values import Hidden, execute_setting, plan_setting, read_value

pytestmark = pytest.mark.e2e


@pytest.fixture
def deployed(environment, local_clients):
    """Secrets `payment`, `tokens` and `never` of a system of this test's own."""
    told = environment.model_dump()
    base = {"description": "", "generate_length": None, "exclude_punctuation": False, "database": None}
    base |= {"replicas": (), "rotation_days": 30}
    told["secrets"] = {
        name: {
            **base,
            "name": name,
            "physical_name": f"{environment.system}/{name}",
            "rotation_strategy": how,
        }
        for name, how in (("payment", None), ("tokens", "jwt_key"), ("never", None))
    }
    manager = local_clients.client("secretsmanager")
    for secret in told["secrets"].values():
        if secret["name"] != "never":
            manager.create_secret(Name=secret["physical_name"], SecretString="first")
    return type(environment).model_validate(told)


def rotate(environment, clients, templates, name):
    secret = environment.secrets[name]
    plan = plan_rotation(environment, secret, clients, templates, sleep=lambda _: None)
    return execute_rotation(plan, environment, clients, reason="test", sleep=lambda _: None)


def current(environment, clients, name):
    return read_value(environment.secrets[name], clients).value.reveal()


def test_a_secret_is_set_rotated_and_rolled_back(deployed, local_clients, templates):
    secret = deployed.secrets["payment"]
    execute_setting(plan_setting(secret, local_clients), Hidden("Second1"), deployed, local_clients)
    assert current(deployed, local_clients, "payment") == "Second1"

    done = rotate(deployed, local_clients, templates, "payment")
    assert done.done
    assert current(deployed, local_clients, "payment") != "Second1"

    rollback = plan_rollback(deployed, secret, local_clients, templates)
    execute_rollback(rollback, deployed, local_clients)
    assert current(deployed, local_clients, "payment") == "Second1"
    (report,) = report_secrets(deployed, local_clients, ("payment",))
    assert report.state.pending is None
    assert [entry.what for entry in read_history(local_clients, deployed, kind="secrets")] == [
        "rolled back to the previous value",
        "rotated",
        "set a value",
    ]


def test_a_ring_of_keys_rotates_with_proof(deployed, local_clients, templates):
    module, _ = load_rotation(templates, "jwt_key")
    first = module.handler.make(None).first()
    setting = plan_setting(deployed.secrets["tokens"], local_clients)
    execute_setting(setting, Hidden(first), deployed, local_clients)

    done = rotate(deployed, local_clients, templates, "tokens")

    assert done.done
    assert (done.proof.new_works, done.proof.old_works) == (True, True)
    assert len(json.loads(current(deployed, local_clients, "tokens"))["keys"]) == 2


def test_a_rotation_that_fails_leaves_the_secret_as_before(deployed, local_clients, templates):
    # Its value is no ring of keys, so the first step is refused.
    with pytest.raises(PlatformError) as caught:
        rotate(deployed, local_clients, templates, "tokens")

    assert caught.value.code == "rotation-preflight"
    assert current(deployed, local_clients, "tokens") == "first"


def test_a_value_that_somebody_else_set_meanwhile_is_not_overwritten(deployed, local_clients):
    secret = deployed.secrets["payment"]
    mine, theirs = (plan_setting(secret, local_clients) for _ in range(2))
    execute_setting(theirs, Hidden("theirs"), deployed, local_clients)
    with pytest.raises(PlatformError) as caught:
        execute_setting(mine, Hidden("mine"), deployed, local_clients)

    assert caught.value.code == "secret-changed"
    assert current(deployed, local_clients, "payment") == "theirs"


def test_a_label_is_moved_only_from_where_it_was_seen(deployed, local_clients):
    name = deployed.secrets["payment"].physical_name
    with pytest.raises(PlatformError):
        promote(name, "v" * 32, "w" * 32, local_clients)


def test_secrets_are_listed_with_what_is_wrong(deployed, local_clients):
    reports = {report.name: report for report in report_secrets(deployed, local_clients)}

    assert [c.kind for c in reports["never"].conditions] == ["missing"]
    assert reports["payment"].age_days == 0
    assert not reports["payment"].overdue
