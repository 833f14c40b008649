"""What production usually has and pays for: a notice for what a protected environment goes without.

What is free or cheap there is on by itself (`resolution/protection.py`). The rest costs each month, so that
somebody has to want it: the notice says what is at stake, the line, and the price. A line that says otherwise
(`readers: 0`, `firewall: null`) is a decision, and ends the notice.
"""

from __future__ import annotations

from collections.abc import Sequence

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.apis import Api
from platform_cli.blueprint.model.base import Source
from platform_cli.blueprint.model.edge import Cdn, LoadBalancer
from platform_cli.blueprint.model.triggers import RecordTrigger
from platform_cli.blueprint.resolution.protection import protects

ACU_USD_A_MONTH = 87.60
NAT_USD_A_MONTH = 32.85
FIREWALL_USD_A_MONTH = 11
"""Of what the notices propose, in us-east-1; a test holds them to the prices that `platform cost` carries."""


def check_production(contexts: Sequence[Context]) -> None:
    """Look at each protected environment."""
    base = contexts[0]
    variants = {context.environment: context.blueprint for context in contexts}
    for name in base.blueprint.environments:
        if protects(base.blueprint, name):
            blueprint = variants.get(name, base.blueprint)
            _check_zones(base, blueprint, name)
            _check_firewalls(base, blueprint, name)
            _check_costs(base, blueprint, name)
            _check_records(base, blueprint, name)


def _says(thing: Source, key: str) -> bool:
    return key in thing.model_fields_set


def _check_costs(base: Context, blueprint: Blueprint, environment: str) -> None:
    decided = any(_says(blueprint, key) for key in ("budgets", "cost_anomalies"))
    if decided or base.blueprint.environments[environment].target != "aws":
        return
    told = "" if blueprint.alarms.contacts.critical else ", contacts: [you@example.com]"
    base.report(
        "no-budget",
        f"environment {environment} is protected, and nobody hears of it when it costs too much",
        ("environments", environment),
        key=True,
        hint=f"write `budgets: {{ monthly: {{ limit_usd: 100{told} }} }}` with your limit (nothing a month), "
        "or `budgets: {}` if that is meant",
    )


def _check_zones(base: Context, blueprint: Blueprint, environment: str) -> None:
    for name, database in blueprint.databases.items():
        if database.readers or _says(database, "readers"):
            continue
        least = database.capacity.min_acu
        price = f"about {least * ACU_USD_A_MONTH:.0f} $ a month" if least else "nothing while it is paused"
        base.report(
            "single-zone",
            f"environment {environment} is protected, and database {name} has one instance: if it fails, or "
            "its zone does, the database is away until Aurora has made another",
            ("databases", name),
            key=True,
            hint=f"write `readers: 1` for {environment} ({price}), or `readers: 0` if that is meant",
        )
    for name, network in blueprint.networks.items():
        zones = network.availability_zones
        if network.nat_gateways != 1 or zones == 1 or _says(network, "nat_gateways"):
            continue
        base.report(
            "single-zone",
            f"environment {environment} is protected, and network {name} has one NAT gateway for {zones} "
            "zones: if its zone fails, nothing in the network reaches the internet",
            ("networks", name),
            key=True,
            hint=f"write `nat_gateways: {zones}` for {environment} (about "
            f"{(zones - 1) * NAT_USD_A_MONTH:.0f} $ a month more), or `nat_gateways: 1` if that is meant",
        )


def _check_firewalls(base: Context, blueprint: Blueprint, environment: str) -> None:
    behind_apis = {one.api for cdn in blueprint.cdns.values() for one in cdn.apis.values()}
    behind = {one.load_balancer for cdn in blueprint.cdns.values() for one in cdn.load_balancers.values()}
    things: list[tuple[str, str, str, Api | Cdn | LoadBalancer]] = [
        *(
            ("apis", name, "REST API", api)
            for name, api in blueprint.apis.items()
            # An HTTP API takes no firewall: `rest-only` and docs/firewalls.md say what to do.
            if api.kind == "rest" and name not in behind_apis
        ),
        *(("cdns", name, "CDN", cdn) for name, cdn in blueprint.cdns.items()),
        *(
            ("load_balancers", name, "load balancer", balancer)
            for name, balancer in blueprint.load_balancers.items()
            if name not in behind
        ),
    ]
    for section, name, what, thing in things:
        if thing.allowed_ips or _says(thing, "firewall"):
            continue
        base.report(
            "without-firewall",
            f"environment {environment} is protected, and {what} {name} stands before everybody without a "
            "firewall",
            (section, name),
            key=True,
            hint="declare `firewalls: { standard: {} }` and write `firewall: standard` here (about "
            f"{FIREWALL_USD_A_MONTH} $ a month and 0.60 $ a million requests), or `firewall: null` if that "
            "is meant",
        )


def _check_records(base: Context, blueprint: Blueprint, environment: str) -> None:
    for service, parts in blueprint.services.items():
        for name, function in parts.functions.items():
            for trigger in function.triggers:
                if not isinstance(trigger, RecordTrigger) or _says(trigger, "on_failure"):
                    continue
                base.report(
                    "given-up-untold",
                    f"environment {environment} is protected, and nobody is told of records that "
                    f"{service}.{name} failed on {trigger.max_retries + 1} times: they are passed over",
                    ("services", service, "functions", name),
                    key=True,
                    hint="declare `queues: { lost: {} }` and write `on_failure: lost` in the trigger "
                    "(nothing a month), or `on_failure: null` if that is meant",
                )
