"""Settings: their types, and values that should not be read."""

from __future__ import annotations

from typing import Any

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.data import Setting
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.resolution.data import setting_text

_CHECKED_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "list": (list, tuple, str),
    "number": (int, float),
    "string": (str,),
}


def check_settings(context: Context) -> None:
    """Settings: their types, and values that should not be read."""
    for group, settings in context.blueprint.config.items():
        for key, setting in settings.items():
            path: Path = ("config", group, key)
            _check_setting(context, f"{group}.{key}", setting, path)


def _check_setting(context: Context, name: str, setting: Setting, path: Path) -> None:
    value = setting.value
    kinds = _CHECKED_TYPES.get(setting.type or "")
    wrong = kinds is not None and (
        not isinstance(value, kinds) or (isinstance(value, bool) and setting.type in ("integer", "number"))
    )
    if wrong:
        context.report(
            "setting-type",
            f"setting {name} says that its type is {setting.type}, and its value is of another",
            (*path, "value"),
            hint="change the value or the type",
        )
    elif setting.type is None and isinstance(value, dict):
        context.report(
            "setting-type",
            f"setting {name} is a mapping",
            (*path, "value"),
            hint="write `type: json` beside it",
        )
    elif isinstance(value, list | tuple):
        _check_list(context, name, value, path)
    if setting.secure:
        context.report(
            "secure-value",
            f"setting {name} is secure, and its value stands here for everybody to read",
            (*path, "value"),
            hint="put a placeholder here, and the real value with `platform config set`",
        )


def _check_list(context: Context, name: str, value: Any, path: Path) -> None:
    for item in value:
        if isinstance(item, dict | list) or item is None or "," in setting_text(item, "string"):
            context.report(
                "setting-type",
                f"setting {name} is a list, and its entries are texts without commas",
                path,
                key=True,
                hint="write `{ value: …, type: json }` for anything else",
            )
            return
