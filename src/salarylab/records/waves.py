"""Waves: a survey that was asked several times, each time with other questions, read into one table of answers.

A source declares its waves; a question keeps one name through all of them, whatever its header says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from salarylab.errors import DataError, unknown
from salarylab.records.audit import Ledger
from salarylab.records.reading import ROW, Dialect
from salarylab.records.recode import blank_to_null
from salarylab.schema import BY_NAME
from salarylab.source import RawFile


@dataclass(frozen=True, slots=True)
class Wave:
    """Declare one wave: the year its pay refers to, its file and how that is written, and its questions.

    ``asked`` names the canonical columns that it observes; ``questions`` pairs the name of each column here
    with its header, or the beginning of it, in file order.
    """

    year: int
    file: RawFile
    dialect: Dialect
    asked: frozenset[str]
    questions: tuple[tuple[str, str], ...]


Waves = Mapping[int, Wave]


def choose(waves: Waves, years: Sequence[int] | None, *, who: str) -> tuple[Wave, ...]:
    """Return the waves of these years, in order of time; all where None.

    Raises ``DataError`` naming every year that has no wave.
    """
    return tuple(waves[year] for year in in_time(waves, years, who=who))


def in_time(waves: Mapping[int, object], years: Sequence[int] | None, *, who: str) -> list[int]:
    """Return these years, once and in order of time; all that have a wave where None.

    Raises ``DataError`` naming every year that has none.

    >>> in_time({2018: "a", 2020: "b"}, [2020, 2018, 2020], who="an example")
    [2018, 2020]
    """
    strays = [unknown(f"{who}: wave of", str(year), map(str, waves)) for year in years or () if year not in waves]
    if strays:
        raise DataError(*strays)
    return sorted(set(years or waves))


def one_ledger(ledgers: Mapping[int, Ledger]) -> Ledger:
    """Return the ledgers of several years, each cleaned alone, as one of canonical columns; each rule says its year.

    >>> alone = {year: Ledger(pl.DataFrame({"year": [year]})).flag("odd pay", pl.lit(True)) for year in (2018, 2019)}
    >>> [step.rule for step in one_ledger(alone).steps]
    ['2018: odd pay', '2019: odd pay']
    """
    steps = [replace(step, rule=f"{year}: {step.rule}") for year, ledger in ledgers.items() for step in ledger.steps]
    rows = [ledger.rows.select(name for name in ledger.rows.columns if name in BY_NAME) for ledger in ledgers.values()]
    return Ledger(pl.concat(rows, how="diagonal"), tuple(steps))


def asked_in(waves: Sequence[Wave], *, gender: bool) -> frozenset[str]:
    """Return the canonical columns that any of the waves asked; ``gender`` among them only where it is loaded."""
    asked = frozenset[str]().union(*(wave.asked for wave in waves))
    return asked if gender else asked - {"gender"}


def names_in(waves: Waves) -> list[str]:
    """Return the name of every question of every wave, once, in order of first appearance."""
    return list(dict.fromkeys(name for wave in waves.values() for name, _ in wave.questions))


def sign(raw: pl.DataFrame, wave: Wave) -> pl.DataFrame:
    """Return a wave's rows (with ``row``) with its ``year`` and each row's ``record_id``."""
    return raw.with_columns(
        pl.lit(wave.year, dtype=pl.Int32).alias("year"),
        pl.format("{}:{}", pl.lit(wave.file.name), ROW).alias("record_id"),
    )


def join(raw: Sequence[pl.DataFrame], waves: Waves) -> pl.DataFrame:
    """Return the rows of several waves as one table of text; blank cells, and what a wave did not ask, are null."""
    table = blank_to_null(pl.concat(raw, how="diagonal"), words=("",))
    return table.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in names_in(waves) if name not in table.columns
    )
