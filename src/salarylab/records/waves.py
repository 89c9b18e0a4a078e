"""Waves: a survey that was asked several times, each time with other questions, read into one table of answers.

A source declares its waves; a question keeps one name through all of them, whatever its header says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from salarylab.errors import DataError, unknown
from salarylab.records.reading import ROW, Dialect
from salarylab.records.recode import blank_to_null
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
    strays = [unknown(f"{who}: wave of", str(year), map(str, waves)) for year in years or () if year not in waves]
    if strays:
        raise DataError(*strays)
    return tuple(waves[year] for year in sorted(waves) if year in (years or waves))


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
