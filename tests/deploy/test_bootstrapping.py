"""The CDK's bootstrap on the local AWS, and deployments with its roles."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.bootstrapping import (
    bootstrap,
    bootstrap_template,
    bootstrap_version,
    bundled_version,
    check_bootstrap,
)
from platform_cli.deploy.deployment import deploy
from platform_cli.deploy.events import Remark
from platform_cli.deploy.roles import Roles
from platform_cli.errors import PlatformError


def needing(version: int, parameter: str = "/cdk-bootstrap/hnb659fds/version") -> Assembly:
    stack = StackArtifact(
        "s",
        "s",
        "1",
        "us-east-1",
        {},
        Path(),
        bootstrap_version_parameter=parameter,
        required_bootstrap_version=version,
    )
    return Assembly(Path(), (stack,))


def test_the_bundled_template_is_the_cdks_and_says_its_version_twice() -> None:
    template = bootstrap_template()
    assert int(template["Resources"]["CdkBootstrapVersion"]["Properties"]["Value"]) == bundled_version() >= 30
    assert len(json.dumps(template, separators=(",", ":")).encode()) < 51_200


def test_a_bootstrap_that_is_missing_or_too_old_stops_a_deployment(moto_clients: Clients) -> None:
    with pytest.raises(
        PlatformError, match=r"account 123456789012 in us-east-1 is not bootstrapped"
    ) as caught:
        check_bootstrap(needing(6), moto_clients)
    assert caught.value.code == "not-bootstrapped"
    moto_clients.client("ssm").put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value="5", Type="String"
    )
    with pytest.raises(PlatformError, match="version 5, and version 6 is needed") as caught:
        check_bootstrap(needing(6), moto_clients)
    assert caught.value.code == "not-bootstrapped"
    check_bootstrap(needing(5), moto_clients)


def test_each_region_with_a_stack_must_be_bootstrapped(moto_clients: Clients) -> None:
    moto_clients.client("ssm").put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value="6", Type="String"
    )
    here = needing(6)
    copies = replace(here.stacks[0], name="shop-prod-recovery-eu-central-1", region="eu-central-1")
    with pytest.raises(PlatformError, match="123456789012 in eu-central-1 is not bootstrapped"):
        check_bootstrap(replace(here, stacks=(*here.stacks, copies)), moto_clients)


def test_trusting_accounts_without_saying_what_they_may_do_is_refused(moto_clients: Clients) -> None:
    with pytest.raises(PlatformError, match="say what their deployments may do"):
        bootstrap(moto_clients, trusted_accounts=("111111111111",))


@pytest.mark.e2e
def test_bootstrapping_twice_changes_nothing_and_its_roles_deploy(
    local_clients: Clients,
    system: str,
    make_environment: Callable[..., ResolvedEnvironment],
    make_stack: Callable[..., StackArtifact],
    make_assembly: Callable[..., Assembly],
    make_parameter: Callable[..., dict[str, Any]],
) -> None:
    # The bucket belongs to the session's other tests, so this one makes its roles alone.
    def without_bucket(template: Any) -> Any:
        resources = {
            name: resource
            for name, resource in template["Resources"].items()
            if resource["Type"] in ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::SSM::Parameter")
        }
        text = json.dumps(resources).replace('{"Fn::GetAtt": ["StagingBucket", "Arn"]}', '"*"')
        text = text.replace('{"Fn::Sub": "${StagingBucket.Arn}"}', '"*"').replace(
            '{"Fn::Sub": "${StagingBucket.Arn}/*"}', '"*"'
        )
        kept = {k: v for k, v in template.items() if k not in ("Resources", "Outputs")}
        return {**kept, "Resources": json.loads(text)}

    first = bootstrap(local_clients, adapt=without_bucket)
    assert (first.before, first.changed) == (None, True)
    assert bootstrap_version(local_clients) == bundled_version()
    again = bootstrap(local_clients, adapt=without_bucket)
    assert (again.before, again.changed) == (bundled_version(), False)

    role = "arn:aws:iam::000000000000:role/cdk-hnb659fds-{}-role-000000000000-us-east-1"
    stack = make_stack(f"{system}-dev-data", {"A": make_parameter("x")})
    stack = replace(
        stack,
        deploy_role_arn=role.format("deploy"),
        execution_role_arn=role.format("cfn-exec"),
        assets=tuple(replace(a, role_arn=role.format("file-publishing")) for a in stack.assets),
    )
    events: list[Any] = []
    roles = Roles(local_clients, events.append)
    assert roles.deploying(stack) is not local_clients
    assert roles.publishing(stack.assets[0]) is not local_clients
    assert roles.execution_role(stack) == role.format("cfn-exec")
    deployed = deploy(
        make_environment(), make_assembly(stack), local_clients, approve=lambda _: True, report=events.append
    )
    assert deployed.result == "done"
    assert not [e for e in events if isinstance(e, Remark)]


@pytest.mark.e2e
def test_where_a_role_cannot_be_assumed_ones_own_rights_are_used_and_that_is_said(
    local_clients: Clients, make_stack: Callable[..., StackArtifact], make_parameter: Callable[..., Any]
) -> None:
    stack = replace(
        make_stack("s", {"A": make_parameter("x")}),
        deploy_role_arn="arn:aws:iam::000000000000:role/nobody",
        execution_role_arn="arn:aws:iam::000000000000:role/other",
    )
    events: list[Any] = []
    roles = Roles(local_clients, events.append)
    assert roles.deploying(stack) is local_clients
    assert roles.execution_role(stack) is None
    assert [e.code for e in events] == ["role-not-assumed"]
