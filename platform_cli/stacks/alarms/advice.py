"""What to do about each kind of alarm: in its own description, so that whoever is told reads it at once.

`docs/alarms.md` says the same, under a heading each, and more where there is more to say.
"""

from __future__ import annotations

from collections.abc import Mapping

ADVICE: Mapping[str, str] = {
    "analytics-checkpoint-duration": (
        "Saving the state takes half of the time between two checkpoints, or more. The state grows (a "
        "window too long, a join without a limit of time), or the load does: more `parallelism`, or a "
        "larger `checkpoint_seconds`."
    ),
    "analytics-checkpoint-failures": (
        "The state is not saved, so that after a failure everything since the last good checkpoint is "
        "read again. Look for pressure from a slow sink first, then give more `parallelism`."
    ),
    "analytics-downtime": (
        "The application has failed and works on nothing; AWS starts it again and again. Its log says why "
        "(`/aws/kinesis-analytics/SYSTEM-ENV-NAME`). What came meanwhile is in the stream, for as long as "
        "that keeps records."
    ),
    "analytics-restarts": (
        "The application fails, and goes on from its last checkpoint. Its log says why: often a stream "
        "that turns reads or writes away, or too little memory for the state."
    ),
    "apis-client-errors": (
        "Callers send what is refused: after a release, a contract that changed under them; at any time, one "
        "that goes wrong again and again. The saved query `failures` of the API has the routes."
    ),
    "apis-denied": (
        "The access log of the API has the routes and what the authorizer said. A client with an expired "
        "token shows as 401 on all routes; somebody who tries what is not theirs as 403. "
        "`security_events` of the API sends each one into a stream (security events); a firewall with "
        "`rate_limit_per_5_minutes` slows an address down."
    ),
    "apis-errors": (
        "See which functions have errors. If none: the gateway itself refused or ran out of time; the "
        "API's access log has `integrationError`."
    ),
    "apis-latency": "See `functions-duration`, and whether cold starts are the cause.",
    "apis-throttled": (
        "One caller without a pause between its tries, or more traffic than `throttle` lets in. Look at "
        "the routes in the access log; raise `throttle`, give callers plans of their own (REST), or limit "
        "by address with a firewall."
    ),
    "backups-copies": (
        "The copy into the other region failed: `aws backup list-copy-jobs --by-state FAILED` says why. "
        "Does the vault exist there, and does the key there admit AWS Backup?"
    ),
    "backups-expired": (
        "The job could not begin in its window, since another one of the same resource ran. It is tried "
        "again with the next backup; if it goes on, see what else backs up the resource."
    ),
    "backups-failed": (
        "AWS Backup says why: `aws backup list-backup-jobs --by-state FAILED`. Mostly the role lacks a "
        "right, a key does not admit AWS Backup, or the resource is in its maintenance window. Until it "
        "is mended, there is point-in-time recovery alone."
    ),
    "caches-connections": "Open one connection for each instance of a function, outside of the handler.",
    "caches-load": (
        "The engine has one thread for commands. Spread the keys, avoid commands over many of them, take "
        "a larger node."
    ),
    "caches-memory": "Keys are thrown away before their time. Set shorter lives, or take a larger node.",
    "cdns-errors": (
        "The CDN's alarm is in us-east-1. See the alarms of the API or the load balancer behind it: if "
        "they are quiet, the CDN does not reach them (a name, a certificate, the header of the guard)."
    ),
    "certificates-expiry": (
        "Certificate Manager renews what it issued, weeks before, as long as the record that proves the "
        "domain is in its zone: see in the console what it waits for. An imported certificate has to be "
        "imported again by whoever issued it."
    ),
    "databases-connections": (
        "Functions open more connections than an instance takes. Put `proxy: true` before the database, "
        "or let functions close what they open. The limit is Aurora's default for `max_acu`: 189 for one "
        "unit, 823 for four, 3,360 for 16, 5,000 from 32 on; 2,000 at the most where `min_acu` is 0 or "
        "0.5."
    ),
    "databases-cpu": "Look at the slowest queries in Performance Insights; add a reader for what only reads.",
    "databases-load": (
        "The database has nearly reached `max_acu`. Raise it, or look for the queries that need so much "
        "(`databases-cpu`)."
    ),
    "databases-memory": "Aurora grows with its memory; little is left only near `max_acu`. Raise it.",
    "firewalls-blocked": (
        "See which rule: the firewall's log `aws-waf-logs-…` names it, with the request. An attack is "
        "turned away already; a rule that is too strict goes into `count` until it is understood."
    ),
    "flags-errors": (
        "Functions that read flags fail. While a change of flags is on its way, AppConfig takes it back "
        "by itself (flags.md); `platform flags history` shows which. At other times it only repeats the "
        "alarm of the function."
    ),
    "functions-cold-starts": (
        "More than a tenth of the calls waited for a start. Make the start cheaper (fewer imports, more "
        "memory), use `snap_start`, or keep functions warm with `concurrency.provisioned`. After a "
        "deployment, all calls begin cold once."
    ),
    "functions-concurrency": (
        "Before calls are turned away (`functions.throttles`): raise `concurrency.reserved`, or make "
        "calls shorter. What the whole account runs at once is looked at by `platform doctor`, and on the "
        "dashboard `performance`."
    ),
    "functions-duration": (
        "Look at a trace of a slow call. More memory brings more processor: `platform tune-memory`. Raise "
        "`timeout_seconds` only if the work may take that long."
    ),
    "functions-errors": (
        "`platform logs SERVICE.FUNCTION` shows the errors. Did they begin with a deployment (`platform "
        "status`)? Deploy the last good version. Does another service fail? See its alarms."
    ),
    "functions-failures": (
        "The events lie in the queue `…-failed` for 14 days, each with the error: `platform dead-letters "
        "show SERVICE.FUNCTION`. Repair the function, then send them again: `platform dead-letters redrive "
        "SERVICE.FUNCTION`."
    ),
    "functions-iterator-age": (
        "The function is slower than its stream, or tries one bad record again and again. With errors: "
        "repair it, or let `bisect_on_error`, `max_retries` and `on_failure` put the record aside. "
        "Without: raise `parallelization` or `batch_size`."
    ),
    "functions-memory": (
        "The largest call took more than 80 % of the memory. At 100 % Lambda kills the call. `platform "
        "tune-memory`, or more `memory_mb`; if it grows from call to call without an end, look for what "
        "the handler keeps between calls."
    ),
    "functions-personal-data": (
        "Something that looks like personal data is logged; readers see stars in its place. Find the line "
        "(`platform logs SERVICE.FUNCTION`) and log an id in its stead. If it is no personal data, leave its "
        "kind out of `logs.mask`."
    ),
    "functions-throttles": (
        "More calls come at once than the function, or the account, may run. Raise "
        "`concurrency.reserved`, or ask AWS for a higher quota of the account. Callers that wait get an "
        "error; queues and streams try again."
    ),
    "functions-unused": (
        "For a day, less than a fifth of the provisioned concurrency was in use at any time. Lower `min`. "
        "The alarm is on right after the first deployment, until calls come."
    ),
    "identity-failed-logins": (
        "Attempts minus successes, of one client of the pool. A release that breaks signing in shows as "
        "failures without successes; somebody who tries passwords as failures beside them. Cognito locks "
        "a user for a while by itself. A second factor (`mfa`) and a firewall before the API that signs "
        "in are the remedies."
    ),
    "identity-throttles": (
        "Sign-ins reach the limit that the account has for all of its pools (120 a second by default). "
        "Ask AWS for more, or find who asks so often."
    ),
    "load-balancers-errors": (
        "Elastic Load Balancing answered itself. 502 is a function that failed or answered with what is "
        "no answer, 503 one that may not be called or has no concurrency left, 504 one that took too "
        "long. The access log has `error_reason` of each."
    ),
    "load-balancers-latency": "As `functions-duration`.",
    "load-balancers-target-errors": (
        "Handlers answered with 5xx: `platform logs SERVICE.FUNCTION --level ERROR`."
    ),
    "load-balancers-unhealthy": (
        "The function behind a path fails on most calls, or cannot be called: see its `functions-errors` "
        "and `functions-throttles`, and whether a deployment took its permission away (`platform "
        "status`)."
    ),
    "metrics-above": "The metric counts failures: `platform logs SERVICE --level ERROR` has them.",
    "metrics-drop": (
        "Fewer orders, less revenue, or whatever the metric counts, than in the window before. If there "
        "are errors, those first. If there are none: did the entrance change (a page, a price, a flag), "
        "or do customers only have a holiday? It stays on for up to a second window."
    ),
    "metrics-unusual": (
        "The metric is not as it was in the last two weeks at this hour of this weekday. The graph of the "
        "alarm in CloudWatch shows what was expected. Errors first, then what changed (a page, a price, a "
        "flag). A holiday is no fault: silence the alarm for it (`platform alarms silence`)."
    ),
    "objectives-availability": (
        "Over a day more requests failed than is promised for a month. `platform doctor --only goals` "
        "says what is left of the budget; with nothing left, repairs come before features."
    ),
    "objectives-cold-start": (
        "In two of three periods, a start took longer than `cold_start_ms`. Import less at the top of the "
        "handlers, give more memory (`platform tune-memory`), use `snap_start`, or keep some functions "
        "ready with `concurrency.provisioned`. The query `SERVICE/cold-starts` shows which function, how "
        "often and how long."
    ),
    "objectives-fast-burn": (
        "So many requests fail that the error budget of 30 days would be gone in two: see which alarms of "
        "functions and APIs are on, and whether it began with a deployment. Taking the deployment back "
        "comes before understanding it."
    ),
    "objectives-p99": (
        "As `functions-duration`: traces of slow calls, cold starts, memory. Of an API: its query "
        "`API/slowest-endpoints` names the route."
    ),
    "objectives-slow-burn": (
        "As `objectives-fast-burn`, with some hours of time. The burn rate on the dashboard shows since when."
    ),
    "queues-age": (
        "Nobody takes messages, or too slowly: see the errors, throttles and duration of the function "
        "behind the queue."
    ),
    "queues-dead-letters": (
        "Look at a message (`platform dead-letters show QUEUE`), and at the log of the time when it was "
        "tried. Repair, then move them back: `platform dead-letters redrive QUEUE`. They are kept for "
        "`dead_letter.retention_days`."
    ),
    "queues-depth": (
        "As `queues-age`. Raise `max_concurrency` of the trigger if what is behind the function can take it."
    ),
    "queues-undelivered": (
        "The bus may not write into the queue: its policy was changed, or the queue is gone. Deploy "
        "again. Replay what was lost from the archive of the bus, if it has one."
    ),
    "services-unhealthy": (
        "One of the service's alarms is on, and has told its own contacts. This one is for dashboards and "
        "for those who only want to know whether the service is well."
    ),
    "streams-age": "As `functions-iterator-age`, for the slowest reader.",
    "streams-throttles": (
        "More is written or read than the shards take. Use `capacity: on_demand`, more shards, or keys "
        "that spread better."
    ),
    "streams-unused": (
        "For a day, each hour used less than a fifth of what the shards take, in bytes and in records. Take "
        "fewer shards, or `capacity: on_demand`."
    ),
    "tables-errors": "DynamoDB's own trouble. Callers try again by themselves; see the AWS Health Dashboard.",
    "tables-hot-partition": (
        "Reads or writes are turned away because one key takes no more (3,000 reads or 1,000 writes a "
        "second), however much capacity the table has. `contributor_insights` shows in the console which "
        "keys. Spread the key, or keep what everybody reads in a cache."
    ),
    "tables-latency": (
        "What DynamoDB itself takes to get, put, update or delete an item, without the way there. What is "
        "usual depends on the size of items, so the alarm is made only where the blueprint says something "
        "of it (`alarms: { tables: { latency: { threshold: 20 } } }`); it costs 0.40 $ a table. Look for "
        "large items, transactions that meet, and at the AWS Health Dashboard."
    ),
    "tables-replication": (
        "Writes are turned away in the other region (`tables.throttles` there), or a region is in trouble: "
        "see the AWS Health Dashboard. Until it is over, what was written last is in one region alone."
    ),
    "tables-throttles": (
        "On demand: one key takes more than a partition can, or the load doubled within half an hour. "
        "Provisioned: raise `max`. If `tables.hot_partition` is on too, more capacity does not help. A "
        "throttled index holds up the writes of its table."
    ),
    "tables-unused-reads": (
        "For a day, each hour used less than a fifth of what is provisioned. Lower `min`, or use "
        "`capacity: on_demand`. `tables.unused_writes` is the same for writes."
    ),
    "tables-unused-writes": "See `tables-unused-reads`.",
    "topics-undelivered": (
        "SNS may not send to a queue or call a function, or its key: a policy was changed, or the function "
        "turns calls away. Deploy again. What was meant for a function is in its queue of failures; what was "
        "meant for a queue is lost, and its sender has to send it again."
    ),
}
"""By the slug of the rule: `functions-errors`."""
