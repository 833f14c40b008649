"""Functions inside of a network: their security group, and who lets them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from platform_cli.blueprint.prefix_lists import prefix_list
from platform_cli.blueprint.reach import Ways, services_called, ways_to
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction, ResolvedNetwork
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.placement import (
    CACHE_PORT,
    HTTPS,
    POSTGRESQL_PORT,
    egress_anywhere,
    egress_to_block,
    egress_to_group,
    egress_to_list,
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
        rules += _rules_beyond(function, network, stack.system)
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
        if not network.external and _ways(function, network, self.stack.system).interfaces:
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


def _ways(function: ResolvedFunction, network: ResolvedNetwork, system: ResolvedEnvironment) -> Ways:
    actions = (action for permission in function.permissions for action in permission.actions)
    rotates = any(secret.rotation_function == function.address for secret in system.secrets.values())
    lines = ((access.kind, access.verb) for access in function.access)
    return ways_to(services_called(lines, actions, rotates=rotates), network.endpoints)


def _rules_beyond(
    function: ResolvedFunction, network: ResolvedNetwork, system: ResolvedEnvironment
) -> Iterator[ec2.CfnSecurityGroup.EgressProperty]:
    """Rules for what is reached neither in a security group of ours nor by an interface endpoint of ours."""
    ways = _ways(function, network, system)
    anywhere: dict[int, set[str]] = {}
    for service in sorted(ways.gateways):
        listed = prefix_list(system.region, service, network.prefix_lists)
        if listed:
            yield egress_to_list(listed, HTTPS, f"to {service}, by its gateway endpoint")
        else:
            anywhere.setdefault(HTTPS, set()).add(service)
    if network.external and ways.interfaces:
        for group_id in network.endpoint_group_ids:
            yield egress_to_group(group_id, HTTPS, f"to the endpoints of network {network.name}")
    if ways.beyond and (network.external or network.nat_gateways):
        anywhere.setdefault(HTTPS, set()).update(ways.beyond)
    for access in function.access:
        if access.kind != "hosts":
            continue
        host = system.hosts[access.name]
        for block in host.addresses:
            yield egress_to_block(block, host.port, f"to host {host.name}")
        if not host.addresses:
            anywhere.setdefault(host.port, set()).add(f"host {host.name}")
    for port, reasons in sorted(anywhere.items()):
        # EC2 takes 255 characters.
        yield egress_anywhere(port, f"to {', '.join(sorted(reasons))}"[:255])
