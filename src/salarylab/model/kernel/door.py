"""Door: columns of any table as arrays, batch by batch: levels as codes, numbers as doubles.

A level's code in a batch may be anything: the codes of polars' categoricals are shared by the whole process. So each
column keeps a tally of what it met, and codes are made dense from the declared, or sorted, levels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]
Raw = NDArray[np.integer]

BATCH, VALUES = 1 << 18, 1 << 21
"""Most rows, and most values, that are read at once: some copies of a batch are alive together."""

WIDEST = 1 << 20
"""Distance of the least from the greatest code up to which a table has a place for each between them."""


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


def _plain(column: Any) -> pl.Series:
    """Return a column of another library as polars has it: null where it says missing, levels in their order."""
    import narwhals as nw

    missing, kind = column.is_null().to_numpy(), column.dtype
    if kind.is_numeric() and not missing.any():
        return pl.Series(column.to_numpy())
    if kind in (nw.Categorical, nw.Enum, nw.Object):
        column = column.cast(nw.String)
    values = [None if gone else value for value, gone in zip(column.to_list(), missing, strict=True)]
    if isinstance(kind, nw.Enum):
        return pl.Series(values, dtype=pl.Enum(kind.categories))
    return pl.Series(values)


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
    """Count what a coded column holds: rows by raw code, and the names of text codes.

    Polars forgets which text a code stands for once no column uses it: ``held`` keeps one in use.
    """

    declared: list[str] | None = None
    text: bool = True
    counts: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    held: pl.Series | None = field(repr=False, default=None)

    def add(self, column: pl.Series, raw: Raw) -> None:
        """Add a batch of a column."""
        self.held = column.clear()
        for code, rows in zip(*_tallied(raw), strict=True):
            self.counts[code] = self.counts.get(code, 0) + rows
        if self.text and self.counts.keys() - self.names.keys():
            physical = column.unique()
            self.names |= dict(zip(physical.to_physical().to_list(), physical.cast(pl.String).to_list(), strict=True))

    def rows_at(self, *names: str) -> int:
        """Return the rows at texts of these names."""
        return sum(self.counts.get(code, 0) for code, name in self.names.items() if name in names)

    def levels(self) -> tuple[list[str], list[int], list[int]]:
        """Return the levels met in declared order (else sorted), their raw codes, and rows at each."""
        met = sorted(self.counts)
        if self.text:
            order = {level: i for i, level in enumerate(self.declared or [])}
            met.sort(key=lambda code: (order.get(self.names[code], 0), self.names[code]))
        return [self.names[c] if self.text else str(c) for c in met], met, [self.counts[c] for c in met]


def _tallied(raw: Raw) -> tuple[list[int], list[int]]:
    """Return the codes met, and rows at each."""
    if not len(raw):
        return [], []
    least = int(raw.min())
    if int(raw.max()) - least > WIDEST:  # numbers of employers: far fewer than the numbers between them
        met, rows = np.unique(raw, return_counts=True)
        return met.tolist(), rows.tolist()
    start = 0 if raw.dtype.kind == "u" and least < WIDEST else least  # unsigned codes are counted as they stand
    counted = np.bincount(raw if start == 0 else raw.astype(np.int64) - start)
    met = np.flatnonzero(counted)
    return (met + start).tolist(), counted[met].tolist()


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
    size = max(1, min(BATCH, VALUES // (len(columns.coded) + len(columns.doubles))))
    for batch in asked.collect_batches(chunk_size=size, maintain_order=True):
        known = batch.drop_nulls()
        codes = {name: _small(known[name].to_physical().to_numpy()) for name in columns.coded}
        doubles = {name: known[name].to_numpy() for name in columns.doubles}
        yield Batch(known, codes, doubles, len(batch) - len(known))


def _codable(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if _is_code(kind) or isinstance(kind, (pl.Categorical, pl.Enum)):
        return column
    return column.cast(pl.String).cast(pl.Categorical)


def _is_code(kind: pl.DataType) -> bool:
    """Return whether values are codes as they stand: integers that 64 bits hold."""
    return kind.is_integer() and kind not in (pl.UInt64, pl.UInt128, pl.Int128)


def tallies(table: pl.LazyFrame, names: Sequence[str]) -> dict[str, Tally]:
    """Return an empty tally for each coded column."""
    schema = table.select(names).collect_schema()
    return {
        name: Tally(list(kind.categories) if isinstance(kind := schema[name], pl.Enum) else None, not _is_code(kind))
        for name in names
    }


def dense_codes(raw: Raw, met: Sequence[int], stride: int = 1) -> NDArray[np.unsignedinteger]:
    """Return raw codes as places among the codes met, times ``stride``; a code not met is the last place + 1."""
    codes = np.asarray(met, dtype=np.int64)
    least, most = int(codes.min()), int(codes.max())
    kind = np.dtype(np.uint16 if (len(codes) + 1) * stride <= 2**16 else np.uint32)
    if most - min(least, 0) > WIDEST:
        return (_sought(raw, codes) * stride).astype(kind)
    start = min(least, 0)
    places: NDArray[np.unsignedinteger] = np.full(most - start + 1, len(codes) * stride, dtype=kind)
    places[codes - start] = np.arange(len(codes), dtype=kind) * kind.type(stride)
    found: NDArray[np.unsignedinteger] = places[raw if start == 0 else raw.astype(np.int64) - start]
    return found


def _sought(raw: Raw, codes: NDArray[np.int64]) -> NDArray[np.unsignedinteger]:
    order = np.argsort(codes)
    place = np.minimum(np.searchsorted(codes, raw, sorter=order), len(codes) - 1)
    found: NDArray[np.unsignedinteger] = np.where(codes[order[place]] == raw, order[place], len(codes)).astype(
        np.uint32
    )
    return found


def _small(raw: Raw) -> Raw:
    """Return codes in the smallest type that holds them."""
    if len(raw) and raw.min() >= 0:
        return raw.astype(np.min_scalar_type(int(raw.max())), copy=False)
    return raw
