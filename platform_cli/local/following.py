"""After a start: lead functions and logins to where the servers of databases and caches answer now.

A port that another program took meanwhile makes a server answer on the next one. A deployment would notice;
what was deployed before has the old port in variables of functions and in logins that are secrets. What leads
to the right place already is left alone, so following twice changes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.local.store_rewrites import secret_of
from platform_cli.local.store_state import Store

_AGENT_PORT = "AWS_APPCONFIG_EXTENSION_HTTP_PORT"
_CURRENT, _PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"
_SECRET_NAME = re.compile(r":secret:(.+?)(-[A-Za-z0-9]{6})?$")
_PORT_OF = {"DATABASE_{}_SECRET_ARN": "DATABASE_{}_PORT", "CACHE_{}_NAME": "CACHE_{}_PORT"}
"""Which variable tells the server, and which its port (`blueprint.access`)."""


def follow(stores: Iterable[Store], agent_port: int, clients: Clients) -> tuple[str, ...]:
    """Correct the ports in variables and logins.

    Args:
        stores: The servers, where they answer now.
        agent_port: Where the stand-in for the AppConfig Agent answers.
        clients: Of the local AWS.

    Returns:
        Names of the functions and secrets that were led elsewhere.
    """
    by_secret = {secret_of(store): store for store in stores if store.kind == "postgresql"}
    by_name = {store.name: store for store in stores if store.kind == "redis"}
    with aws_errors("leading functions to the servers of this machine", target=clients.target):
        functions = tuple(_functions(by_secret, by_name, agent_port, clients))
        return (*functions, *(_logins(by_secret, clients) if by_secret else ()))


def _functions(
    by_secret: Mapping[str, Store], by_name: Mapping[str, Store], agent_port: int, clients: Clients
) -> Iterator[str]:
    functions = clients.client("lambda")
    for page in functions.get_paginator("list_functions").paginate():
        for told in page["Functions"]:
            variables = (told.get("Environment") or {}).get("Variables") or {}
            right = variables | dict(_right_ports(variables, {**by_secret, **by_name}, agent_port))
            if right == variables:
                continue
            name = told["FunctionName"]
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": right})
            _release(name, functions)
            yield name


def _right_ports(
    variables: Mapping[str, str], servers: Mapping[str, Store], agent_port: int
) -> Iterator[tuple[str, str]]:
    if _AGENT_PORT in variables:
        yield _AGENT_PORT, str(agent_port)
    for naming, port in _PORT_OF.items():
        before, after = naming.split("{}")
        for variable, value in variables.items():
            if not (variable.startswith(before) and variable.endswith(after)):
                continue
            server = servers.get(_secret_name(value))
            wanted = port.format(variable.removeprefix(before).removesuffix(after))
            if server is not None and wanted in variables:
                yield wanted, str(server.port)


def _release(name: str, functions: Any) -> None:
    """Callers by alias get it too: versions do not change, so the alias leads to a new one."""
    aliases = functions.list_aliases(FunctionName=name).get("Aliases") or []
    numbered = [alias["Name"] for alias in aliases if alias["FunctionVersion"] != "$LATEST"]
    if numbered:
        version = functions.publish_version(FunctionName=name)["Version"]
        for alias in numbered:
            functions.update_alias(FunctionName=name, Name=alias, FunctionVersion=version)


def _logins(by_secret: Mapping[str, Store], clients: Clients) -> Iterator[str]:
    secrets = clients.client("secretsmanager")
    for page in secrets.get_paginator("list_secrets").paginate():
        for told in page["SecretList"]:
            name, labelled = told["Name"], set().union(*(told.get("SecretVersionsToStages") or {}).values())
            values = {
                label: secrets.get_secret_value(SecretId=name, VersionStage=label).get("SecretString") or ""
                for label in (_PREVIOUS, _CURRENT)
                if label in labelled
            }
            right = {label: _led(value, by_secret) for label, value in values.items()}
            if right == values or _CURRENT not in values:
                continue
            # What is current becomes the previous one by itself, so this order keeps both labels.
            for value in right.values():
                secrets.put_secret_value(SecretId=name, SecretString=value)
            yield name


def _led(value: str, by_secret: Mapping[str, Store]) -> str:
    """A login as the first deployment makes it, with the right port; anything else as it is."""
    try:
        login = json.loads(value)
    except ValueError:
        return value
    if not isinstance(login, dict) or "port" not in login:
        return value
    server = by_secret.get(_secret_name(str(login.get("masterarn", ""))))
    if server is None or login["port"] == server.port:
        return value
    return json.dumps({**login, "port": server.port})


def _secret_name(arn_or_name: str) -> str:
    found = _SECRET_NAME.search(arn_or_name)
    return found[1] if found else arn_or_name
