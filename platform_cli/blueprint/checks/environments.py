"""Environments: where they are, and what has no meaning on the local AWS."""

from __future__ import annotations

from platform_cli.blueprint.checks.context import Context


def check_environments(context: Context) -> None:
    """An environment on AWS says its account and region; the local one needs neither."""
    for name, environment in context.blueprint.environments.items():
        path = ("environments", name)
        if not context.is_sound(*path):
            continue
        if environment.target == "aws":
            missing = [key for key in ("account", "region") if getattr(environment, key) is None]
            if missing:
                context.report(
                    "missing-place",
                    f"environment {name} is on AWS and does not say its {' and '.join(missing)}",
                    path,
                    key=True,
                    hint='write account: "111111111111" and region: eu-west-1, or target: local',
                )
            continue
        for key in ("account", "profile", "protect"):
            if getattr(environment, key):
                context.report(
                    "local-option",
                    f"environment {name} is local, so its {key} has no meaning",
                    (*path, key),
                    key=True,
                    hint=f"remove `{key}`",
                )
