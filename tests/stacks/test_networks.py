"""Networks, databases and caches: resource by resource, and what must hold of them."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.concerns import concerns_of
from platform_cli.stacks.rights import UNRESTRICTABLE

ENVIRONMENTS = ("local", "dev", "prod")
BLUEPRINT = Path(__file__).parent / "ledger" / "blueprint.yaml"
OPEN = "0.0.0.0/0"
Templates = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def ledger(ledger_assemblies: Mapping[str, Path]) -> Mapping[str, Templates]:
    """The templates of the bank, by environment and by what comes after its prefix in a stack's name."""
    return {
        environment: {
            path.name.removesuffix(".template.json").removeprefix(f"bank-{environment}-"): json.loads(
                path.read_text()
            )
            for path in sorted(folder.glob("*.template.json"))
        }
        for environment, folder in ledger_assemblies.items()
    }


def of_type(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize(
    "stack", ["network", "databases", "service-ledger", "service-reports", "service-rotation"]
)
def test_the_bank_is_what_it_was(
    environment: str, stack: str, ledger: Mapping[str, Templates], golden: Callable[[Path, str], None]
) -> None:
    template = ledger[environment][stack]
    kept = {key: value for key, value in template.items() if key not in ("Parameters", "Rules")}
    text = re.sub(r"\b[0-9a-f]{64}\.zip\b", "ARCHIVE.zip", json.dumps(kept, indent=2) + "\n")
    golden(Path("golden") / "ledger" / environment / f"{stack}.json", text)


def test_a_network_stands_before_databases_and_both_before_services() -> None:
    keys = [concern.key for concern in concerns_of(resolve(inspect_blueprint(BLUEPRINT), "dev"))]
    assert keys.index("network") < keys.index("databases") < keys.index("service ledger")


def test_a_database_stands_before_the_secret_with_its_login() -> None:
    found = {concern.key: concern for concern in concerns_of(resolve(inspect_blueprint(BLUEPRINT), "dev"))}
    assert "databases" in found["data"].needs
    assert {"data", "databases"} <= set(found["service ledger"].needs)


def test_a_function_may_read_its_login_and_not_the_masters(ledger: Mapping[str, Templates]) -> None:
    rights = {s["Sid"] for role, s in statements(ledger["dev"]["service-ledger"]) if role == "RolePay"}
    assert "SecretsLedger" in rights
    assert not any("Database" in sid for sid in rights)


# --- networks ------------------------------------------------------------------------------------


def test_private_subnets_lead_out_by_nat_gateways_alone(ledger: Mapping[str, Templates]) -> None:
    network = ledger["prod"]["network"]
    for name, route in of_type(network, "AWS::EC2::Route").items():
        assert ("GatewayId" in route) == ("Public" in name)
        assert ("NatGatewayId" in route) == ("Private" in name)
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in of_type(network, "AWS::EC2::Subnet").values())


