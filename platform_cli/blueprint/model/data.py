"""Tables, buckets, secrets, settings and flags, and what exists already."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from platform_cli.blueprint.model.alarm_kinds import TableAlarms
from platform_cli.blueprint.model.base import (
    FLAG_PATTERN,
    AsList,
    AsMapping,
    AsText,
    ByForm,
    Items,
    Key,
    Name,
    Named,
    NothingIsEmpty,
    Region,
    Scalar,
    Shorthand,
    Source,
    Text,
)


class Attribute(Shorthand):
    """An attribute of a table's key: its name, or a mapping with its type."""

    shorthand: ClassVar[str] = "name"

    name: Text
    """The attribute's name in the items."""
    type: Literal["string", "number", "binary"] = "string"
    """How DynamoDB stores it."""


Projection = Annotated[
    Annotated[Literal["all", "keys_only"], AsText] | Annotated[Items[Text], AsList], ByForm
]


class Index(Source):
    """A global secondary index."""

    partition_key: Attribute
    """The index's partition key."""
    sort_key: Attribute | None = None
    """The index's sort key."""
    projection: Projection = "all"
    """What the index holds of an item: everything, only keys, or the attributes listed."""


class Scaling(Source):
    """Provisioned units that follow the load."""

    min: int = Field(ge=1)
    """Units that are always there."""
    max: int = Field(ge=1)
    """Units that it never goes beyond."""
    # «between 20 and 90 percent» (DynamoDB developer guide, Managing throughput capacity with auto scaling)
    target_percent: Annotated[int, Field(ge=20, le=90)] = 70
    """The use that scaling aims at."""


class Capacity(Source):
    """Provisioned capacity of a table."""

    read: Scaling
    """Read capacity units."""
    write: Scaling
    """Write capacity units."""


class Table(Source):
    """A DynamoDB table."""

    partition_key: Attribute
    """The partition key."""
    sort_key: Attribute | None = None
    """The sort key."""
    indexes: Named[Index] = Field(default_factory=dict)
    """Global secondary indexes by name."""
    capacity: Annotated[Annotated[Literal["on_demand"], AsText] | Annotated[Capacity, AsMapping], ByForm] = (
        "on_demand"
    )
    """Paid by request, or provisioned between limits."""
    encryption: Literal["aws_owned", "aws_managed", "customer_managed"] = "aws_owned"
    """Whose key encrypts the table."""
    stream: Literal["new_image", "old_image", "new_and_old_images", "keys_only"] | None = None
    """What the table's stream carries; without it there is no stream."""
    ttl: Text | None = None
    """The attribute that holds the time (in seconds since 1970) at which an item expires."""
    point_in_time_recovery: bool = True
    """Whether the table can be restored to any second of the last 35 days."""
    backup: Name | None = None
    """The plan under `backups` that backs the table up."""
    replicas: Items[Region] = ()
    """Regions that hold a copy of the table."""
    contributor_insights: Literal["off", "throttled_keys", "accessed_and_throttled_keys"] | None = None
    """Which keys DynamoDB counts; without it, those that are throttled in protected environments."""
    alarms: TableAlarms = TableAlarms.model_construct()
    """What is different from the alarms of other tables; for its indexes too."""


class Lifecycle(Source):
    """What becomes of objects as they age."""

    infrequent_after_days: int | None = Field(default=None, ge=30)
    """Days until objects move to the infrequent-access class; S3 takes no less than 30."""
    archive_after_days: int | None = Field(default=None, ge=1)
    """Days until objects move to Glacier."""
    expire_after_days: int | None = Field(default=None, ge=1)
    """Days until objects are deleted."""
    expire_noncurrent_after_days: int | None = Field(default=None, ge=1)
    """Days until versions that were replaced are deleted."""
    intelligent_tiering: bool = False
    """Whether S3 moves objects between classes by their use."""


