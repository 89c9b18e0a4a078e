"""TOML lines: keys of a mapping as a draft writes them, each with a comment that says why."""

from __future__ import annotations

import json
from collections.abc import Iterable

from salarylab.disclosure import show_count

DECIDE = "# DECIDE"
"""What marks a line whose value is left to a person."""

WIDTH = 44


def quoted(text: str) -> str:
    r"""Return a text as TOML writes it.

    >>> print(quoted('a "b"'))
    "a \"b\""
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key_line(key: str, value: str, comment: str = "") -> str:
    """Return a key with its value, written as TOML, and a comment."""
    return f"{f'{key} = {value}':<{WIDTH}} # {comment}" if comment else f"{key} = {value}"


def decide(key: str, comment: str) -> str:
    """Return a key left empty, marked as a decision that waits."""
    return f"{f'{key} = {quoted(str())}':<{WIDTH}} {DECIDE}: {comment}"


def one_of(levels: Iterable[str]) -> str:
    """Return choices in words."""
    return f"one of {', '.join(levels)}"


def rows_told(count: int) -> str:
    """Return the rows of a value as a draft tells them: rounded, and none of fewer than ten.

    >>> rows_told(12), rows_told(3)
    ('about 10 rows', 'fewer than 10 rows')
    """
    return f"{show_count(count)} rows"
