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
from platform_cli.blueprint.prefix_lists import PREFIX_LISTS
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.concerns import concerns_of
from platform_cli.stacks.wildcards import UNRESTRICTABLE

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
    "stack", ["network", "databases", "events", "service-ledger", "service-reports", "service-rotation"]
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


def test_the_login_of_a_database_stands_with_it(ledger: Mapping[str, Templates]) -> None:
    found = {concern.key: concern for concern in concerns_of(resolve(inspect_blueprint(BLUEPRINT), "dev"))}
    assert "databases" in found["service ledger"].needs
    assert "databases" not in found["data"].needs
    assert set(of_type(ledger["dev"]["databases"], "AWS::SecretsManager::Secret")) == {
        "SecretArchive",
        "SecretLedger",
    }


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
    groups = {env: ledger[env]["network"]["Resources"]["NetworkMainFlowLogGroup"] for env in ledger}
    assert groups["prod"]["DeletionPolicy"] == "Retain"
    kept = {env: group["Properties"]["RetentionInDays"] for env, group in groups.items()}
    assert (kept["dev"], kept["prod"]) == (30, 90)


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

    def goal(rule: Mapping[str, Any]) -> str:
        named = rule.get("DestinationSecurityGroupId", "")
        if isinstance(named, dict):
            return str(named["Fn::GetStackOutput"]["OutputName"])
        return str(
            named or rule.get("DestinationPrefixListId") or rule.get("CidrIp") or rule.get("CidrIpv6") or ""
        )

    return [(rule["FromPort"], goal(rule)) for rule in rules]


def test_a_function_reaches_only_what_its_access_implies(ledger: Mapping[str, Templates]) -> None:
    service, reports = ledger["dev"]["service-ledger"], ledger["dev"]["service-reports"]
    assert egress(service, "GroupBook") == [
        (6379, "CacheSessionsGroupId"),
        (5432, "DatabaseLedgerGroupId"),
        (443, "NetworkMainEndpointsGroupId"),
    ]
    assert egress(reports, "GroupSend") == [(443, "NetworkClosedEndpointsGroupId")]
    # By a token that it signs itself: nothing of AWS is called for it.
    assert egress(reports, "GroupSign") == [(5432, "DatabaseArchiveProxyGroupId")]


def test_a_function_that_uses_nothing_reaches_nothing(ledger: Mapping[str, Templates]) -> None:
    ((_, goal),) = egress(ledger["dev"]["service-ledger"], "GroupNosy")
    assert goal == "255.255.255.255/32"


def test_gateway_endpoints_are_reached_by_the_addresses_that_aws_lists(
    ledger: Mapping[str, Templates],
) -> None:
    reports = ledger["dev"]["service-reports"]
    listed = PREFIX_LISTS["eu-west-1"]["dynamodb"]
    assert egress(reports, "GroupCount") == [(443, listed)]
    assert egress(reports, "GroupLegacy") == [(443, listed)]


def test_any_address_is_open_only_for_what_has_neither_endpoint_nor_addresses(
    ledger: Mapping[str, Templates],
) -> None:
    service = ledger["dev"]["service-ledger"]
    assert egress(service, "GroupPay") == [
        (5432, "DatabaseLedgerGroupId"),
        (443, "NetworkMainEndpointsGroupId"),
        (8443, "10.9.0.0/24"),
        (8443, "2001:db8::/32"),
        (443, OPEN),
    ]
    rules = of_type(service, "AWS::EC2::SecurityGroup")["GroupPay"]["SecurityGroupEgress"]
    assert rules[-1]["Description"] == "to host clearing, sns"
    for environment in ENVIRONMENTS:
        wide = {
            group
            for stack, template in ledger[environment].items()
            if stack.startswith("service-")
            for group in of_type(template, "AWS::EC2::SecurityGroup")
            if (443, OPEN) in egress(template, group)
        }
        # Nobody lists addresses of the region that the local AWS is in, nor of an account there.
        assert wide - {"GroupCount", "GroupLegacy"} == {"GroupPay"}


