"""What anybody can reach."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import REMOTE, Check, Fix, Need, Result, failure, ok

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

_BLOCKED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)


def check_public(context: Context) -> Result:
    """Look at buckets, policies, function URLs and databases."""
    from platform_cli.aws.errors import aws_errors

    with aws_errors("looking at what is public", target=context.clients.target):
        open_buckets = [name for name in _ids(context, "AWS::S3::Bucket") if not _blocked(context, name)]
        others = [*_functions(context), *_policies(context), *_databases(context)]
    if not open_buckets and not others:
        return ok("nothing is open to anybody but the routes of the blueprint")

    def block() -> None:
        with aws_errors("blocking public access", target=context.clients.target):
            for name in open_buckets:
                context.clients.client("s3").put_public_access_block(
                    Bucket=name, PublicAccessBlockConfiguration=_BLOCKED
                )

    return failure(
        "part of the system is open to anybody",
        *(f"bucket {name}: public access is not blocked" for name in open_buckets),
        *others,
        consequence="strangers read it, call it or pay you a visit; scanners find it within hours",
        mend="block public access of the buckets with `--fix`"
        if open_buckets and not others
        else "take the statement or the setting away where it was made",
        fix=Fix(f"block public access of {', '.join(open_buckets)}", block, in_environment=True)
        if open_buckets
        else None,
    )


def _ids(context: Context, *types: str) -> tuple[str, ...]:
    from platform_cli.operate.doctor.resources import physical_ids

    return physical_ids(context, *types)


def _blocked(context: Context, bucket: str) -> bool:
    from platform_cli.deploy.answers import expecting

    told: dict[str, bool] = {}
    with expecting("NoSuchPublicAccessBlockConfiguration"):
        answer = context.clients.client("s3").get_public_access_block(Bucket=bucket)
        told = answer["PublicAccessBlockConfiguration"]
    return all(told.get(name) for name in _BLOCKED)


def _functions(context: Context) -> Iterator[str]:
    from platform_cli.deploy.answers import expecting

    client = context.clients.client("lambda")
    for name in _ids(context, "AWS::Lambda::Function"):
        with expecting("ResourceNotFoundException"):
            for statement in _statements(client.get_policy(FunctionName=name)["Policy"]):
                if _is_open(statement):
                    yield f"function {name}: its policy lets anybody {statement.get('Action')}"
        with expecting("ResourceNotFoundException"):
            if client.get_function_url_config(FunctionName=name).get("AuthType") == "NONE":
                yield f"function {name}: its URL asks for no authorization"


def _policies(context: Context) -> Iterator[str]:
    sqs, sns = context.clients.client("sqs"), context.clients.client("sns")
    for url in _ids(context, "AWS::SQS::Queue"):
        policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
        if any(_is_open(s) for s in _statements(policy.get("Policy"))):
            yield f"queue {url.rsplit('/', 1)[-1]}: its policy lets anybody in"
    for arn in _ids(context, "AWS::SNS::Topic"):
        policy = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        if any(_is_open(s) for s in _statements(policy.get("Policy"))):
            yield f"topic {arn.rsplit(':', 1)[-1]}: its policy lets anybody in"


def _databases(context: Context) -> Iterator[str]:
    from platform_cli.deploy.answers import pages

    for name in _ids(context, "AWS::RDS::DBInstance"):
        for instance in pages(
            context.clients.client("rds").describe_db_instances,
            "DBInstances",
            paging=("Marker", "Marker"),
            DBInstanceIdentifier=name,
        ):
            if instance.get("PubliclyAccessible"):
                yield f"database {name} can be reached from the internet"


def _statements(policy: str | None) -> list[dict[str, Any]]:
    told = json.loads(policy) if policy else {}
    statements = told.get("Statement") or []
    return statements if isinstance(statements, list) else [statements]


def _is_open(statement: dict[str, Any]) -> bool:
    """Whether a statement allows anybody, whatever they are and wherever from."""
    principal = statement.get("Principal")
    anybody = principal == "*" or (isinstance(principal, dict) and "*" in _listed(principal.get("AWS")))
    return statement.get("Effect") == "Allow" and anybody and not statement.get("Condition")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


CHECKS = (
    Check(
        "public-access",
        "environment",
        "what anybody can reach",
        "Looks for buckets whose public access is not blocked, for policies of functions, queues and topics "
        "that allow anybody without a condition, for function URLs without authorization, and for databases "
        "with a public address. Routes with `auth: none` are your own choice. `--fix` blocks the public "
        "access of buckets.",
        check_public,
        (*REMOTE, Need.ACCOUNT),
    ),
)
