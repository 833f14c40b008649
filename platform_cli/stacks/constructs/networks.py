"""Networks: a VPC with private subnets, ways out of it, endpoints of AWS, and a log of its connections."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from aws_cdk import CfnTag, Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from platform_cli.blueprint.prefix_lists import GATEWAY_ENDPOINTS
from platform_cli.blueprint.resolved import ResolvedNetwork
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import trust
from platform_cli.stacks.constructs.logs import log_group
from platform_cli.stacks.constructs.placement import no_egress
from platform_cli.stacks.endpoint_policies import endpoint_policy
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.rights import Statement, policy

_SERVICE_NAMES = {"cloudwatch": "monitoring", "kinesis": "kinesis-streams"}
"""What AWS calls an endpoint, where it is not what the service is called elsewhere."""

_SHARES = 16
_FIRST_PUBLIC_SHARE = 8
FLOW_LOGS = "/aws/vpc/"
"""What the names of log groups of networks begin with."""


def subnet_blocks(cidr: str, zones: int) -> tuple[tuple[str, str], ...]:
    """The blocks of the private and the public subnet of each zone.

    Each is a sixteenth of the network, at a place of its own for each of the six zones that there may be: so
    another number of zones or of NAT gateways moves no subnet.
    """
    network = ipaddress.ip_network(cidr)
    shares = [str(share) for share in network.subnets(prefixlen_diff=_SHARES.bit_length() - 1)]
    return tuple((shares[zone], shares[_FIRST_PUBLIC_SHARE + zone]) for zone in range(zones))


class Network(Capability):
    """A network of ours.

    Args:
        stack: The network stack.
        network: What it is like.
        log_key_arn: The key of its flow log, if logs are under a key of one's own.
    """

    def __init__(
        self, stack: PlatformStack, network: ResolvedNetwork, log_key_arn: str | None = None
    ) -> None:
        super().__init__(stack, f"Network-{network.name}", f"networks.{network.name}")
        assert network.cidr is not None, "only an external network has no block"
        self._model = network
        self._id = f"Network{pascal(network.name)}"
        self._vpc = ec2.CfnVPC(
            self,
            "Vpc",
            cidr_block=network.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=self._named(network.physical_name),
        )
        self.place(self._vpc, self._id)
        stack.give(outputs.network_id(network.name), self._vpc.ref, f"Network {network.name}")
        blocks = subnet_blocks(network.cidr, network.availability_zones)
        self._subnets = [
            self._subnet(zone, private, "Private") for zone, (private, _) in enumerate(blocks, 1)
        ]
        for zone, subnet in enumerate(self._subnets, 1):
            output = outputs.subnet_id(network.name, zone)
            stack.give(output, subnet.ref, f"Private subnet {zone} of network {network.name}")
        self._tables = [self._table(zone, subnet, "Private") for zone, subnet in enumerate(self._subnets, 1)]
        facing = max(network.nat_gateways, network.public_zones)
        if facing:
            self._ways_out([public for _, public in blocks[:facing]], network.nat_gateways)
        for service in network.endpoints:
            if service in GATEWAY_ENDPOINTS:
                self._gateway_endpoint(service)
        interfaces = [service for service in network.endpoints if service not in GATEWAY_ENDPOINTS]
        if interfaces:
            self._interface_endpoints(interfaces)
        if network.flow_logs:
            self._flow_log(log_key_arn)

    def _named(self, name: str) -> list[CfnTag]:
        return [CfnTag(key="Name", value=name)]

    def _subnet(self, zone: int, block: str, kind: str) -> ec2.CfnSubnet:
        subnet = ec2.CfnSubnet(
            self,
            f"{kind}Subnet{zone}",
            vpc_id=self._vpc.ref,
            cidr_block=block,
            # The zones of the region as CloudFormation knows them; no account has to be asked.
            availability_zone=Fn.select(zone - 1, Fn.get_azs()),
            map_public_ip_on_launch=False,
            tags=self._named(f"{self._model.physical_name}-{kind.lower()}-{zone}"),
        )
        self.place(subnet, f"{self._id}{kind}Subnet{zone}")
        return subnet

    def _table(self, zone: int, subnet: ec2.CfnSubnet, kind: str) -> ec2.CfnRouteTable:
        table = ec2.CfnRouteTable(
            self,
            f"{kind}Routes{zone}",
            vpc_id=self._vpc.ref,
            tags=self._named(f"{self._model.physical_name}-{kind.lower()}-{zone}"),
        )
        self.place(table, f"{self._id}{kind}Routes{zone}")
        association = ec2.CfnSubnetRouteTableAssociation(
            self, f"{kind}Association{zone}", subnet_id=subnet.ref, route_table_id=table.ref
        )
        self.place(association, f"{self._id}{kind}Association{zone}")
        return table

    def _ways_out(self, public_blocks: Sequence[str], nat_gateways: int) -> None:
        """Public subnets, and in the first ones a gateway for the private ones."""
        gateway = ec2.CfnInternetGateway(self, "Internet", tags=self._named(self._model.physical_name))
        self.place(gateway, f"{self._id}Internet")
        attachment = ec2.CfnVPCGatewayAttachment(
            self, "Attachment", vpc_id=self._vpc.ref, internet_gateway_id=gateway.ref
        )
        self.place(attachment, f"{self._id}Attachment")
        nats: list[ec2.CfnNatGateway] = []
        for zone, block in enumerate(public_blocks, 1):
            subnet = self._subnet(zone, block, "Public")
            table = self._table(zone, subnet, "Public")
            route = ec2.CfnRoute(
                self,
                f"PublicRoute{zone}",
                route_table_id=table.ref,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=gateway.ref,
            )
            self.place(route, f"{self._id}PublicRoute{zone}")
            route.add_dependency(attachment)
            if zone <= self._model.public_zones:
                output = outputs.public_subnet_id(self._model.name, zone)
                self.stack.give(output, subnet.ref, f"Public subnet {zone} of network {self._model.name}")
            if zone > nat_gateways:
                continue
            address = ec2.CfnEIP(
                self,
                f"Address{zone}",
                domain="vpc",
                tags=self._named(f"{self._model.physical_name}-nat-{zone}"),
            )
            self.place(address, f"{self._id}Address{zone}")
            address.add_dependency(attachment)
            nat = ec2.CfnNatGateway(
                self,
                f"Nat{zone}",
                subnet_id=subnet.ref,
                allocation_id=address.attr_allocation_id,
                tags=self._named(f"{self._model.physical_name}-{zone}"),
            )
            self.place(nat, f"{self._id}Nat{zone}")
            nat.add_dependency(route)
            nats.append(nat)
        for zone, private in enumerate(self._tables if nats else (), 1):
            way = ec2.CfnRoute(
                self,
                f"PrivateRoute{zone}",
                route_table_id=private.ref,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=nats[(zone - 1) % len(nats)].ref,
            )
            self.place(way, f"{self._id}PrivateRoute{zone}")

    def _gateway_endpoint(self, service: str) -> None:
        endpoint = ec2.CfnVPCEndpoint(
            self,
            f"Endpoint-{service}",
            service_name=self._service_name(service),
            vpc_endpoint_type="Gateway",
            vpc_id=self._vpc.ref,
            route_table_ids=[table.ref for table in self._tables],
            policy_document=endpoint_policy(service, self._model, self.stack.system),
        )
        self.place(endpoint, f"{self._id}Endpoint{pascal(service)}")

    def _interface_endpoints(self, services: Sequence[str]) -> None:
        group = ec2.CfnSecurityGroup(
            self,
            "EndpointsGroup",
            group_description=f"Endpoints of AWS services in {self._model.physical_name}",
            vpc_id=self._vpc.ref,
            security_group_egress=[no_egress()],
        )
        self.place(group, f"{self._id}EndpointsGroup")
        output = outputs.endpoints_group_id(self._model.name)
        self.stack.give(
            output, group.attr_group_id, f"Security group of the endpoints of network {self._model.name}"
        )
        for service in services:
            endpoint = ec2.CfnVPCEndpoint(
                self,
                f"Endpoint-{service}",
                service_name=self._service_name(service),
                vpc_endpoint_type="Interface",
                vpc_id=self._vpc.ref,
                private_dns_enabled=True,
                policy_document=endpoint_policy(service, self._model, self.stack.system),
                subnet_ids=[subnet.ref for subnet in self._subnets],
                security_group_ids=[group.attr_group_id],
            )
            self.place(endpoint, f"{self._id}Endpoint{pascal(service)}")

    def _service_name(self, service: str) -> str:
        return f"com.amazonaws.{self.stack.system.region}.{_SERVICE_NAMES.get(service, service)}"

    def _flow_log(self, key_arn: str | None) -> None:
        name = f"{FLOW_LOGS}{self._model.physical_name}"
        logical_id = f"{self._id}FlowLogGroup"
        days = self._model.log_retention_days
        group = log_group(self, "FlowLogGroup", name, days, logical_id, key_arn=key_arn)
        writing = Statement(
            "Log",
            ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            (self.stack.at.log_group(name),),
        )
        role = iam.CfnRole(
            self,
            "FlowLogRole",
            description=f"Writes the flow log of {self._model.physical_name}",
            assume_role_policy_document=trust(
                "vpc-flow-logs.amazonaws.com", source_account=self.stack.system.account
            ),
            policies=[iam.CfnRole.PolicyProperty(policy_name="log", policy_document=policy([writing]))],
        )
        self.place(role, f"{self._id}FlowLogRole")
        flow_log = ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=self._vpc.ref,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.ref,
            deliver_logs_permission_arn=role.attr_arn,
            tags=self._named(self._model.physical_name),
        )
        self.place(flow_log, f"{self._id}FlowLog")
