"""Layers that AWS provides: the AppConfig Agent, which answers a handler's questions for flags."""

from __future__ import annotations

from aws_cdk import aws_appconfig

from platform_cli.blueprint.resolved import Architecture

_PLATFORMS = {"arm64": aws_appconfig.Platform.ARM_64, "x86_64": aws_appconfig.Platform.X86_64}


def flags_agent(region: str, architecture: Architecture) -> str:
    """The ARN of the AppConfig Agent's layer, whose account is another in every region."""
    return aws_appconfig.Application.get_lambda_layer_version_arn(region, _PLATFORMS[architecture])
