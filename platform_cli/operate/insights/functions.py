"""The functions of a query that make a value out of values of one line, by their names in small letters.

From the CloudWatch Logs user guide, "Boolean, comparison, numeric, datetime, and other functions", read in
November 2026. A function of something that is not there, or is no number where one is wanted, gives nothing.
`bin` and the functions of dates, whose arguments are no values, are with the evaluation.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from platform_cli.operate.insights.periods import LATEST
from platform_cli.operate.insights.values import Moment, Value, number, shown


@dataclass(frozen=True)
class Scalar:
    """A function.

    Attributes:
        apply: Gets the values.
        least: Arguments that it has at least.
        most: And at most; None for any number.
    """

    apply: Callable[..., Value]
    least: int = 1
    most: int | None = 1


def _numeric(compute: Callable[..., Any]) -> Callable[..., Value]:
    def apply(*values: Value) -> Value:
        numbers = [number(value) for value in values]
        if any(each is None for each in numbers):
            return None
        try:
            result = compute(*numbers)
            return result if isinstance(result, int | float) and math.isfinite(result) else None
        except (ValueError, ArithmeticError):
            return None

    return apply


def _textual(compute: Callable[..., Value]) -> Callable[..., Value]:
    def apply(first: Value, *rest: Value) -> Value:
        return None if first is None else compute(shown(first), *rest)

    return apply


def _of_present(choose: Callable[[list[Any]], Any]) -> Callable[..., Value]:
    def apply(*values: Value) -> Value:
        numbers = [each for each in map(number, values) if each is not None]
        return choose(numbers) if numbers else None

    return apply


def _round(value: float) -> int:
    if abs(value) >= 2**53:
        return int(value)  # so large, there are whole numbers only
    return int(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))


def _trimmed(left: bool, right: bool) -> Callable[..., Value]:
    def trim(text: str, away: Value = None) -> Value:
        if away is None:
            away = ""
            text = text.lstrip() if left else text
            return text.rstrip() if right else text
        wanted = shown(away)
        while wanted and left and text.startswith(wanted):
            text = text.removeprefix(wanted)
        while wanted and right and text.endswith(wanted):
            text = text.removesuffix(wanted)
        return text

    return _textual(trim)


def _substring(text: str, start: Value, length: Value = None) -> Value:
    begin = number(start)
    if begin is None or begin < 0:
        return None
    count = number(length)
    return text[int(begin) :] if count is None else text[int(begin) : int(begin) + max(0, int(count))]


def _contains(text: str, wanted: Value) -> Value:
    return int(shown(wanted) in text)


def _address(version: int | None = None) -> Callable[..., Value]:
    def valid(value: Value) -> Value:
        try:
            found = ipaddress.ip_address(shown(value))
        except ValueError:
            return False
        return version in (None, found.version)

    return valid


def _in_subnet(version: int | None = None) -> Callable[..., Value]:
    def within(value: Value, subnet: Value) -> Value:
        try:
            found, network = ipaddress.ip_address(shown(value)), ipaddress.ip_network(shown(subnet))
        except ValueError:
            return False
        return version in (None, found.version) and found in network

    return within


def _from_millis(value: Value) -> Value:
    milliseconds = number(value)
    return Moment(int(milliseconds)) if milliseconds is not None and 0 <= milliseconds <= LATEST else None


def _to_millis(value: Value) -> Value:
    return value.milliseconds if isinstance(value, Moment) else None


SCALARS: Mapping[str, Scalar] = {
    "abs": Scalar(_numeric(abs)),
    "ceil": Scalar(_numeric(math.ceil)),
    "floor": Scalar(_numeric(math.floor)),
    "round": Scalar(_numeric(_round)),
    "log": Scalar(_numeric(math.log)),
    "sqrt": Scalar(_numeric(math.sqrt)),
    "greatest": Scalar(_of_present(max), 1, None),
    "least": Scalar(_of_present(min), 1, None),
    "ispresent": Scalar(lambda value: value is not None),
    "coalesce": Scalar(lambda *values: next((v for v in values if v is not None), None), 1, None),
    "isempty": Scalar(lambda value: shown(value) == ""),
    "isblank": Scalar(lambda value: shown(value).strip() == ""),
    "concat": Scalar(lambda *values: "".join(map(shown, values)), 1, None),
    "strlen": Scalar(_textual(len)),
    "toupper": Scalar(_textual(str.upper)),
    "tolower": Scalar(_textual(str.lower)),
    "trim": Scalar(_trimmed(True, True), 1, 2),
    "ltrim": Scalar(_trimmed(True, False), 1, 2),
    "rtrim": Scalar(_trimmed(False, True), 1, 2),
    "substr": Scalar(_textual(_substring), 2, 3),
    "replace": Scalar(_textual(lambda text, old, new: text.replace(shown(old), shown(new))), 3, 3),
    "strcontains": Scalar(lambda text, wanted: _contains(shown(text), wanted), 2, 2),
    "isvalidip": Scalar(_address()),
    "isvalidipv4": Scalar(_address(4)),
    "isvalidipv6": Scalar(_address(6)),
    "isipinsubnet": Scalar(_in_subnet(), 2, 2),
    "isipv4insubnet": Scalar(_in_subnet(4), 2, 2),
    "isipv6insubnet": Scalar(_in_subnet(6), 2, 2),
    "frommillis": Scalar(_from_millis),
    "tomillis": Scalar(_to_millis),
}
DATES = {"bin": 1, "datefloor": 2, "dateceil": 2}
"""Functions whose last argument is a period, with how many they have."""
