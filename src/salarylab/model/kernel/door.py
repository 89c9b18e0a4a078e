"""Door: columns of any table as arrays, batch by batch: levels as codes, numbers as doubles.

A level's code in a batch may be anything: the codes of polars' categoricals are shared by the whole process. So each
column keeps a tally of what it met, and codes are made dense from the declared, or sorted, levels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]
Raw = NDArray[np.integer]

BATCH = 1 << 18

TEXT = (pl.String, pl.Categorical, pl.Enum)


def as_lazy(table: object) -> pl.LazyFrame:
    """Return a Parquet path, or any frame that narwhals knows (polars, pandas, pyarrow), as a lazy frame.

    Raises ``TypeError`` for anything else.
    """
    import os

    if isinstance(table, pl.LazyFrame):
        return table
    if isinstance(table, str | os.PathLike):
        return pl.scan_parquet(os.fspath(table))
    if isinstance(table, pl.DataFrame):
        return table.lazy()
    import narwhals as nw

    frame = nw.from_native(table, eager_only=True)  # type: ignore[call-overload]
    return pl.DataFrame({name: _plain(frame[name]) for name in frame.columns}).lazy()


def _plain(column: object) -> pl.Series:
    """Return a column of another library as polars has it: text where it is categorical."""
    import narwhals as nw

    if column.dtype in (nw.Categorical, nw.Enum, nw.Object):  # type: ignore[attr-defined]
        column = column.cast(nw.String)  # type: ignore[attr-defined]
    return pl.Series(column.to_list())  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Columns:
    """Name what is read: keys (levels), numbers, the outcome, and optional weights and clusters; each an expression."""

    keys: tuple[str, ...]
    numbers: tuple[str, ...]
    outcome: str
    weights: str | None = None
    clusters: str | None = None

    @property
    def coded(self) -> tuple[str, ...]:
        """Columns that are read as codes."""
        return self.keys if self.clusters is None else (*self.keys, self.clusters)

    @property
    def doubles(self) -> tuple[str, ...]:
        """Columns that are read as numbers."""
        return (*self.numbers, self.outcome, *(() if self.weights is None else (self.weights,)))


@dataclass(slots=True)
class Tally:
    """Count what a coded column holds: rows by raw code, and the names of text codes."""

    declared: list[str] | None = None
    text: bool = True
    counts: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def add(self, column: pl.Series, raw: Raw) -> None:
        """Add a batch of a column."""
        least = int(raw.min()) if len(raw) else 0
        tallied = np.bincount(raw.astype(np.int64) - least)
        for code in np.flatnonzero(tallied).tolist():
            self.counts[code + least] = self.counts.get(code + least, 0) + int(tallied[code])
        if self.text and self.counts.keys() - self.names.keys():
            physical = column.unique()
            self.names |= dict(zip(physical.to_physical().to_list(), physical.cast(pl.String).to_list(), strict=True))

    def levels(self) -> tuple[list[str], list[int], list[int]]:
        """Return the levels met in declared order (else sorted), their raw codes, and rows at each."""
        met = sorted(self.counts)
        if self.text:
            order = {level: i for i, level in enumerate(self.declared or [])}
            met.sort(key=lambda code: (order.get(self.names[code], 0), self.names[code]))
        return [self.names[c] if self.text else str(c) for c in met], met, [self.counts[c] for c in met]


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold some rows: their frame, raw codes by coded column, doubles by number, and rows lost for want of a value."""

    frame: pl.DataFrame
    codes: dict[str, Raw]
    doubles: dict[str, Array]
    lost: int


def batches(table: pl.LazyFrame, columns: Columns) -> Iterator[Batch]:
    """Yield the rows that have every column, in batches, always in the same order."""
    schema = table.select(columns.coded).collect_schema()
    as_codes = [_codable(name, schema[name]) for name in columns.coded]
    asked = table.select(*as_codes, *(pl.col(name).cast(pl.Float64) for name in columns.doubles))
    for batch in asked.collect_batches(chunk_size=BATCH, maintain_order=True):
        known = batch.drop_nulls()
        codes = {name: _small(known[name].to_physical().to_numpy()) for name in columns.coded}
        doubles = {name: known[name].to_numpy() for name in columns.doubles}
        yield Batch(known, codes, doubles, len(batch) - len(known))


def _codable(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind.is_integer() or isinstance(kind, (pl.Categorical, pl.Enum)):
        return column
    return column.cast(pl.String).cast(pl.Categorical)


def tallies(table: pl.LazyFrame, names: Sequence[str]) -> dict[str, Tally]:
    """Return an empty tally for each coded column."""
    schema = table.select(names).collect_schema()
    return {
        name: Tally(list(kind.categories) if isinstance(kind := schema[name], pl.Enum) else None, not kind.is_integer())
        for name in names
    }


def dense_codes(raw: Raw, met: Sequence[int]) -> NDArray[np.unsignedinteger]:
    """Return raw codes as places among the codes met, in the smallest type; a code not met is the last place + 1."""
    codes = np.asarray(met, dtype=np.int64)
    least = int(codes.min())
    size = int(codes.max()) - least + 1
    kind = np.uint8 if len(codes) < 2**8 else np.uint16 if len(codes) < 2**16 else np.uint32
    places: NDArray[np.unsignedinteger] = np.full(size, len(codes), dtype=kind)
    places[codes - least] = np.arange(len(codes), dtype=kind)
    found: NDArray[np.unsignedinteger] = places[raw.astype(np.int64) - least]
    return found


def _small(raw: Raw) -> Raw:
    """Return codes in the smallest type that holds them."""
    if len(raw) and raw.min() >= 0:
        return raw.astype(np.min_scalar_type(int(raw.max())), copy=False)
    return raw
