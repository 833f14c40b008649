"""What `platform secrets` shows. Values only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.secrets.judging import SecretReport
    from platform_cli.operate.secrets.values import SecretValue, Setting


def render_list(terminal: Terminal, reports: Sequence[SecretReport]) -> None:
    """Show a line a secret."""
    if terminal.json:
        terminal.data([_report_data(report) for report in reports])
        return
    if not reports:
        terminal.say("the blueprint has no secrets")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("SECRET", "AGE", "ROTATES", "LAST ROTATION", "NEXT", "NOTE"):
        table.add_column(heading, no_wrap=heading != "NOTE")
    for report in reports:
        table.add_row(
            report.name,
            "-" if report.age_days is None else number(report.age_days, "day"),
            f"every {number(report.rotation_days, 'day')}" if report.rotation_days else "-",
            _day(report.last_rotated),
            _day(report.next_rotation),
            "; ".join(condition.message for condition in report.conditions),
            style="yellow" if report.serious else None,
        )
    terminal.out.print(table)
    codes = dict.fromkeys(c.code for report in reports for c in report.conditions if c.serious)
    if codes:
        terminal.say(f"`platform explain {next(iter(codes))}` says more", style="dim")


def render_status(terminal: Terminal, reports: Sequence[SecretReport]) -> None:
    """Show all that is known of secrets but their values."""
    if terminal.json:
        terminal.data([_report_data(report) for report in reports])
        return
    for report in reports:
        terminal.result(f"{report.name}  {report.physical_name}", style="bold")
        terminal.result(*(f"  {label:<15}{text}" for label, text in _facts(report)))
        for condition in report.conditions:
            mend = f" (`{condition.mend}`)" if condition.mend else ""
            style = "yellow" if condition.serious else "dim"
            terminal.result(
                f"  {condition.kind:<15}{condition.message}{mend}  [{condition.code}]", style=style
            )


def render_value(terminal: Terminal, value: SecretValue, *, reveal: bool) -> None:
    """Show a value, or only its shape."""
    told: dict[str, Any] = {"secret": value.secret, "version": value.version, "shape": value.shape}
    if terminal.json:
        terminal.data({**told, **({"value": value.value.reveal()} if reveal else {})})
    elif reveal:
        terminal.raw(value.value.reveal().encode() + b"\n")
    else:
        terminal.result(f"{value.secret}: {value.shape}, set {moment(value.version.created)}")
        terminal.say(f"`platform secrets get {value.secret} --reveal` shows the value", style="dim")


def setting_lines(setting: Setting, environment: str) -> Iterator[str]:
    """Say what setting a value changes."""
    old = "replaces the current value, which stays as the previous one" if setting.base else "is the first"
    yield f"The new value of {setting.secret.name} in {environment} {old}."
    if setting.warning:
        yield f"Note: {setting.warning}."


def render_set(terminal: Terminal, setting: Setting, version: str) -> None:
    """Say that a value was set."""
    if terminal.json:
        terminal.data({"secret": setting.secret.name, "version": version})
    else:
        terminal.result(f"{setting.secret.name} has a new value")


def _facts(report: SecretReport) -> Iterator[tuple[str, str]]:
    state = report.state
    if report.rotation_days and report.strategy:
        how = report.strategy.replace("_", " ")
        yield "rotates", f"every {number(report.rotation_days, 'day')}, {how}"
        yield "next", moment(report.next_rotation)
    if state is not None:
        if state.last_rotated is not None:
            yield "last rotated", moment(state.last_rotated)
        if state.rotation_function:
            yield "function", state.rotation_function.rpartition(":")[2]
        for version in state.versions:
            yield "version", f"{version.id}  {', '.join(version.labels)}  {moment(version.created)}"
        for replica in state.replicas:
            yield "replica", f"{replica.region}  {replica.status}"
        if state.last_accessed is not None:
            yield "last read", _day(state.last_accessed)
    if report.readers:
        yield "read by", ", ".join(report.readers)


def _report_data(report: SecretReport) -> dict[str, Any]:
    return {
        "secret": report.name,
        "physical_name": report.physical_name,
        "age_days": report.age_days,
        "rotation_days": report.rotation_days,
        "strategy": report.strategy,
        "last_rotated": report.last_rotated,
        "next_rotation": report.next_rotation,
        "readers": list(report.readers),
        "conditions": [
            {"kind": c.kind, "code": c.code, "message": c.message, "mend": c.mend} for c in report.conditions
        ],
        "versions": list(report.state.versions) if report.state else [],
        "replicas": list(report.state.replicas) if report.state else [],
    }


def _day(when: Any) -> str:
    return when.strftime("%Y-%m-%d") if when is not None else "-"
