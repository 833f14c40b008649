"""Every code that a finding can have, with its severity and what it means.

This is the only place that says how bad a finding is. `platform explain` and `docs/blueprint.md` show
the descriptions.
"""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.code_kinds import FindingCode
from platform_cli.blueprint.code_kinds import error as _error
from platform_cli.blueprint.code_kinds import notice as _notice
from platform_cli.blueprint.code_kinds import warning as _warning
from platform_cli.blueprint.event_codes import EVENT_CODES
from platform_cli.blueprint.promise_codes import PROMISE_CODES
from platform_cli.blueprint.release_codes import RELEASE_CODES

YAML_CODES: Mapping[str, FindingCode] = {
    "unreadable-file": _error(
        "The file is there but cannot be read: it is a folder, its permissions forbid it, or it is not "
        "written in UTF-8."
    ),
    "empty-file": _error("The file has no content, or only comments."),
    "yaml-syntax": _error("The file is no valid YAML 1.2. Everything else is checked once it is."),
    "yaml-tab": _error("YAML takes only spaces before and between keys and values; a tab is an error there."),
    "yaml-unquoted-route": _error(
        "Inside of a list or a mapping that is written in brackets, braces begin a mapping. A route such as "
        "GET /orders/{id} needs quotes there; in a list with dashes it does not."
    ),
    "duplicate-key": _error(
        "A mapping has the same key twice. YAML readers would silently keep one of the two; here neither is "
        "preferred, so remove one."
    ),
    "yaml-merge-key": _error(
        "The merge key << belongs to YAML 1.1 and is not part of YAML 1.2. Aliases for whole values work, "
        "and `defaults` spares most repetition."
    ),
    "yaml-tag": _error("A tag such as !Ref changes how a value is read. Blueprints have none."),
    "yaml-alias": _error(
        "An alias (*name) names no anchor (&name) that stands complete before it, or aliases multiply to "
        "more values than any blueprint has."
    ),
    "yaml-several-documents": _error(
        "A line with --- begins another YAML document in the same file. A blueprint is one document."
    ),
}

SHAPE_CODES: Mapping[str, FindingCode] = {
    "unknown-key": _error(
        "The blueprint language has no such key here. Unknown keys are errors, because a misspelt key would "
        "otherwise be a setting that silently does nothing."
    ),
    "missing-key": _error("A key that has no default is not there."),
    "wrong-type": _error(
        "The value has another type than the key takes: a text where a number belongs, a list where a "
        "mapping belongs. In YAML 1.2 only true and false are booleans; yes, no, on and off are texts."
    ),
    "not-allowed": _error("The key takes one of a few values, and this is none of them."),
    "out-of-range": _error("The number, or the count of things, is beyond what AWS or the language takes."),
    "invalid-format": _error("The text does not have the form that is needed here."),
    "invalid-name": _error(
        "A name has characters that names cannot have. Names become parts of names on AWS: most take "
        "letters, digits, - and _ and begin with a letter; systems, environments, services, APIs and "
        "buckets take lower case letters, digits and -."
    ),
    "unquoted-account": _error(
        "An account without quotes is a number to YAML, and zeros at its beginning would be lost. Put the "
        "twelve digits into quotes."
    ),
    "unknown-trigger": _error(
        "A trigger is a mapping with a key that says what drives the function: queue, stream, table_stream, "
        "bus, schedule, bucket or topic."
    ),
    "unsupported-version": _error("This release reads version 1 of the blueprint language."),
}

STRUCTURE_CODES: Mapping[str, FindingCode] = {
    "include-not-found": _error("A file under `include` does not exist."),
    "include-matches-nothing": _warning("A pattern under `include` matches no file."),
    "include-only-services": _error(
        "An included file brings services, and nothing else: everything that services share stays in the "
        "blueprint itself, where it is seen."
    ),
    "duplicate-service": _error("Two files declare a service with the same name."),
    "path-outside-workspace": _error(
        "A path is absolute or leads out of the folder of the blueprint. Paths are relative to it, so that "
        "a blueprint means the same on every machine."
    ),
    "override-adds": _error(
        "An override names a thing that the blueprint itself does not have. Overrides change things for one "
        "environment; they do not add any."
    ),
    "override-not-allowed": _error(
        "blueprint, system, include and environments say what the system is, and are the same everywhere."
    ),
    "missing-place": _error(
        "An environment on AWS needs an account and a region. Only `target: local` goes without."
    ),
    "local-option": _warning(
        "account, profile and protect have no meaning on the local AWS; they are ignored."
    ),
}

