"""What can be reached from anywhere: buckets, function URLs, databases, their snapshots, ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import (
    REMOTE,
    SLOW_SECONDS,
    Check,
    Fix,
    Need,
    Result,
    failure,
    ok,
    skipped,
)
from platform_cli.operate.doctor.wording import number

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.operate.doctor.context import Context

_BLOCKED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
_WEB_PORTS = (80, 443)
_ANYWHERE = ("0.0.0.0/0", "::/0")


def check_public(context: Context) -> Result:
    """Look at each, in every region of the environment."""
    from platform_cli.operate.doctor.looking import Look, look_at

    open_buckets: list[tuple[str, Clients]] = []

    def buckets(_context: Context, clients: Clients, name: str) -> Iterator[str]:
        if not _is_blocked(clients, name):
            open_buckets.append((name, clients))
            yield f"bucket {name}: public access is not blocked"

    seen = look_at(
        context,
        (
            Look(("AWS::S3::Bucket",), "buckets", buckets),
            Look(("AWS::Lambda::Function",), "function URLs", _urls),
            Look(("AWS::RDS::DBInstance",), "databases", _instances),
            Look(("AWS::RDS::DBCluster",), "snapshots of databases", _snapshots),
            Look(("AWS::EC2::SecurityGroup",), "ports", _ports),
        ),
    )
    if not seen.found:
        if seen.unseen:
            return skipped("; ".join(seen.unseen) + "; nothing else is open to anybody")
        return ok(f"nothing is open to anybody, of {number(seen.looked, 'resource')}")

    def block() -> None:
        from platform_cli.aws.errors import aws_errors

        for name, clients in open_buckets:
            with aws_errors(f"blocking public access of {name}", target=clients.target):
                clients.client("s3").put_public_access_block(
                    Bucket=name, PublicAccessBlockConfiguration=_BLOCKED
                )

    names = ", ".join(sorted(name for name, _ in open_buckets))
    return failure(
        "part of the system is open to anybody",
        *seen.found,
        *seen.unseen,
        consequence="strangers read it, call it or pay you a visit; scanners find it within hours",
        mend="block public access of the buckets with `--fix`"
        if len(open_buckets) == len(seen.found)
        else "take the setting away where it was made, or deploy it away",
        fix=Fix(f"block public access of {names}", block, in_environment=True) if open_buckets else None,
    )


def _is_blocked(clients: Clients, bucket: str) -> bool:
    from platform_cli.deploy.answers import expecting

    told: Mapping[str, bool] = {}
    with expecting("NoSuchPublicAccessBlockConfiguration"):
        answer = clients.client("s3").get_public_access_block(Bucket=bucket)
        told = answer["PublicAccessBlockConfiguration"]
    return all(told.get(name) for name in _BLOCKED)


def _urls(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    from platform_cli.deploy.answers import pages

    # One call lists those of the function and of its aliases; a version has none.
    for url in pages(
        clients.client("lambda").list_function_url_configs,
        "FunctionUrlConfigs",
        paging=("Marker", "NextMarker"),
        FunctionName=name,
    ):
        if url.get("AuthType") == "NONE":
            alias = url.get("FunctionArn", "").partition(f":{name}:")[2]
            yield f"function {name}{f', alias {alias}' if alias else ''}: its URL asks for no authorization"


def _instances(_context: Context, clients: Clients, name: str) -> Iterator[str]:
    told = clients.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    if any(instance.get("PubliclyAccessible") for instance in told):
        yield f"database {name} can be reached from the internet"


def _snapshots(_context: Context, clients: Clients, cluster: str) -> Iterator[str]:
    """Those that somebody made by hand: nothing else can be shared."""
    from platform_cli.deploy.answers import pages

    rds = clients.client("rds")
    for snapshot in pages(
        rds.describe_db_cluster_snapshots,
        "DBClusterSnapshots",
        paging=("Marker", "Marker"),
        DBClusterIdentifier=cluster,
        SnapshotType="manual",
    ):
        name = snapshot["DBClusterSnapshotIdentifier"]
        told = rds.describe_db_cluster_snapshot_attributes(DBClusterSnapshotIdentifier=name)
        attributes = told["DBClusterSnapshotAttributesResult"].get("DBClusterSnapshotAttributes") or ()
        if any(a["AttributeName"] == "restore" and "all" in a.get("AttributeValues", ()) for a in attributes):
            yield f"snapshot {name} of {cluster}: every account may restore it"


def _ports(_context: Context, clients: Clients, group: str) -> Iterator[str]:
    for told in clients.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]:
        for rule in told.get("IpPermissions") or ():
            ports = (rule.get("FromPort"), rule.get("ToPort"))
            if _from_anywhere(rule) and not (ports[0] == ports[1] and ports[0] in _WEB_PORTS):
                said = (
                    "every port"
                    if ports[0] in (None, -1)
                    else "port " + "–".join(str(port) for port in dict.fromkeys(ports))
                )
                yield f"security group {told.get('GroupName', group)}: {said} is open to the internet"


def _from_anywhere(rule: Mapping[str, Any]) -> bool:
    places = [r.get("CidrIp") for r in rule.get("IpRanges") or ()]
    places += [r.get("CidrIpv6") for r in rule.get("Ipv6Ranges") or ()]
    return any(place in _ANYWHERE for place in places)


CHECKS = (
    Check(
        "public-access",
        "environment",
        "what anybody can reach",
        "Looks for buckets whose public access is not blocked, for URLs of functions and of their aliases "
        "without authorization, for databases with a public address, for snapshots that every account may "
        "restore, and for ports other than those of the web that are open to the internet; in every region. "
        "What may not be looked at is named. `--fix` blocks the public access of buckets.",
        check_public,
        (*REMOTE, Need.ACCOUNT),
        SLOW_SECONDS,
    ),
)
