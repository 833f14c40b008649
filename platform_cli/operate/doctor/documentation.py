"""Write `docs/doctor.md` from the checks themselves."""

from __future__ import annotations

from platform_cli.operate.doctor.discovery import in_group
from platform_cli.operate.doctor.model import GROUPS, Check, Need

_GROUPS = {
    "machine": "What the tool itself needs of this machine; looked at in any folder.",
    "access": "Whether you may work in the environment's account. Without `--env`, it is looked at for the "
    "first environment, as far as there are credentials.",
    "workspace": "Whether what is in the folder can be deployed. Nothing leaves the machine.",
    "environment": "What runs in the environment that `--env` names.",
    "goals": "Whether what runs keeps what the blueprint's `objectives` promise.",
}
_INTRODUCTION = """\
# The doctor

`platform doctor` looks at the machine, at the workspace and, with `--env`, at an environment and at
your access to it, all at once. Each check says one of five things:

| verdict | |
|---|---|
| ok | all is well; counted, and listed with `--all` |
| warning | it works now, and will not for ever, or not as well as it should |
| failure | something does not work, or is not safe; the command ends with exit code 3 |
| skipped | there is nothing to look at or no way to look, and why |
| broken | the check itself failed or took too long; with no failure elsewhere, the exit code is 1 |

A warning and a failure come with what was seen, what comes of it, and what to do. No check changes
anything. `--fix` shows what the tool itself can do without a risk to data or to what runs, asks, does
it, and looks again; what it changed in an environment stands in `platform history`.

```sh
platform doctor                          # the machine and the workspace, in any folder
platform doctor --env prod               # everything, for an environment
platform doctor --env local              # the same on the local AWS
platform doctor --only machine           # a group
platform doctor --only lock-files --fix     # a check, and mend what it finds
platform doctor --env prod --json | jq '.checks[] | select(.verdict == "failure")'
```

A check that needs what is not there is skipped with the reason: without credentials all that is on AWS,
where AWS denies a right that one. It costs nothing but some calls of AWS's APIs; `drift` and
`undeployed-changes` take the longest.

## Add a check

A check is one file in `platform_cli/operate/checks/`, found by its place; there is no list to edit. Its
`CHECKS` names each check with its id, group, title and explanation, what it needs, and the function that
looks:

```python
from platform_cli.operate.doctor.model import REMOTE, Check, Result, ok, warning


def check_topics(context) -> Result:
    topics = physical_ids(context, "AWS::SNS::Topic")
    if len(topics) < 100:
        return ok(f"{len(topics)} topics")
    return warning(
        "there are many topics",
        *topics[:5],
        consequence="nobody finds the right one",
        mend="remove those that nobody listens to",
    )


CHECKS = (Check("topics", "environment", "topics", "Counts the topics of it.", check_topics, REMOTE),)
```

What is heavy is imported inside of the function, since `platform explain` reads all files. `context` gives
the environment, its clients and the time, and reads each thing once for all checks. A test in
`tests/operate/doctor/` shows each verdict that it can give; another holds this page to what the files say."""


def doctor_reference() -> str:
    """The whole page."""
    lines = [_INTRODUCTION]
    for group in GROUPS:
        lines += ["", f"## {group}", "", _GROUPS[group]]
        for check in in_group(group):
            lines += ["", f"### {check.id}", "", check.explanation]
            needs = _needs(check)
            if needs:
                lines += ["", f"Needs {needs}."]
    return "\n".join(lines) + "\n"


def _needs(check: Check) -> str:
    # A valid blueprint is a blueprint, and a deployment has been reached.
    implied = {Need.ENVIRONMENT: {Need.WORKSPACE}, Need.DEPLOYED: {Need.REACH}}
    hidden = {less for need in check.needs for less in implied.get(need, ())}
    named = [need.value for need in check.needs if need not in hidden]
    return ", ".join(named[:-1]) + " and " + named[-1] if len(named) > 1 else "".join(named)
