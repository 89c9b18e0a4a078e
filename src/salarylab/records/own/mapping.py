"""Mapping: what a person declares about the columns of their own pay file, in TOML.

The declaration is read into one frozen value. Nothing is guessed: what a column holds is said by hand, and
what is missing, misspelt or not decided yet is a fault. All faults are gathered, those of the declaration
here, those that only the file can show in ``table``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from salarylab import schema
from salarylab.errors import DataError, Fault, unknown
from salarylab.records.own import layout, pay_terms, when
from salarylab.records.own.answer import KEYS as ANSWER_KEYS
from salarylab.records.own.answer import Answer, read_answer, read_levels, read_unmatched
from salarylab.records.own.layout import FORMATS, Layout, read_layout
from salarylab.records.own.pay_terms import Pay, read_pay
from salarylab.records.own.toml_table import TomlTable
from salarylab.records.own.when import When, read_when

SINGLE = ("observation", "experience_concept", "education_concept")
BELONGS_ELSEWHERE = {
    "year": "say it under [year]",
    **dict.fromkeys(SINGLE, "say it above the first [table]"),
    **{c.name: "pay is said under [pay]" for c in schema.COLUMNS if c.group == "pay"},
}
NOT_STATED = ("record_id", "source", "replicate_weights", "imputed", "also_in")
MAPPABLE = tuple(c.name for c in schema.COLUMNS if c.name not in (*BELONGS_ELSEWHERE, *NOT_STATED))

_KEYS = {
    "file": layout.KEYS,
    "pay": pay_terms.KEYS,
    "year": when.KEYS,
    "source": ("title", "publisher", "licence", "citation", "headline"),
}


@dataclass(frozen=True, slots=True)
class OwnMapping:
    """Hold a whole declaration; ``source`` has the titles and terms that were stated, by key.

    ``constants`` are the canonical columns that are one level throughout; ``keep`` are, by raw column, the
    values of the rows to keep.
    """

    path: Path
    layout: Layout
    pay: Pay
    year: When
    columns: Mapping[str, Answer]
    constants: Mapping[str, str]
    keep: Mapping[str, tuple[str, ...]]
    source: Mapping[str, str]

    @property
    def raw_columns(self) -> tuple[str, ...]:
        """The raw columns that the declaration names, each once, in the order of the declaration."""
        answers = (answer.column for answer in self.columns.values())
        named = (*self.pay.columns, *self.year.columns, *answers, *self.keep)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def read_mapping(path: Path) -> tuple[OwnMapping, tuple[Fault, ...]]:
    """Read a TOML file into a declaration and everything that is wrong with it.

    What is faulty is left out of the declaration, so that the rest can still be held against the file.
    Raises ``DataError`` where the file is no TOML at all, with the line.
    """
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(_no_toml(path, error)) from error
    faults: list[Fault] = []
    top = TomlTable(stated, path.name, (*SINGLE, *_KEYS, "columns", "levels", "keep"), faults, elsewhere=SINGLE)
    file, pay, year = (top.table(name, _KEYS[name], required=True) for name in ("file", "pay", "year"))
    columns = _columns(top, faults)
    if (hours := pay.text("hours")) is not None:
        if "hours_weekly" in columns:
            pay.refuse("hours", hours, "hours_weekly under [pay] or under [columns], not both", "leave one out")
        columns["hours_weekly"] = Answer(hours)
    about = top.table("source", _KEYS["source"])
    constants = {name: level for name in SINGLE if (level := top.choice(name, schema.column(name).levels))}
    declared = OwnMapping(
        path=path,
        layout=read_layout(file, path.parent),
        pay=read_pay(pay, path.parent),
        year=read_when(year),
        columns=columns,
        constants={"observation": "worker"} | constants,
        keep=_keep(top.table("keep")),
        source={key: said for key in _KEYS["source"] if (said := about.text(key)) is not None},
    )
    return declared, tuple(faults)


def _no_toml(path: Path, error: Exception) -> Fault:
    """Return the fault of a file that is no TOML; the likeliest mistake is to name the data themselves."""
    if path.suffix.lower() in FORMATS:
        remedy = f"write its mapping first: salarylab own new {path.name}; then name the TOML file"
        return Fault(path.name, "no TOML mapping: this looks like the data themselves", "own:mapping.toml", remedy)
    remedy = "save it as UTF-8" if isinstance(error, UnicodeDecodeError) else "mend the line named"
    return Fault(path.name, str(error), 'TOML in UTF-8, such as currency = "EUR"', remedy)


def _keep(keep: TomlTable) -> dict[str, tuple[str, ...]]:
    """Return, by raw column, the values of the rows to keep."""
    kept = {}
    for name, values in keep.stated.items():
        if isinstance(values, list) and values and all(isinstance(value, str) for value in values):
            kept[name] = tuple(values)
        else:
            keep.refuse(name, values, "a list of texts", f'such as "{name}" = ["Finland"]')
    return kept


def _columns(top: TomlTable, faults: list[Fault]) -> dict[str, Answer]:
    """Return the answers by canonical column, with the level maps that belong to them."""
    columns, maps = top.table("columns"), top.table("levels")
    answers: dict[str, Answer] = {}
    for name, stated in columns.stated.items():
        if name not in MAPPABLE:
            faults.append(unknown(f"{columns.where}: column", name, MAPPABLE, BELONGS_ELSEWHERE.get(name, "")))
        elif isinstance(stated, dict):
            answers[name] = read_answer(columns.table(name, ANSWER_KEYS[:3]))
        elif (raw := columns.text(name)) is not None:
            answers[name] = Answer(raw)
    for name in maps.stated:
        levels = maps.table(name)
        if name not in columns.stated:
            faults.append(unknown(f"{maps.where}: column", name, columns.stated, "map it under [columns] first"))
        elif name in answers and isinstance(schema.column(name).dtype, pl.Float64):
            faults.append(Fault(levels.where, f"{name} is a number", "levels of a column of words", "leave them out"))
        elif name in answers:
            said, nothing = read_levels(levels, _expected(schema.column(name)))
            answers[name] = replace(answers[name], levels=said, nothing=nothing, unmatched=read_unmatched(levels))
    return {name: answer for name, answer in answers.items() if answer.column is not None}


def _expected(column: schema.Column) -> str:
    if isinstance(column.dtype, pl.Boolean):
        return "one of: yes, no"
    return f"one of: {', '.join(column.levels)}" if column.levels else "a text"
