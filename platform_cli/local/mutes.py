"""Stand in for the alarm mute rules of CloudWatch, which the emulator has none of.

A mute is a parameter of the local AWS itself, so it is saved, restored and reset with the alarms that it is
about. It names the alarms whose actions were switched off for it, and those alone are switched on again: by
the process of ours that runs throughout (see `agent`), or by the next command that looks.

The order of writing makes each step safe to repeat, and to be killed in:

* A mute is written before actions go off, and deleted after they are on.
* Who ends one early says so in it first, and who switches actions off looks again afterwards, so that two at
  once never leave an alarm switched off without a mute.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from time import sleep
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.local.calling import CallFailed, call

FOLDER = "/local-aws/mutes"
LOOK_SECONDS = 5.0
_AT_ONCE = 100
"""Alarms that one call takes (DescribeAlarms, EnableAlarmActions)."""
_ANSWER_TIMEOUT_SECONDS = 10.0

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Mute:
    """Alarms whose actions are off for a while.

    Attributes:
        name: Letters, digits, `.`, `-` and `_`.
        begin: From when on.
        end: Until when.
        alarms: Which are muted.
        reason: Why.
        switched_off: Those of them whose actions were on before; the others stay off at the end.
    """

    name: str
    begin: datetime
    end: datetime
    alarms: tuple[str, ...]
    reason: str = ""
    switched_off: tuple[str, ...] = ()


def _now() -> datetime:
    return datetime.now(UTC)


def put_mute(mute: Mute, clients: Clients) -> Mute:
    """Mute alarms from now on; gives the mute with the alarms that it switched off.

    Raises:
        PlatformError: The local AWS does not answer.
    """
    with aws_errors("muting alarms", target=clients.target):
        # Mutes first: an alarm that one of them switches on meanwhile is then taken for one of ours.
        ours = _off_for(_read(clients))
        on = {told["AlarmName"] for told in _alarms(mute.alarms, clients) if told.get("ActionsEnabled", True)}
        made = replace(mute, switched_off=tuple(name for name in mute.alarms if name in on | ours))
        _write(made, clients)
        _switch(made.switched_off, clients, on=False)
    return made


def end_mute(name: str, clients: Clients, *, clock: Clock = _now) -> None:
    """Let alarms tell again, but for those that another mute holds; one that is over already is no fault.

    Raises:
        PlatformError: The local AWS does not answer.
    """
    with aws_errors("ending a mute of alarms", target=clients.target):
        for mute in _read(clients):
            if mute.name == name:
                _write(replace(mute, end=min(mute.end, clock())), clients)
    tend(clients, clock=clock)


def tend(clients: Clients, *, clock: Clock = _now) -> tuple[Mute, ...]:
    """End the mutes whose time is over, and keep the others up; gives those that hold.

    A deployment that makes an alarm anew switches its actions on, which a mute of CloudWatch survives.

    Raises:
        PlatformError: The local AWS does not answer.
    """
    with aws_errors("looking after muted alarms", target=clients.target):
        mutes = _read(clients)
        held = tuple(mute for mute in mutes if mute.end > clock())
        over = [mute for mute in mutes if mute not in held]
        _switch(sorted(_off_for(over) - _off_for(held)), clients, on=True)
        _delete(over, clients)
        loud = [a["AlarmName"] for a in _alarms(sorted(_off_for(held)), clients) if a["ActionsEnabled"]]
        if loud:
            _switch(loud, clients, on=False)
            still = _off_for(mute for mute in _read(clients) if mute.end > clock())
            _switch([name for name in loud if name not in still], clients, on=True)
    return held


def unmuted(
    alarms: Iterable[Mapping[str, Any]], clients: Clients, *, clock: Clock = _now
) -> list[Mapping[str, Any]]:
    """Alarms as CloudWatch describes them, which shows actions as on while a rule mutes them.

    On AWS they are so already, and given back as they are.

    Raises:
        PlatformError: The local AWS does not answer.
    """
    found = list(alarms)
    if not clients.target.is_local or all(alarm.get("ActionsEnabled", True) for alarm in found):
        return found
    ours = _off_for(tend(clients, clock=clock))
    with aws_errors("reading the alarms", target=clients.target):
        off = [alarm["AlarmName"] for alarm in found if not alarm.get("ActionsEnabled", True)]
        # What was over is on since, and `found` is from before.
        on = {told["AlarmName"] for told in _alarms(off, clients) if told.get("ActionsEnabled", True)}
    return [{**a, "ActionsEnabled": True} if a["AlarmName"] in ours | on else a for a in found]


def keep(
    host: str, port: int, clients: Callable[[], Clients], *, pause: Callable[[float], None] = sleep
) -> None:
    """Look after mutes for as long as the process lives; costs a request where there is none.

    Args:
        host: Of the local AWS.
        port: Of the local AWS.
        clients: Makes clients of it, when they are needed first: that loads the AWS library.
        pause: Waits between two looks.
    """
    made: Clients | None = None
    while True:
        pause(LOOK_SECONDS)
        if not _any(host, port):
            continue
        try:
            made = made or clients()
            tend(made)
        except Exception as error:  # noqa: BLE001 - looks again: nobody else ends a mute
            sys.stderr.write(f"muted alarms were not looked after: {type(error).__name__}: {error}\n")


def _any(host: str, port: int) -> bool:
    """Whether there is a mute, asked with the standard library alone."""
    try:
        told = call(
            (host, port), "ssm", "AmazonSSM.GetParametersByPath", {"Path": FOLDER}, _ANSWER_TIMEOUT_SECONDS
        )
    except CallFailed:
        return False
    return isinstance(told, dict) and bool(told.get("Parameters"))


def _off_for(mutes: Iterable[Mute]) -> set[str]:
    return {name for mute in mutes for name in mute.switched_off}


def _read(clients: Clients) -> tuple[Mute, ...]:
    paginator = clients.client("ssm").get_paginator("get_parameters_by_path")
    found = [told for page in paginator.paginate(Path=FOLDER) for told in page["Parameters"]]
    return tuple(sorted(map(_parsed, found), key=lambda mute: (mute.begin, mute.name)))


def _parsed(parameter: Mapping[str, Any]) -> Mute:
    told = json.loads(parameter["Value"])
    return Mute(
        parameter["Name"].rpartition("/")[2],
        datetime.fromisoformat(told["begin"]),
        datetime.fromisoformat(told["end"]),
        tuple(told["alarms"]),
        told["reason"],
        tuple(told["switched_off"]),
    )


def _write(mute: Mute, clients: Clients) -> None:
    told = asdict(mute) | {"begin": mute.begin.isoformat(), "end": mute.end.isoformat()}
    del told["name"]
    # Parameter Store takes `{{…}}` for a reference to another parameter.
    text = json.dumps(told, ensure_ascii=False).replace("{{", "{ {")
    clients.client("ssm").put_parameter(
        Name=f"{FOLDER}/{mute.name}", Value=text, Type="String", Overwrite=True
    )


def _delete(mutes: Iterable[Mute], clients: Clients) -> None:
    for names in _groups([f"{FOLDER}/{mute.name}" for mute in mutes], 10):
        clients.client("ssm").delete_parameters(Names=names)


def _alarms(names: Sequence[str], clients: Clients) -> Iterator[Mapping[str, Any]]:
    for some in _groups(names, _AT_ONCE):
        answer = clients.client("cloudwatch").describe_alarms(
            AlarmNames=some, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        yield from (*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ()))


def _switch(names: Sequence[str], clients: Clients, *, on: bool) -> None:
    cloudwatch = clients.client("cloudwatch")
    for some in _groups(names, _AT_ONCE):
        (cloudwatch.enable_alarm_actions if on else cloudwatch.disable_alarm_actions)(AlarmNames=some)


def _groups(names: Sequence[str], size: int) -> Iterator[list[str]]:
    return (list(names[at : at + size]) for at in range(0, len(names), size))
