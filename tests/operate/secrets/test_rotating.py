"""Looking before a rotation, the probe throughout, the proof, and putting right what was left over."""

from __future__ import annotations

import importlib
import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.secrets.events import Outage, StepStarted
from platform_cli.operate.secrets.planning import plan_rotation
from platform_cli.operate.secrets.probing import Gap, ProbeLog, Prober, Sample
from platform_cli.operate.secrets.proving import Proof
from platform_cli.operate.secrets.recovering import decide
from platform_cli.operate.secrets.rolling_back import plan_rollback
from platform_cli.operate.secrets.rotating import execute_rotation

LEDGER = "shop/dev/ledger"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:rotate"


def plan(world, templates, name="ledger", **more):
    return plan_rotation(
        world.environment,
        world.environment.secrets[name],
        world.clients,
        templates,
        timeout_seconds=10,
        clock=world.clock,
        sleep=world.sleep,
        monotonic=world.monotonic,
        **more,
    )


def execute(world, planned, token="new", **more):
    return execute_rotation(
        planned,
        world.environment,
        world.clients,
        token=token,
        interval_seconds=0.002,
        sleep=world.sleep,
        **more,
    )


def verdicts(planned):
    return {check.name: check.verdict for check in planned.checks}


# --- looking first -------------------------------------------------------------------------------


def test_a_rotation_that_can_begin_says_what_was_looked_at(make_world, templates):
    world = make_world()
    world.add_login()
    planned = plan(world, templates)

    assert planned.applyable
    assert planned.readers == ("orders.create",)
    assert verdicts(planned) == {
        "secret": "ok",
        "pending version": "ok",
        "function": "ok",
        "permission": "ok",
        "network": "warning",
        "current value": "ok",
    }


def test_a_secret_without_function_is_not_rotated(make_world, templates):
    world = make_world()
    world.manager.add("shop/dev/payment", "value")
    planned = plan(world, templates, "payment")
    with pytest.raises(PlatformError) as caught:
        execute(world, planned)

    assert caught.value.code == "rotation-preflight"
    assert "no rotation function is attached" in caught.value.message
    assert "RotateSecret" not in world.faults.calls


def test_a_function_that_is_gone_or_may_not_be_called_is_seen(make_world, templates, fakes):
    world = make_world()
    world.add_login()
    world.functions.policies[fakes.function] = {"Statement": []}
    assert verdicts(plan(world, templates))["permission"] == "failure"

    other = {"Service": "secretsmanager.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": other, "Condition": {"ArnLike": {"AWS:SourceArn": "arn:x"}}}
    world.functions.policies[fakes.function] = {"Statement": [statement]}
    assert verdicts(plan(world, templates))["permission"] == "failure"

    world.functions.functions.clear()
    assert verdicts(plan(world, templates))["function"] == "failure"


class Network:
    def __init__(self, endpoints=(), routes=()):
        self.endpoints = endpoints
        self.routes = routes

    def describe_vpc_endpoints(self, Filters):
        return {"VpcEndpoints": [{"ServiceName": name, "State": "available"} for name in self.endpoints]}

    def describe_route_tables(self, Filters):
        association = {"SubnetId": "subnet-1"}
        return {"RouteTables": [{"Associations": [association], "Routes": list(self.routes)}]}