REFERENCE_CODES: Mapping[str, FindingCode] = {
    "unknown-table": _error("A table is named that neither `tables` nor `external` declares."),
    "unknown-bucket": _error("A bucket is named that neither `buckets` nor `external` declares."),
    "unknown-bus": _error("A bus is named that `buses` does not declare."),
    "unknown-queue": _error("A queue is named that `queues` does not declare."),
    "unknown-topic": _error("A topic is named that `topics` does not declare."),
    "unknown-stream": _error("A stream is named that `streams` does not declare."),
    "unknown-secret": _error("A secret is named that `secrets` does not declare."),
    "unknown-config": _error("A group of settings is named that `config` does not declare."),
    "unknown-flag": _error("A flag is named that `flags` does not declare."),
    "unknown-database": _error("A database is named that `databases` does not declare."),
    "unknown-cache": _error("A cache is named that `caches` does not declare."),
    "unknown-identity": _error("A user pool is named that `identity` does not declare."),
    "unknown-function": _error("A function is named that no service declares."),
    "unknown-index": _error("An index is named that its table does not have."),
    "unknown-api": _error("An API is named that `apis` does not declare."),
    "unknown-network": _error("A network is named that neither `networks` nor `external` declares."),
    "unknown-event-store": _error(
        "A function uses an event store that `event_stores` does not declare; a projection goes `of` one."
    ),
    "unknown-firewall": _error("A firewall is named that `firewalls` does not declare."),
    "unknown-certificate": _error("A certificate is named that `external` does not declare."),
    "unknown-hosted-zone": _error("A hosted zone is named that `external` does not declare."),
    "unknown-backup": _error("A plan is named that `backups` does not declare."),
    "unknown-stack": _error(
        "`patches` names a stack that the system does not have. Stacks are network, databases, data, "
        "firewalls, identity, events, observability, global, services.NAME, apis.NAME, cdns.NAME and "
        "load_balancers.NAME."
    ),
    "unknown-kind": _error("A line of `access` begins with the kind of thing; this is none."),
    "unknown-verb": _error("A line of `access` has a verb that this kind of thing does not know."),
    "invalid-access": _error(
        "A line of `access` is `kind.name: verb`; only tables that are read have `indexes`."
    ),
    "unused": _warning("Something is declared, and nothing uses it."),
}

