"""How a change of flags reaches the hosts: the environment's own strategy, or one of AWS's by name."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.functions import names_of

PREDEFINED = {
    "all-at-once": "AppConfig.AllAtOnce",
    "linear-50": "AppConfig.Linear50PercentEvery30Seconds",
    "canary-10": "AppConfig.Canary10Percent20Minutes",
    "linear-20": "AppConfig.Linear20PercentEvery6Minutes",
}
"""AWS's own strategies by short names (AppConfig User Guide, "predefined deployment strategies")."""


@dataclass(frozen=True)
class Strategy:
    """A deployment strategy; minutes until all hosts have a change, and until it counts as good."""

    id: str
    name: str
    deploy_minutes: int
    bake_minutes: int


def find_strategy(environment: ResolvedEnvironment, clients: Clients, name: str | None = None) -> Strategy:
    """The strategy of a name; the environment's own if None, AWS's all at once where it has none.

    Raises:
        PlatformError: `unknown-deployment-strategy`, with the nearest name.
    """
    with aws_errors("reading the deployment strategies", target=clients.target):
        every = {
            item["Name"]: Strategy(
                item["Id"],
                item["Name"],
                int(item.get("DeploymentDurationInMinutes") or 0),
                int(item.get("FinalBakeTimeInMinutes") or 0),
            )
            for item in pages(clients.client("appconfig").list_deployment_strategies, "Items")
        }
    prefix = f"{names_of(environment).prefix}-"
    if name is None:
        names = names_of(environment)
        own = (names.flags_strategy(own=True), names.flags_strategy(own=False))
        wanted = next((known for known in own if known in every), PREDEFINED["all-at-once"])
    else:
        wanted = next((n for n in (name, f"{prefix}{name}", PREDEFINED.get(name, "")) if n in every), name)
    if wanted in every:
        return every[wanted]
    if wanted in PREDEFINED.values():
        return Strategy(wanted, wanted, 0, 0)
    if name in PREDEFINED:
        return Strategy(PREDEFINED[name], PREDEFINED[name], 0, 0)
    choices = [*PREDEFINED, *(known.removeprefix(prefix) for known in every if known.startswith(prefix))]
    near = get_close_matches(str(name), choices, n=1, cutoff=0.5)
    raise PlatformError(
        f'there is no deployment strategy "{name}"',
        hint=f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(choices)}",
        code="unknown-deployment-strategy",
        exit_code=ExitCode.USAGE,
    )
