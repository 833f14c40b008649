"""Alarms: who is told, and of which kinds of things they may be otherwise."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from platform_cli.blueprint.model.alarm_kinds import (
    AnalyticsAlarms,
    ApiAlarms,
    BackupAlarms,
    CacheAlarms,
    CdnAlarms,
    CertificateAlarms,
    DatabaseAlarms,
    FirewallAlarms,
    FunctionAlarms,
    IdentityAlarms,
    LoadBalancerAlarms,
    ObjectiveAlarms,
    QueueAlarms,
    ServiceAlarms,
    StreamAlarms,
    TableAlarms,
    TopicAlarms,
)
from platform_cli.blueprint.model.base import Items, Source, Text


class Contacts(Source):
    """Who is told, by severity: mail addresses or `https://` addresses."""

    critical: Items[Text] = ()
    """Somebody must act now."""
    warning: Items[Text] = ()
    """Somebody must look today."""
    info: Items[Text] = ()
    """Good to know."""


ALARM_SECTIONS = (
    "analytics",
    "apis",
    "backups",
    "caches",
    "cdns",
    "certificates",
    "databases",
    "firewalls",
    "functions",
    "identity",
    "load_balancers",
    "objectives",
    "queues",
    "services",
    "streams",
    "tables",
    "topics",
)
"""Sections of `alarms` that change alarms, by kind of thing."""

WATCHED = {
    "analytics": "analytics",
    "apis": "apis",
    "backups": "backups",
    "caches": "caches",
    "cdns": "cdns",
    "databases": "databases",
    "event_stores": "tables",
    "firewalls": "firewalls",
    "identity": "identity",
    "load_balancers": "load_balancers",
    "queues": "queues",
    "services": "services",
    "streams": "streams",
    "tables": "tables",
    "topics": "topics",
}
"""Sections of the blueprint whose things have `alarms` of their own, by which the section of `alarms` is that
speaks of all of them. A service's are those on what it promises too; functions stand below services."""


class Alarms(Source):
    """The alarms of the whole system; as soon as one contact is named, everything has its alarms."""

    contacts: Contacts = Contacts.model_construct()
    """Who is told."""
    runbook_url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] | None = None
    """Where it says what to do; `{alarm}` in it is replaced by the kind of alarm, such as `queues-age`."""
    services: ServiceAlarms = ServiceAlarms.model_construct()
    """What is different for all services."""
    functions: FunctionAlarms = FunctionAlarms.model_construct()
    """What is different for all functions."""
    apis: ApiAlarms = ApiAlarms.model_construct()
    """What is different for all APIs."""
    tables: TableAlarms = TableAlarms.model_construct()
    """What is different for all tables."""
    queues: QueueAlarms = QueueAlarms.model_construct()
    """What is different for all queues."""
    topics: TopicAlarms = TopicAlarms.model_construct()
    """What is different for all topics."""
    streams: StreamAlarms = StreamAlarms.model_construct()
    """What is different for all streams."""
    analytics: AnalyticsAlarms = AnalyticsAlarms.model_construct()
    """What is different for all applications of Flink."""
    databases: DatabaseAlarms = DatabaseAlarms.model_construct()
    """What is different for all databases."""
    caches: CacheAlarms = CacheAlarms.model_construct()
    """What is different for all caches."""
    firewalls: FirewallAlarms = FirewallAlarms.model_construct()
    """What is different for all firewalls."""
    cdns: CdnAlarms = CdnAlarms.model_construct()
    """What is different for all CDNs."""
    load_balancers: LoadBalancerAlarms = LoadBalancerAlarms.model_construct()
    """What is different for all load balancers."""
    certificates: CertificateAlarms = CertificateAlarms.model_construct()
    """What is different for the certificates of all domains."""
    backups: BackupAlarms = BackupAlarms.model_construct()
    """What is different for all backup plans."""
    objectives: ObjectiveAlarms = ObjectiveAlarms.model_construct()
    """What is different for all objectives."""
    identity: IdentityAlarms = IdentityAlarms.model_construct()
    """What is different for all clients of user pools."""
