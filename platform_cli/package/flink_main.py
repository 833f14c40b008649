"""What an application of Apache Flink runs: tables over streams, then the statements of its SQL files.

`platform` writes this file into the application's zip, with what the blueprint says in the place of
`APPLICATION`. Where the streams are, the environment tells at run time.
"""

import json
import os
from pathlib import Path
from typing import Any

APPLICATION: dict[str, Any] = {}

PROPERTIES = os.environ.get("PLATFORM_FLINK_PROPERTIES", "/etc/flink/application_properties.json")
"""Written by the service, from the application's property groups."""


def properties() -> dict[str, dict[str, str]]:
    """Property groups by id; `table.NAME` has options of a table's connector."""
    groups = json.loads(Path(PROPERTIES).read_text(encoding="utf-8"))
    return {group["PropertyGroupId"]: group["PropertyMap"] for group in groups}


def definition(table: dict[str, Any], options: dict[str, str]) -> str:
    """The statement that creates a table."""

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    partitions = ", ".join("`" + name + "`" for name in table["partition_by"])
    return "".join(
        (
            "CREATE TABLE `" + table["name"] + "` (\n  " + ",\n  ".join(table["columns"]) + "\n)",
            " PARTITIONED BY (" + partitions + ")" if partitions else "",
            " WITH (\n  ",
            ",\n  ".join(quoted(key) + " = " + quoted(value) for key, value in sorted(options.items())),
            "\n)",
        )
    )


def main() -> None:
    """Hand the whole flow over to Flink."""
    from pyflink.table import EnvironmentSettings, TableEnvironment

    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for key, value in APPLICATION["settings"].items():
        environment.get_config().set(key, value)
    groups = properties()
    for table in APPLICATION["tables"]:
        options = {**table["options"], **groups.get("table." + table["name"], {})}
        environment.execute_sql(definition(table, {key: value for key, value in options.items() if value}))
    inserts = environment.create_statement_set()
    for statement in APPLICATION["statements"]:
        if statement["kind"] == "setting":
            environment.get_config().set(statement["key"], statement["value"])
        elif statement["kind"] == "insert":
            inserts.add_insert_sql(statement["sql"])
        else:
            environment.execute_sql(statement["sql"])
    running = inserts.execute()
    if "PLATFORM_FLINK_PROPERTIES" in os.environ:
        # By itself, not in a cluster, the program has to stay until its input ends.
        running.wait()


if __name__ == "__main__":
    main()
