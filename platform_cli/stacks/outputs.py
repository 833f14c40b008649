"""The outputs by which one stack tells another what AWS invented: ids, and ARNs with a part of AWS's own.

A producer gives a plain output, never an export, so that nothing locks it. `Lookup` is how a consumer asks;
in a stack it yields `Fn::GetStackOutput` and repeats the value as an output of the consumer.
"""

from __future__ import annotations

from collections.abc import Callable

from platform_cli.stacks.logical import pascal

Lookup = Callable[[str, str], str]
"""Concern of the producing stack (`data`, `identity`) and output, to the value."""

KEY_ARN = "KeyArn"
DISTRIBUTION_ID = "DistributionId"
BALANCER_NAME = "FullName"
"""What the metrics of a load balancer call it: `app/NAME/ID`."""
FLAGS_APPLICATION_ID = "FlagsApplicationId"
FLAGS_ENVIRONMENT_ID = "FlagsEnvironmentId"
FLAGS_PROFILE_ID = "FlagsProfileId"
FLAGS_STRATEGY_ID = "FlagsStrategyId"

# What a database or a cache tells of itself, behind its name.
ENDPOINT = "Endpoint"
CLUSTER_ENDPOINT = "ClusterEndpoint"
READER_ENDPOINT = "ReaderEndpoint"
PORT = "Port"
SECRET_ARN = "SecretArn"
RESOURCE_ID = "ResourceId"
GROUP_ID = "GroupId"
PROXY_GROUP_ID = "ProxyGroupId"
PROXY_ID = "ProxyId"


def table_stream_arn(table: str) -> str:
    """`TableMainStreamArn`: a table's stream carries the time of its creation."""
    return f"Table{pascal(table)}StreamArn"


def secret_arn(secret: str) -> str:
    """`SecretPaymentArn`: a secret's ARN ends in six random characters."""
    return f"Secret{pascal(secret)}Arn"


def secret_home(database: str | None) -> str:
    """The stack of a secret: a login stands with its database, since a proxy before that reads it."""
    return "databases" if database else "data"


def pool_id(pool: str) -> str:
    """`UsersPoolId`."""
    return f"{pascal(pool)}PoolId"


def firewall_arn(firewall: str) -> str:
    """`FirewallStandardArn`: a web ACL's ARN ends in an id that AWS makes."""
    return f"Firewall{pascal(firewall)}Arn"


def guard_arn(api: str) -> str:
    """`GuardPartnerArn`: the web ACL that lets only a CDN through to an API."""
    return f"Guard{pascal(api)}Arn"


def global_firewall_arn(firewall: str) -> str:
    """`CdnFirewallEdgeArn`: a web ACL of CloudFront's scope."""
    return f"CdnFirewall{pascal(firewall)}Arn"


def certificate_arn(cdn: str) -> str:
    """`CdnSiteCertificateArn`."""
    return f"Cdn{pascal(cdn)}CertificateArn"


def client_id(pool: str, client: str) -> str:
    """`UsersClientWebId`."""
    return f"{pascal(pool)}Client{pascal(client)}Id"


def machine_id(pool: str, machine: str) -> str:
    """`UsersMachinePartnerId`."""
    return f"{pascal(pool)}Machine{pascal(machine)}Id"


def token_url(pool: str) -> str:
    """`UsersTokenUrl`: where machines get their tokens."""
    return f"{pascal(pool)}TokenUrl"


def network_id(network: str) -> str:
    """`NetworkMainId`."""
    return f"Network{pascal(network)}Id"


def subnet_id(network: str, zone: int) -> str:
    """`NetworkMainSubnet1Id`: the private subnet in a zone, counted from 1."""
    return f"Network{pascal(network)}Subnet{zone}Id"


def public_subnet_id(network: str, zone: int) -> str:
    """`NetworkMainPublicSubnet1Id`: the public subnet in a zone, counted from 1."""
    return f"Network{pascal(network)}PublicSubnet{zone}Id"


def endpoints_group_id(network: str) -> str:
    """`NetworkMainEndpointsGroupId`: the security group of a network's interface endpoints."""
    return f"Network{pascal(network)}EndpointsGroupId"


def database(name: str, attribute: str) -> str:
    """`DatabaseLedgerEndpoint` and the like."""
    return f"Database{pascal(name)}{attribute}"


def cache(name: str, attribute: str) -> str:
    """`CacheSessionsEndpoint` and the like."""
    return f"Cache{pascal(name)}{attribute}"
