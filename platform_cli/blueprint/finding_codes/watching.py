"""The codes of findings about objectives, metrics of the business, alarms, dashboards and costs."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import notice as _notice
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

PROMISE_CODES: Mapping[str, FindingCode] = {
    "contradictory-objectives": _warning(
        "`error_percent` allows more failures than `availability_percent` leaves. The stricter of the two is "
        "the error budget, so the other one means nothing."
    ),
    "drop-by-hours": _warning(
        "The alarm of a metric compares some hours with as many before. Evenings and nights differ every "
        "day, so it would go on every day. Whole days can be compared; `anomaly: below` learns what is usual "
        "at that hour."
    ),
    "invalid-log-metric": _error(
        "A metric that is read from logs asks for what CloudWatch Logs does not do: it counts numbers or "
        "fields of JSON, has at most three dimensions and no alarm with them, and a log has at most 100 "
        "metrics, five of them by regular expressions."
    ),
    "invalid-log-pattern": _error(
        "The pattern of a metric that is read from logs is not of CloudWatch's language: "
        '`{ $.message = "declined" && $.amount > 100 }` for fields of JSON, or words.'
    ),
    "log-metric-without-effect": _warning(
        "A metric that is read from logs asks for what no line has: a field that is not in the access log of "
        "the API, a comparison of a text with a number, or a message that no code of the service writes."
    ),
    "metric-alarm-without-limit": _error(
        "The alarm of a metric does not say what is bad: `drop_percent`, against the window before, `above`, "
        "or `anomaly`."
    ),
    "metric-elsewhere": _error(
        "A function sets the namespace or the service's name of its metrics itself, so they are not where "
        "the alarms and dashboards of the service look for them."
    ),
    "metric-never-written": _warning(
        "A metric is declared, and no code of the service, nor of the shared libraries, has its name in "
        "quotes. An alarm on it would never go on. Handlers write it with `observability.count` or `measure`."
    ),
    "promise-without-requests": _warning(
        "Availability, errors or p99 are promised for the system, which is measured where requests come in: "
        "at its APIs. No API has a route, so there is no alarm and no row on a dashboard. A service can "
        "promise the same of its functions."
    ),
    "promise-without-alarm": _notice(
        "Objectives, or limits of metrics, are stated, and `alarms.contacts` names nobody. There are no "
        "alarms then; dashboards and `platform doctor` show the objectives all the same."
    ),
}

WATCHING_CODES: Mapping[str, FindingCode] = {
    "alarm-without-effect": _warning(
        "`alarms` of a single thing speaks of an alarm that the thing does not have: unused capacity where "
        "nothing is provisioned, dead letters without a dead-letter queue, events of a bus that fills no "
        "queue. Most likely another thing is meant, or another alarm."
    ),
    "invalid-widget": _error("A widget of kind text has `text`; the other kinds have `metrics`."),
    "empty-dashboard": _error(
        "A name under `dashboards` is either one of those that the tool makes (`overview`, `business`, "
        "`performance`, `infrastructure`, `service-NAME`), or a dashboard of your own, which has `widgets`."
    ),
    "invalid-alarm": _error(
        "An alarm looks at the latest points, and at most at as many as a day has (a week, where a point is "
        "an hour or more); it cannot ask for more bad points than it looks at."
    ),
    "cost-anomalies-untold": _error(
        "AWS tells of odd costs by mail only, so somebody with a mail address has to be named."
    ),
    "budget-untold": _error(
        "AWS tells of budgets by mail, so somebody with a mail address has to be named: at the budget, or "
        "under `alarms.contacts.critical`."
    ),
    "no-budget": _notice(
        "An environment is protected, and has neither a budget nor a look at odd costs, so what costs too "
        "much is seen on the bill. A budget costs nothing; its limit is yours to say."
    ),
    "invalid-budget": _error(
        "AWS forecasts no single days, so a budget of a day has notices of what is spent alone; and a budget "
        "has ten notices at most."
    ),
    "too-many-recipients": _error(
        "AWS mails to ten addresses at most, for a limit of a budget and for odd costs. A mailing list is "
        "one address."
    ),
    "cost-anomalies-twice": _error(
        "AWS takes one monitor of all services an account: of several environments of one, only one has it."
    ),
    "nobody-is-told": _notice(
        "An environment is protected, and has no contact under `alarms`, so it has no alarms either. One "
        "contact is enough for everything to have its own."
    ),
    "severity-untold": _notice(
        "An environment is protected, and one severity of its alarms has no contact. These alarms are made, "
        "and their topic has nobody to tell."
    ),
    "no-runbooks": _notice(
        "An environment is protected, and `alarms` has no `runbook_url`. Each alarm says in a sentence or "
        "two what to do, and its link leads to the dashboard `overview`; what only your team knows, such as "
        "whom to call, stands nowhere."
    ),
    "invalid-contact": _error("A contact is a mail address, or an address that begins with https://."),
}
