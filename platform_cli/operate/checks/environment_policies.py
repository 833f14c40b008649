"""Policies of resources that let anybody in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import REMOTE, SLOW_SECONDS, Check, Need, Result, failure, ok, skipped
from platform_cli.operate.doctor.wording import number

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.operate.doctor.context import Context

_VERSIONS = 10
"""Of a function, the newest; a version nobody points to is called by nobody that has no right of its own."""


def check_policies(context: Context) -> Result:
    """Read the policies of all that can have one."""
    from platform_cli.operate.doctor.looking import Look, look_at

    seen = look_at(
        context,
        (
            Look(("AWS::Lambda::Function",), "policies of functions", _functions),
            Look(("AWS::Lambda::LayerVersion",), "policies of layers", _layers),
            Look(("AWS::SQS::Queue",), "policies of queues", _queues),
            Look(("AWS::SNS::Topic",), "policies of topics", _topics),
            Look(("AWS::Events::EventBus",), "policies of buses", _buses),
            Look(("AWS::Kinesis::Stream",), "policies of streams", _streams),
            Look(("AWS::KMS::Key",), "policies of keys", _keys),
            Look(("AWS::SecretsManager::Secret",), "policies of secrets", _secrets),
            Look(("AWS::Backup::BackupVault",), "policies of backup vaults", _vaults),
            Look(("AWS::IAM::Role",), "who may assume roles", _roles),
        ),
    )
    if seen.found:
        return failure(
            "policies let anybody in",
            *seen.found,
            *seen.unseen,
            consequence="every account of AWS, or everybody, does with it what the policy allows",
            mend="take the statement away where it was made, or give it a condition that names the caller's "
            f"account; see who made it with `platform doctor --only drift {context.option}`",
        )
    if seen.unseen:
        return skipped("; ".join(seen.unseen) + "; no other policy lets anybody in")
    if not seen.looked:
        return skipped("nothing that is deployed can have a policy")
    return ok(f"no policy of {number(seen.looked, 'resource')} lets anybody in")


def _functions(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    from platform_cli.deploy.answers import expecting, pages
    from platform_cli.operate.doctor.policies import conditions_of

    client = clients.client("lambda")
    marked = ("Marker", "NextMarker")
    aliases = [a["Name"] for a in pages(client.list_aliases, "Aliases", paging=marked, FunctionName=name)]
    versions = [
        v["Version"]
        for v in pages(client.list_versions_by_function, "Versions", paging=marked, FunctionName=name)
        if v["Version"] != "$LATEST"
    ]
    places: list[tuple[dict[str, str], str]] = [({}, "")]
    places += [({"Qualifier": alias}, f", alias {alias}") for alias in aliases]
    places += [({"Qualifier": version}, f", version {version}") for version in versions[-_VERSIONS:]]
    for at, said in places:
        with expecting("ResourceNotFoundException"):
            for statement in _open(client.get_policy(FunctionName=name, **at)["Policy"]):
                # A URL without authorization needs such a statement, and is told of by its own check.
                if "lambda:functionurlauthtype" not in conditions_of(statement):
                    yield _line(f"function {name}{said}", statement)


def _layers(_context: Context, clients: Clients, arn: str) -> Iterator[str]:
    layer, _, version = arn.rpartition(":")
    told = clients.client("lambda").get_layer_version_policy(LayerName=layer, VersionNumber=int(version))
    yield from _lines(f"layer {layer.rpartition(':')[2]}", told["Policy"])


def _queues(_context: Context, clients: Clients, url: str) -> Iterator[str]:
    told = clients.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    yield from _lines(f"queue {url.rpartition('/')[2]}", told.get("Attributes", {}).get("Policy"))


def _topics(_context: Context, clients: Clients, arn: str) -> Iterator[str]:
    told = clients.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    yield from _lines(f"topic {arn.rpartition(':')[2]}", told.get("Policy"))


def _buses(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    yield from _lines(f"bus {name}", clients.client("events").describe_event_bus(Name=name).get("Policy"))


def _streams(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    kinesis = clients.client("kinesis")
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    yield from _lines(f"stream {name}", kinesis.get_resource_policy(ResourceARN=arn).get("Policy"))


def _keys(_context: Context, clients: Clients, id: str) -> Iterator[str]:
    told = clients.client("kms").get_key_policy(KeyId=id, PolicyName="default")
    yield from _lines(f"key {id}", told.get("Policy"))


def _secrets(_context: Context, clients: Clients, arn: str) -> Iterator[str]:
    told = clients.client("secretsmanager").get_resource_policy(SecretId=arn)
    yield from _lines(f"secret {told.get('Name', arn)}", told.get("ResourcePolicy"))


def _vaults(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    told = clients.client("backup").get_backup_vault_access_policy(BackupVaultName=name)
    yield from _lines(f"backup vault {name}", told.get("Policy"))


def _roles(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    role = clients.client("iam").get_role(RoleName=name)["Role"]
    yield from _lines(f"role {name}", role.get("AssumeRolePolicyDocument"))


def _lines(what: str, policy: str | Mapping[str, Any] | None) -> Iterator[str]:
    for statement in _open(policy):
        yield _line(what, statement)


def _line(what: str, statement: Mapping[str, Any]) -> str:
    from platform_cli.operate.doctor.policies import actions_of

    return f"{what}: its policy lets anybody {actions_of(statement)}"


def _open(policy: str | Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    from platform_cli.operate.doctor.policies import open_statements

    return open_statements(policy)


CHECKS = (
    Check(
        "open-policies",
        "environment",
        "policies that let anybody in",
        "Reads the policies of functions with their aliases and newest versions, layers, queues, topics, "
        "buses, streams, keys, secrets, backup vaults, and of who may assume roles. A statement that allows "
        "everybody is a failure unless a condition names accounts, networks or resources that are let in. "
        "What may not be looked at is named.",
        check_policies,
        (*REMOTE, Need.ACCOUNT),
        SLOW_SECONDS,
    ),
)
