"""Cross-origin rules of APIs: what browsers would never match, or refuse."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.apis import Api, Cors
from platform_cli.blueprint.nodes import Path

_ORIGIN = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?\Z")
"""As browsers write it: small letters, without path and slash, without the port that goes without saying."""
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def check_cors(context: Context) -> None:
    """Origins, wildcards beside credentials, and answers that pages could not read."""
    for name, api in context.blueprint.apis.items():
        if api.cors is not None:
            _check(context, name, api, api.cors, ("apis", name, "cors"))


def _check(context: Context, name: str, api: Api, cors: Cors, path: Path) -> None:
    for index, origin in enumerate(cors.origins):
        _check_origin(context, name, origin, cors, (*path, "origins", index))
    # API Gateway: «allow-credentials is not supported if 'allow-origin' is *» (aws/aws-cdk 9076). Browsers
    # take * beside credentials for a name (Fetch standard).
    if cors.credentials and "*" in cors.origins:
        context.report(
            "invalid-cors",
            f"API {name} allows credentials from every origin",
            (*path, "credentials"),
            hint="name the origins, or leave `credentials` out",
        )
    elif cors.credentials and "*" in cors.headers:
        context.report(
            "invalid-cors",
            f"API {name} allows credentials with every header, and browsers then take * for a name",
            (*path, "headers", cors.headers.index("*")),
            hint="name the headers",
        )
    elif cors.credentials and api.kind == "rest" and len(set(cors.origins)) > 1:
        context.report(
            "unreadable-errors",
            f"API {name} allows credentials from several origins, and pages cannot read its own errors",
            (*path, "credentials"),
            hint="one origin in each environment, `kind: http`, or tokens instead of cookies",
        )


def _check_origin(context: Context, name: str, origin: str, cors: Cors, path: Path) -> None:
    if origin == "*":
        if len(cors.origins) > 1:
            context.report(
                "invalid-cors",
                f"API {name} allows every origin, and names others beside",
                path,
                hint="leave * out, or the others",
            )
        return
    bare = _ORIGIN.match(origin) and not origin.endswith(_DEFAULT_PORTS[origin.partition(":")[0]])
    if not bare:
        context.report(
            "invalid-cors",
            f'"{origin}" is no origin as browsers write it, so that API {name} would refuse it',
            path,
            hint=f"write {_nearest(origin)}",
        )


def _nearest(origin: str) -> str:
    """The origin that was meant, as far as can be told."""
    text = origin if "://" in origin else f"https://{origin}"
    parts = urlsplit(text.lower())
    scheme = parts.scheme if parts.scheme in _DEFAULT_PORTS else "https"
    meant = f"{scheme}://{parts.netloc.removesuffix(_DEFAULT_PORTS[scheme])}"
    return meant if _ORIGIN.match(meant) else "https://shop.example, each origin by itself"
