"""Aurora Serverless v2 clusters, and the proxy that may stand before one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aws_cdk import CfnResource, Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds

from platform_cli.blueprint.resolved import ResolvedDatabase
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import trust
from platform_cli.stacks.constructs.logs import log_group
from platform_cli.stacks.constructs.placement import (
    POSTGRESQL_PORT,
    egress_to_group,
    no_egress,
    placement_of,
)
from platform_cli.stacks.logical import database_user, pascal
from platform_cli.stacks.rights import Statement, policy

DEFAULT_VERSION = "17.7"
"""Of Aurora PostgreSQL, for databases that name none (Aurora release notes, November 2026)."""

MASTER_USER = "postgres"
CLUSTER_LOGS = "/aws/rds/cluster/"
PROXY_LOGS = "/aws/rds/proxy/"
"""RDS's guide speaks of a proxy's log and does not name its group; accounts in use have this one, and
`terraform-aws-modules/terraform-aws-rds-proxy` makes it before the proxy too (`main.tf` there, 2026-11)."""
_READING = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
_PAUSE_AFTER_SECONDS = 300


class Database(Capability):
    """A cluster with its instances; RDS itself makes and keeps the secret of its master.

    The version is pinned and upgrades are the blueprint's: were the cluster ahead of its template, the next
    change of anything else would try to take it back, which RDS refuses.

    Args:
        stack: The stack of the databases.
        database: The database.
        key_arn: The key of our databases; None where none is under one.
        logins: ARNs of the secrets with logins of users of its own.
        log_key_arn: The key of the logs; None where they are under one of AWS.
    """

    def __init__(
        self,
        stack: PlatformStack,
        database: ResolvedDatabase,
        key_arn: str | None = None,
        logins: Sequence[str] = (),
        log_key_arn: str | None = None,
    ) -> None:
        super().__init__(stack, f"Database-{database.name}", f"databases.{database.name}")
        self._model = database
        self._key_arn = key_arn
        self._logins = tuple(logins)
        self._log_key_arn = log_key_arn
        own_key = key_arn if database.encryption == "customer_managed" else None
        self._id = f"Database{pascal(database.name)}"
        self._place_in = placement_of(stack, database.network)
        self._group = self._closed_group("Group", "cluster")
        protected = stack.system.protect
        version = database.version or DEFAULT_VERSION
        subnets = rds.CfnDBSubnetGroup(
            self,
            "Subnets",
            db_subnet_group_description=f"Where {database.physical_name} stands",
            subnet_ids=list(self._place_in.subnet_ids),
        )
        self.place(subnets, f"{self._id}Subnets", keeps_data=True)
        parameters = rds.CfnDBClusterParameterGroup(
            self,
            "Parameters",
            description=f"Parameters of {database.physical_name}",
            family=f"aurora-postgresql{version.split('.')[0]}",
            parameters={"rds.force_ssl": "1"},
        )
        self.place(parameters, f"{self._id}Parameters", keeps_data=True)
        self._cluster = rds.CfnDBCluster(
            self,
            "Cluster",
            db_cluster_identifier=database.physical_name,
            engine=database.engine,
            engine_version=version,
            database_name=database.database_name,
            port=POSTGRESQL_PORT,
            master_username=MASTER_USER,
            manage_master_user_password=True,
            master_user_secret=rds.CfnDBCluster.MasterUserSecretProperty(kms_key_id=own_key)
            if own_key
            else None,
            kms_key_id=own_key,
            enable_iam_database_authentication=True,
            storage_encrypted=True,
            serverless_v2_scaling_configuration=rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty(
                min_capacity=database.min_acu,
                max_capacity=database.max_acu,
                seconds_until_auto_pause=_PAUSE_AFTER_SECONDS if database.min_acu == 0 else None,
            ),
            db_subnet_group_name=subnets.ref,
            db_cluster_parameter_group_name=parameters.ref,
            vpc_security_group_ids=[self._group.attr_group_id],
            backup_retention_period=database.backup_retention_days,
            copy_tags_to_snapshot=True,
            deletion_protection=protected,
            enable_cloudwatch_logs_exports=["postgresql"],
        )
        self.place(self._cluster, self._id, keeps_data=True)
        self._log_of(self._cluster, "Log", f"{CLUSTER_LOGS}{database.physical_name}/postgresql")
        instances = [self._instance(number) for number in range(1, database.readers + 2)]
        endpoint = reader = self._cluster.attr_endpoint_address
        if database.proxy:
            endpoint = reader = self._proxy(instances)
            # Rotations go past the proxy, which takes a new password only when it is the current one.
            own = outputs.database(database.name, outputs.CLUSTER_ENDPOINT)
            self.stack.give(own, self._cluster.attr_endpoint_address, f"Host of the cluster {database.name}")
        if database.readers:
            reader = self._cluster.attr_read_endpoint_address
        self._tell(endpoint, reader)

    def _tell(self, endpoint: str, reader: str) -> None:
        cluster, name = self._cluster, self._model.name
        for attribute, value, what in (
            (outputs.ENDPOINT, endpoint, "Host"),
            (outputs.READER_ENDPOINT, reader, "Host for reading"),
            (outputs.PORT, cluster.attr_endpoint_port, "Port"),
            (outputs.SECRET_ARN, cluster.attr_master_user_secret_secret_arn, "Secret"),
            (outputs.RESOURCE_ID, cluster.attr_db_cluster_resource_id, "Resource id"),
            (outputs.GROUP_ID, self._group.attr_group_id, "Security group"),
        ):
            self.stack.give(outputs.database(name, attribute), value, f"{what} of database {name}")

    def _log_of(self, writer: CfnResource, construct_id: str, name: str) -> None:
        """Make a log group before its writer: RDS would make it without a retention and without our key."""
        days, logical_id = self._model.log_retention_days, f"{self._id}{construct_id}"
        writer.add_dependency(
            log_group(self, construct_id, name, days, logical_id, key_arn=self._log_key_arn)
        )

    def _closed_group(
        self, name: str, of: str, egress: ec2.CfnSecurityGroup.EgressProperty | None = None
    ) -> ec2.CfnSecurityGroup:
        group = ec2.CfnSecurityGroup(
            self,
            name,
            group_description=f"The {of} of {self._model.physical_name}",
            vpc_id=self._place_in.vpc_id,
            security_group_egress=[egress or no_egress()],
        )
        self.place(group, f"{self._id}{name}", keeps_data=True)
        return group

    def _instance(self, number: int) -> rds.CfnDBInstance:
        instance = rds.CfnDBInstance(
            self,
            f"Instance{number}",
            db_instance_identifier=f"{self._model.physical_name}-{number}",
            db_cluster_identifier=self._cluster.ref,
            db_instance_class="db.serverless",
            engine=self._model.engine,
            auto_minor_version_upgrade=False,
            # The second instance is the first to take over, and grows with the writer for that.
            promotion_tier=min(number - 1, 15),
            publicly_accessible=False,
        )
        self.place(instance, f"{self._id}Instance{number}", keeps_data=True)
        return instance

    def _proxy(self, instances: list[rds.CfnDBInstance]) -> str:
        """A proxy that takes logins by IAM and those of secrets, and makes them its own; gives its host.

        Who logs in by IAM goes on to the cluster by IAM («Configuring IAM authentication for RDS Proxy»,
        end-to-end), the users of services alone. A login with a password is one that a secret has.
        """
        role = iam.CfnRole(
            self,
            "ProxyRole",
            description=f"Lets the proxy of {self._model.physical_name} log in for its clients",
            assume_role_policy_document=trust("rds.amazonaws.com", source_account=self.stack.system.account),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="login", policy_document=policy(self._proxy_statements())
                )
            ],
        )
        self.place(role, f"{self._id}ProxyRole")
        to_cluster = egress_to_group(self._group.attr_group_id, POSTGRESQL_PORT, "to the cluster")
        group = self._closed_group("ProxyGroup", "proxy", to_cluster)
        admission = ec2.CfnSecurityGroupIngress(
            self,
            "ProxyAdmission",
            description="from the proxy",
            group_id=self._group.attr_group_id,
            source_security_group_id=group.attr_group_id,
            ip_protocol="tcp",
            from_port=POSTGRESQL_PORT,
            to_port=POSTGRESQL_PORT,
        )
        self.place(admission, f"{self._id}ProxyAdmission")
        proxy = rds.CfnDBProxy(
            self,
            "Proxy",
            db_proxy_name=self._model.physical_name,
            engine_family="POSTGRESQL",
            role_arn=role.attr_arn,
            require_tls=True,
            default_auth_scheme="IAM_AUTH",
            auth=[
                rds.CfnDBProxy.AuthFormatProperty(
                    auth_scheme="SECRETS",
                    secret_arn=secret,
                    iam_auth="DISABLED",
                    client_password_auth_type="POSTGRES_SCRAM_SHA_256",
                )
                for secret in self._secrets
            ],
            vpc_subnet_ids=list(self._place_in.subnet_ids),
            vpc_security_group_ids=[group.attr_group_id],
        )
        self.place(proxy, f"{self._id}Proxy")
        self._log_of(proxy, "ProxyLog", f"{PROXY_LOGS}{self._model.physical_name}")
        targets = rds.CfnDBProxyTargetGroup(
            self,
            "ProxyTargets",
            db_proxy_name=proxy.ref,
            # The only name that RDS takes.
            target_group_name="default",
            db_cluster_identifiers=[self._cluster.ref],
        )
        self.place(targets, f"{self._id}ProxyTargets")
        for instance in instances:
            targets.add_dependency(instance)
        # `arn:aws:rds:REGION:ACCOUNT:db-proxy:prx-…`
        proxy_id = Fn.select(6, Fn.split(":", proxy.attr_db_proxy_arn))
        own = outputs.database(self._model.name, outputs.PROXY_ID)
        self.stack.give(own, proxy_id, f"Resource id of the proxy of database {self._model.name}")
        output = outputs.database(self._model.name, outputs.PROXY_GROUP_ID)
        description = f"Security group of the proxy of database {self._model.name}"
        self.stack.give(output, group.attr_group_id, description)
        return proxy.attr_endpoint

    @property
    def _secrets(self) -> tuple[str, ...]:
        return (self._cluster.attr_master_user_secret_secret_arn, *self._logins)

    def _proxy_statements(self) -> Iterator[Statement]:
        at, name = self.stack.at, self._model.name
        yield Statement("Login", _READING, self._secrets)
        if self._key_arn:
            via = {"StringEquals": {"kms:ViaService": at.via("secretsmanager")}}
            yield Statement("Key", ("kms:Decrypt",), (self._key_arn,), via)
        users = sorted(
            {
                database_user(function.service)
                for function in self.stack.system.functions
                if any(a.kind == "databases" and a.name == name for a in function.access)
            }
        )
        if users:
            cluster = self._cluster.attr_db_cluster_resource_id
            arns = tuple(at.arn("rds-db", f"dbuser:{cluster}/{user}") for user in users)
            yield Statement("Users", ("rds-db:connect",), arns)
