"""Sampling of traces has an effect."""

from __future__ import annotations

from platform_cli.blueprint.checks.context import Context


def check_sampling(context: Context) -> None:
    """Only REST APIs ask X-Ray's rules: Lambda traces at a rate of its own that nobody can change."""
    blueprint = context.blueprint
    if blueprint.tracing.sampling is None or not context.is_sound("apis"):
        return
    if not any(api.kind == "rest" for api in blueprint.apis.values()):
        context.report(
            "sampling-without-effect",
            "no API of the system asks how many requests to trace",
            ("tracing", "sampling"),
            key=True,
            hint="an API of kind rest does; functions behind others are traced once a second and for 5 % of "
            "the rest, which AWS lets nobody change",
        )
