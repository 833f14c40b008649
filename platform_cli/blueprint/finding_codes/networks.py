"""The codes of findings about networks, and about what stands in them."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import notice as _notice
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

NETWORK_CODES: Mapping[str, FindingCode] = {
    "invalid-cidr": _error("The text is no block of addresses such as 10.0.0.0/16, or one that AWS refuses."),
    "too-many-nat-gateways": _error("A network has at most one NAT gateway in each availability zone."),
    "too-many-zones": _error(
        "A network has a subnet in each of its zones, and most regions have three: us-east-1 has six, a few "
        "have four. An account may be given fewer than the region has."
    ),
    "not-in-network": _error(
        "A function connects to a database or a cache, or changes the login of a database, and does not "
        "stand in its network."
    ),
    "login-out-of-reach": _warning(
        "A function may read the login of a database and can never use it: a database is reached from its "
        "own network alone, and a login that nobody needs is one more that can leak."
    ),
    "network-too-small": _error(
        "Each subnet of a network is a sixteenth of its block, so that zones and NAT gateways can be added "
        "without moving one. AWS takes subnets down to /28, and so networks down to /24."
    ),
    "network-without-subnets": _error(
        "Something stands in a network that exists already, and its subnets are not named. The tool looks "
        "nothing up in an account, so `subnet_ids` has to say where."
    ),
    "too-few-zones": _error(
        "A database and a load balancer need subnets in two availability zones at least, and so does a "
        "cache whose second node takes over."
    ),
    "unreachable-service": _error(
        "A function in a network without NAT gateways reaches only the AWS services that the network has "
        "endpoints of. What its `access` names would time out."
    ),
    "unreachable-permission": _warning(
        "A function in a network without NAT gateways has `permissions` for calls to an AWS service that the "
        "network has no endpoint of. The calls would time out."
    ),
    "unreachable-host": _error(
        "A function in a network without NAT gateways calls something on the internet. The calls would time "
        "out."
    ),
    "endpoints-without-group": _error(
        "A network that exists already has interface endpoints, and functions in it are let out to nothing "
        "but named security groups: `endpoint_security_group_ids` has to say which ones."
    ),
    "open-egress": _notice(
        "The security groups of functions let out to what `access` names and to nothing else. What the "
        "network has no endpoint of has addresses that nobody knows beforehand: for its sake a function may "
        "open connections to any address on that port. Endpoints, and hosts with `addresses`, make it narrow."
    ),
}
