"""ElastiCache replication groups with Valkey or Redis."""

from __future__ import annotations

import hashlib

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache

from platform_cli.blueprint.resolved import ResolvedCache
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.placement import CACHE_PORT, no_egress, placement_of
from platform_cli.stacks.logical import pascal

DEFAULT_VERSIONS = {"redis": "7.1", "valkey": "8.0"}
"""Versions that know users who log in by IAM (ElastiCache user guide, November 2026: 7.0 and later)."""

_SNAPSHOT_DAYS = 7


class Cache(Capability):
    """A cache that is reached with TLS by one user, who logs in with a token of IAM.

    Args:
        stack: The stack of the databases.
        cache: The cache.
        key_arn: The key of its disks, if it is one of ours.
    """

    def __init__(self, stack: PlatformStack, cache: ResolvedCache, key_arn: str | None = None) -> None:
        super().__init__(stack, f"Cache-{cache.name}", f"caches.{cache.name}")
        self._model = cache
        self._id = f"Cache{pascal(cache.name)}"
        place_in = placement_of(stack, cache.network)
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            group_description=f"The nodes of {cache.physical_name}",
            vpc_id=place_in.vpc_id,
            security_group_egress=[no_egress()],
        )
        self.place(group, f"{self._id}Group", keeps_data=True)
        subnets = elasticache.CfnSubnetGroup(
            self,
            "Subnets",
            description=f"Where {cache.physical_name} stands",
            subnet_ids=list(place_in.subnet_ids),
        )
        self.place(subnets, f"{self._id}Subnets", keeps_data=True)
        users = self._users()
        replication = elasticache.CfnReplicationGroup(
            self,
            "Nodes",
            replication_group_id=cache.physical_name,
            replication_group_description=f"Cache {cache.name} of {stack.names.prefix}",
            engine=cache.engine,
            engine_version=cache.version or DEFAULT_VERSIONS[cache.engine],
            cache_node_type=cache.node_type,
            num_cache_clusters=2 if cache.multi_az else 1,
            automatic_failover_enabled=cache.multi_az,
            multi_az_enabled=cache.multi_az,
            at_rest_encryption_enabled=True,
            kms_key_id=key_arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auto_minor_version_upgrade=True,
            port=CACHE_PORT,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[group.attr_group_id],
            user_group_ids=[users.ref],
            snapshot_retention_limit=_SNAPSHOT_DAYS if stack.system.protect else 0,
        )
        self.place(replication, self._id, keeps_data=True)
        for attribute, value, what in (
            (outputs.ENDPOINT, replication.attr_primary_end_point_address, "Host"),
            (outputs.PORT, replication.attr_primary_end_point_port, "Port"),
            (outputs.GROUP_ID, group.attr_group_id, "Security group"),
        ):
            stack.give(outputs.cache(cache.name, attribute), value, f"{what} of cache {cache.name}")

    def _users(self) -> elasticache.CfnUserGroup:
        model = self._model
        user = elasticache.CfnUser(
            self,
            "User",
            engine=model.engine,
            # A user who logs in by IAM is called as its id.
            user_id=model.physical_name,
            user_name=model.physical_name,
            access_string="on ~* +@all -@dangerous",
            authentication_mode={"Type": "iam"},
        )
        self.place(user, f"{self._id}User", keeps_data=True)
        members = [user.ref]
        if model.engine == "redis":
            # A group of users of Redis needs one called `default`; this one can do nothing.
            digest = hashlib.sha256(model.physical_name.encode()).hexdigest()[:12]
            nobody = elasticache.CfnUser(
                self,
                "DefaultUser",
                engine=model.engine,
                user_id=f"default-{digest}",
                user_name="default",
                access_string="off ~* -@all",
                authentication_mode={"Type": "no-password-required"},
            )
            self.place(nobody, f"{self._id}DefaultUser", keeps_data=True)
            members.append(nobody.ref)
        users = elasticache.CfnUserGroup(
            self,
            "Users",
            engine=model.engine,
            user_group_id=model.physical_name,
            user_ids=members,
        )
        self.place(users, f"{self._id}Users", keeps_data=True)
        return users
