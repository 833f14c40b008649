"""Regular expressions and globs of a query, as Python's.

Logs Insights takes those of Java, of which Python knows nearly all in the same words: named groups differ,
and flags within an expression.
"""

from __future__ import annotations

import re

_FLAGS = re.compile(r"\(\?([ims]+)\)")
_GROUP = re.compile(r"\(\?<(?![=!])")


def regular_expression(text: str) -> re.Pattern[str]:
    """What stands between two slashes.

    Raises:
        ValueError: Python cannot read it, with its reason.
    """
    written = _GROUP.sub("(?P<", text.replace(r"\/", "/"))
    found = _FLAGS.search(written)
    if found is not None:
        before, after = written[: found.start()], written[found.end() :]
        if before.count("(") - before.count(r"\(") != before.count(")") - before.count(r"\)"):
            raise ValueError("flags within a group are not understood here")
        # In Java they hold from here on.
        written = f"{before}(?{found[1]}:{after})"
    try:
        return re.compile(written)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def glob(text: str) -> re.Pattern[str]:
    """A text in which each star is a part that is wanted, as short as it can be; the last one, to the end."""
    pieces = [re.escape(piece) for piece in text.split("*")]
    written = "(.*?)".join(pieces)
    if text.endswith("*"):
        written = written.removesuffix("(.*?)") + "(.*)"
    return re.compile(written, re.DOTALL)
