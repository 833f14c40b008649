"""Recognise the public address of an API in a template, however it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from platform_cli.local.templates import attribute_of, sub_parts


def address_of(value: Mapping[str, Any], apis: Mapping[str, Any]) -> tuple[str | None, list[Any]]:
    """The API whose public address a value is, and what follows the address; None if it is no address."""
    if len(value) != 1:
        return None, []
    if "Fn::GetAtt" in value:
        api, _, attribute = attribute_of(value["Fn::GetAtt"])
        return (api, []) if api in apis and attribute == "ApiEndpoint" else (None, [])
    parts: list[Any]
    if "Fn::Sub" in value:
        text, own = sub_parts(value["Fn::Sub"])
        parts = _sub_as_parts(text, own)
    elif "Fn::Join" in value and isinstance(value["Fn::Join"], list) and value["Fn::Join"][0] == "":
        parts = list(value["Fn::Join"][1])
    else:
        return None, []
    return _read_address(parts, apis)


def _read_address(parts: list[Any], apis: Mapping[str, Any]) -> tuple[str | None, list[Any]]:
    """Read `https://`, the API, `.execute-api.`, region, dot, suffix and what follows."""
    if len(parts) < 3 or parts[0] != "https://" or not isinstance(parts[1], Mapping):
        return None, []
    api = parts[1].get("Ref")
    if api not in apis or not str(parts[2]).startswith(".execute-api."):
        return None, []
    # Region and suffix are text or references; the address ends at the first slash after them.
    for index, part in enumerate(parts[2:], start=2):
        if isinstance(part, str) and "/" in part:
            return api, [part[part.index("/") :], *parts[index + 1 :]]
    return api, []


def _sub_as_parts(text: str, own: Mapping[str, Any]) -> list[Any]:
    """The text of `Fn::Sub` as the parts of `Fn::Join`."""
    parts: list[Any] = []
    rest = text
    while "${" in rest:
        before, _, rest = rest.partition("${")
        name, _, rest = rest.partition("}")
        logical_id, separator, attribute = name.partition(".")
        reference = {"Fn::GetAtt": [logical_id, attribute]} if separator else {"Ref": name}
        parts += [*([before] if before else []), own.get(name, reference)]
    return [*parts, rest] if rest else parts