@pytest.mark.parametrize(
    ("network", "verdict"),
    [
        (Network(), "failure"),
        (Network(endpoints=["com.amazonaws.eu-west-1.s3"]), "failure"),
        (Network(endpoints=["com.amazonaws.eu-west-1.secretsmanager"]), "ok"),
        (Network(routes=[{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}]), "ok"),
        (Network(routes=[{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]), "failure"),
    ],
    ids=["nothing", "another endpoint", "endpoint", "NAT gateway", "internet gateway"],
)
def test_the_way_from_the_function_to_secrets_manager_is_looked_at(make_world, templates, network, verdict):
    world = make_world()
    world.add_login()
    world.functions.configuration["VpcConfig"] = {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"]}
    world.clients.services = {**world.clients.services, "ec2": network}

    assert verdicts(plan(world, templates))["network"] == verdict


def test_a_managed_secret_needs_no_function(make_world, templates):
    world = make_world()
    world.manager.add(LEDGER, "{}", OwningService="rds")
    planned = plan(world, templates)

    assert verdicts(planned)["owner"] == "ok"
    assert planned.applyable
    assert planned.rotator.probe(["v1"]) == {}


def test_a_dead_current_value_that_no_administrator_can_mend_stops_the_rotation(make_world, templates):
    world = make_world()
    world.add_login()
    world.database.users["app"] = "changed by hand"
    planned = plan(world, templates)

    assert verdicts(planned)["current value"] == "warning"
    with pytest.raises(PlatformError) as refusal:
        execute(world, planned)
    assert refusal.value.code == "rotation-preflight"
    assert world.database.users["app"] == "changed by hand"
    assert list(world.manager.secrets[LEDGER]["versions"]) == ["v1"]


@pytest.mark.parametrize("strategy", ["single_user", "alternating_users"])
def test_the_first_rotation_makes_the_user_that_the_deployment_only_named(make_world, templates, strategy):
    world = make_world(strategy)
    world.add_login(strategy=strategy)
    login = {"host": "db", "username": "ledger_user", "password": "seeded", "masterarn": "admin"}
    world.manager.secrets.pop(LEDGER)
    world.manager.add(LEDGER, json.dumps(login), RotationLambdaARN=FUNCTION, RotationEnabled=True)
    databases = world.rotation.databases
    administrator = databases.administrator_of(world.manager, None)
    made = databases.SingleUser if strategy == "single_user" else databases.AlternatingUsers
    world.attach(made(world.database, administrator))

    done = execute(world, plan(world, templates))

    assert done.done, done
    assert world.database.like["ledger_user"] == "ledger_user"
    assert world.database.accepts(world.manager.labelled(LEDGER, "AWSCURRENT"))


def test_a_rotation_in_progress_is_left_alone_until_it_is_old(make_world, templates, fakes):
    world = make_world()
    world.add_login()
    versions = world.manager.secrets[LEDGER]["versions"]
    versions["half"] = fakes.version(None, {"AWSPENDING"}, fakes.noon)
    assert verdicts(plan(world, templates))["pending version"] == "failure"
    assert plan(world, templates, recover_now=True).applyable

    versions["half"].created = fakes.noon - timedelta(hours=1)
    done = execute(world, plan(world, templates))
    assert done.done
    assert done.recovered.action == "back"


def test_a_rotation_that_stopped_after_setting_is_carried_forward_first(make_world, templates, fakes):
    world = make_world()
    world.add_login()
    pending = json.dumps({**json.loads(world.manager.labelled(LEDGER, "AWSCURRENT")), "password": "half"})
    old = fakes.noon - timedelta(hours=1)
    world.manager.secrets[LEDGER]["versions"]["half"] = fakes.version(pending, {"AWSPENDING"}, old)
    world.database.users["app"] = "half"
    done = execute(world, plan(world, templates))

    assert done.done
    assert (done.recovered.action, done.old_version, done.new_version) == ("forward", "half", "new")


@pytest.mark.parametrize(
    ("strategy", "current", "pending", "action"),
    [
        ("postgresql_single_user", True, False, "back"),
        ("postgresql_single_user", True, True, "back"),
        ("postgresql_single_user", False, True, "forward"),
        ("postgresql_single_user", False, False, "keep"),
        ("postgresql_single_user", None, None, "keep"),
        ("generic", None, None, "back"),
        ("jwt_key", False, False, "keep"),
    ],
)
def test_the_only_value_that_works_is_never_let_go_of(strategy, current, pending, action):
    assert decide(strategy, current, pending) == action


# --- the probe -----------------------------------------------------------------------------------


def test_gaps_reach_from_the_last_good_look_to_the_next():
    looks = [(0, True, False), (1, False, False), (2, False, False), (3, False, True), (4, False, True)]
    log = ProbeLog(tuple(Sample(*look) for look in looks))
    assert log.gaps == (Gap(0, 3),)
    assert ProbeLog((Sample(0, None, None),)).gaps == ()
    assert ProbeLog((Sample(0, True, False), Sample(1, False, False))).gaps == (Gap(0, 1),)


class Values:
    """Whose values work as they are told to."""

    where = "here"

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = threading.Event()

    def probe(self, versions):
        if len(self.answers) == 1:
            self.asked.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            raise PlatformError("busy")
        return dict(zip(versions, answer, strict=True))


def watch(*answers):
    values, told = Values(*answers), []
    with Prober(values, "ledger", "old", "new", told.append, interval_seconds=0.001) as prober:
        assert values.asked.wait(5)
    return prober.log, told


def test_an_outage_is_seen_and_told_when_it_begins_and_ends():
    out = (False, False)
    log, told = watch((True, False), out, out, out, out, (False, True))
    assert len(log.gaps) == 1
    assert told == [Outage("ledger", over=False), Outage("ledger", over=True)]


def test_a_change_between_two_questions_is_no_outage():
    log, told = watch((True, False), (False, False), (False, True))
    assert log.gaps == ()
    assert told == []


def test_a_probe_that_fails_is_counted_and_goes_on():
    log, _ = watch((True, False), None, (False, True))
    assert log.failures == 1
    assert log.able


def test_a_rotation_with_a_moment_in_which_neither_value_works_is_not_done(make_world, templates):
    world = make_world()
    world.add_login()
    change, seen = world.database.change_password, threading.Event()

    def slowly(username, password):
        world.database.users.pop(username)
        assert seen.wait(5)
        change(username, password)

    world.database.change_password = slowly
    done = execute(
        world,
        plan(world, templates),
        report=lambda event: seen.set() if event == Outage("ledger", over=False) else None,
    )

    assert len(done.probe.gaps) == 1
    assert done.proof.holds
    assert not done.done


# --- the proof -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proof", "holds"),
    [
        (Proof(True, True, False, False), True),
        (Proof(True, True, True, False), False),
        (Proof(True, True, False, True), False),
        (Proof(True, False, True, True), False),
        (Proof(True, None, None, None), True),
    ],
)
def test_a_proof_holds_if_both_values_do_as_the_strategy_says(proof, holds):
    assert proof.holds is holds


def test_a_function_of_another_make_rotates_without_proof(make_world, templates, fakes):
    """It takes the probe for a step of a version that is current already, and says nothing."""
    world = make_world()
    world.add_login()
    run = world.manager.rotate
    world.functions.functions[fakes.function] = lambda event: None if event["Step"] == "probe" else run(event)
    done = execute(world, plan(world, templates))

    assert done.done
    assert done.proof.new_works is None
    assert not done.probe.able


def test_replicas_are_waited_for(make_world, templates):
    world = make_world()
    world.add_login()
    replica = {"Region": "eu-central-1", "Status": "InSync"}
    world.manager.secrets[LEDGER]["facts"]["ReplicationStatus"] = [replica]
    assert execute(world, plan(world, templates)).replicas_behind == ()

    world.manager.describe_secret = _always_failed(world.manager.describe_secret)
    done = execute(world, plan(world, templates), token="second")
    assert done.replicas_behind == ("eu-central-1",)
    assert not done.done


def _always_failed(describe):
    def told(SecretId):
        answer = describe(SecretId)
        for status in answer.get("ReplicationStatus", ()):
            status["Status"] = "Failed"
        return answer

    return told


def test_steps_and_refusals_are_read_from_all_pages_of_the_functions_log(make_world, templates):
    world = make_world()
    world.add_login()

    def refuse(event):
        raise RuntimeError

    world.manager.rotate = refuse
    said = [
        "createSecret: done for version new",
        "setSecret: begun for version new",
        "testSecret: of another",
    ]
    refusal = "[ERROR] RotationRefused: neither the current nor the previous value logs in"
    events = [{"eventId": str(number), "message": text} for number, text in enumerate([*said, refusal])]
    world.logs.pages = [events[:1], [], events[1:]]
    heard = []
    done = execute(world, plan(world, templates), report=heard.append)

    assert [event.step for event in heard if isinstance(event, StepStarted)] == ["createSecret", "setSecret"]
    assert "(neither the current nor the previous value logs in)" in done.failure.message


# --- on the local AWS ----------------------------------------------------------------------------


def test_on_the_local_aws_the_same_steps_are_run_from_here(make_world, templates):
    world = make_world(local=True)
    jwt = importlib.import_module("rotation.strategies.generic")
    world.manager.add("shop/dev/payment", jwt.handler.make(None).first())
    steps = []
    done = execute(
        world,
        plan(world, templates, "payment"),
        report=lambda event: steps.append(event.step) if isinstance(event, StepStarted) else None,
    )

    assert done.done
    assert steps == ["createSecret", "setSecret", "testSecret", "finishSecret"]
    assert "RotateSecret" not in world.faults.calls
    assert world.manager.version_with("shop/dev/payment", "AWSCURRENT") == "new"


def test_ctrl_c_on_the_local_aws_leaves_nothing_half_done(make_world, templates):
    world = make_world(local=True)
    world.manager.add("shop/dev/payment", "value" * 8)

    def interrupt(event):
        if isinstance(event, StepStarted) and event.step == "testSecret":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(world, plan(world, templates, "payment"), report=interrupt)

    assert world.manager.version_with("shop/dev/payment", "AWSPENDING") is None
    assert world.manager.labelled("shop/dev/payment", "AWSCURRENT") == "value" * 8
    (written,) = world.parameters.written
    assert "interrupted after step setSecret, in testSecret; the secret is as before" in written


def test_ctrl_c_while_aws_rotates_says_that_it_goes_on_and_leaves_a_record(make_world, templates):
    world = make_world()
    world.add_login()

    planned = plan(world, templates)

    def interrupt():
        if "RotateSecret" in world.faults.calls:
            raise KeyboardInterrupt

    world.faults.always = interrupt
    with pytest.raises(PlatformError) as left:
        execute(world, planned)

    assert (left.value.code, left.value.exit_code) == ("rotation-left", ExitCode.INTERRUPTED)
    (written,) = world.parameters.written
    assert "left a rotation that AWS goes on with" in written


def test_a_rotation_whose_end_cannot_be_looked_at_leaves_a_record(make_world, templates):
    world = make_world()
    world.add_login()
    planned = plan(world, templates)

    class Unlooked:
        where = "a function that may not be called"

        def __getattr__(self, name):
            return getattr(planned.rotator, name)

        def probe(self, versions):
            if world.manager.version_with(LEDGER, "AWSCURRENT") == "new":
                raise PlatformError("not allowed to look", code="denied")
            return planned.rotator.probe(versions)

    with pytest.raises(PlatformError, match="not allowed to look"):
        execute(world, replace(planned, rotator=Unlooked()))

    assert world.manager.version_with(LEDGER, "AWSCURRENT") == "new"
    (written,) = world.parameters.written
    assert "what it came to could not be looked at" in written


def test_a_rotation_leaves_no_label_that_looks_like_one_in_progress(make_world, templates):
    world = make_world()
    world.add_login()
    execute(world, plan(world, templates))
    assert world.manager.version_with(LEDGER, "AWSPENDING") is None


def test_a_label_that_is_left_on_a_version_that_was_current_stops_nothing(make_world, templates, fakes):
    """As functions of another make leave it, once another value was set."""
    world = make_world()
    world.add_login()
    versions = world.manager.secrets[LEDGER]["versions"]
    versions["old"] = fakes.version("{}", {"AWSPENDING", "AWSPREVIOUS"}, fakes.noon)
    done = execute(world, plan(world, templates))

    assert done.done
    assert done.recovered.action == "back"


# --- rolling back --------------------------------------------------------------------------------


def test_rolling_back_is_refused_while_a_rotation_goes_on_or_without_a_previous_value(
    make_world, templates, fakes
):
    world = make_world()
    world.add_login()
    secret = world.environment.secrets["ledger"]
    with pytest.raises(PlatformError, match="no previous value"):
        plan_rollback(world.environment, secret, world.clients, templates)
    versions = world.manager.secrets[LEDGER]["versions"]
    versions["half"] = fakes.version(None, {"AWSPENDING"}, fakes.noon)
    with pytest.raises(PlatformError, match="a rotation is going on"):
        plan_rollback(world.environment, secret, world.clients, templates)


def cannot_answer(event):
    """A rotation function of another make, called to probe."""


def fails(event):
    raise ValueError(event)


@pytest.mark.parametrize("function", [cannot_answer, fails, None])
def test_a_single_users_value_is_not_rolled_back_to_where_nobody_can_say_that_it_logs_in(
    make_world, templates, fakes, function
):
    world = make_world()
    world.add_login()
    secret = world.environment.secrets["ledger"]
    assert execute(world, plan(world, templates)).done
    if function is None:
        del world.manager.secrets[LEDGER]["facts"]["RotationLambdaARN"]
    else:
        world.functions.functions[fakes.function] = function
    with pytest.raises(
        PlatformError, match="nobody can say whether the previous value still logs in"
    ) as caught:
        plan_rollback(world.environment, secret, world.clients, templates)
    assert caught.value.code == "rollback-refused"