def test_a_network_without_nat_gateways_has_no_way_out(ledger: Mapping[str, Templates]) -> None:
    network = ledger["dev"]["network"]
    closed = {name for name in network["Resources"] if name.startswith("NetworkClosed")}
    kinds = {network["Resources"][name]["Type"] for name in closed}
    assert not kinds & {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::Route"}


def test_each_zone_has_a_nat_gateway_of_its_own_if_there_are_as_many(ledger: Mapping[str, Templates]) -> None:
    ways = {
        name: route["NatGatewayId"]["Ref"]
        for name, route in of_type(ledger["prod"]["network"], "AWS::EC2::Route").items()
        if "NatGatewayId" in route
    }
    assert ways == {
        "NetworkMainPrivateRoute1": "NetworkMainNat1",
        "NetworkMainPrivateRoute2": "NetworkMainNat2",
    }
    ways = {
        name: route["NatGatewayId"]["Ref"]
        for name, route in of_type(ledger["dev"]["network"], "AWS::EC2::Route").items()
        if "NatGatewayId" in route
    }
    assert set(ways.values()) == {"NetworkMainNat1"}


def test_more_zones_and_more_nat_gateways_move_no_subnet() -> None:
    from platform_cli.stacks.runtime import cdk_runtime

    with cdk_runtime():
        from platform_cli.stacks.constructs.networks import subnet_blocks
    two, six = subnet_blocks("10.0.0.0/16", 2), subnet_blocks("10.0.0.0/16", 6)
    assert six[:2] == two
    blocks = [ipaddress.ip_network(block) for pair in six for block in pair]
    assert len(set(blocks)) == 12
    assert not any(a.overlaps(b) for a in blocks for b in blocks if a is not b)
    assert all(block.subnet_of(ipaddress.ip_network("10.0.0.0/16")) for block in blocks)


def test_connections_are_logged_where_the_blueprint_says_so(ledger: Mapping[str, Templates]) -> None:
    assert set(of_type(ledger["dev"]["network"], "AWS::EC2::FlowLog")) == {"NetworkMainFlowLog"}
    retained = ledger["prod"]["network"]["Resources"]["NetworkMainFlowLogGroup"]["DeletionPolicy"]
    assert retained == "Retain"


def test_interface_endpoints_let_in_only_functions_that_need_them(ledger: Mapping[str, Templates]) -> None:
    network = ledger["dev"]["network"]
    groups = of_type(network, "AWS::EC2::SecurityGroup")
    assert all("SecurityGroupIngress" not in group for group in groups.values())
    admitted = {
        (rule["Description"], rule["GroupId"]["Fn::GetStackOutput"]["OutputName"])
        for rule in of_type(ledger["dev"]["service-reports"], "AWS::EC2::SecurityGroupIngress").values()
        if rule["FromPort"] == 443
    }
    assert admitted == {
        ("from function reports.old", "NetworkMainEndpointsGroupId"),
        ("from function reports.send", "NetworkClosedEndpointsGroupId"),
    }


# --- functions -----------------------------------------------------------------------------------


def egress(template: Mapping[str, Any], group: str) -> list[tuple[int, str]]:
    rules = of_type(template, "AWS::EC2::SecurityGroup")[group]["SecurityGroupEgress"]
    return [
        (
            rule["FromPort"],
            rule.get("CidrIp") or rule["DestinationSecurityGroupId"]["Fn::GetStackOutput"]["OutputName"],
        )
        for rule in rules
    ]


def test_a_function_reaches_only_what_its_access_implies(ledger: Mapping[str, Templates]) -> None:
    service, reports = ledger["dev"]["service-ledger"], ledger["dev"]["service-reports"]
    assert egress(service, "GroupBook") == [
        (6379, "CacheSessionsGroupId"),
        (5432, "DatabaseLedgerGroupId"),
        (443, "NetworkMainEndpointsGroupId"),
        (443, OPEN),
    ]
    assert egress(service, "GroupNosy") == [(443, OPEN)]
    assert egress(reports, "GroupCount") == [(443, OPEN)]
    assert egress(reports, "GroupSend") == [(443, "NetworkClosedEndpointsGroupId")]


def test_only_functions_with_access_are_let_into_a_database(ledger: Mapping[str, Templates]) -> None:
    admitted = {
        (rule["Description"], rule["GroupId"]["Fn::GetStackOutput"]["OutputName"])
        for stack in ("service-ledger", "service-reports", "service-rotation")
        for rule in of_type(ledger["dev"][stack], "AWS::EC2::SecurityGroupIngress").values()
        if rule["FromPort"] == 5432
    }
    assert admitted == {
        ("from function ledger.book", "DatabaseLedgerGroupId"),
        ("from function ledger.pay", "DatabaseLedgerGroupId"),
        ("from function rotation.rotate", "DatabaseLedgerGroupId"),
        # A login in a secret goes past the proxy, which knows the master's alone.
        ("from function reports.old", "DatabaseArchiveGroupId"),
        ("from function reports.old", "DatabaseArchiveProxyGroupId"),
    }


def test_an_external_network_is_used_as_it_is(ledger: Mapping[str, Templates]) -> None:
    legacy = of_type(ledger["dev"]["service-reports"], "AWS::Lambda::Function")["FunctionLegacy"]["VpcConfig"]
    assert legacy == {
        "SubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "SecurityGroupIds": [{"Fn::GetAtt": ["GroupLegacy", "GroupId"]}, "sg-0123456789abcdef0"],
    }
    group = of_type(ledger["dev"]["service-reports"], "AWS::EC2::SecurityGroup")["GroupLegacy"]
    assert group["VpcId"] == "vpc-0123456789abcdef0"
    assert not any("Corp" in name for name in ledger["dev"]["network"]["Resources"])


def statements(template: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def test_no_action_or_resource_is_a_wildcard(ledger: Mapping[str, Templates]) -> None:
    for templates in ledger.values():
        for template in templates.values():
            for _, statement in statements(template):
                actions = set(statement["Action"])
                assert not any("*" in action for action in actions)
                if "*" in statement["Resource"]:
                    assert actions <= UNRESTRICTABLE


def test_a_function_logs_into_a_database_as_its_service_or_by_the_secret(
    ledger: Mapping[str, Templates],
) -> None:
    rights = {
        statement["Sid"]: statement
        for role, statement in statements(ledger["dev"]["service-ledger"])
        if role == "RoleBook"
    }
    login = json.dumps(rights["DatabasesLedger"]["Resource"])
    assert "DatabaseLedgerResourceId" in login
    assert login.endswith('"/ledger"]]}]')
    assert "DatabaseLedgerSecretArn" in json.dumps(rights["DatabasesLedgerSecret"]["Resource"])
    assert rights["CachesSessions"]["Resource"] == [
        "arn:aws:elasticache:eu-west-1:111111111111:replicationgroup:bank-dev-sessions",
        "arn:aws:elasticache:eu-west-1:111111111111:user:bank-dev-sessions",
    ]
    nosy = {s["Sid"] for role, s in statements(ledger["dev"]["service-ledger"]) if role == "RoleNosy"}
    assert nosy == {"Log", "Network", "NetworkInterfaces", "Tracing"}


def test_a_function_finds_all_it_needs_in_its_variables(ledger: Mapping[str, Templates]) -> None:
    def variables(environment: str) -> dict[str, Any]:
        book = of_type(ledger[environment]["service-ledger"], "AWS::Lambda::Function")["FunctionBook"]
        return {
            name: value if isinstance(value, str) else value["Fn::GetStackOutput"]["OutputName"]
            for name, value in book["Environment"]["Variables"].items()
            if name.startswith(("CACHE", "DATABASE"))
        }

    assert variables("dev") == {
        "CACHE_SESSIONS_ENDPOINT": "CacheSessionsEndpoint",
        "CACHE_SESSIONS_NAME": "bank-dev-sessions",
        "CACHE_SESSIONS_PORT": "CacheSessionsPort",
        "CACHE_SESSIONS_TLS": "true",
        "CACHE_SESSIONS_USER": "bank-dev-sessions",
        "DATABASE_LEDGER_ENDPOINT": "DatabaseLedgerEndpoint",
        "DATABASE_LEDGER_NAME": "ledger",
        "DATABASE_LEDGER_PORT": "DatabaseLedgerPort",
        "DATABASE_LEDGER_READER_ENDPOINT": "DatabaseLedgerReaderEndpoint",
        "DATABASE_LEDGER_SECRET_ARN": "DatabaseLedgerSecretArn",
    }
    assert variables("local")["CACHE_SESSIONS_TLS"] == "false"


# --- databases and caches ------------------------------------------------------------------------


def test_databases_are_encrypted_take_iam_logins_and_have_no_password_in_a_template(
    ledger: Mapping[str, Templates],
) -> None:
    for templates in ledger.values():
        for cluster in of_type(templates["databases"], "AWS::RDS::DBCluster").values():
            assert cluster["StorageEncrypted"] is True
            assert cluster["EnableIAMDatabaseAuthentication"] is True
            assert cluster["ManageMasterUserPassword"] is True
            assert "MasterUserPassword" not in cluster
        groups = of_type(templates["databases"], "AWS::RDS::DBClusterParameterGroup").values()
        assert {group["Parameters"]["rds.force_ssl"] for group in groups} == {"1"}
        instances = of_type(templates["databases"], "AWS::RDS::DBInstance").values()
        assert not any(instance["PubliclyAccessible"] for instance in instances)


def test_capacity_readers_and_backups_follow_the_environment(ledger: Mapping[str, Templates]) -> None:
    dev = ledger["dev"]["databases"]
    prod = ledger["prod"]["databases"]
    dev_cluster = of_type(dev, "AWS::RDS::DBCluster")["DatabaseLedger"]
    assert dev_cluster["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0,
        "MaxCapacity": 2,
        "SecondsUntilAutoPause": 300,
    }
    prod_cluster = of_type(prod, "AWS::RDS::DBCluster")["DatabaseLedger"]
    assert prod_cluster["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 1, "MaxCapacity": 16}
    assert (dev_cluster["BackupRetentionPeriod"], prod_cluster["BackupRetentionPeriod"]) == (7, 35)
    assert "DatabaseLedgerInstance2" not in dev["Resources"]
    assert "DatabaseLedgerInstance2" in prod["Resources"]


@pytest.mark.parametrize(("environment", "protected"), [("dev", False), ("prod", True)])
def test_protected_environments_keep_databases_and_caches(
    environment: str, protected: bool, ledger: Mapping[str, Templates]
) -> None:
    template = ledger[environment]["databases"]
    kinds = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup")
    policies = {
        resource[policy]
        for resource in template["Resources"].values()
        if resource["Type"] in kinds
        for policy in ("DeletionPolicy", "UpdateReplacePolicy")
    }
    assert policies == {"Retain" if protected else "Delete"}
    clusters = of_type(template, "AWS::RDS::DBCluster").values()
    assert {cluster["DeletionProtection"] for cluster in clusters} == {protected}


def test_caches_are_encrypted_and_let_in_only_their_user(ledger: Mapping[str, Templates]) -> None:
    for templates in ledger.values():
        for name, nodes in of_type(templates["databases"], "AWS::ElastiCache::ReplicationGroup").items():
            assert nodes["TransitEncryptionEnabled"] is True
            assert nodes["TransitEncryptionMode"] == "required"
            assert nodes["AtRestEncryptionEnabled"] is True
            assert nodes["UserGroupIds"] == [{"Ref": f"{name}Users"}]
        users = of_type(templates["databases"], "AWS::ElastiCache::User")
        assert users["CacheSessionsUser"]["AuthenticationMode"] == {"Type": "iam"}
        assert users["CacheSessionsUser"]["UserId"] == users["CacheSessionsUser"]["UserName"]
        assert users["CacheRatesDefaultUser"]["AccessString"].startswith("off ")


def test_a_cache_with_multi_az_has_a_node_that_takes_over(ledger: Mapping[str, Templates]) -> None:
    def nodes(environment: str) -> tuple[int, bool, bool]:
        group = of_type(ledger[environment]["databases"], "AWS::ElastiCache::ReplicationGroup")[
            "CacheSessions"
        ]
        return group["NumCacheClusters"], group["MultiAZEnabled"], group["AutomaticFailoverEnabled"]

    assert nodes("dev") == (1, False, False)
    assert nodes("prod") == (2, True, True)


def test_a_proxy_stands_between_functions_and_its_database(ledger: Mapping[str, Templates]) -> None:
    template = ledger["dev"]["databases"]
    proxy = of_type(template, "AWS::RDS::DBProxy")["DatabaseArchiveProxy"]
    assert proxy["RequireTLS"] is True
    assert template["Outputs"]["DatabaseArchiveEndpoint"]["Value"] == {
        "Fn::GetAtt": ["DatabaseArchiveProxy", "Endpoint"]
    }
    assert list(of_type(template, "AWS::EC2::SecurityGroupIngress")) == ["DatabaseArchiveProxyAdmission"]


def test_no_stack_locks_another(ledger: Mapping[str, Templates]) -> None:
    text = json.dumps(ledger)
    assert "Fn::ImportValue" not in text
    assert '"Export"' not in text
