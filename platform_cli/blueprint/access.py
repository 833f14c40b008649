"""The table of access: what one line of `access` gives a function.

`kind × verb` yields the IAM actions on the thing itself, the actions on the customer-managed key
that encrypts it, and the environment variables by which the handler finds it. Everything else in
the tool (the roles, the docs, the checks, the local AWS) reads this table; nobody writes an IAM
action elsewhere for what an `access` line may say.

Actions follow the Service Authorization Reference and the grants of the CDK's L2 constructs
(aws-cdk-lib 2.275), read in November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KEY_READ = ("kms:Decrypt", "kms:DescribeKey")
KEY_PUT = ("kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
"""For what is put and never read by who puts it: as the CDK grants it (`Stream.grant_write`)."""
KEY_SEND = ("kms:Decrypt", "kms:GenerateDataKey")
"""For messages: SQS and SNS keep a data key for a while («Key management», SQS and SNS guides)."""
KEY_WRITE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


@dataclass(frozen=True)
class Verb:
    """What a verb allows on a kind of thing.

    Attributes:
        actions: On the thing itself.
        index_actions: On a table's indexes.
        object_actions: On a bucket's objects.
        key_actions: On the customer-managed key, where the thing has one.
        secret_actions: On the secret with a database's login.
        calls: Whether the AWS service of the kind is called for it.
    """

    actions: tuple[str, ...]
    index_actions: tuple[str, ...] = ()
    object_actions: tuple[str, ...] = ()
    key_actions: tuple[str, ...] = ()
    secret_actions: tuple[str, ...] = ()
    calls: bool = True


@dataclass(frozen=True)
class Kind:
    """A row of the table.

    Attributes:
        section: The blueprint's section that declares such things.
        variables: Name template to attribute: `TABLE_{NAME}_NAME` → `name`. Attributes: `name`, `arn`,
            `url`, `path`, `pool_id`, `client_id` (one for each client: `{CLIENT}`), `application`,
            `environment`, `profile`, `endpoint`, `reader_endpoint`, `port`, `secret_arn`, `user`, `tls`.
        verbs: By name.
        endpoint: The AWS service that handlers call for it, by the name of its endpoint; None where they
            call none.
    """

    section: str
    variables: Mapping[str, str]
    verbs: Mapping[str, Verb] = field(default_factory=dict)
    endpoint: str | None = None


_TABLE_READ = (
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
_TABLE_WRITE = (
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
_EVENTS_READ = ("dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query")
_INDEX_READ = ("dynamodb:Query", "dynamodb:Scan")
_OBJECT_READ = ("s3:GetObject", "s3:GetObjectVersion")
_OBJECT_WRITE = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject")


def _union(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({action for group in groups for action in group}))


KINDS: Mapping[str, Kind] = {
    "tables": Kind(
        "tables",
        {"TABLE_{NAME}_NAME": "name"},
        {
            "read": Verb(_TABLE_READ, _INDEX_READ, key_actions=KEY_READ),
            "write": Verb(_TABLE_WRITE, key_actions=KEY_WRITE),
            "read_write": Verb(_union(_TABLE_READ, _TABLE_WRITE), _INDEX_READ, key_actions=KEY_WRITE),
        },
        endpoint="dynamodb",
    ),
    "event_stores": Kind(
        "event_stores",
        {"EVENT_STORE_{NAME}_NAME": "name"},
        {
            # Neither UpdateItem nor DeleteItem: what happened is not changed.
            "append": Verb(_union(_EVENTS_READ, ("dynamodb:PutItem",)), key_actions=KEY_WRITE),
            "read": Verb(_EVENTS_READ, key_actions=KEY_READ),
        },
        endpoint="dynamodb",
    ),
    "buckets": Kind(
        "buckets",
        {"BUCKET_{NAME}_NAME": "name"},
        {
            "read": Verb(("s3:ListBucket",), object_actions=_OBJECT_READ, key_actions=KEY_READ),
            "write": Verb((), object_actions=_OBJECT_WRITE, key_actions=KEY_WRITE),
            "read_write": Verb(
                ("s3:ListBucket",), object_actions=_union(_OBJECT_READ, _OBJECT_WRITE), key_actions=KEY_WRITE
            ),
        },
        endpoint="s3",
    ),
    "buses": Kind(
        "buses", {"BUS_{NAME}_NAME": "name"}, {"publish": Verb(("events:PutEvents",))}, endpoint="events"
    ),
    "queues": Kind(
        "queues",
        {"QUEUE_{NAME}_URL": "url"},
        {
            "send": Verb(
                ("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"), key_actions=KEY_SEND
            )
        },
        endpoint="sqs",
    ),
    "topics": Kind(
        "topics",
        {"TOPIC_{NAME}_ARN": "arn"},
        {"publish": Verb(("sns:Publish",), key_actions=KEY_SEND)},
        endpoint="sns",
    ),
    "streams": Kind(
        "streams",
        {"STREAM_{NAME}_NAME": "name"},
        {
            "put": Verb(
                ("kinesis:DescribeStreamSummary", "kinesis:PutRecord", "kinesis:PutRecords"),
                key_actions=KEY_PUT,
            )
        },
        endpoint="kinesis",
    ),
    "secrets": Kind(
        "secrets",
        {"SECRET_{NAME}_ARN": "arn"},
        {
            "read": Verb(
                ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"), key_actions=KEY_READ
            )
        },
        endpoint="secretsmanager",
    ),
    "config": Kind(
        "config",
        {"CONFIG_{NAME}_PATH": "path"},
        {
            "read": Verb(
                ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"), key_actions=KEY_READ
            )
        },
        endpoint="ssm",
    ),
    "flags": Kind(
        "flags",
        {"FLAGS_APPLICATION": "application", "FLAGS_ENVIRONMENT": "environment", "FLAGS_PROFILE": "profile"},
        {"read": Verb(("appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"))},
        endpoint="appconfigdata",
    ),
    "databases": Kind(
        "databases",
        {
            "DATABASE_{NAME}_ENDPOINT": "endpoint",
            "DATABASE_{NAME}_NAME": "name",
            "DATABASE_{NAME}_PORT": "port",
            "DATABASE_{NAME}_READER_ENDPOINT": "reader_endpoint",
            "DATABASE_{NAME}_SECRET_ARN": "secret_arn",
            "DATABASE_{NAME}_USER": "user",
        },
        {
            "connect": Verb(
                ("rds-db:connect",),
                key_actions=KEY_READ,
                secret_actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
            ),
            # By a token that the function signs itself: no secret, no call.
            "log_in": Verb(("rds-db:connect",), calls=False),
        },
        endpoint="secretsmanager",
    ),
    "caches": Kind(
        "caches",
        {
            "CACHE_{NAME}_ENDPOINT": "endpoint",
            "CACHE_{NAME}_NAME": "name",
            "CACHE_{NAME}_PORT": "port",
            "CACHE_{NAME}_TLS": "tls",
            "CACHE_{NAME}_USER": "user",
        },
        {"connect": Verb(("elasticache:Connect",))},
    ),
    "identity": Kind(
        "identity",
        {"IDENTITY_{NAME}_POOL_ID": "pool_id", "IDENTITY_{NAME}_CLIENT_{CLIENT}_ID": "client_id"},
        {
            # Unauthenticated user calls need no right on AWS (they are not signed); the others name the pool.
            "sign_in": Verb(("cognito-idp:AdminInitiateAuth", "cognito-idp:AdminRespondToAuthChallenge")),
            "administer": Verb(
                (
                    "cognito-idp:AdminAddUserToGroup",
                    "cognito-idp:AdminConfirmSignUp",
                    "cognito-idp:AdminCreateUser",
                    "cognito-idp:AdminDeleteUser",
                    "cognito-idp:AdminDisableUser",
                    "cognito-idp:AdminEnableUser",
                    "cognito-idp:AdminGetUser",
                    "cognito-idp:AdminListGroupsForUser",
                    "cognito-idp:AdminRemoveUserFromGroup",
                    "cognito-idp:AdminResetUserPassword",
                    "cognito-idp:AdminSetUserPassword",
                    "cognito-idp:AdminUpdateUserAttributes",
                    "cognito-idp:AdminUserGlobalSignOut",
                    "cognito-idp:DescribeUserPool",
                    "cognito-idp:ListUsers",
                )
            ),
        },
        endpoint="cognito-idp",
    ),
    "hosts": Kind(
        "hosts",
        {"HOST_{NAME}_NAME": "name", "HOST_{NAME}_PORT": "port"},
        # Nobody at AWS is asked: the line opens the way there for a function in a network.
        {"call": Verb(())},
    ),
    "functions": Kind(
        "functions",
        {"FUNCTION_{NAME}_NAME": "name"},
        {"invoke": Verb(("lambda:InvokeFunction",))},
        endpoint="lambda",
    ),
}


NARROWED_BY: Mapping[str, Mapping[str, str]] = {
    "tables": {
        "indexes": "The indexes that may be read; without it, all.",
        "partition_keys": "Values of the partition key that may be used, `*` matches; without it, all.",
        "attributes": "Attributes that may be read or changed, beside those of the keys; without it, all.",
    },
    "event_stores": {"aggregates": "Ids of the aggregates that may be used, `*` matches; without it, all."},
    "buckets": {
        "prefixes": "Beginnings of the keys of objects, such as `invoices/`; without it, all objects."
    },
    "buses": {
        "detail_types": "Types of events that may be published; without it, all.",
        "sources": "Sources in whose name events may be published; without it, all.",
    },
    "secrets": {"stages": "Versions that may be read, such as `AWSCURRENT`; without it, all."},
}
"""What a line of each kind may say beside its verb: AWS has condition keys, or ARNs, for it."""


def variable_name(template: str, name: str, client: str = "") -> str:
    """The environment variable for a thing: upper case, everything else than A-Z and 0-9 as `_`."""
    return template.format(NAME=_upper(name), CLIENT=_upper(client))


def _upper(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name).upper()
