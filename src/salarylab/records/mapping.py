"""Mapping: what a person declares about the columns of their own pay file, in TOML.

The declaration is read into one frozen value. Nothing is guessed: what a column holds is said by hand, and
what is missing or misspelt is a fault. All faults are gathered, those of the declaration here, those that
only the file can show in ``own_table``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import polars as pl

from salarylab import schema
from salarylab.errors import DataError, Fault, unknown
from salarylab.records.recode import MISSING_WORDS
from salarylab.records.toml_table import TomlTable

Unmatched = Literal["refuse", "null"]

FORMATS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".xlsx": "excel", ".xls": "excel"}
SINGLE = ("observation", "experience_concept")
BELONGS_ELSEWHERE = {
    "year": "say it under [year]",
    "observation": "say it above the first [table]",
    "experience_concept": "say it above the first [table]",
} | {c.name: "pay is said under [pay]" for c in schema.COLUMNS if c.group == "pay"}
NOT_STATED = ("record_id", "source", "replicate_weights", "full_year")
MAPPABLE = tuple(c.name for c in schema.COLUMNS if c.name not in (*BELONGS_ELSEWHERE, *NOT_STATED))


@dataclass(frozen=True, slots=True)
class Answer:
    """Declare where one answer stands: in a raw column, or as one value for all rows.

    ``levels`` maps raw values to canonical ones; ``separator`` parts the items of a list in one cell.
    """

    column: str | None = None
    value: str | None = None
    levels: Mapping[str, str] = field(default_factory=dict)
    unmatched: Unmatched = "refuse"
    separator: str = ";"


@dataclass(frozen=True, slots=True)
class Layout:
    """Declare how a raw file is written: its path, format, marks and the words that mean missing."""

    path: Path
    form: str
    sheet: str | None
    separator: str
    quote: str
    encoding: str
    decimal: str
    thousands: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pay:
    """Declare which columns hold pay, in what currency and period, and what the figure includes.

    ``rates`` are local units per USD. Either ``column`` is set, or ``low`` and ``high`` are.
    """

    column: str | None
    low: str | None
    high: str | None
    currency: Answer
    period: Answer
    concept: str | None
    gross_net: str | None
    rates: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class OwnMapping:
    """Hold a whole declaration; ``source`` has the titles and terms that were stated, by key."""

    path: Path
    layout: Layout
    pay: Pay
    year: Answer
    columns: Mapping[str, Answer]
    observation: str
    experience_concept: str | None
    source: Mapping[str, str]

    @property
    def raw_columns(self) -> tuple[str, ...]:
        """The raw columns that the declaration names, each once, in the order of the declaration."""
        pay = (self.pay.column, self.pay.low, self.pay.high, self.pay.currency.column, self.pay.period.column)
        named = (*pay, self.year.column, *(answer.column for answer in self.columns.values()))
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
    top = TomlTable(stated, path.name, (*SINGLE, *_KEYS, "columns", "levels"), faults, elsewhere=SINGLE)
    file, pay, year = (top.table(name, _KEYS[name], required=True) for name in ("file", "pay", "year"))
    columns = _columns(top, faults)
    if (hours := pay.text("hours")) is not None:
        if "hours_weekly" in columns:
            pay.refuse("hours", hours, "hours_weekly under [pay] or under [columns], not both", "leave one out")
        columns["hours_weekly"] = Answer(hours)
    about = top.table("source", _KEYS["source"])
    declared = OwnMapping(
        path=path,
        layout=_layout(file, path.parent),
        pay=_pay(pay),
        year=_year(year),
        columns=columns,
        observation=top.choice("observation", schema.column("observation").levels) or "worker",
        experience_concept=top.choice("experience_concept", schema.column("experience_concept").levels),
        source={key: said for key in _KEYS["source"] if (said := about.text(key)) is not None},
    )
    return declared, tuple(faults)


_KEYS = {
    "file": ("path", "format", "sheet", "separator", "quote", "encoding", "decimal", "thousands", "missing"),
    "pay": ("column", "low", "high", "currency", "period", "concept", "gross_net", "hours", "usd_rate"),
    "year": ("column", "value"),
    "source": ("title", "publisher", "licence", "citation", "headline"),
}


def _no_toml(path: Path, error: Exception) -> Fault:
    """Return the fault of a file that is no TOML; the likeliest mistake is to name the data themselves."""
    if path.suffix.lower() in FORMATS:
        remedy = 'write a TOML file that says path = "…" under [file], and name that one: docs/own-data.md shows how'
        return Fault(path.name, "no TOML mapping: this looks like the data themselves", "own:mapping.toml", remedy)
    remedy = "save it as UTF-8" if isinstance(error, UnicodeDecodeError) else "mend the line named"
    return Fault(path.name, str(error), 'TOML in UTF-8, such as currency = "EUR"', remedy)


def _layout(file: TomlTable, folder: Path) -> Layout:
    named = file.text("path", required=True)
    path = folder / Path(named or "").expanduser()
    guessed = FORMATS.get(path.suffix.lower())
    untold = named is not None and guessed is None
    form = file.choice("format", ("csv", "parquet", "excel"), required=untold) or guessed or "csv"
    decimal = file.choice("decimal", (".", ",")) or "."
    thousands = file.choice("thousands", ("", ".", ",", " ", "'", "’"))
    if thousands is not None and thousands == decimal:
        file.refuse("thousands", thousands, "another mark than the decimal one", "mend one of the two")
    missing = file.stated.get("missing", list(MISSING_WORDS))
    if not isinstance(missing, list) or not all(isinstance(word, str) for word in missing):
        file.refuse("missing", missing, "a list of texts", 'such as missing = ["NA", "-"]')
        missing = []
    separator = file.text("separator") or ("\t" if path.suffix.lower() == ".tsv" else ",")
    quote = file.text("quote")
    for key, mark in (("separator", separator), ("quote", quote or '"')):
        if len(mark) != 1:
            file.refuse(key, mark, "one character", "a tab is written \\t")
    return Layout(
        path=path,
        form=form,
        sheet=file.text("sheet"),
        separator=separator[0],
        quote='"' if quote is None else quote[:1],
        encoding=file.text("encoding") or "utf-8",
        decimal=decimal,
        thousands=(",." if decimal == "." else ".,")[0] if thousands is None else thousands,
        missing=("", *missing),
    )


def _pay(pay: TomlTable) -> Pay:
    column, low, high = pay.text("column"), pay.text("low"), pay.text("high")
    if (column is None) == (low is None and high is None) or (low is None) != (high is None):
        given = [key for key in ("column", "low", "high") if key in pay.stated]
        pay.refuse("column", given or None, "either column, or low and high", "name the raw column or columns of pay")
    currency, period = (_constant_or_column(pay, key) for key in ("currency", "period"))
    if period.value is not None:
        pay.choice("period", schema.PERIOD)
    return Pay(
        column=column,
        low=low,
        high=high,
        currency=currency,
        period=period,
        concept=pay.choice("concept", schema.PAY_CONCEPT, required=True),
        gross_net=pay.choice("gross_net", schema.column("gross_net").levels),
        rates=_rates(pay, currency),
    )


def _constant_or_column(pay: TomlTable, key: str) -> Answer:
    if isinstance(pay.stated.get(key), dict):
        return _answer(pay.table(key, ("column", "map", "unmatched")))
    return Answer(value=pay.text(key, required=True))


def _rates(pay: TomlTable, currency: Answer) -> dict[str, float]:
    """Return local units per USD by currency code; one number serves one stated currency only."""
    stated = pay.stated.get("usd_rate", {})
    if not isinstance(stated, dict):
        if currency.column is not None:
            pay.refuse("usd_rate", stated, "a table, as currency is a column", "usd_rate = { EUR = 0.9, … }")
        stated = {} if currency.value is None else {currency.value: stated}
    rates = {code: float(rate) for code, rate in stated.items() if type(rate) in (int, float) and 0 < rate < 1e9}
    for code in stated.keys() - rates.keys():
        pay.refuse("usd_rate", stated[code], f"a number above 0: {code} per USD", f"say usd_rate = {{ {code} = … }}")
    if rates.get("USD", 1.0) != 1.0:
        pay.refuse("usd_rate", rates["USD"], "1 for USD", "rates are local units per USD")
    return {"USD": 1.0} | rates


def _year(year: TomlTable) -> Answer:
    value, column = year.stated.get("value"), year.text("column")
    if (value is None) == (column is None):
        year.refuse("value", None if value is None else [value, column], "either value or column", "value = 2024")
    elif column is None and (type(value) is not int or not 1900 <= value <= 2100):
        year.refuse("value", value, "a year such as 2024")
        value = None
    return Answer(column, None if value is None else str(value))


def _columns(top: TomlTable, faults: list[Fault]) -> dict[str, Answer]:
    """Return the answers by canonical column, with the level maps that belong to them."""
    columns, maps = top.table("columns"), top.table("levels")
    answers: dict[str, Answer] = {}
    for name, stated in columns.stated.items():
        if name not in MAPPABLE:
            faults.append(unknown(f"{columns.where}: column", name, MAPPABLE, BELONGS_ELSEWHERE.get(name, "")))
        elif isinstance(stated, dict):
            answers[name] = _answer(columns.table(name, ("column", "separator")))
        elif (raw := columns.text(name)) is not None:
            answers[name] = Answer(raw)
    for name in maps.stated:
        levels = maps.table(name)
        if name not in columns.stated:
            faults.append(unknown(f"{maps.where}: column", name, columns.stated, "map it under [columns] first"))
        elif name in answers and isinstance(schema.column(name).dtype, pl.Float64):
            faults.append(Fault(levels.where, f"{name} is a number", "levels of a column of words", "leave them out"))
        elif name in answers:
            answers[name] = replace(answers[name], levels=_levels(levels), unmatched=_unmatched(levels))
    return {name: answer for name, answer in answers.items() if answer.column is not None}


def _answer(table: TomlTable) -> Answer:
    """Read a table that names a raw column and what to do with its values."""
    return Answer(
        column=table.text("column", required=True),
        levels=_levels(table.table("map")),
        unmatched=_unmatched(table),
        separator=table.text("separator") or ";",
    )


def _unmatched(table: TomlTable) -> Unmatched:
    return "null" if table.choice("unmatched", ("refuse", "null")) == "null" else "refuse"


def _levels(table: TomlTable) -> dict[str, str]:
    """Return raw value → canonical value, less the key that says what to do with other values."""
    said = {raw: table.text(raw) for raw in table.stated if raw != "unmatched"}
    return {raw: level for raw, level in said.items() if level is not None}
