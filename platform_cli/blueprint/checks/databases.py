"""Databases and caches: their capacity, their version, and names that PostgreSQL keeps for itself."""

from __future__ import annotations

import re

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.data import check_limits
from platform_cli.blueprint.model.network import Database
from platform_cli.blueprint.nodes import Path

_VERSION = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,2}))?\Z")
_OLDEST = {13: 6, 14: 3, 15: 2, 16: 1}
_OLDEST_ABOVE_128_ACU = {13: 13, 14: 10, 15: 5, 16: 1}
_OLDEST_THAT_PAUSES = {13: 15, 14: 12, 15: 7, 16: 3}
"""First minor version of each major one; later major ones have it from the beginning («Aurora Serverless v2
capacity» in How Aurora Serverless v2 works, Aurora user guide, November 2026)."""
_MOST_ACU_OF_OLD_VERSIONS = 128

_CACHES = {"redis": ((7, 0), (7, 1)), "valkey": ((7, 2), None)}
"""First version with users who log in by IAM, as caches have here (ElastiCache guide, «Authenticating with
IAM»), and the last one that ElastiCache has (there, «Supported engines and versions»; November 2026)."""

_THERE_ALREADY = frozenset({"postgres", "rdsadmin", "template0", "template1"})
_RESERVED = (
    "all analyse analyze and any array as asc asymmetric both case cast check collate column "
    "constraint create current_catalog current_date current_role current_time current_timestamp "
    "current_user default deferrable desc distinct do else end except false fetch for foreign "
    "from grant group having in initially intersect into lateral leading limit localtime "
    "localtimestamp not null offset on only or order placing primary references returning "
    "select session_user some symmetric system_user table then to trailing true union unique "
    "user using variadic when where window with "
)
"""Of PostgreSQL 18 (`RESERVED_KEYWORD` in its `kwlist.h`). RDS: «Can't be a word reserved by the
database engine» (CreateDBInstance, `DBName`)."""
_KEY_WORDS = frozenset(_RESERVED.split())


def check_databases(context: Context) -> None:
    """The capacity of databases, what their versions can do, and their names."""
    for name, database in context.blueprint.databases.items():
        path: Path = ("databases", name)
        check_limits(
            context, database.capacity, "min_acu", "max_acu", (*path, "capacity"), f"database {name}"
        )
        if database.engine != "aurora-postgresql":
            continue
        if database.version is not None:
            _check_version(context, name, database, database.version, path)
        _check_name(context, name, database, path)


def check_caches(context: Context) -> None:
    """The versions of caches: their one user logs in by IAM, which older ones do not know."""
    for name, cache in context.blueprint.caches.items():
        if cache.version is None:
            continue
        match = _VERSION.match(cache.version)
        version = (int(match[1]), int(match[2] or 0)) if match else None
        first, last = _CACHES[cache.engine]
        if version is None or version < first or (last is not None and version > last):
            newest = f'"{last[0]}.{last[1]}"' if last else "later"
            known = f'"{first[0]}.{first[1]}" {"to" if last else "or"} {newest}'
            context.report(
                "cache-version",
                f'cache {name} has the version "{cache.version}", and {cache.engine} with logins by IAM is '
                f"{known}",
                ("caches", name, "version"),
                hint=f"write version: {known}, or leave it out",
            )


def check_login_names(context: Context) -> None:
    """PostgreSQL makes no user whose name begins with `pg_`."""
    for name, secret in context.blueprint.secrets.items():
        if secret.database is not None and name.replace("-", "_").startswith("pg_"):
            context.report(
                "reserved-word",
                f"secret {name} is the login of a user whose name would begin with pg_, which PostgreSQL "
                "keeps for itself",
                ("secrets", name),
                key=True,
                hint="call the secret otherwise: its user is called after it",
            )


def _check_version(context: Context, name: str, database: Database, version: str, path: Path) -> None:
    match = _VERSION.match(version)
    if match is None:
        context.report(
            "database-version",
            f'database {name} has the version "{version}", and Aurora PostgreSQL has none of that form',
            (*path, "version"),
            hint='write two numbers in quotes: "17.7"',
        )
        return
    major, minor = int(match[1]), int(match[2]) if match[2] else None
    for wanted, oldest, what in (
        (True, _OLDEST, "be Aurora Serverless v2"),
        (database.capacity.min_acu == 0, _OLDEST_THAT_PAUSES, "pause at 0 ACU"),
        (
            database.capacity.max_acu > _MOST_ACU_OF_OLD_VERSIONS,
            _OLDEST_ABOVE_128_ACU,
            f"grow beyond {_MOST_ACU_OF_OLD_VERSIONS} ACU",
        ),
    ):
        if wanted and (major < min(oldest) or (minor is not None and minor < oldest.get(major, 0))):
            first = f"{major}.{oldest[major]}" if major in oldest else "17.7"
            context.report(
                "database-version",
                f"database {name} cannot {what} in version {version} of Aurora PostgreSQL",
                (*path, "version"),
                hint=f'write version: "{first}" or later, or leave it out',
            )
            return


def _check_name(context: Context, name: str, database: Database, path: Path) -> None:
    inside = database.database_name or name.lower().replace("-", "_")
    if inside not in _THERE_ALREADY | _KEY_WORDS:
        return
    why = "is there already" if inside in _THERE_ALREADY else "is a reserved word of PostgreSQL"
    named = database.database_name is not None
    context.report(
        "reserved-word",
        f'database {name} would be called "{inside}" inside of its cluster, which {why}',
        (*path, "database_name") if named else path,
        key=not named,
        hint=f"write database_name: {inside}_data, or any other name",
    )
