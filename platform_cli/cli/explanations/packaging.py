"""What can go wrong while services are packed."""

from __future__ import annotations

PACKAGING = {
    "handler-missing": (
        "The function's `handler` names a module that is there, and in it a name that is not. Nothing "
        "is run to find this out: the module's text is read."
    ),
    "handler-module-missing": (
        "The function's `handler` names a module that is not in the service's source. A handler is "
        "written as the path of the module and the name in it: `orders.handlers.create.handler`."
    ),
    "handler-syntax": "A module that a handler imports is not valid for the function's version of Python.",
    "hash-mismatch": (
        "A dependency's file is not the one that was locked. Either the registry serves another file, "
        "which is worth an investigation, or the lock is old: `platform lock SERVICE` makes it anew."
    ),
    "import-missing": (
        "A handler, or a module that it imports, imports something that will not be there when it runs: "
        "it is neither in the service's source, nor in a library that the service takes by path, nor "
        "locked, nor brought by Lambda. An import may be missing where the code says so (`try` with "
        "`except ImportError`), or under `TYPE_CHECKING`."
    ),
    "index-unreachable": (
        "The package registry did not answer. Check the network and the proxy, then try again."
    ),
    "invalid-lock": (
        "The service's requirements.lock cannot be understood. `platform lock SERVICE` writes it anew."
    ),
    "invalid-pyproject": (
        "The service's pyproject.toml cannot be understood, or lacks what packaging needs."
    ),
    "missing-library-folder": "A dependency that `[tool.uv.sources]` gives a path is not at that path.",
    "missing-lock": "The service has no requirements.lock. `platform lock SERVICE` writes it.",
    "missing-source-folder": (
        "The folder `src` of a service, or of a library that it takes by path, is not there. Only what "
        "is below `src` is packed."
    ),
    "no-uv": (
        "The program uv, which comes with this tool, is missing from its environment. Install "
        "platform-cli again."
    ),
    "connector-unreachable": (
        "An application of Flink under `analytics` takes a jar from a Maven repository, Maven Central unless "
        "PLATFORM_MAVEN_URL names another, and that does not answer. Once fetched, a jar is taken from the "
        "cache."
    ),
    "unknown-connector": (
        "The Maven repository has no jar of this coordinate. It is `group:artifact:version`, and the version "
        "ends in that of Flink: 5.0.0-1.20."
    ),
    "connector-changed": (
        "A jar has another checksum than the blueprint or connectors.lock says, or did not arrive whole. A "
        "released jar never changes, so find out why before you trust another one."
    ),
    "invalid-connectors-lock": (
        "connectors.lock has a line that is no coordinate with its checksum. Take the line away, and the "
        "next download records it anew."
    ),
    "no-wheel": (
        "A dependency has no wheel for the function's architecture and Python, so it cannot be "
        "installed for Lambda. Choose another version, another `architecture` or `runtime`, or another "
        "library."
    ),
    "outdated-lock": (
        "The service's pyproject.toml asks for something that its requirements.lock does not have. "
        "`platform lock SERVICE` brings it up to date."
    ),
    "package-too-large": (
        "Code and dependencies together exceed what Lambda takes: 250 MB unpacked. The message names "
        "the largest parts."
    ),
    "packaging-collision": "Two sources would put different files at the same place in the package.",
    "unknown-runtime": "The function's `runtime` is not one that Lambda offers for Python.",
    "unpackable-source": (
        "Below `src` is a symbolic link to a folder, or to nothing. It would be left out of the "
        "package, so it is refused. Make what it points to a library that the service takes by path."
    ),
    "unsupported-source": (
        "A dependency comes from a place that cannot be locked by hash, such as a git repository. Use a "
        "released version, or a path inside the workspace."
    ),
    "uv-failed": "uv could not resolve or install the dependencies. The message holds its own words.",
}
