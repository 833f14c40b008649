"""What is different in a template for the local AWS, and why: one table.

Each rewrite changes a template in place. Facts about MiniStack are of version 1.5.33, tried in
November 2026; `ministack.lock` holds that version, so a new one means going through this table again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from platform_cli.local.addresses import address_of
from platform_cli.local.archives import note_archives
from platform_cli.local.edge import open_edge
from platform_cli.local.event_sources import ignored_limits, join_consumers
from platform_cli.local.openapi import expand_bodies
from platform_cli.local.policies import admit_reads_of_settings, allow_plain_http
from platform_cli.local.releases import release_at_once
from platform_cli.local.rest_bodies import expand_rest_bodies
from platform_cli.local.server import LocalAws, handler_environment
from platform_cli.local.templates import (
    attribute_of,
    properties,
    replaced,
    resources,
    sub_parts,
)
from platform_cli.local.unguarded import open_apis
from platform_cli.local.urls import local_url

FLAGS_VARIABLE = "FLAGS_APPLICATION"
_ENDPOINT_MARK = "platform:local-endpoint"
_API_TYPES = ("AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi")


@dataclass(frozen=True)
class Notice:
    """Something that behaves otherwise on the local AWS than on AWS, though nothing is left out.

    Attributes:
        stack: The stack's name.
        logical_id: Of the resource.
        message: What differs, as a sentence without its full stop.
    """

    stack: str
    logical_id: str
    message: str


@dataclass(frozen=True)
class Rewrite:
    """A row of the table.

    Attributes:
        name: Of the rewrite, for the docs and the tests.
        reason: Why the local copy has to differ.
        apply: Changes a template in place; yields what the user should know.
    """

    name: str
    reason: str
    apply: Callable[[dict[str, Any], str, LocalAws], Iterable[Notice]]


def _bodies(template: dict[str, Any], _stack: str, local: LocalAws) -> Iterable[Notice]:
    expand_bodies(template)
    expand_rest_bodies(template, local.python_version)
    return ()


def _guards(template: dict[str, Any], stack: str, local: LocalAws) -> Iterator[Notice]:
    for logical_id, message in (*open_apis(template), *open_edge(template, local)):
        yield Notice(stack, logical_id, message)


def _transport(template: dict[str, Any], _stack: str, _local: LocalAws) -> Iterable[Notice]:
    allow_plain_http(template)
    return ()


def _secret_names(template: dict[str, Any], _stack: str, _local: LocalAws) -> Iterable[Notice]:
    secrets = resources(template, "AWS::SecretsManager::Secret")

    def name_to_arn(value: dict[str, Any]) -> dict[str, Any]:
        if len(value) == 1 and value.get("Ref") in secrets:
            return {"Fn::GetAtt": [value["Ref"], "Id"]}
        if len(value) == 1 and "Fn::Sub" in value:
            text, own = sub_parts(value["Fn::Sub"])
            for secret in secrets.keys() - own.keys():
                text = text.replace(f"${{{secret}}}", f"${{{secret}.Id}}")
            return {"Fn::Sub": [text, dict(own)] if own else text}
        return value

    _rewrite_values(template, name_to_arn)
    return ()


def _provider_url(template: dict[str, Any], _stack: str, _local: LocalAws) -> Iterable[Notice]:
    pools = resources(template, "AWS::Cognito::UserPool")

    def url(value: dict[str, Any]) -> dict[str, Any]:
        if len(value) == 1 and "Fn::GetAtt" in value:
            pool, _, attribute = attribute_of(value["Fn::GetAtt"])
            if pool in pools and attribute == "ProviderURL":
                return {"Fn::Join": ["", ["https://", {"Fn::GetAtt": [pool, "ProviderName"]}]]}
        return value

    _rewrite_values(template, url)
    return ()


def _flags(template: dict[str, Any], _stack: str, local: LocalAws) -> Iterable[Notice]:
    for function in resources(template, "AWS::Lambda::Function").values():
        variables = (properties(function).get("Environment") or {}).get("Variables")
        if isinstance(variables, dict) and FLAGS_VARIABLE in variables:
            variables.update(handler_environment(local))
    return ()


def _foreign_layers(template: dict[str, Any], stack: str, local: LocalAws) -> Iterator[Notice]:
    for logical_id, function in resources(template, "AWS::Lambda::Function").items():
        layers = properties(function).get("Layers")
        if not isinstance(layers, list):
            continue
        foreign = [layer for layer in layers if _is_foreign(layer, local)]
        if foreign:
            properties(function)["Layers"] = [layer for layer in layers if layer not in foreign]
        for layer in foreign:
            if "AppConfig" not in str(layer):
                yield Notice(stack, logical_id, f"runs without the layer {layer}, which is not here")


def _settings(template: dict[str, Any], stack: str, _local: LocalAws) -> Iterator[Notice]:
    for logical_id, message in admit_reads_of_settings(template):
        yield Notice(stack, logical_id, message)


def _endpoints(template: dict[str, Any], _stack: str, local: LocalAws) -> Iterable[Notice]:
    apis = resources(template, *_API_TYPES)
    named: set[str] = set()

    def address(value: dict[str, Any]) -> dict[str, Any]:
        api, rest = address_of(value, apis)
        if api is None:
            return value
        named.add(api)
        base = local_url(local, "")
        return {"Fn::Join": ["", [base, {"Ref": api}, *rest]]}

    _rewrite_values(template, address)
    for api in named:
        # An output alone is no change for CloudFormation: without this, a new port would not show.
        template["Resources"][api].setdefault("Metadata", {})[_ENDPOINT_MARK] = local.endpoint_url
    return ()


def _runtimes(template: dict[str, Any], stack: str, local: LocalAws) -> Iterator[Notice]:
    here = "python" + ".".join(local.python_version.split(".")[:2])
    if not local.python_version:
        return
    for logical_id, function in resources(template, "AWS::Lambda::Function").items():
        runtime = properties(function).get("Runtime")
        if isinstance(runtime, str) and runtime != here:
            yield Notice(stack, logical_id, f"is written for {runtime} and runs on {here}")


def _consumers(template: dict[str, Any], stack: str, _local: LocalAws) -> Iterator[Notice]:
    for logical_id, message in join_consumers(template):
        yield Notice(stack, logical_id, message)


def _archives(template: dict[str, Any], _stack: str, _local: LocalAws) -> Iterable[Notice]:
    note_archives(template)
    return ()


def _sources(template: dict[str, Any], stack: str, _local: LocalAws) -> Iterator[Notice]:
    for logical_id, message in ignored_limits(template):
        yield Notice(stack, logical_id, message)


def _releases(template: dict[str, Any], stack: str, _local: LocalAws) -> Iterator[Notice]:
    for logical_id, message in release_at_once(template):
        yield Notice(stack, logical_id, message)


REWRITES: tuple[Rewrite, ...] = (
    Rewrite(
        "api bodies",
        "MiniStack takes an HTTP API without its OpenAPI body and knows no deployments of it, and of a REST "
        "API's body only a part; CORS settings are read as the API spells them",
        _bodies,
    ),
    Rewrite(
        "guards of APIs",
        "host names, firewalls, TLS, rules for addresses and caches of answers are not emulated",
        _guards,
    ),
    Rewrite(
        "secure transport",
        "the local AWS speaks http, so policies that demand TLS would deny everything",
        _transport,
    ),
    Rewrite(
        "secret references",
        "MiniStack's `Ref` of a secret is its name instead of its ARN, so that a policy would name nothing",
        _secret_names,
    ),
    Rewrite("provider address", "MiniStack's user pools have no attribute `ProviderURL`", _provider_url),
    Rewrite(
        "flags",
        "handlers read their flags from a stand-in for the AppConfig Agent, on a port of its own",
        _flags,
    ),
    Rewrite(
        "settings by path",
        "MiniStack checks the calls that read several parameters against the resource `*`, so a policy that "
        "names a path, as AWS wants it, would deny them",
        _settings,
    ),
    Rewrite("foreign layers", "layers of other accounts are not here", _foreign_layers),
    Rewrite("endpoints", "APIs answer on this machine, below the local AWS's own address", _endpoints),
    Rewrite("runtimes", "handlers run on the local AWS's own Python", _runtimes),
    Rewrite(
        "consumers of streams",
        "MiniStack's sources read a stream itself, and its CloudFormation knows no registered consumers",
        _consumers,
    ),
    Rewrite(
        "archives of buses",
        "MiniStack's CloudFormation knows no archives; its API does, so they are made after the deployment",
        _archives,
    ),
    Rewrite("releases", "there is no CodeDeploy, and nothing is kept warm", _releases),
    Rewrite("stream sources", "MiniStack ignores some settings of sources that are streams", _sources),
)


def _rewrite_values(template: dict[str, Any], replace: Callable[[dict[str, Any]], Any]) -> None:
    for section in ("Resources", "Outputs"):
        if section in template:
            template[section] = replaced(template[section], replace)


def _is_foreign(layer: Any, local: LocalAws) -> bool:
    return isinstance(layer, str) and layer.startswith("arn:") and f":{local.account}:" not in layer
