"""What can be wrong with how the tool is used."""

from __future__ import annotations

COMMAND_LINE = {
    "cannot-read": (
        "A file that was named on the command line cannot be read. Check its path and its permissions."
    ),
    "cannot-write": (
        "A file or folder cannot be written: it belongs to somebody else, the disk is full, or its "
        "parent is missing. Nothing half-written was left."
    ),
    "completion-not-installed": (
        "The completion of the shell could not be installed. `platform --show-completion` shows what belongs "
        "into the shell's settings."
    ),
    "declined": "You answered no, so nothing was changed. `--yes` answers yes.",
    "defect": (
        "Something happened in the tool that nobody anticipated. Run the same command with `--debug` "
        "and report what it shows."
    ),
    "interrupted": (
        "You pressed Ctrl-C, or the process was asked to end. Run the same command again: it waits for "
        "what still goes on and continues from there."
    ),
    "invalid-payload": (
        "A payload is JSON of at most 6 MB. Mind the quotes of the shell, or write it into a file and "
        "give `--payload @FILE`."
    ),
    "invalid-request": (
        "A request is a method and a path that one of the function's routes serves, such as "
        "`--request 'GET /orders/42'`. The hint lists the routes; any other event goes by `--payload`."
    ),
    "invalid-time": (
        "A time is how long ago, such as 30s, 10m, 2h or 1d, or a moment such as 2026-11-20T08:00."
    ),
    "no-blueprint": (
        "There is no blueprint.yaml in this folder or any above it, or none at the path that was given. "
        "Change into the workspace, give `--blueprint PATH`, or start a workspace with `platform init`."
    ),
    "no-terminal": (
        "A question needs an answer, and the command does not run in a terminal. Answer on the command "
        "line, with the option that the hint names; approvals take `--yes`."
    ),
    "unknown-check": (
        "`platform doctor --only` takes a group (machine, access, workspace, environment, goals) or the id "
        "of a check. The hint names the nearest."
    ),
    "unknown-code": "There is no error code of this name. `platform explain` lists them all.",
    "unknown-environment": (
        "The blueprint has no environment of this name. The hint names the nearest, or all there are."
    ),
    "unknown-function": (
        "The blueprint has no function at this address. A function is addressed as `service.function`, "
        "such as `orders.create`."
    ),
    "unknown-service": (
        "The blueprint has no service of this name. The hint names the nearest, or all there are."
    ),
    "usage": (
        "An option, argument or command is wrong or missing. `--help` after any command lists what it takes."
    ),
}
