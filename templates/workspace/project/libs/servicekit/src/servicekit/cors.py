"""Which pages may read the answers of a REST API.

An HTTP API adds these headers itself. A REST API passes on what a function answers as it is, so here they are
added, by the stage variables that the API has for its `cors` in the blueprint.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ANY_ORIGIN = "any"
"""How the stage variable says `*`."""


def cors_headers(event: Mapping[str, Any]) -> dict[str, str]:
    """The headers of an answer to `event`; none if its API has no `cors`, or the page is not allowed."""
    variables: Mapping[str, str] = event.get("stageVariables") or {}
    origins = [origin for origin in variables.get("CorsOrigins", "").split(",") if origin]
    if not origins:
        return {}
    # With one origin the answer is the same for every page, and the browser of another one refuses it. With
    # several it is not, and caches have to know.
    several = len(origins) > 1
    vary = {"Vary": "Origin"} if several else {}
    allowed = _asking(event) if several else origins[0]
    if allowed not in origins:
        return vary
    headers = {"Access-Control-Allow-Origin": "*" if allowed == ANY_ORIGIN else allowed} | vary
    if variables.get("CorsCredentials") == "true":
        headers["Access-Control-Allow-Credentials"] = "true"
    if exposed := variables.get("CorsExposedHeaders"):
        headers["Access-Control-Expose-Headers"] = exposed
    return headers


def _asking(event: Mapping[str, Any]) -> str | None:
    for name, value in (event.get("headers") or {}).items():
        if name.lower() == "origin":
            return str(value)
    return None
