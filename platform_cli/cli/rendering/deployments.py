"""What `platform deploy`, `status`, `destroy` and `bootstrap` say in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from platform_cli.blueprint.naming import Names
from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedEnvironment
    from platform_cli.cli.terminal import Terminal
    from platform_cli.deploy.bootstrapping import Bootstrap
    from platform_cli.deploy.destroying import Destruct
    from platform_cli.deploy.plans import Deployment
    from platform_cli.deploy.status import EnvironmentStatus


def render_deployment(terminal: Terminal, deployment: Deployment, environment: ResolvedEnvironment) -> None:
    """Show what a deployment did, what can be reached, and what to do next."""
    from platform_cli.deploy.addresses import edge_addresses

    plan = deployment.plan
    urls = api_urls(environment, deployment.outputs)
    edge = edge_addresses(environment, deployment.outputs)
    if terminal.json:
        terminal.data(
            {
                "system": plan.system,
                "environment": plan.environment,
                "result": deployment.result,
                "stacks": dict(deployment.done),
                "created_values": list(deployment.seeded),
                "urls": urls,
                **({"edge": edge} if edge else {}),
                "outputs": {stack: dict(values) for stack, values in deployment.outputs.items()},
            }
        )
        return
    where = f"{plan.system} in {plan.environment}"
    if deployment.result == "unchanged":
        terminal.result(f"{where} is up to date; nothing was changed")
    else:
        terminal.result(f"{where} is deployed: {number(len(deployment.done), 'stack')} changed")
    _show_urls(terminal, urls, edge)
    # What clients of the system need beside its addresses; the rest is for programs, in `--json`.
    for name, value in deployment.outputs.get(_names(environment).stack("identity"), {}).items():
        terminal.result(f"  {name}  {value}")
    terminal.say("", "Next:", *(f"  {command}" for command in next_commands(environment, urls)))


def api_urls(environment: ResolvedEnvironment, outputs: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the addresses of APIs by name, from the outputs of stacks."""
    found = {api: outputs.get(_names(environment).stack("api", api), {}) for api in sorted(environment.apis)}
    return {api: values["Url"] for api, values in found.items() if "Url" in values}


def next_commands(environment: ResolvedEnvironment, urls: Mapping[str, str]) -> Iterator[str]:
    """Suggest what to type after a deployment: an open route, a function without one, its log."""
    option = f"--env {environment.environment}"
    yield f"platform status {option}"
    for function in environment.functions:
        for route in function.routes:
            if (
                route.method == "GET"
                and route.authorizer is None
                and "{" not in route.path
                and route.api in urls
            ):
                yield f"curl {urls[route.api].rstrip('/')}{route.path}"
                yield f"platform logs {function.address} --follow {option}"
                return
    for function in environment.functions[:1]:
        yield f"platform invoke {function.address} --payload '{{}}' {option}"
        yield f"platform logs {function.address} --follow {option}"


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
        remark = f"  in {stack.region}" if stack.region else ""
        remark += f"  {stack.reason}" if stack.reason and stack.health != "ready" else ""
        terminal.result(
            f"  {stack.name.ljust(width)}  {stack.status.ljust(state)}  {moment(stack.updated)}{remark}"
        )
    _show_urls(terminal, status.urls, status.edge)
    for release in status.releases:
        share = "" if release.percent is None else f", {release.percent:g} % of calls on the new version"
        terminal.result(f"  {release.function} is being released: {release.status}{share}")
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


def _show_urls(terminal: Terminal, urls: Mapping[str, str], edge: Mapping[str, str]) -> None:
    shown = {f"API {name}": url for name, url in urls.items()}
    for thing, url in edge.items():
        section, name = thing.split(".", 1)
        shown[f"{'CDN' if section == 'cdns' else 'load balancer'} {name}"] = url
    width = max((len(name) for name in shown), default=0)
    for name, url in shown.items():
        terminal.result(f"  {name.ljust(width)}  {url}")


def _names(environment: ResolvedEnvironment) -> Names:
    return Names(environment.system, environment.environment, environment.account, environment.region)


def _status_data(status: EnvironmentStatus) -> dict[str, Any]:
    lock, last = status.lock, status.last
    return {
        "system": status.system,
        "environment": status.environment,
        "deployed": status.deployed,
        "urls": dict(status.urls),
        **({"edge": dict(status.edge)} if status.edge else {}),
        "stacks": [
            {
                "name": stack.name,
                "status": stack.status,
                "health": stack.health,
                "reason": stack.reason,
                "updated": stack.updated,
                "protected": stack.protected,
                **({"region": stack.region} if stack.region else {}),
                "outputs": dict(stack.outputs),
            }
            for stack in status.stacks
        ],
        "releases": [
            {
                "function": release.function,
                "deployment": release.deployment,
                "status": release.status,
                "percent": release.percent,
            }
            for release in status.releases
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