API_CODES: Mapping[str, FindingCode] = {
    "invalid-route": _error(
        "A route is a method and a path: GET /orders/{id}. Segments in braces stand alone between slashes, "
        "their names differ, and {name+} may only be the last one."
    ),
    "route-collision": _error(
        "Two routes of an API answer the same requests: the names in braces do not tell routes apart. On a "
        "REST API, two names in braces at the same position collide whatever the method."
    ),
    "ambiguous-api": _error(
        "A route that names no API belongs to the only one, or of several to the only one of kind http; "
        "here there is none such."
    ),
    "scopes-without-authorizer": _error(
        "Scopes are checked on a user's token, and this route has no authorizer."
    ),
    "rest-only": _error(
        "Firewalls, address rules, caches, validation of requests and API keys exist for APIs of kind rest "
        "only: AWS WAF cannot be attached to an HTTP API, and HTTP APIs have neither resource policies, "
        "caches, models nor usage plans. An HTTP API can stand behind a CDN that has a firewall."
    ),
    "http-only": _error(
        "A REST API cannot add cross-origin headers to what functions answer, so `cors` belongs to APIs of "
        "kind http."
    ),
    "unknown-model": _error("A route's request names a model that its API does not have under `models`."),
    "invalid-model": _error(
        "A model is a JSON Schema (draft 4) with a `type`, written out in full: API Gateway follows no "
        "references to other documents, and the local AWS follows none at all."
    ),
    "unchecked-keyword": _warning(
        "AWS documents that API Gateway does not check some keywords of JSON Schema when it imports an API. "
        "Requests that break them reach the function, which has to check them itself."
    ),
    "route-cache": _error("Answers are kept for GET alone, and only on an API that has a `cache`."),
    "idle-cache": _warning(
        "An API's cache costs by the hour, and no route says `cache`, so it keeps nothing. A route "
        "has to say it, because only its author knows which query parameters and headers its answer "
        "depends on."
    ),
    "duplicate-api-key": _error(
        "AWS takes a key into one usage plan of an API only, since it would not know which limits count."
    ),
    "api-key-without-plan": _error(
        "A key opens a route only through a usage plan of its API, so that without one nobody could call it."
    ),
    "certificate-elsewhere": _error(
        "The certificate of a host name has to be in the region of what answers there: that of the "
        "environment for APIs and load balancers, us-east-1 for a CDN, wherever the rest of the system is."
    ),
    "certificate-missing": _error(
        "A host name needs a certificate. Either one under `external` is named, or the zone of the name is "
        "(`hosted_zone`): then a certificate is made, and proven by a record in that zone."
    ),
    "cdn-without-content": _error(
        "A CDN has to know what answers a path that no API of it begins with: its `assets`, or an API at /."
    ),
    "cdn-conflict": _error(
        "The files of a CDN answer every path that none of its APIs begins with, and so /."
    ),
    "cdn-without-routes": _error(
        "A CDN leads to an API that no function serves, so that there is no such API."
    ),
    "cdn-open-beside": _notice(
        "An API behind a CDN has an address of its own, at which neither the CDN's firewall nor its cache is "
        "in the way. A REST API without a firewall can refuse such calls: a web ACL before it looks for a "
        "header that the CDN alone knows. HTTP APIs take no web ACL, and a REST API takes one only. "
        "Authorizers check tokens either way; `direct_calls: allow` says that it is meant, and silences this."
    ),
    "cdn-cannot-guard": _error("`direct_calls: refuse` needs a REST API without a firewall of its own."),
    "missing-assets-folder": _warning(
        "The folder with a CDN's files does not exist. A build may make it; deploying needs it."
    ),
    "too-many-paths": _error("A CDN has at most 25 patterns of paths, and an API needs two of them."),
    "domain-outside-zone": _error("A hosted zone takes only names that end with its own domain."),
    "firewall-does-nothing": _warning(
        "A firewall without any rule lets everything pass, and costs by the month."
    ),
    "count-without-rule": _warning("`count` names a rule that the firewall does not have."),
    "invalid-cors": _error("Browsers refuse credentials together with the origin *."),
    "timeout-beyond-api": _warning(
        "API Gateway gives up on a function after 30 seconds (HTTP API) or 29 seconds (REST API), so a "
        "longer timeout only costs money."
    ),
}

