"""Alarms on databases and on the nodes of caches."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import AlarmRule, Measure

_CLUSTER = ("DBClusterIdentifier",)
_NODE = ("CacheClusterId",)

_SILENT_DATABASE = (
    "an instance that runs tells each minute; of one that is silent nobody knows whether it is well"
)
_SILENT_CACHE = "a node that runs tells each minute; of one that is silent nobody knows whether it is well"

# Over all instances of the cluster: the largest, or the smallest, is any of them.
DATABASES = (
    AlarmRule(
        "databases.load",
        "AWS/RDS",
        (Measure("load", "ACUUtilization", "Maximum", _CLUSTER),),
        None,
        90,
        "% of the greatest capacity",
        "critical",
        "the database is about as large as it may become",
        _SILENT_DATABASE,
        evaluation_periods=3,
        datapoints=3,
        missing="missing",
    ),
    AlarmRule(
        "databases.cpu",
        "AWS/RDS",
        (Measure("cpu", "CPUUtilization", "Maximum", _CLUSTER),),
        None,
        90,
        "% of the processor of the greatest capacity",
        "warning",
        "the processor of the database is busy",
        _SILENT_DATABASE,
        evaluation_periods=3,
        datapoints=3,
        missing="missing",
    ),
    AlarmRule(
        "databases.memory",
        "AWS/RDS",
        (Measure("free", "FreeableMemory", "Minimum", _CLUSTER),),
        None,
        10,
        "% of the memory of the greatest capacity",
        "warning",
        "little memory is left to the database",
        _SILENT_DATABASE,
        scale="memory_bytes",
        evaluation_periods=3,
        datapoints=3,
        missing="missing",
        bad="below",
    ),
    AlarmRule(
        "databases.connections",
        "AWS/RDS",
        (Measure("open", "DatabaseConnections", "Maximum", _CLUSTER),),
        None,
        80,
        "% of the connections that an instance takes",
        "warning",
        "nearly all connections of the database are taken",
        _SILENT_DATABASE,
        scale="connections",
        missing="missing",
    ),
)

CACHES = (
    AlarmRule(
        "caches.load",
        "AWS/ElastiCache",
        (Measure("load", "EngineCPUUtilization", "Maximum", _NODE),),
        None,
        90,
        "% of the engine's processor",
        "warning",
        "the cache is as busy as its one thread can be",
        _SILENT_CACHE,
        evaluation_periods=3,
        datapoints=3,
        missing="missing",
    ),
    AlarmRule(
        "caches.memory",
        "AWS/ElastiCache",
        (Measure("memory", "DatabaseMemoryUsagePercentage", "Maximum", _NODE),),
        None,
        90,
        "% of the memory",
        "warning",
        "the cache is full, and throws away what it should keep",
        _SILENT_CACHE,
        evaluation_periods=3,
        datapoints=3,
        missing="missing",
    ),
    AlarmRule(
        "caches.connections",
        "AWS/ElastiCache",
        (Measure("open", "CurrConnections", "Maximum", _NODE),),
        None,
        80,
        "% of the connections that a node takes",
        "warning",
        "nearly all connections of the cache are taken",
        _SILENT_CACHE,
        scale="connections",
        missing="missing",
    ),
)
