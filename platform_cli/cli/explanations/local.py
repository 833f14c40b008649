"""What can go wrong with the embedded local AWS."""

from __future__ import annotations

LOCAL = {
    "invalid-port": "A port is a number from 1 to 65535; below 1024, most systems refuse it.",
    "local-aws-busy": (
        "Another command is starting or stopping the local AWS of this workspace and does not finish. "
        "Wait for it, or end it."
    ),
    "local-aws-down": (
        "The local AWS does not answer: it was stopped, or it died. `platform local start` starts it "
        "with what it had saved, and `platform deploy` brings the system up to date."
    ),
    "local-aws-failed": (
        "The local AWS did not start. The message quotes the end of its log; the whole log is "
        ".platform/local/server.log. `platform local reset` starts from nothing."
    ),
    "local-aws-not-installed": (
        "The local AWS runs in an environment of its own, which is installed once from the package "
        "registry. That did not succeed: check the network and the free space of the cache folder, then "
        "try again."
    ),
    "local-aws-running": "The local AWS runs on another port than the one asked for. Stop it first.",
    "port-in-use": (
        "Another program listens on the port. Stop it, choose another port with `platform local start "
        "--port`, or give none to take the next free one."
    ),
    "unsupported-system": (
        "The local AWS runs on Linux and macOS. On Windows, use the Windows Subsystem for Linux."
    ),
}