def endpoint_policies(template: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {
        name: endpoint["PolicyDocument"]["Statement"]
        for name, endpoint in of_type(template, "AWS::EC2::VPCEndpoint").items()
    }


def test_every_endpoint_lets_through_what_roles_of_the_network_may_do_and_no_more(
    ledger: Mapping[str, Templates],
) -> None:
    for environment in ENVIRONMENTS:
        for name, found in endpoint_policies(ledger[environment]["network"]).items():
            for statement in found:
                if statement["Effect"] == "Deny":
                    assert name == "NetworkMainEndpointDynamodb", "nothing in that network calls it"
                    continue
                assert "aws:PrincipalAccount" in statement["Condition"]["StringEquals"]
                assert statement["Condition"]["ArnLike"]["aws:PrincipalArn"]
                assert not [action for action in statement["Action"] if "*" in action]
                if "*" in statement["Resource"]:
                    assert set(statement["Action"]) <= UNRESTRICTABLE


def test_an_endpoint_knows_who_uses_it_and_for_what(ledger: Mapping[str, Templates]) -> None:
    found = endpoint_policies(ledger["dev"]["network"])
    (table,) = found["NetworkClosedEndpointDynamodb"]
    assert table["Resource"] == ["arn:aws:dynamodb:eu-west-1:111111111111:table/bank-dev-main"]
    assert table["Condition"]["ArnLike"]["aws:PrincipalArn"] == [
        "arn:aws:iam::111111111111:role/bank-dev-reports-count"
    ]
    secrets = found["NetworkMainEndpointSecretsmanager"][0]
    assert (
        "arn:aws:secretsmanager:eu-west-1:111111111111:secret:bank/dev/ledger-??????" in secrets["Resource"]
    )
    (stream,) = found["NetworkClosedEndpointKinesis"]
    assert stream["Condition"]["ArnLike"]["aws:PrincipalArn"] == [
        "arn:aws:iam::111111111111:role/bank-dev-analytics-*"
    ]
    # What PrivateLink takes in a policy, spaces included.
    assert all(len(json.dumps({"Statement": one})) < 20_480 for one in found.values())


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
        # Its login says both hosts.
        ("from function reports.old", "DatabaseArchiveGroupId"),
        ("from function reports.old", "DatabaseArchiveProxyGroupId"),
        ("from function reports.sign", "DatabaseArchiveProxyGroupId"),
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
        "DATABASE_LEDGER_USER": "ledger",
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


def test_a_proxy_takes_logins_of_services_by_iam_and_those_of_secrets(
    ledger: Mapping[str, Templates],
) -> None:
    template = ledger["dev"]["databases"]
    proxy = of_type(template, "AWS::RDS::DBProxy")["DatabaseArchiveProxy"]
    assert proxy["DefaultAuthScheme"] == "IAM_AUTH"
    assert [one["SecretArn"] for one in proxy["Auth"]] == [
        {"Fn::GetAtt": ["DatabaseArchive", "MasterUserSecret.SecretArn"]},
        {"Fn::GetAtt": ["SecretArchive", "Id"]},
    ]
    assert {one["IAMAuth"] for one in proxy["Auth"]} == {"DISABLED"}
    rights = {s["Sid"]: s for role, s in statements(template) if role == "DatabaseArchiveProxyRole"}
    assert set(rights) == {"Key", "Login", "Users"}
    assert json.dumps(rights["Users"]["Resource"]).endswith('"/reports"]]}]')
    assert len(rights["Login"]["Resource"]) == 2


def test_who_logs_in_by_iam_alone_has_no_secret(ledger: Mapping[str, Templates]) -> None:
    reports = ledger["dev"]["service-reports"]
    rights = {s["Sid"]: s for role, s in statements(reports) if role == "RoleSign"}
    assert set(rights) == {"DatabasesArchive", "Log", "Network", "NetworkInterfaces", "Tracing"}
    through = json.dumps(rights["DatabasesArchive"]["Resource"])
    assert "DatabaseArchiveResourceId" in through
    assert "DatabaseArchiveProxyId" in through
    variables = of_type(reports, "AWS::Lambda::Function")["FunctionSign"]["Environment"]["Variables"]
    assert variables["DATABASE_ARCHIVE_USER"] == "reports"
    assert "DATABASE_ARCHIVE_SECRET_ARN" not in variables


def test_databases_caches_and_logins_are_under_a_key_of_their_own_stack(
    ledger: Mapping[str, Templates],
) -> None:
    template = ledger["dev"]["databases"]
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    clusters = of_type(template, "AWS::RDS::DBCluster")
    assert clusters["DatabaseArchive"]["KmsKeyId"] == key
    assert clusters["DatabaseArchive"]["MasterUserSecret"] == {"KmsKeyId": key}
    assert "KmsKeyId" not in clusters["DatabaseLedger"]
    assert of_type(template, "AWS::ElastiCache::ReplicationGroup")["CacheRates"]["KmsKeyId"] == key
    secret = of_type(template, "AWS::SecretsManager::Secret")["SecretArchive"]
    assert secret["KmsKeyId"] == key
    (replica,) = secret["ReplicaRegions"]
    assert replica["Region"] == "eu-central-1"
    assert replica["KmsKeyId"]["Fn::GetStackOutput"]["OutputName"] == "KeyArn"
    (resource,) = of_type(template, "AWS::KMS::Key").values()
    assert resource["EnableKeyRotation"] is True
    via = next(s for s in resource["KeyPolicy"]["Statement"] if s["Sid"] == "UseThroughServices")
    assert via["Condition"]["StringEquals"] == {
        "kms:CallerAccount": "111111111111",
        "kms:ViaService": [
            f"{service}.eu-west-1.amazonaws.com" for service in ("elasticache", "rds", "secretsmanager")
        ],
    }
    copies = of_type(ledger["dev"]["recovery-eu-central-1"], "AWS::KMS::Key")["Key"]
    assert copies["EnableKeyRotation"] is True


def test_topics_and_rules_alone_may_encrypt_what_they_put_into_a_queue(
    ledger: Mapping[str, Templates],
) -> None:
    events = ledger["dev"]["events"]
    queues = of_type(events, "AWS::SQS::Queue")
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    assert {name for name, queue in queues.items() if queue.get("KmsMasterKeyId") == key} == {
        "DeadLettersBooked",
        "DeadLettersCleared",
        "QueueBooked",
        "QueueCleared",
    }
    # The key that AWS manages for SQS lets no other service in: nothing may be under it.
    assert all("SqsManagedSseEnabled" in queue or queue["KmsMasterKeyId"] == key for queue in queues.values())
    assert of_type(events, "AWS::SNS::Topic")["TopicClearings"]["KmsMasterKeyId"] == key
    policy = of_type(events, "AWS::KMS::Key")["Key"]["KeyPolicy"]["Statement"]
    senders = {s["Principal"]["Service"]: s["Condition"] for s in policy if "Service" in s["Principal"]}
    account = {"aws:SourceAccount": "111111111111"}
    prefix = "arn:aws:{}:eu-west-1:111111111111:{}".format
    assert senders == {
        "events.amazonaws.com": {
            "StringEquals": account,
            "ArnLike": {"aws:SourceArn": [prefix("events", "rule/bank-dev-bookings/*")]},
        },
        "sns.amazonaws.com": {
            "StringEquals": account,
            "ArnLike": {"aws:SourceArn": [prefix("sns", "bank-dev-clearings")]},
        },
    }


def test_functions_use_the_key_of_messages_through_their_service(ledger: Mapping[str, Templates]) -> None:
    def keyed(stack: str, function: str) -> dict[str, tuple[list[str], str]]:
        return {
            s["Sid"]: (s["Action"], s["Condition"]["StringEquals"]["kms:ViaService"])
            for role, s in statements(ledger["dev"][stack])
            if role == function and s["Sid"].startswith("Key")
        }

    assert keyed("service-reports", "RoleClear") == {
        "KeyEventsSqs": (["kms:Decrypt", "kms:DescribeKey"], "sqs.eu-west-1.amazonaws.com")
    }
    assert keyed("service-ledger", "RolePay") == {
        "KeyEventsSns": (["kms:Decrypt", "kms:GenerateDataKey"], "sns.eu-west-1.amazonaws.com")
    }


def test_no_stack_locks_another(ledger: Mapping[str, Templates]) -> None:
    text = json.dumps(ledger)
    assert "Fn::ImportValue" not in text
    assert '"Export"' not in text
