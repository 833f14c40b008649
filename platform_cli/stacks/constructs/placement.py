"""Where things stand in a network, and who may reach whom."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2

from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import PlatformStack

_Group = ec2.CfnSecurityGroup
HTTPS = 443
POSTGRESQL_PORT = 5432
CACHE_PORT = 6379
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Placement:
    """A network as a stack outside of the network's sees it.

    Attributes:
        vpc_id: Id of the VPC.
        subnet_ids: Its private subnets.
        group_ids: Security groups that functions in it have beside their own.
    """

    vpc_id: str
    subnet_ids: tuple[str, ...]
    group_ids: tuple[str, ...]


def placement_of(stack: PlatformStack, network: str) -> Placement:
    """The network's ids: by weak reference if it is ours, else as the blueprint gives them."""
    model = stack.system.networks[network]
    if model.external:
        assert model.vpc_id is not None, "an external network has an id"
        return Placement(model.vpc_id, model.subnet_ids, model.security_group_ids)
    zones = range(1, model.availability_zones + 1)
    return Placement(
        stack.look_up("network", outputs.network_id(network)),
        tuple(stack.look_up("network", outputs.subnet_id(network, zone)) for zone in zones),
        (),
    )


def egress_to_group(group_id: str, port: int, description: str) -> ec2.CfnSecurityGroup.EgressProperty:
    """A rule that lets out to the members of another group."""
    return _Group.EgressProperty(
        description=description,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        destination_security_group_id=group_id,
    )


def egress_to_list(prefix_list_id: str, port: int, description: str) -> ec2.CfnSecurityGroup.EgressProperty:
    """A rule that lets out to the addresses of an AWS service, as AWS keeps them."""
    return _Group.EgressProperty(
        description=description,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        destination_prefix_list_id=prefix_list_id,
    )


def egress_to_block(block: str, port: int, description: str) -> ec2.CfnSecurityGroup.EgressProperty:
    """A rule that lets out to a block of addresses, of either version."""
    six = ":" in block
    return _Group.EgressProperty(
        description=description,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        cidr_ip=None if six else block,
        cidr_ipv6=block if six else None,
    )


def egress_anywhere(port: int, description: str) -> ec2.CfnSecurityGroup.EgressProperty:
    """A rule that lets out to every address, on one port."""
    return egress_to_block(ANYWHERE, port, description)


def no_egress() -> ec2.CfnSecurityGroup.EgressProperty:
    """A rule that lets nothing out: a group without any rule would let out everything."""
    return _Group.EgressProperty(
        description="nothing is let out",
        ip_protocol="icmp",
        from_port=252,
        to_port=86,
        cidr_ip="255.255.255.255/32",
    )
