"""What can go wrong when flags and settings are changed."""

from __future__ import annotations

CHANGING = {
    "ambiguous-variable": (
        "Two settings would have the same name as environment variables, such as a-b/c and a/b-c. Choose one "
        "group with --group, or rename one of them."
    ),
    "broken-flags": (
        "The configuration in the flags' profile is no document of the type AWS.AppConfig.FeatureFlags, so "
        "something else wrote it. Look at it in the AppConfig console, and deploy a version that is one."
    ),
    "command-not-found": (
        "The program that `platform config exec` shall run cannot be started; the message says why."
    ),
    "dead-letters-not-deployed": (
        "The blueprint gives this queue, or this function, a place for what fails for good, and that is "
        "not there. A deployment makes it. A function has one only if something calls it without waiting: "
        "a bus, a schedule, a bucket, a topic."
    ),
    "encryption-fixed": (
        "A setting is stored plain and declared secure, or the other way round, and Parameter Store does not "
        "change the type of a parameter. What was plain stays readable in the parameter's history, so "
        "a new key with a new value is the safe way; or delete the parameter and push."
    ),
    "fifo-order": (
        "The messages of a group of a FIFO queue are handled in their order. Who sends back or deletes some "
        "of them and leaves others out changes that order, and cannot even see what stands behind a message "
        "that is left out. So `dead-letters redrive` and `purge` take no filter there; `--limit` takes the "
        "first ones."
    ),
    "flags-contended": (
        "So many others changed the flags at the same time that this change never came through. Nothing "
        "was changed by it; run the command again."
    ),
    "flags-not-deployed": (
        "The AppConfig application, environment or profile that holds the flags is not there. A deployment "
        "makes them if the blueprint declares flags and a function reads them."
    ),
    "flags-rolled-back": (
        "AppConfig rolled the deployment of flags back, since an alarm that watches the environment fired. "
        "The flags are as they were before. Later changes are made without what was rolled back."
    ),
    "flags-stopped": (
        "Somebody stopped the deployment of flags, which rolls it back. The flags are as they were before."
    ),
    "freeform-flags": (
        "The AppConfig profile of the system holds a freeform configuration, not feature flags. Such "
        "profiles are left alone; change them with whatever wrote them."
    ),
    "history-unwritten": (
        "A change was made, and the record of who made it and why could not be written to Parameter "
        "Store; the message says what was refused. The change holds, so do not repeat it."
    ),
    "invalid-silence": (
        "A silence of alarms lasts from one minute to 15 days, as CloudWatch's mute rules do. For a longer "
        "peace, change the threshold in the blueprint, or switch the alarm off there with the reason."
    ),
    "no-console": (
        "The local AWS has no console to open. `platform alarms check --env local` shows its alarms."
    ),
    "no-deployment": (
        "No deployment of this environment is recorded, so nothing can be compared with the last one. Give a "
        "time instead: --since 1h."
    ),
    "replay-failed": (
        "The function of a projection failed while its events were replayed; the message says at which. "
        "Rows that were built before it stay. Mend the function and run the same command: the replay goes "
        "on at the page that failed."
    ),
    "silence-unsupported": (
        "CloudWatch has no rules that mute alarms where this runs; not every region and partition has them. "
        "Change the threshold in the blueprint, or switch the alarm off there with the reason."
    ),
    "unknown-alarm": (
        "No alarm of the environment has this name, or belongs to a service or thing of this name. "
        "`platform alarms check --all` shows all."
    ),
    "invalid-attribute": (
        "The value given for an attribute of a flag is not of the type that the flag declares for it: "
        "a number, true or false, or a list with commas or in JSON."
    ),
    "invalid-filter": (
        "The filter is no JMESPath expression. It is applied to what was failed on, parsed where it is JSON, "
        "and selects a message if the result is true or not empty: detail.orderId == 'o-1', or "
        "starts_with(type, 'Order'). Numbers stand in backticks: detail.total > `100`."
    ),
    "invalid-condition": (
        "The condition of a target cannot be read; the message names the character. Texts stand in quotes, "
        'names of context values do not: `plan == "pro" and country in ["DE", "AT"]`.'
    ),
    "invalid-flags": (
        "The document of flags would break a limit that AppConfig publishes, or a split would get nobody. "
        "The message lists everything that is wrong. Nothing was sent."
    ),
    "invalid-rollout": (
        "A share of users is not between 0 and 100, the shares of the flag's variants exceed 100 %, or the "
        "name of the variant belongs to one that is chosen by another rule."
    ),
    "invalid-schedule": "A schedule of a flag would end before it begins.",
    "invalid-setting": (
        "The value is not of the type that the blueprint gives the setting, is empty, or is longer than "
        "Parameter Store takes. Nothing was changed."
    ),
    "nothing-to-roll-back": (
        "No earlier state that differs is kept. `platform flags history` and `platform config history` list "
        "what there is."
    ),
    "secret-as-argument": (
        "A secure value was given as an argument, where every user of the machine can see it, and where the "
        "shell keeps it. Pipe it in, or type it when asked."
    ),
    "setting-missing": (
        "The setting is declared in the blueprint and not in Parameter Store. `platform config push` or a "
        "deployment creates it."
    ),
    "unknown-attribute": (
        "The flag declares no such attribute. Attributes are declared in the blueprint, and created by "
        "`platform flags sync` or a deployment."
    ),
    "unknown-deployment-strategy": (
        "AppConfig has no deployment strategy of this name; the message lists those that there are."
    ),
    "invalid-query": (
        "The query is no text in the language of CloudWatch Logs Insights, or its file cannot be read; the "
        "message says what is wrong. Commands such as fields, filter, stats, sort and limit are separated by "
        "|. On the local AWS the tool itself answers, and says line and column; there are fields, display, "
        "filter, parse, stats, sort, limit and dedup."
    ),
    "query-failed": (
        "Logs Insights did not finish the query; the message says how it ended. A query may take an hour. "
        "Ask for a shorter time with --since, or filter more."
    ),
    "unknown-projection": (
        "No function by this address has a trigger `projection`. `platform projections list` shows those "
        "that have."
    ),
    "unknown-query": (
        "No query of this name is saved, and there is no file of this name. `platform logs query` lists the "
        "saved ones; those of services and APIs have their name before a slash, which may be left out."
    ),
    "invalid-trace": (
        "An id of a trace looks like 1-5759e988-bd862e3fe1be46a994272793. Lines of logs have it in their "
        "field xray_trace_id; the header X-Amzn-Trace-Id of an answer has it after Root=."
    ),
    "no-trace": (
        "X-Ray has nothing under this id. It keeps traces for 30 days, takes only a sample of all requests, "
        "and needs some seconds until a new one can be read. Look also whether the environment is right. "
        "The local AWS keeps traces for a day, of every call of a function with tracing."
    ),
    "unknown-level": (
        "Levels of logs are debug, info, warning, error and critical. `--level` shows lines that are as bad "
        "or worse; lines without a level, such as those of Lambda itself, are left out."
    ),
    "unknown-dead-letters": (
        "There is no queue with a dead-letter queue, and no function, of this name. Queues are named as in "
        "the blueprint, functions as service.function; `platform dead-letters list` shows all."
    ),
    "unknown-flag": (
        "There is no such flag in the environment. Declare it under `flags` in the blueprint; "
        "`platform flags sync` or the next deployment creates it."
    ),
    "unknown-format": "The export knows no such format; the message lists those that there are.",
    "unknown-setting": (
        "The blueprint declares no setting, or no group of settings, of this name. Settings are named "
        "group/key, as under `config`."
    ),
    "unknown-variant": "The flag has no variant, and no target with the condition, of this name.",
    "unknown-version": (
        "There is no such version. `platform flags history` and `platform config history` list those that "
        "there are."
    ),
    "unreadable-code": (
        "A Python file of a service cannot be parsed, so nobody knows which flags it uses. Mend it first."
    ),
}
