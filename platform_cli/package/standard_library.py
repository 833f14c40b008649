"""What `import` finds in Python itself, for a version that need not be the one that runs.

The removals are those of the release notes of Python 3.12 and 3.13 (PEP 594 and others). What later
versions added is known from the running one alone.
"""

from __future__ import annotations

import sys

_REMOVED: dict[tuple[int, int], frozenset[str]] = {
    (3, 12): frozenset({"asynchat", "asyncore", "distutils", "imp", "smtpd"}),
    (3, 13): frozenset(
        {"aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib"}
        | {"nis", "nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"}
    ),
}


def standard_modules(python: tuple[int, int]) -> frozenset[str]:
    """The top-level modules of the standard library of a Python."""
    removed = frozenset(name for version, names in _REMOVED.items() if version <= python for name in names)
    kept = frozenset(name for version, names in _REMOVED.items() if version > python for name in names)
    return (sys.stdlib_module_names | kept) - removed


def left_in(module: str) -> str | None:
    """The version that removed a module (`3.13`), or None."""
    for (major, minor), names in _REMOVED.items():
        if module in names:
            return f"{major}.{minor}"
    return None