DATA_CODES: Mapping[str, FindingCode] = {
    "invalid-limits": _error("The lower limit is above the upper one."),
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
        "that order. Intelligent tiering does the first of these by itself."
    ),
    "backup-outside-lock": _error(
        "The lock of a vault refuses every backup that is to be kept for less than its least days, or for "
        "more than its most."
    ),
    "weakened-protection": _error(
        "The environment is protected, and this would take away what keeps its data: recovery points, "
        "backups, versions, copies, encryption with a key of your own, strong sign-in. Where it is meant, "
        "say it in the blueprint for every environment, or leave `protect` out."
    ),
    "one-region": _notice(
        "Copies in another region are made on AWS only: the local AWS has one region, and leaves them out."
    ),
    "rotation-without-source": _error(
        "A secret that somebody sets by hand cannot rotate by itself: it needs `generate` or `database`, and "
        "a `function` that makes the new value. alternating_users needs a database."
    ),
    "secret-with-two-sources": _error(
        "The value of a secret comes from `generate` or from a database, not from both."
    ),
    "setting-type": _error("The value of a setting is not of the type that it says."),
    "secure-value": _warning(
        "A setting is stored encrypted, but its value stands in the blueprint for everybody to read. Put a "
        "placeholder here and the real value with `platform config`."
    ),
    "invalid-cidr": _error("The text is no block of addresses such as 10.0.0.0/16, or one that AWS refuses."),
    "too-many-nat-gateways": _error("A network has at most one NAT gateway in each availability zone."),
    "not-in-network": _error(
        "A function connects to a database or a cache, and does not stand in its network."
    ),
    "network-too-small": _error(
        "Each subnet of a network is a sixteenth of its block, so that zones and NAT gateways can be added "
        "without moving one. AWS takes subnets down to /28, and so networks down to /24."
    ),
    "network-without-subnets": _error(
        "Something stands in a network that exists already, and its subnets are not named. The tool looks "
        "nothing up in an account, so `subnet_ids` has to say where."
    ),
    "too-few-zones": _error(
        "A database and a load balancer need subnets in two availability zones at least, and so does a "
        "cache whose second node takes over."
    ),
    "unreachable-service": _error(
        "A function in a network without NAT gateways reaches only the AWS services that the network has "
        "endpoints of. What its `access` names would time out."
    ),
    "backup-without-rule": _error("A backup plan has no daily, weekly or monthly rule."),
    "invalid-widget": _error("A widget of kind text has `text`; the other kinds have `metrics`."),
    "invalid-alarm": _error(
        "An alarm looks at the latest points, and at most at as many as a day has (a week, where a point is "
        "an hour or more); it cannot ask for more bad points than it looks at."
    ),
    "cost-anomalies-untold": _error(
        "AWS tells of odd costs by mail only, so somebody with a mail address has to be named."
    ),
    "cost-anomalies-twice": _error(
        "AWS takes one monitor of all services an account: of several environments of one, only one has it."
    ),
    "nobody-is-told": _notice(
        "An environment is protected, and has no contact under `alarms`, so it has no alarms either. One "
        "contact is enough for everything to have its own."
    ),
    "invalid-contact": _error("A contact is a mail address, or an address that begins with https://."),
}

SERVICE_CODES: Mapping[str, FindingCode] = {
    "missing-service-folder": _warning(
        "The folder of a service does not exist. `platform new-service` creates it; synthesis needs it."
    ),
    "invalid-handler": _error(
        "A handler is a module and an attribute, joined by dots: orders.handlers.create.handler."
    ),
    "variable-collision": _error(
        "Two lines of `access` give a function the same environment variable, as a-b and a_b do, or one of "
        "them takes the place of a variable under `environment`."
    ),
    "reserved-variable": _error("Lambda, or the platform, sets this environment variable itself."),
    "duplicate-trigger": _error("A function has the same trigger twice."),
}

NAME_CODES: Mapping[str, FindingCode] = {
    "name-too-long": _error(
        "A name on AWS, made of system, environment and the names in the blueprint, exceeds the limit of the "
        "service."
    ),
    "name-collision": _error("Two things would have the same name on AWS."),
    "reserved-name": _error("The name is taken by AWS, or by what the platform itself keeps."),
}

PRESET_CODES: Mapping[str, FindingCode] = {
    "expanded-preset": _notice(
        "A preset gives each function of its service these lines of `access`. They are named here so that "
        "they are seen; a function's own line for the same thing wins."
    ),
    "ambiguous-preset": _error(
        "A preset is about the only user pool, table or bus of the blueprint. Where there are several or "
        "none, it says which."
    ),
}

ESCAPE_CODES: Mapping[str, FindingCode] = {
    "raw-permission": _notice(
        "A function has an IAM statement of its own, beside `access`. It is named here so that it is seen."
    ),
    "patched-template": _notice(
        "The template of a stack is changed by a patch. It is named here so that it is seen."
    ),
    "extended-stacks": _notice("A Python file changes the stacks. It is named here so that it is seen."),
    "invalid-patch": _error("add, replace and test need a value; move and copy need `from`."),
    "missing-extension": _error("The file under `extend` does not exist."),
}

CODES: Mapping[str, FindingCode] = {
    **YAML_CODES,
    **SHAPE_CODES,
    **STRUCTURE_CODES,
    **REFERENCE_CODES,
    **API_CODES,
    **EVENT_CODES,
    **RELEASE_CODES,
    **PROMISE_CODES,
    **DATA_CODES,
    **SERVICE_CODES,
    **NAME_CODES,
    **PRESET_CODES,
    **ESCAPE_CODES,
}
