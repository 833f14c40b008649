"""Functions inside of a network: their security group, and who lets them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction, ResolvedNetwork
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.placement import (
    CACHE_PORT,
    GATEWAY_ENDPOINTS,
    HTTPS,
    POSTGRESQL_PORT,
    egress_anywhere,
    egress_to_group,
    no_egress,
    placement_of,
)
from platform_cli.stacks.logical import composite, pascal


@dataclass(frozen=True)
class _Neighbour:
    """A security group that a function reaches, and in which it is let in."""

    label: str
    group_id: str
    port: int


class Attachment(Capability):
    """What puts a function into its network.

    Args:
        stack: The service's stack.
        function: A function with a network.
    """

    def __init__(self, stack: PlatformStack, function: ResolvedFunction) -> None:
        origin = f"services.{function.service}.functions.{function.name}.network"
        super().__init__(stack, f"Attachment-{function.name}", origin)
        assert function.network is not None, "asked only for functions with a network"
        network = stack.system.networks[function.network]
        place_in = placement_of(stack, function.network)
        neighbours = [*self._neighbours(function, network)]
        rules = [egress_to_group(n.group_id, n.port, f"to {n.label}") for n in neighbours]
        if reason := _reaches_out(function, network):
            rules.append(egress_anywhere(HTTPS, reason))
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            group_description=f"Function {function.address} of {stack.names.prefix}",
            vpc_id=place_in.vpc_id,
            security_group_egress=rules or [no_egress()],
        )
        self.place(group, f"Group{pascal(function.name)}")
        for neighbour in neighbours:
            admission = ec2.CfnSecurityGroupIngress(
                self,
                f"Admission-{neighbour.label}",
                description=f"from function {function.address}",
                group_id=neighbour.group_id,
                source_security_group_id=group.attr_group_id,
                ip_protocol="tcp",
                from_port=neighbour.port,
                to_port=neighbour.port,
            )
            self.place(admission, composite("Admission", function.name, neighbour.label))
        self.config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=list(place_in.subnet_ids),
            security_group_ids=[group.attr_group_id, *place_in.group_ids],
        )

    def _neighbours(self, function: ResolvedFunction, network: ResolvedNetwork) -> Iterator[_Neighbour]:
        direct = _logs_in_to(function, self.stack.system)
        for access in function.access:
            if access.kind == "databases":
                database = self.stack.system.databases[access.name]
                if database.proxy:
                    group = self._look_up(outputs.database(access.name, outputs.PROXY_GROUP_ID))
                    yield _Neighbour(f"the proxy of database {access.name}", group, POSTGRESQL_PORT)
                if database.readers or not database.proxy:
                    direct.add(access.name)
            elif access.kind == "caches":
                group = self._look_up(outputs.cache(access.name, outputs.GROUP_ID))
                yield _Neighbour(f"cache {access.name}", group, CACHE_PORT)
        for name in sorted(direct):
            group = self._look_up(outputs.database(name, outputs.GROUP_ID))
            yield _Neighbour(f"database {name}", group, POSTGRESQL_PORT)
        if _uses_interfaces(function, network):
            group = self.stack.look_up("network", outputs.endpoints_group_id(network.name))
            yield _Neighbour(f"the endpoints of network {network.name}", group, HTTPS)

    def _look_up(self, output: str) -> str:
        return self.stack.look_up("databases", output)


def _logs_in_to(function: ResolvedFunction, system: ResolvedEnvironment) -> set[str]:
    """The databases whose logins a function reads or rotates: they name the cluster, not its proxy."""
    read = {access.name for access in function.access if access.kind == "secrets"}
    return {
        secret.database
        for name, secret in system.secrets.items()
        if secret.database and (name in read or secret.rotation_function == function.address)
    }


def services_needed(function: ResolvedFunction) -> frozenset[str]:
    """The AWS services that a function calls by its `access`, by the names of their endpoints."""
    endpoints = {KINDS[access.kind].endpoint for access in function.access}
    return frozenset(endpoint for endpoint in endpoints if endpoint)


def _uses_interfaces(function: ResolvedFunction, network: ResolvedNetwork) -> bool:
    interfaces = set(network.endpoints) - GATEWAY_ENDPOINTS
    # What a raw permission is for cannot be told, so such a function reaches every endpoint.
    return bool(interfaces & services_needed(function)) or bool(interfaces and function.permissions)


def _reaches_out(function: ResolvedFunction, network: ResolvedNetwork) -> str | None:
    """Why a function may open HTTPS connections to any address, or None if it may not."""
    if network.external:
        return "to AWS and the internet, as the network allows"
    if network.nat_gateways:
        return "to AWS and the internet, by the NAT gateways"
    gateways = set(network.endpoints) & GATEWAY_ENDPOINTS
    if gateways & services_needed(function) or (gateways and function.permissions):
        # Their addresses change, and nothing else is behind this rule: the network has no other way out.
        return "to the gateway endpoints"
    return None
