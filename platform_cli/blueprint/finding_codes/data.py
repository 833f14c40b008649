"""The codes of findings about what keeps data: tables, buckets, backups, secrets, settings."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import notice as _notice
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

DATA_CODES: Mapping[str, FindingCode] = {
    "invalid-limits": _error("The lower limit is above the upper one."),
    "database-version": _error(
        "Aurora PostgreSQL of this version cannot be what is written: Serverless v2 begins with 13.6, 14.3, "
        "15.2 and 16.1, more than 128 ACU with 13.13, 14.10 and 15.5, pausing at 0 ACU with 13.15, 14.12, "
        "15.7 and 16.3; 17 and later can all of it."
    ),
    "cache-version": _error(
        "The one user of a cache logs in by IAM, which Valkey knows from 7.2 and Redis from 7.0 on; "
        "ElastiCache's Redis ends with 7.1."
    ),
    "reserved-word": _error(
        "PostgreSQL keeps this name for itself, and RDS would refuse it: reserved words such as `order` and "
        "`user`, databases that each cluster has, and users that begin with `pg_`."
    ),
    "attribute-type-conflict": _error("An attribute has one type in all keys of a table and its indexes."),
    "same-key-twice": _error("The partition key and the sort key are the same attribute."),
    "too-many-indexes": _error("A table takes at most 20 global secondary indexes."),
    "invalid-replica": _error("A replica stands in another region than the original, and once in each."),
    "cold-storage-too-short": _error(
        "A backup in cold storage stays there for at least 90 days, so it is kept for at least 90 days more "
        "than the days after which it moves."
    ),
    "replica-stream-view": _warning(
        "DynamoDB copies a table to other regions by a stream of new and old images, so a table with "
        "replicas has no other kind of stream, whatever is written here."
    ),
    "replica-without-versions": _error(
        "A bucket has replicas and keeps no versions. S3 copies only between buckets that keep versions: "
        "write `versioned: true`, and `expire_noncurrent_after_days` for how long."
    ),
    "lifecycle-order": _error(
        "Objects move to the infrequent class, then to the archive, and then expire; the days must grow in "
        "that order, and S3 archives nothing before it was 30 days in the infrequent class. Intelligent "
        "tiering does the first of these by itself."
    ),
    "backup-outside-lock": _error(
        "The lock of a vault refuses every backup that is to be kept for less than its least days, or for "
        "more than its most."
    ),
    "weakened-protection": _error(
        "The environment is protected, and this would take away what keeps its data: recovery points, "
        "backups, versions, copies, encryption with a key of your own, strong sign-in, firewalls, logs, "
        "alarms. Where it is meant, say it in the blueprint for every environment, or leave `protect` out."
    ),
    "single-zone": _notice(
        "An environment is protected, and something in it stands in one zone of its region: a database "
        "without a reader, or the only NAT gateway of a network with several zones. A second one costs by "
        "the hour, so nobody gets it without a line; a line that says how many there are ends the notice."
    ),
    "one-region": _notice(
        "Copies in another region are made on AWS only: the local AWS has one region, and leaves them out."
    ),
    "without-effect": _warning(
        "AWS takes this line, and it does nothing: versions that a bucket does not keep cannot expire, a "
        "proxy keeps a database awake, Aurora's backups do not move to cold storage, and items expire by an "
        "attribute that holds seconds since 1970 as a number."
    ),
    "backup-without-rule": _error("A backup plan has no daily, weekly or monthly rule."),
}

SECRET_CODES: Mapping[str, FindingCode] = {
    "rotation-without-source": _error(
        "A secret that somebody sets by hand cannot rotate by itself: it needs `generate` or `database`, and "
        "a `function` that makes the new value. alternating_users needs a database."
    ),
    "secret-with-two-sources": _error(
        "The value of a secret comes from `generate` or from a database, not from both."
    ),
    "setting-type": _error("The value of a setting is not of the type that it says."),
    "setting-too-large": _error(
        "Parameter Store takes values of at most 8,192 bytes. Put what is larger into a bucket, and its key "
        "here."
    ),
    "secure-value": _warning(
        "A setting is stored encrypted, but its value stands in the blueprint for everybody to read. Put a "
        "placeholder here and the real value with `platform config`."
    ),
}
