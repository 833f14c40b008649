"""The policies of a network's endpoints: through them goes what the roles inside allow, and no more. Pure.

An endpoint's policy is one document of 20,480 characters at most, in which a gateway endpoint takes no role
as principal: who may use it stands in a condition on `aws:PrincipalArn` («Control access to VPC endpoints
using endpoint policies», AWS PrivateLink guide, November 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction, ResolvedNetwork
from platform_cli.stacks import outputs
from platform_cli.stacks.addresses import Addresses, names_of
from platform_cli.stacks.analytics import READ
from platform_cli.stacks.rights import Statement, statements_of

_ACTIONS = {"appconfigdata": "appconfig"}
"""What the actions of a service begin with, where it is not the name of its endpoint."""
_NOT_FROM_INSIDE = ("Consumer", "Failures", "Key", "Log", "OnFailure", "Trigger")
"""Keys are used by the services that keep the data; logs and events are carried by Lambda itself."""
_MOST_NAMED = 60
"""Roles or resources that are named one by one; beyond it, by what all names of the system begin with."""
_MANAGED_SECRETS = "secret:rds!cluster-*"
"""Secrets that RDS makes for the masters of clusters, by ids of its own."""


def endpoint_policy(service: str, network: ResolvedNetwork, system: ResolvedEnvironment) -> Mapping[str, Any]:
    """The policy of one endpoint.

    Args:
        service: `dynamodb`, `secretsmanager`, as the blueprint names its endpoint.
        network: The network that it stands in.
        system: Who stands there.
    """
    at, prefix = Addresses.of(system), _ACTIONS.get(service, service)
    roles: set[str] = set()
    allowed: list[Statement] = []
    for role, statements in _inside(network, system, at):
        mine = [part for statement in statements if (part := _of_service(statement, prefix))]
        if mine:
            roles.add(role)
            allowed += mine
    if not allowed:
        return _document([{"Effect": "Deny", "Principal": "*", "Action": f"{prefix}:*", "Resource": "*"}])
    who = {
        "StringEquals": {"aws:PrincipalAccount": system.account},
        "ArnLike": {"aws:PrincipalArn": _named(roles, system)},
    }
    rendered = []
    for sid, group in (
        ("Access", [s for s in allowed if "*" not in s.resources]),
        # What AWS offers no resource for.
        ("Account", [s for s in allowed if "*" in s.resources]),
    ):
        if group:
            rendered.append(
                {
                    "Sid": sid,
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": sorted({action for s in group for action in s.actions}),
                    "Resource": _named({r for s in group for r in s.resources}, system),
                    "Condition": who,
                }
            )
    return _document(rendered)


def _document(statements: list[dict[str, Any]]) -> Mapping[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _inside(
    network: ResolvedNetwork, system: ResolvedEnvironment, at: Addresses
) -> Iterator[tuple[str, Iterable[Statement]]]:
    """Roles of those who stand in the network, and what they may do."""
    lookup, names = _patterns(system, at), names_of(system)
    for function in system.functions:
        if function.network == network.name:
            role = f"arn:{at.partition}:iam::{at.account}:role/{names.role(function.service, function.name)}"
            yield role, _called_by(function, system, lookup)
    applications = [one for one in system.analytics.values() if one.network == network.name]
    if applications:
        # CloudFormation names their roles, after the stack.
        role = f"arn:{at.partition}:iam::{at.account}:role/{names.stack('analytics')}-*"
        yield role, tuple(_streamed(applications, system, at))


def _called_by(
    function: ResolvedFunction, system: ResolvedEnvironment, lookup: outputs.Lookup
) -> Iterator[Statement]:
    for statement in statements_of(function, system, lookup):
        if not (statement.sid or "").startswith(_NOT_FROM_INSIDE):
            yield statement


def _streamed(applications: Iterable[Any], system: ResolvedEnvironment, at: Addresses) -> Iterator[Statement]:
    for one in applications:
        for use, actions in (
            *((read, READ) for read in one.reads),
            *((written, KINDS["streams"].verbs["put"].actions) for written in one.writes),
        ):
            yield Statement(None, actions, (at.stream(system.streams[use.stream].physical_name),))


def _of_service(statement: Statement, prefix: str) -> Statement | None:
    actions = tuple(action for action in statement.actions if action.startswith(f"{prefix}:"))
    return Statement(statement.sid, actions, statement.resources) if actions else None


def _patterns(system: ResolvedEnvironment, at: Addresses) -> outputs.Lookup:
    """What AWS invents, as far as it is known beforehand: the network stands before all that would tell."""
    known = {
        outputs.secret_arn(name): at.arn("secretsmanager", f"secret:{secret.physical_name}-??????")
        for name, secret in system.secrets.items()
    }
    known |= {
        outputs.database(name, outputs.SECRET_ARN): at.arn("secretsmanager", _MANAGED_SECRETS)
        for name in system.databases
    }

    def tell(_concern: str, output: str) -> str:
        return known.get(output, "*")

    return tell


def _named(arns: set[str], system: ResolvedEnvironment) -> list[str]:
    """The ARNs, or where they are many, those of the system by the beginning of their names."""
    if len(arns) <= _MOST_NAMED:
        return sorted(arns)
    prefix = re.escape(names_of(system).prefix)
    return sorted({re.sub(rf"([:/]{prefix}-).*", r"\1*", arn) for arn in arns})
