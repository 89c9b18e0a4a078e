"""Own answer: where a person's file holds one answer, and what its raw values mean.

A value left empty in a mapping is a decision that still waits: the wizard leaves one wherever it can't know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from salarylab.records.own.toml_table import TomlTable

Unmatched = Literal["refuse", "null"]

NOT_ANSWERED = "not answered"
"""What a raw value may be mapped to beside the levels of its column."""

KEYS = ("column", "separator", "unit", "map", "unmatched")


@dataclass(frozen=True, slots=True)
class Answer:
    """Declare where one answer stands: in a raw column, or as one value for all rows.

    ``levels`` maps raw values to canonical ones, ``nothing`` are raw values that mean no answer;
    ``separator`` parts the items of a list in one cell; ``unit`` is that of a number.
    """

    column: str | None = None
    value: str | None = None
    levels: Mapping[str, str] = field(default_factory=dict)
    nothing: tuple[str, ...] = ()
    unmatched: Unmatched = "refuse"
    separator: str = ";"
    unit: str = ""


def read_answer(table: TomlTable) -> Answer:
    """Read a table that names a raw column and what to do with its values."""
    levels, nothing = read_levels(table.table("map"))
    return Answer(
        column=table.text("column", required=True),
        levels=levels,
        nothing=nothing,
        unmatched=read_unmatched(table),
        separator=table.text("separator") or ";",
        unit=table.choice("unit", ("percent", "share")) or "",
    )


def read_unmatched(table: TomlTable) -> Unmatched:
    """Return what to do with values that a map does not know."""
    return "null" if table.choice("unmatched", ("refuse", "null")) == "null" else "refuse"


def read_levels(table: TomlTable, expected: str = "a level") -> tuple[dict[str, str], tuple[str, ...]]:
    """Return raw value → canonical value, and the raw values that mean no answer.

    Values that wait for a decision are one fault together, and count as no answer until then.
    """
    waiting = [raw for raw, said in table.stated.items() if said == "" and raw != "unmatched"]
    if waiting:
        found = f"{len(waiting)} not decided yet: {', '.join(map(repr, waiting))}"
        table.note(found, f"{expected}, or {NOT_ANSWERED!r}, after each", 'write it between the "" marked DECIDE')
    rest = (raw for raw in table.stated if raw != "unmatched" and raw not in waiting)
    said = {raw: level for raw in rest if (level := table.text(raw)) is not None}
    nothing = [raw for raw, level in said.items() if level == NOT_ANSWERED]
    return {raw: level for raw, level in said.items() if level != NOT_ANSWERED}, (*nothing, *waiting)