class Bucket(Source):
    """An S3 bucket; public access is always blocked."""

    versioned: bool | None = None
    """Whether replaced and deleted objects are kept as versions; without it, in protected environments, for
    90 days."""
    lifecycle: Lifecycle = Lifecycle.model_construct()
    """What becomes of objects as they age."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    """Whose key encrypts the objects."""
    replicas: Items[Region] = ()
    """Regions that hold a copy of the bucket; it needs versions."""
    access_log: bool | None = None
    """Whether each request is recorded in the log bucket; without it, in protected environments."""


class Generate(Source):
    """How the first value of a secret is made."""

    length: int = Field(default=32, ge=8, le=4096)
    """Characters."""
    exclude_punctuation: bool = False
    """Whether the value has letters and digits only."""


class Rotation(Source):
    """How often a secret changes."""

    every_days: int = Field(ge=1, le=1000)
    """Days between rotations."""
    strategy: Literal["single_user", "alternating_users", "api_key", "jwt_key", "generic"] | None = None
    """How it changes: a database's login by `single_user`, or by `alternating_users`, which keeps the
    previous one working for a time; others by `api_key` or `jwt_key`, which accept the old key for a time
    beside the new one, or `generic`, a new text."""
    function: Text | None = None
    """The function that changes it: `service.function`, such as one of the template `rotation`."""


class Secret(Source):
    """A secret in Secrets Manager. Its value never stands in the blueprint."""

    description: str = ""
    """What it is for."""
    generate: Generate | None = None
    """How the first value is made; without it, somebody sets it by hand."""
    database: Name | None = None
    """The database whose login it is."""
    replicas: Items[Region] = ()
    """Regions that hold a copy."""
    rotation: Rotation | None = None
    """How often it changes."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    """Whose key encrypts the value; replicas are under a key of the same kind in their region."""


def _has_value(value: Any) -> Any:
    if value is None or value == "":
        raise ValueError("a setting has a value; Parameter Store takes no empty one")
    return value


class Setting(Source):
    """A setting whose type is said, or that is stored encrypted."""

    value: Annotated[Any, AfterValidator(_has_value)]
    """The value that it is created with; afterwards `platform config` owns it."""
    type: Literal["string", "integer", "number", "boolean", "list", "json"] | None = None
    """How handlers read it; without it, the type of the value."""
    secure: bool = False
    """Whether it is stored encrypted."""


def _expand_setting(data: Any) -> Any:
    return data if isinstance(data, dict) else {"value": data}


SettingValue = Annotated[Setting, BeforeValidator(_expand_setting)]
"""A scalar, a list of scalars, or a mapping with `value`."""
ConfigGroup = Annotated[dict[Key, SettingValue], NothingIsEmpty]


def _switch(value: Any) -> Any:
    return {"on": True, "off": False}.get(value, value) if isinstance(value, str) else value


def _iso_date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("a date is written as YYYY-MM-DD") from None
    return value


FlagName = Annotated[str, StringConstraints(pattern=FLAG_PATTERN)]
Switch = Annotated[
    bool, BeforeValidator(_switch), WithJsonSchema({"enum": ["on", "off", True, False]}, mode="validation")
]
IsoDate = Annotated[
    str, AfterValidator(_iso_date), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")
]


class Flag(Source):
    """A feature flag in AppConfig."""

    description: Annotated[str, StringConstraints(max_length=1024)] = ""
    """What it switches."""
    owner: Text | None = None
    """Who removes it one day; without it, the owner of the blueprint."""
    default: Switch = False
    """The state that it is created with; afterwards `platform flags` owns it."""
    remove_after: IsoDate | None = None
    """The day after which the flag should be gone from the code."""
    attributes: Annotated[dict[FlagName, Scalar], Field(max_length=25)] = Field(default_factory=dict)
    """Values that go with the flag."""


class ExternalTable(Source):
    """A table that exists already."""

    name: Text
    """Its name on AWS."""
    partition_key: Attribute | None = None
    """The partition key, as documentation."""
    sort_key: Attribute | None = None
    """The sort key, as documentation."""
    indexes: Items[Text] = ()
    """Names of its indexes, for `access`."""


class ExternalBucket(Source):
    """A bucket that exists already."""

    name: Text
    """Its name on AWS."""
