"""What can go wrong while templates are synthesized."""

from __future__ import annotations

SYNTHESIS = {
    "invalid-blueprint": (
        "The blueprint has errors, so there is nothing to work from. Each is listed with its line; "
        "`platform validate` shows them again."
    ),
    "not-built": (
        "The blueprint uses something that the language knows and this release does not build yet. The "
        "message lists every such place. Take it out, or keep it for the environments whose release "
        "builds it."
    ),
}
