"""What `platform deploy`, `status`, `destroy` and `bootstrap` say in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.deploy.bootstrapping import Bootstrap
    from platform_cli.deploy.destroying import Destruct
    from platform_cli.deploy.plans import Deployment
    from platform_cli.deploy.status import EnvironmentStatus


def render_deployment(
    terminal: Terminal, deployment: Deployment, urls: Mapping[str, str], functions: Sequence[str]
) -> None:
    """Show what a deployment did, the outputs, and what to do next.

    Args:
        terminal: Where to.
        deployment: What was done.
        urls: Addresses of APIs, by name.
        functions: Addresses, for the examples of what to do next.
    """
    plan = deployment.plan
    if terminal.json:
        terminal.data(
            {
                "system": plan.system,
                "environment": plan.environment,
                "result": deployment.result,
                "stacks": dict(deployment.done),
                "created_values": list(deployment.seeded),
                "urls": dict(urls),
                "outputs": {stack: dict(values) for stack, values in deployment.outputs.items()},
            }
        )
        return
    where = f"{plan.system} in {plan.environment}"
    if deployment.result == "unchanged":
        terminal.result(f"{where} is up to date; nothing was changed")
    else:
        terminal.result(f"{where} is deployed: {number(len(deployment.done), 'stack')} changed")
    _show_urls(terminal, urls)
    _show_outputs(terminal, deployment.outputs)
    _say_next(terminal, plan.environment, functions)


def render_status(terminal: Terminal, status: EnvironmentStatus) -> None:
    """Show how an environment stands."""
    if terminal.json:
        terminal.data({**_status_data(status)})
        return
    where = f"{status.system} in {status.environment}"
    if not status.deployed:
        terminal.result(f"{where}: nothing is deployed")
        terminal.say(f"`platform deploy --env {status.environment}` deploys it")
        return
    troubled = [stack for stack in status.stacks if stack.health != "ready"]
    said = f"{len(troubled)} not ready" if troubled else "all ready"
    terminal.result(f"{where}: {number(len(status.stacks), 'stack')}, {said}")
    width = max(len(stack.name) for stack in status.stacks)
    state = max(len(stack.status) for stack in status.stacks)
    for stack in status.stacks:
        remark = f"  {stack.reason}" if stack.reason and stack.health != "ready" else ""
        terminal.result(
            f"  {stack.name.ljust(width)}  {stack.status.ljust(state)}  {moment(stack.updated)}{remark}"
        )
    _show_urls(terminal, status.urls)
    if status.lock is not None:
        terminal.result(f"{status.lock.owner} works on it: {status.lock.command}")
    if status.last is not None:
        last = status.last
        terminal.result(
            f"last deployment: {last.result}, {moment(last.finished)}, {last.who}: {last.command}"
        )


def render_destruct(terminal: Terminal, destruct: Destruct) -> None:
    """Say what is gone."""
    plan = destruct.plan
    if terminal.json:
        terminal.data(
            {
                "system": plan.system,
                "environment": plan.environment,
                "stacks": [stack.name for stack in plan.stacks],
            }
        )
    elif plan.empty:
        terminal.result(f"{plan.system} in {plan.environment}: nothing is deployed")
    else:
        terminal.result(
            f"{plan.system} in {plan.environment} is gone: {number(len(plan.stacks), 'stack')} deleted"
        )


def render_bootstrap(terminal: Terminal, bootstrap: Bootstrap, account: str, region: str) -> None:
    """Say how the account is prepared."""
    if terminal.json:
        terminal.data(
            {
                "account": account,
                "region": region,
                "version": bootstrap.version,
                "before": bootstrap.before,
                "changed": bootstrap.changed,
            }
        )
        return
    done = "is prepared" if bootstrap.changed else "was prepared already"
    terminal.result(f"account {account} in {region} {done}: bootstrap version {bootstrap.version}")


def _show_urls(terminal: Terminal, urls: Mapping[str, str]) -> None:
    width = max((len(name) for name in urls), default=0)
    for name, url in urls.items():
        terminal.result(f"  API {name.ljust(width)}  {url}")


def _show_outputs(terminal: Terminal, outputs: Mapping[str, Mapping[str, str]]) -> None:
    shown = [
        (f"{stack}.{name}", value)
        for stack, values in outputs.items()
        for name, value in values.items()
        if name != "Url" and not _echo(name)
    ]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        terminal.result(f"  {name.ljust(width)}  {value}")


def _echo(name: str) -> bool:
    """Whether an output only says what a stack read from another."""
    return name.startswith("Uses")


def _say_next(terminal: Terminal, environment: str, functions: Sequence[str]) -> None:
    commands = [f"platform status --env {environment}"]
    for function in functions[:1]:
        commands += [
            f"platform invoke {function} --env {environment}",
            f"platform logs {function} --env {environment} --follow",
        ]
    terminal.say("", "Next:", *(f"  {command}" for command in commands))


def _status_data(status: EnvironmentStatus) -> dict[str, Any]:
    lock, last = status.lock, status.last
    return {
        "system": status.system,
        "environment": status.environment,
        "deployed": status.deployed,
        "urls": dict(status.urls),
        "stacks": [
            {
                "name": stack.name,
                "status": stack.status,
                "health": stack.health,
                "reason": stack.reason,
                "updated": stack.updated,
                "protected": stack.protected,
                "outputs": dict(stack.outputs),
            }
            for stack in status.stacks
        ],
        "deploying": {"who": str(lock.owner), "command": lock.command, "since": lock.acquired}
        if lock
        else None,
        "last_deployment": {
            "who": last.who,
            "command": last.command,
            "started": last.started,
            "finished": last.finished,
            "result": last.result,
            "reason": last.reason,
        }
        if last
        else None,
    }
