"""What can go wrong with secrets and their rotation."""

from __future__ import annotations

SECRETS = {
    "invalid-secret": (
        "Secrets Manager takes no empty value, and none of more than 65,536 bytes. Nothing was stored."
    ),
    "rollback-refused": (
        "A rollback only moves labels between values. Where the previous value does not work any more, as "
        "after a rotation of a single database user, that would lock everybody out; rotate forward instead. "
        "Where nobody can say whether a single user's previous value logs in, it is taken for dead."
    ),
    "rotation-driver-missing": (
        "On the local AWS the steps of a rotation run in the tool's own process, and this strategy needs "
        "a database driver there. Install the one that is named."
    ),
    "rotation-failed": (
        "A rotation on AWS did not end in time, or its function fails again and again. What it left was "
        "put right: the current value works. The function's log says why it failed."
    ),
    "rotation-in-progress": (
        "The secret has a pending version: a rotation is going on, or stopped half-way. "
        "`platform secrets rotate NAME` recognises and recovers one that stopped."
    ),
    "rotation-preflight": (
        "Something that a rotation needs is missing; the message names each check that failed. Nothing "
        "was changed."
    ),
    "rotation-refused": (
        "Secrets Manager itself refused to begin a rotation, for the reason given. Nothing was changed."
    ),
    "rotation-step-failed": (
        "One of the four steps of a rotation failed in the rotation function. Only what the tool's own "
        "functions say is repeated; for others, see the function's log."
    ),
    "rotation-left": (
        "Ctrl-C ended the command while Secrets Manager rotates by itself, which nothing here stops. "
        "`platform secrets status NAME` shows how it ends; a new rotation has to wait for that."
    ),
    "rotation-stuck": (
        "A rotation stopped half-way, and the tool could not put it right. Neither value was let go of. "
        "Remove the cause that is named, and run `platform secrets rotate NAME` again."
    ),
    "secret-as-argument": (
        "A value that is given as an argument stands in the shell's history and in the list of processes. "
        "Give it on stdin or type it when asked. Nothing was stored; treat the value as seen by others."
    ),
    "secret-binary": "The secret holds bytes that are no text, which this command does not show.",
    "secret-changed": (
        "Somebody else made another value current between the look and the change, so that theirs was not "
        "overwritten. Look at it, and repeat the change if it is still wanted."
    ),
    "secret-deleted": "The secret is marked for deletion. Restore it first, with the console or the AWS CLI.",
    "secret-empty": "The secret exists and has no value yet. Set one with `platform secrets set NAME`.",
    "unknown-secret": "The blueprint has no secret of this name.",
    "unknown-strategy": (
        "A secret does not rotate in that way: the login of a database by `single_user` or "
        "`alternating_users`, others by `generic`, `api_key` or `jwt_key`."
    ),
}
