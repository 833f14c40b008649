"""Settings as environment variables, JSON or Terraform variables."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_cli.blueprint.resolved import ResolvedSetting
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.settings.store import StoredSetting
from platform_cli.operate.settings.values import typed

FORMATS = ("env", "json", "tfvars")


def export_settings(stored: Iterable[StoredSetting], declared: Iterable[ResolvedSetting], kind: str) -> str:
    """Settings as text; those without a value, since they are secure, are left out.

    Args:
        stored: What there is.
        declared: For the types.
        kind: `env`, `json` or `tfvars`.

    Raises:
        PlatformError: `unknown-format`, or `ambiguous-variable`.
    """
    shown = [setting for setting in stored if setting.value is not None]
    types = {f"{setting.group}/{setting.key}": setting.type for setting in declared}
    match kind:
        case "env":
            variables = environment_variables(shown)
            return "".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(variables.items()))
        case "json":
            return json.dumps(_grouped(shown, types), indent=2, ensure_ascii=False) + "\n"
        case "tfvars":
            return _tfvars(shown, types)
    raise PlatformError(
        f'there is no format "{kind}"',
        hint=f"choose one of {', '.join(FORMATS)}",
        code="unknown-format",
        exit_code=ExitCode.USAGE,
    )


def environment_variables(stored: Iterable[StoredSetting]) -> Mapping[str, str]:
    """Settings by the names of environment variables: `orders/max-items` is `ORDERS_MAX_ITEMS`.

    Raises:
        PlatformError: `ambiguous-variable` if two settings would have one name.
    """
    found: dict[str, StoredSetting] = {}
    for setting in stored:
        name = variable(setting)
        if name in found:
            raise PlatformError(
                f"{found[name].address} and {setting.address} would both be the variable {name}",
                hint="choose one group with --group, or rename one of them",
                code="ambiguous-variable",
            )
        found[name] = setting
    return {name: setting.value for name, setting in found.items() if setting.value is not None}


def variable(setting: StoredSetting) -> str:
    """The environment variable of a setting."""
    name = re.sub(r"[^A-Z0-9]", "_", f"{setting.group}_{setting.key}".upper())
    return f"_{name}" if name[0].isdigit() else name


def _grouped(stored: Iterable[StoredSetting], types: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    grouped: dict[str, dict[str, Any]] = {}
    for setting in stored:
        value = typed(types.get(setting.address, "string"), setting.value or "")
        grouped.setdefault(setting.group, {})[setting.key] = value
    return grouped


def _tfvars(stored: Sequence[StoredSetting], types: Mapping[str, str]) -> str:
    environment_variables(stored)  # refuses two of one name
    lines = []
    for setting in stored:
        value = typed(types.get(setting.address, "string"), setting.value or "")
        lines.append(f"{variable(setting).lower()} = {_hcl(value)}\n")
    return "".join(sorted(lines))


def _hcl(value: Any) -> str:
    """A value as HCL writes it; `${` and `%{` would begin a template."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_hcl(str(k))} = {_hcl(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_hcl(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    return json.dumps(value)
