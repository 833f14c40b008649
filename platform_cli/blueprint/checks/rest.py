"""What only REST APIs have: validation, caches, API keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.model.apis import Api
from platform_cli.blueprint.model.services import Route
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.routes import default_api

_UNCHECKED = frozenset(
    {
        "additionalProperties",
        "anyOf",
        "discriminator",
        "example",
        "exclusiveMinimum",
        "maxItems",
        "minItems",
        "oneOf",
        "readOnly",
    }
)
"""What API Gateway documents as not supported in imported models (important notes for REST APIs, 2026-11)."""


_CACHE_SIZES_GB = (0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118.0, 237.0)
"""CacheClusterSize of a stage (API Gateway API reference, 2026-11)."""


def check_rest(context: Context) -> None:
    """Models, usage plans and caches, and the routes that use them."""
    blueprint = context.blueprint
    for name, api in blueprint.apis.items():
        if api.kind == "rest":
            _check_size(context, name, api)
            _check_models(context, name, api)
            _check_keys(context, name, api)
    caching: set[str] = set()
    default = default_api({name: api.kind for name, api in blueprint.apis.items()})
    for service, _, name, function, path in context.functions():
        for index, route in enumerate(function.routes):
            api_name = route.api or default
            definition = blueprint.apis.get(api_name or "")
            if api_name is None or definition is None:
                continue
            place = (*path, "routes", index)
            if route.cache is not None:
                caching.add(api_name)
            _check_route(context, f"{service}.{name}", route, api_name, definition, place)
    for name, api in blueprint.apis.items():
        if api.kind == "rest" and api.cache is not None and name not in caching:
            context.report(
                "idle-cache",
                f"API {name} has a cache, and no route keeps answers in it",
                ("apis", name, "cache"),
                key=True,
                hint="write `cache: { query: [] }` at a GET route, with the query parameters it reads",
            )


def _check_size(context: Context, name: str, api: Api) -> None:
    if api.cache is not None and api.cache.size_gb not in _CACHE_SIZES_GB:
        wanted = api.cache.size_gb
        nearest = min(_CACHE_SIZES_GB, key=lambda size: abs(size - wanted))
        context.report(
            "not-allowed",
            f"API {name} has a cache of {wanted:g} GB, and AWS has those of "
            + ", ".join(f"{size:g}" for size in _CACHE_SIZES_GB),
            ("apis", name, "cache", "size_gb"),
            hint=f"write size_gb: {nearest:g}",
        )


def _check_models(context: Context, name: str, api: Api) -> None:
    for model, schema in api.models.items():
        path = ("apis", name, "models", model)
        if "type" not in schema and "$ref" not in schema:
            context.report(
                "invalid-model", f"model {model} of API {name} has no `type`", path, key=True,
                hint="write type: object",
            )  # fmt: skip
        for keyword, place in _keywords(schema, path):
            if keyword == "$ref":
                context.report(
                    "invalid-model",
                    f"model {model} of API {name} refers to another schema",
                    place,
                    key=True,
                    hint="write that schema out here",
                )
            elif keyword in _UNCHECKED:
                context.report(
                    "unchecked-keyword",
                    f"API Gateway may not check `{keyword}` of model {model}",
                    place,
                    key=True,
                    hint="check it in the function too",
                )


def _keywords(schema: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """The keywords of a schema and of those in it; names of properties are none."""
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        place = (*path, str(keyword))
        yield str(keyword), place
        if keyword in ("properties", "patternProperties", "definitions") and isinstance(value, dict):
            for name, inner in value.items():
                yield from _keywords(inner, (*place, str(name)))
        elif keyword in ("items", "not", "additionalProperties"):
            yield from _keywords(value, place)
        elif keyword in ("allOf", "anyOf", "oneOf") and isinstance(value, list | tuple):
            for index, inner in enumerate(value):
                yield from _keywords(inner, (*place, index))


def _check_keys(context: Context, name: str, api: Api) -> None:
    plans: dict[str, str] = {}
    for plan, definition in api.usage_plans.items():
        for index, key in enumerate(definition.keys):
            other = plans.setdefault(key, plan)
            if other != plan or key in definition.keys[:index]:
                context.report(
                    "duplicate-api-key",
                    f'key "{key}" is in plan {other} of API {name} already',
                    ("apis", name, "usage_plans", plan, "keys", index),
                    hint="a caller with two plans has two keys",
                )


def _check_route(context: Context, address: str, route: Route, api_name: str, api: Api, path: Path) -> None:
    what = f'"{route.route}" of function {address}'
    if api.kind == "http":
        for key in ("request", "cache", "api_key"):
            if getattr(route, key) is not None:
                context.report(
                    "rest-only",
                    f"{what} has `{key}`, and API {api_name} is of kind http",
                    (*path, key),
                    key=True,
                    hint=f"write `kind: rest` for API {api_name}, or leave `{key}` out",
                )
        return
    if route.request is not None and route.request.body is not None:
        body = route.request.body
        if body not in api.models and context.is_sound("apis", api_name, "models"):
            context.report(
                "unknown-model",
                f'{what} takes model "{body}", which API {api_name} does not have',
                (*path, "request", "body"),
                hint=nearest_hint(body, api.models, otherwise=f"declare it under apis.{api_name}.models"),
            )
    if route.cache is not None and (api.cache is None or not route.route.startswith("GET ")):
        reason = f"API {api_name} has no cache" if api.cache is None else "only answers to GET are kept"
        context.report(
            "route-cache",
            f"{what} has `cache`, and {reason}",
            (*path, "cache"),
            key=True,
            hint=f"write `cache: {{ ttl_seconds: 60 }}` for API {api_name}, or leave `cache` out here"
            if api.cache is None
            else "leave `cache` out",
        )
    if route.api_key and not api.usage_plans:
        context.report(
            "api-key-without-plan",
            f"{what} needs a key, and API {api_name} has no usage plan",
            (*path, "api_key"),
            key=True,
            hint=f"write `usage_plans: {{ standard: {{ keys: [first] }} }}` for API {api_name}",
        )
