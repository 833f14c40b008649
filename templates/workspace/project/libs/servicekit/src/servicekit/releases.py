"""Hooks of releases: functions that try a new version before others reach it, and refuse it by raising."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from servicekit.aws import client
from servicekit.environment import MissingVariable, variable_part
from servicekit.observability import Handler, observability

# A new version starts cold, and a call that is made twice is not what a hook wants to try.
_PATIENT = Config(connect_timeout=2, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 1})


class VersionFailed(Exception):
    """The new version raised instead of answering."""


@dataclass(frozen=True)
class Release:
    """A release that waits for a verdict.

    Attributes:
        deployment: CodeDeploy's id of it.
    """

    deployment: str

    def invoke(self, function: str, event: object) -> Any:
        """Call the new version of `function` of this service; gives its answer, parsed.

        Raises:
            MissingVariable: This function is no hook of that one's `release`.
            VersionFailed: The new version raised.
        """
        variable = f"RELEASE_{variable_part(function)}"
        version = os.environ.get(variable)
        if not version:
            raise MissingVariable(
                f"{variable} is not set; `release` of {function} must name this function under `hooks`"
            )
        answer = _caller().invoke(FunctionName=version, Payload=json.dumps(event).encode())
        content = answer["Payload"].read()
        if "FunctionError" in answer:
            raise VersionFailed(f"{function} failed: {content.decode(errors='replace')[:1000]}")
        return json.loads(content)


def release_hook(function: Callable[[Release], object]) -> Handler:
    """Turn a function into the Lambda handler of a hook: what it raises refuses the release.

    The verdict is given whatever happens; without one, CodeDeploy would wait for an hour.
    """
    tools = observability(function.__module__)

    def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
        release = Release(event["DeploymentId"])
        status = "Failed"
        try:
            function(release)
            status = "Succeeded"
        except Exception:
            tools.logger.exception("the new version is refused", extra={"deployment": release.deployment})
        finally:
            client("codedeploy").put_lifecycle_event_hook_execution_status(
                deploymentId=release.deployment,
                lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
                status=status,
            )
        return {"status": status}

    return tools.watch(handle)


@functools.cache
def _caller() -> Any:
    return boto3.client("lambda", config=_PATIENT)
