"""The codes of findings about services: handlers, variables, presets, ways around the language."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import notice as _notice
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

SERVICE_CODES: Mapping[str, FindingCode] = {
    "missing-service-folder": _warning(
        "The folder of a service does not exist. `platform new-service` creates it; synthesis needs it."
    ),
    "invalid-handler": _error(
        "A handler is a module and an attribute, joined by dots: orders.handlers.create.handler."
    ),
    "variable-collision": _error(
        "Two lines of `access` give a function the same environment variable, as a-b and a_b do, or one of "
        "them takes the place of a variable under `environment`."
    ),
    "reserved-variable": _error("Lambda, or the platform, sets this environment variable itself."),
    "duplicate-trigger": _error("A function has the same trigger twice."),
}

PRESET_CODES: Mapping[str, FindingCode] = {
    "expanded-preset": _notice(
        "A preset gives each function of its service these lines of `access`. They are named here so that "
        "they are seen; a function's own line for the same thing wins."
    ),
    "ambiguous-preset": _error(
        "A preset is about the only user pool, table or bus of the blueprint. Where there are several or "
        "none, it says which."
    ),
}

ESCAPE_CODES: Mapping[str, FindingCode] = {
    "raw-permission": _notice(
        "A function has an IAM statement of its own, beside `access`. It is named here so that it is seen."
    ),
    "patched-template": _notice(
        "The template of a stack is changed by a patch. It is named here so that it is seen."
    ),
    "extended-stacks": _notice("A Python file changes the stacks. It is named here so that it is seen."),
    "invalid-patch": _error("add, replace and test need a value; move and copy need `from`."),
    "missing-extension": _error("The file under `extend` does not exist."),
}
