"""The table of commands: their names, where they are, and one line about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """A command, or a group of commands.

    Attributes:
        summary: One line; the first line of the command's docstring is the same.
        panel: The heading of the help under which it stands.
        module: Under `commands/`; None for a group that is no command itself.
        children: The commands of a group, or below a command.
    """

    summary: str
    panel: str = ""
    module: str | None = None
    children: Mapping[str, Entry] = field(default_factory=dict)


_BEGIN, _BUILD, _DEPLOY, _OPERATE, _LEARN = "Begin", "Build", "Deploy", "Operate", "Learn"

COMMANDS: Mapping[str, Entry] = {
    "init": Entry("Start a workspace: a blueprint, shared libraries and a first service.", _BEGIN, "init"),
    "new-service": Entry(
        "Add a service from a template, and register it in the blueprint.", _BEGIN, "new_service"
    ),
    "validate": Entry("Check the blueprint.", _BUILD, "validate"),
    "schema": Entry("Print the JSON Schema of the blueprint, for editors.", _BUILD, "schema"),
    "lock": Entry("Lock the dependencies of services, with hashes.", _BUILD, "lock"),
    "synth": Entry("Synthesize the CloudFormation templates.", _BUILD, "synth"),
    "bootstrap": Entry("Prepare an account and region for deployments, once.", _DEPLOY, "bootstrap"),
    "deploy": Entry("Deploy the system to an environment.", _DEPLOY, "deploy"),
    "status": Entry("Show what is deployed: stacks, URLs, the last deployment.", _DEPLOY, "status"),
    "destroy": Entry("Delete the system from an environment.", _DEPLOY, "destroy"),
    "runbook": Entry("Write the recovery runbook of an environment.", _OPERATE, "runbook"),
    "invoke": Entry("Call a function and show its answer and its log.", _OPERATE, "invoke"),
    "logs": Entry(
        "Show what functions wrote to their logs.",
        _OPERATE,
        "logs",
        children={
            "query": Entry("Ask the logs a question in the language of Logs Insights.", module="logs_query"),
        },
    ),
    "trace": Entry("Show what a request went through, with times, as a tree.", _OPERATE, "trace"),
    "alarms": Entry(
        "See, try and silence alarms.",
        _OPERATE,
        children={
            "check": Entry("Show the alarms: which are on, since when, and why.", module="alarms_check"),
            "coverage": Entry(
                "Find what should be watched and is not, and alarms that are of no use.",
                module="alarms_coverage",
            ),
            "test": Entry("Set alarms off, and prove that their notice is sent.", module="alarms_test"),
            "silence": Entry("Let alarms tell nobody for a while.", module="alarms_silence"),
            "open": Entry("Open alarms in the console of CloudWatch.", module="alarms_open"),
        },
    ),
    "dashboards": Entry(
        "Look at dashboards: in the console, as a page, in the terminal.",
        _OPERATE,
        "dashboards",
        children={
            "list": Entry(
                "List the dashboards with links to CloudWatch's console.", module="dashboards_list"
            ),
            "preview": Entry(
                "Draw dashboards as a page that needs nothing else.", module="dashboards_preview"
            ),
            "show": Entry("Draw the figures of a dashboard in the terminal.", module="dashboards_show"),
        },
    ),
    "events": Entry(
        "Publish events, and replay those that a bus archived.",
        _OPERATE,
        children={
            "archives": Entry("List the archives of buses with what they hold.", module="events_archives"),
            "replay": Entry("Send events of a bus's archive to its rules again.", module="events_replay"),
            "replays": Entry(
                "List the replays of the last 90 days, the latest first.", module="events_replays"
            ),
            "cancel": Entry("End a replay before it is through.", module="events_cancel"),
            "publish": Entry("Publish an event, if it is one that the bus carries.", module="events_publish"),
        },
    ),
    "dead-letters": Entry(
        "Look at what queues and functions failed on for good; send it back, or delete it.",
        _OPERATE,
        children={
            "list": Entry("List the dead-letter queues with what waits in them.", module="dead_letters_list"),
            "show": Entry(
                "Show messages of a dead-letter queue; they stay there.", module="dead_letters_show"
            ),
            "redrive": Entry(
                "Send messages back to the queue or function that failed on them.",
                module="dead_letters_redrive",
            ),
            "purge": Entry("Delete messages of a dead-letter queue.", module="dead_letters_purge"),
        },
    ),
    "projections": Entry(
        "Look at the projections of event stores, and build one anew.",
        _OPERATE,
        children={
            "list": Entry(
                "List the projections: which function follows which event store, into which table.",
                module="projections_list",
            ),
            "status": Entry(
                "Show what drives projections, what became of the last batch, and the last replay.",
                module="projections_status",
            ),
            "replay": Entry(
                "Build the table of a projection anew, from the first event of its store.",
                module="projections_replay",
            ),
        },
    ),
    "cost": Entry(
        "Estimate the monthly bill from the blueprint.",
        _OPERATE,
        "cost",
        children={
            "actual": Entry("Compare the bill of AWS with the estimate.", module="cost_actual"),
            "advise": Entry("Find waste, with what each change saves.", module="cost_advise"),
            "refresh": Entry("Fetch today's prices from AWS.", module="cost_refresh"),
            "tags": Entry("Show which tags the bill counts by, or activate them.", module="cost_tags"),
        },
    ),
    "tune-memory": Entry(
        "Find the memory size of functions that is best under a stated aim.", _OPERATE, "tune_memory"
    ),
    "local": Entry(
        "Start, stop and look at the embedded local AWS.",
        _OPERATE,
        children={
            "start": Entry("Start the embedded local AWS.", module="local_start"),
            "stop": Entry("Stop the embedded local AWS; its data is kept.", module="local_stop"),
            "status": Entry("Show whether the embedded local AWS runs, and where.", module="local_status"),
            "reset": Entry("Stop the embedded local AWS and delete its data.", module="local_reset"),
        },
    ),
    "flags": Entry(
        "Read and change feature flags.",
        _OPERATE,
        children={
            "list": Entry("List the feature flags with their state.", module="flags_list"),
            "show": Entry(
                "Show a flag: its state, who gets what, where the code uses it, who changed it.",
                module="flags_show",
            ),
            "set": Entry("Switch a flag on or off for everybody.", module="flags_set"),
            "rollout": Entry(
                "Switch a flag on for a share of users, the same users each time.", module="flags_rollout"
            ),
            "target": Entry(
                "Switch a flag on, or off, for those for whom a condition holds.", module="flags_target"
            ),
            "schedule": Entry("Let a state of a flag begin, and end, at a time.", module="flags_schedule"),
            "history": Entry(
                "Show which deployment changed which flags, who made it, and why.", module="flags_history"
            ),
            "diff": Entry("Show how the flags of two environments differ.", module="flags_diff"),
            "promote": Entry(
                "Give an environment the states and rules that flags have in another.",
                module="flags_promote",
            ),
            "rollback": Entry("Return flags to an earlier state.", module="flags_rollback"),
            "stale": Entry("Find flags that should be gone.", module="flags_stale"),
            "sync": Entry(
                "Bring the flags that are declared in the blueprint and those that are there together.",
                module="flags_sync",
            ),
            "export": Entry("Write all flags to stdout.", module="flags_export"),
        },
    ),
    "config": Entry(
        "Read and change settings.",
        _OPERATE,
        children={
            "list": Entry("List the settings with their values.", module="config_list"),
            "get": Entry("Show the value of a setting.", module="config_get"),
            "set": Entry("Change the value of a setting.", module="config_set"),
            "diff": Entry(
                "Show how settings differ from the blueprint, or between two environments.",
                module="config_diff",
            ),
            "push": Entry("Make Parameter Store say what the blueprint says.", module="config_push"),
            "pull": Entry("Make the blueprint say what Parameter Store says.", module="config_pull"),
            "export": Entry("Write the settings to stdout.", module="config_export"),
            "exec": Entry("Run a program with the settings as environment variables.", module="config_exec"),
            "history": Entry(
                "Show the values that a setting had, the latest first.", module="config_history"
            ),
            "rollback": Entry("Return a setting to an earlier value.", module="config_rollback"),
        },
    ),
    "secrets": Entry(
        "Look at secrets, set and rotate them.",
        _OPERATE,
        children={
            "list": Entry(
                "List the secrets: their age, their rotations, which are stuck, overdue or unused.",
                module="secrets_list",
            ),
            "status": Entry(
                "Show how secrets are: versions and their labels, rotation, replicas, who reads them.",
                module="secrets_status",
            ),
            "get": Entry("Show the current value of a secret, if asked to reveal it.", module="secrets_get"),
            "set": Entry(
                "Set the value of a secret, read from stdin or asked for; never an argument.",
                module="secrets_set",
            ),
            "rotate": Entry("Rotate secrets, with a probe that runs throughout.", module="secrets_rotate"),
            "rollback": Entry(
                "Make the previous value of a secret the current one again.", module="secrets_rollback"
            ),
            "new-function": Entry(
                "Add a service with a rotation function for a secret, and register it in the blueprint.",
                module="secrets_new_function",
            ),
        },
    ),
    "history": Entry("Show who changed what, when and why.", _OPERATE, "history"),
    "doctor": Entry(
        "Look whether the machine, the workspace and an environment are well, and say what to do.",
        _OPERATE,
        "doctor",
    ),
    "explain": Entry("Explain an error code or a check.", _LEARN, "explain"),
}
