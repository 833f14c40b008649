"""Look before a rotation: what would make it fail, or fail half-way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import expecting
from platform_cli.operate.secrets.judging import is_stuck
from platform_cli.operate.secrets.selecting import Strategy
from platform_cli.operate.secrets.state import SecretState

Verdict = Literal["ok", "warning", "failure", "skipped"]
_SERVICE = "secretsmanager.amazonaws.com"
_ENDPOINT = "secretsmanager"


@dataclass(frozen=True)
class Check:
    """One look: its name, how it went, what was seen, and what to do about it."""

    name: str
    verdict: Verdict
    evidence: str
    mend: str | None = None


@dataclass(frozen=True)
class FunctionState:
    """A rotation function as it is.

    Attributes:
        name: Its name.
        active: Whether it can be called.
        invocable: Whether its policy lets Secrets Manager call it for this secret; None: not readable.
        network: None if it runs outside of any network; else whether Secrets Manager can be reached
            from there, by an endpoint or a way to the internet.
    """

    name: str
    active: bool
    invocable: bool | None
    network: bool | None


def check_secret(state: SecretState | None, now: datetime, region: str) -> Iterator[Check]:
    """The secret itself. Pure."""
    if state is None:
        yield Check("secret", "failure", "it is not deployed", "platform deploy")
        return
    if state.deleted is not None:
        yield Check("secret", "failure", "it is marked for deletion", "restore it first")
        return
    if not state.has_value:
        yield Check("secret", "failure", "it has no value", "platform secrets set")
        return
    yield Check("secret", "ok", "it has a value")
    yield _pending(state, now)
    if state.primary_region not in (None, region):
        yield Check(
            "replicas", "failure", f"the original is in {state.primary_region}", "rotate the original"
        )
    elif state.replicas:
        yield _replicas(state)


def check_function(state: SecretState, function: FunctionState | None, strategy: Strategy) -> Iterator[Check]:
    """Who rotates it on AWS. Pure."""
    if state.owning_service:
        yield Check("owner", "ok", f"{state.owning_service} rotates it by itself, without a function")
        return
    if state.rotation_function is None:
        yield Check("function", "failure", "no rotation function is attached to it", "platform deploy")
        return
    if function is None:
        name = state.rotation_function.rpartition(":")[2]
        yield Check("function", "failure", f"the function {name} is not there", "platform deploy")
        return
    verdict: Verdict = "ok" if function.active else "failure"
    yield Check("function", verdict, f"{function.name} is {'' if function.active else 'not '}active")
    match function.invocable:
        case True:
            yield Check("permission", "ok", "Secrets Manager may call it")
        case False:
            mend = f"allow {_SERVICE} to invoke {function.name}"
            yield Check("permission", "failure", "its policy does not let Secrets Manager call it", mend)
        case None:
            yield Check("permission", "skipped", "its policy may not be read")
    yield _network(function, strategy)


def check_value(works: bool | None, where: str) -> Check:
    """Whether the current value works. Pure."""
    if works is None:
        return Check("current value", "skipped", f"{where} cannot say whether a value works")
    if works:
        return Check("current value", "ok", "it works")
    return Check(
        "current value",
        "failure",
        "it does not work where it is used",
        "set the right one with `platform secrets set`",
    )


def read_function(arn: str, secret_arn: str, clients: Clients) -> FunctionState | None:
    """A rotation function as it is; None if there is none.

    Raises:
        PlatformError: What AWS refuses.
    """
    functions = clients.client("lambda")
    with (
        aws_errors(f"reading the rotation function {arn}", target=clients.target),
        expecting("ResourceNotFoundException") as missing,
    ):
        told = functions.get_function_configuration(FunctionName=arn)
    if missing:
        return None
    return FunctionState(
        name=told["FunctionName"],
        active=told.get("State", "Active") in ("Active", "Inactive"),
        invocable=_invocable(arn, secret_arn, clients),
        network=_reaches(told.get("VpcConfig") or {}, clients),
    )


def _pending(state: SecretState, now: datetime) -> Check:
    if state.pending is None:
        return Check("pending version", "ok", "none is left over")
    if is_stuck(state, now):
        return Check(
            "pending version", "warning", "one is left over from a rotation that stopped; it is put right"
        )
    return Check(
        "pending version", "failure", "a rotation is going on", "wait for it, or give --recover if it died"
    )


def _replicas(state: SecretState) -> Check:
    behind = [f"{r.region} is {r.status}" for r in state.replicas if r.status != "InSync"]
    if behind:
        return Check("replicas", "warning", ", ".join(behind))
    return Check("replicas", "ok", f"in step: {', '.join(r.region for r in state.replicas)}")


def _network(function: FunctionState, strategy: Strategy) -> Check:
    database = strategy.startswith(("postgresql", "mysql"))
    if function.network is None:
        if database:
            return Check("network", "warning", "the function is in no network, and a database mostly is")
        return Check("network", "ok", "the function needs none")
    if function.network:
        return Check("network", "ok", "the function reaches Secrets Manager from its network")
    return Check(
        "network",
        "failure",
        "no way leads from the function's subnets to Secrets Manager",
        "add `endpoints: [secretsmanager]` to the network, or a NAT gateway",
    )


def _invocable(arn: str, secret_arn: str, clients: Clients) -> bool | None:
    policy: dict[str, Any] = {}
    with (
        aws_errors(f"reading the policy of {arn}", target=clients.target),
        expecting("ResourceNotFoundException", "AccessDeniedException") as refused,
    ):
        policy = json.loads(clients.client("lambda").get_policy(FunctionName=arn)["Policy"])
    if refused:
        return None if refused.code == "AccessDeniedException" else False
    return any(_admits(statement, secret_arn) for statement in policy.get("Statement") or ())


def _admits(statement: dict[str, Any], secret_arn: str) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service") if isinstance(principal, dict) else principal
    if _SERVICE not in (services if isinstance(services, list) else [services]):
        return False
    sources = [
        value
        for condition in (statement.get("Condition") or {}).values()
        for key, value in condition.items()
        if key.lower() == "aws:sourcearn"
    ]
    # A source that ends in a star stands for what begins so.
    return statement.get("Effect") == "Allow" and all(
        secret_arn == source or (source.endswith("*") and secret_arn.startswith(source[:-1]))
        for source in sources
    )


def _reaches(network: dict[str, Any], clients: Clients) -> bool | None:
    """Whether Secrets Manager can be reached from the function's subnets; None outside of networks."""
    vpc, subnets = network.get("VpcId"), network.get("SubnetIds") or []
    if not vpc or not subnets:
        return None
    ec2 = clients.client("ec2")
    with aws_errors(f"reading the network {vpc}", target=clients.target):
        inside = {"Name": "vpc-id", "Values": [vpc]}
        endpoints = ec2.describe_vpc_endpoints(Filters=[inside])["VpcEndpoints"]
        if any(e["ServiceName"].endswith(f".{_ENDPOINT}") and e["State"] == "available" for e in endpoints):
            return True
        tables = ec2.describe_route_tables(Filters=[inside])["RouteTables"]
    return all(_leads_out(_table_of(subnet, tables)) for subnet in subnets)


def _table_of(subnet: str, tables: list[dict[str, Any]]) -> dict[str, Any]:
    own = (t for t in tables if any(a.get("SubnetId") == subnet for a in t.get("Associations") or ()))
    main = (t for t in tables if any(a.get("Main") for a in t.get("Associations") or ()))
    return next(own, None) or next(main, {})


def _leads_out(table: dict[str, Any]) -> bool:
    # An internet gateway does not serve: a function has no public address.
    return any(
        route.get("DestinationCidrBlock") == "0.0.0.0/0"
        and (route.get("NatGatewayId") or route.get("TransitGatewayId") or route.get("InstanceId"))
        and route.get("State", "active") == "active"
        for route in table.get("Routes") or ()
    )
