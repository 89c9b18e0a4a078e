"""Table: an equation on a table that is not canonical records: a Parquet file, or a frame of any library.

The columns are read once, in batches: levels are tallied and coded, numbers become doubles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.blocks import Levels, Numbers, Term, base_of, crossed_parts, numbers, refused
from salarylab.model.factor import NUMERIC, Factor, Outcome, outcome
from salarylab.model.kernel.door import Columns, as_lazy
from salarylab.model.kernel.layout import Layout, Piece, lay_out
from salarylab.model.kernel.reading import Reading, read
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.stream import Stream
from salarylab.model.spec import DECLARED, SURVEY, Spec
from salarylab.model.spline import restricted_cubic
from salarylab.sample import ATTRITION_SCHEMA, Sample
from salarylab.source import Provenance, Source

Array = NDArray[np.float64]

OUTCOME, WEIGHT, CLUSTER = "outcome ", "weight ", "cluster "
"""Names of read columns; the blank keeps them apart from factors."""


@dataclass(frozen=True, slots=True)
class TableDesign:
    """Lay out one equation on a table.

    ``source`` gives the rows to the kernel, ``n`` of them; ``lost`` rows had no answer to something asked. ``blocks``
    hold levels with their tallies, not codes. A table has no sample, replicates or known contributors.
    """

    spec: Spec
    outcome: Outcome
    blocks: dict[str, Levels | Numbers] = field(repr=False)
    terms: tuple[Term, ...] = field(repr=False)
    source: Rows | Stream = field(repr=False)
    n: int
    lost: int
    cluster_label: str | None
    cluster_count: int
    weighted: bool
    sample: Sample = field(repr=False)
    weights: None = None
    clusters: None = None
    replicates: None = None
    replication: None = None
    contributors: None = None

    @property
    def y(self) -> Array:
        """Refuse: the rows of a table are not held one by one."""
        raise ModelError(
            Fault(
                "table",
                "an analysis that needs its rows",
                "a sample of records",
                "describe the file (salarylab own new) and load it: sl.load('own:…')",
            )
        )

    @property
    def base_of(self) -> dict[str, str]:
        """The base level of each categorical factor."""
        return {name: block.base for name, block in self.blocks.items() if isinstance(block, Levels)}

    def told_base(self, factor: str) -> str:
        """Return a factor's base level as it may be told; nothing for a factor without levels."""
        block = self.blocks.get(factor)
        return block.told(block.base) if isinstance(block, Levels) else ""


def build_table(spec: Spec, table: object) -> TableDesign:
    """Lay out an equation on a table, leaving out rows without an answer.

    ``table`` is a Parquet path, a polars frame (lazy or not), or a pandas or pyarrow table. Raises ``ModelError`` for
    columns that are not there, values that are not finite, weights that are not positive, and factors with one level.
    """
    frame = as_lazy(table)
    wanted = outcome(spec.outcome, frozenset(frame.collect_schema().names()), declared=spec.declared)
    parts = [spec.factor(name) for name in spec.factors if ":" not in name]
    _refuse_absent(spec, wanted, parts, frame)
    keys = [part for part in parts if part.kind not in NUMERIC or _whole(part, frame)]
    chosen, named = _selected(spec, wanted, parts, keys, frame)
    reading = read(chosen, named)
    _refuse_values(reading, wanted, spec)
    blocks = _blocks(spec, parts, keys, reading)
    joint = {name: _joint(name, blocks, chosen) for name in spec.factors if ":" in name}
    terms, layout = _laid_out(spec, blocks, keys, joint, reading.n)
    return TableDesign(
        spec,
        wanted,
        blocks,
        terms,
        reading.source(chosen, named, layout),
        reading.n,
        reading.lost,
        spec.clusters if named.clusters else None,
        len(reading.tallies[CLUSTER].counts) if named.clusters else 0,
        named.weights is not None,
        _drawn(frame, reading),
    )


TABLE = Source(
    key="table",
    title="a table of your own",
    publisher="you",
    home="",
    citation="",
    licence="yours to say",
    redistribution="unclear",
    headline="A table of your own: nothing is known of how it was gathered.",
    asked=frozenset(),
)


def _drawn(frame: pl.LazyFrame, reading: Reading) -> Sample:
    """Return the sample that a table is: where its rows went, without the rows."""
    raw = reading.n + reading.lost
    lines = [["raw", "rows in the table", 0, raw, None, None]]
    lines += [["build", "without every answer", reading.lost, reading.n, None, None]] if reading.lost else []
    names = frozenset(frame.collect_schema().names())
    attrition = pl.DataFrame(lines, schema=ATTRITION_SCHEMA, orient="row")
    return Sample(pl.DataFrame(), names, Provenance(TABLE, (), TABLE.headline), attrition, ())


# What is read


def _whole(part: Factor, frame: pl.LazyFrame) -> bool:
    """Return whether a number is stored as whole numbers: years are read as a key, and few."""
    kind = frame.select(part.expression.alias(part.name)).collect_schema()[part.name]
    return kind.is_integer()


def _selected(
    spec: Spec, wanted: Outcome, parts: Sequence[Factor], keys: Sequence[Factor], frame: pl.LazyFrame
) -> tuple[pl.LazyFrame, Columns]:
    """Return the columns of an equation by name, and which of them is what."""
    value = pl.col(wanted.column).cast(pl.Float64)
    asked = [part.expression.alias(part.name) for part in keys]
    plain = [column for part in parts if part not in keys for column in _expressions(part)]
    asked += [*plain, (value.log() if wanted.log else value).alias(OUTCOME)]
    weights = spec.weights not in (None, SURVEY)
    clusters = spec.clusters not in (None, DECLARED)
    asked += [pl.col(str(spec.weights)).alias(WEIGHT)] if weights else []
    asked += [pl.col(str(spec.clusters)).alias(CLUSTER)] if clusters else []
    names = tuple(expression.meta.output_name() for expression in plain)
    read_as = Columns(
        tuple(part.name for part in keys), names, OUTCOME, WEIGHT if weights else None, CLUSTER if clusters else None
    )
    return frame.select(asked), read_as


def _expressions(part: Factor) -> list[pl.Expr]:
    """Return the columns of a number with many values: its powers, or the basis of its spline."""
    x = part.expression.cast(pl.Float64)
    if part.kind != "spline":
        names = [part.name, *(f"{part.name}^{power}" for power in range(2, part.degree + 1))]
        return [(x**power).alias(name) for power, name in enumerate(names, start=1)]
    return [
        x.map_batches(partial(_bend, part=part, i=i), pl.Float64).alias(f"{part.name}.{i}")
        for i in range(len(part.knots) - 1)
    ]


def _bend(years: pl.Series, *, part: Factor, i: int) -> pl.Series:
    return pl.Series(years.name, restricted_cubic(years.to_numpy(), part.knots)[:, i])


# What it is made of


def _blocks(
    spec: Spec, parts: Sequence[Factor], keys: Sequence[Factor], reading: Reading
) -> dict[str, Levels | Numbers]:
    blocks: dict[str, Levels | Numbers] = {}
    faults = []
    nobody = np.zeros(0, dtype=np.int64)
    for part in parts:
        if part not in keys:
            names = tuple(expression.meta.output_name() for expression in _expressions(part))
            blocks[part.name] = Numbers(part, names, np.zeros((0, len(names))))
            continue
        levels, _, counts = reading.tallies[part.name].levels()
        if part.kind in NUMERIC:
            blocks[part.name] = numbers(part, np.array(levels, dtype=np.float64))
            continue
        asked = spec.bases.get(part.name)
        base = base_of(part, levels, counts, asked)
        block = refused(Levels(part, tuple(levels), base, nobody, tuple(counts)), asked)
        if isinstance(block, Fault):
            faults.append(block)
        else:
            blocks[part.name] = block
    if faults:
        raise ModelError(*faults)
    return blocks


def _at_levels(block: Levels | Numbers) -> Array:
    """Return a key's columns at each of its levels, shape (levels, m)."""
    if isinstance(block, Numbers):
        return block.values
    without_base: Array = np.delete(np.eye(len(block.levels)), block.levels.index(block.base), axis=1)
    return without_base


def _joint(name: str, blocks: dict[str, Levels | Numbers], chosen: pl.LazyFrame) -> Array:
    """Return how many rows stand at each pair of levels of two keys, shape (levels, levels)."""
    ends = name.split(":")
    plain = [end for end in ends if len(_at_levels(blocks[end])) == 0]
    if plain:
        raise ModelError(
            Fault(
                f"interaction {name!r}",
                f"{plain[0]!r} is a number with many values",
                "levels, or whole numbers, on both sides of an interaction on a table",
                "round it, or cut it into levels",
            )
        )
    found = chosen.drop_nulls().group_by(ends).len().collect(engine="streaming")
    names = [_level_names(blocks[end]) for end in ends]
    places = [
        found[end].cast(pl.String).replace_strict(levels, list(range(len(levels))), return_dtype=pl.Int64).to_numpy()
        for end, levels in zip(ends, names, strict=True)
    ]
    joint = np.zeros((len(names[0]), len(names[1])))
    joint[places[0], places[1]] = found["len"].to_numpy()
    return joint


def _level_names(block: Levels | Numbers) -> list[str]:
    return list(block.levels) if isinstance(block, Levels) else [f"{x:.0f}" for x in block.values[:, 0]]


def _laid_out(
    spec: Spec, blocks: dict[str, Levels | Numbers], keys: Sequence[Factor], joint: dict[str, Array], n: int
) -> tuple[tuple[Term, ...], Layout]:
    """Return the terms of an equation and the layout of their columns."""
    names = [part.name for part in keys]
    terms = [Term(("intercept",), "intercept", None, None, n)]
    pieces: list[Piece] = []
    places: list[int] = []
    for name in spec.factors:
        first = len(terms)
        if ":" in name:
            new, values = _crossed(name, blocks, joint[name])
        else:
            new = _main(name, blocks[name], _beside(name, joint, blocks), n)
            values = _at_levels(blocks[name])
        terms += new
        here = tuple(range(first, len(terms)))
        if set(name.split(":")) <= set(names):
            pieces.append(Piece(tuple(names.index(end) for end in name.split(":")), values, here))
        else:
            places += here
    sizes = [len(_at_levels(blocks[name])) for name in names]
    return tuple(terms), lay_out(sizes, pieces, places, len(terms))


def _main(name: str, block: Levels | Numbers, joint: dict[str, Array], n: int) -> list[Term]:
    """Return a factor's terms; where it interacts, they compare only rows at the other factor's base."""
    if isinstance(block, Numbers):
        return [Term((column,), name, None, None, n) for column in block.names]
    counts = np.min([np.array(block.tally), *(cells for cells in joint.values())], axis=0)
    base = block.levels.index(block.base)
    return [
        Term((f"{name}[{level}]",), name, level, block.base, int(min(counts[i], counts[base])))
        for i, level in enumerate(block.levels)
        if i != base
    ]


def _beside(name: str, joint: dict[str, Array], blocks: dict[str, Levels | Numbers]) -> dict[str, Array]:
    """Return the rows at each level of a factor that stand at the base of a factor it interacts with."""
    found = {}
    for crossing, cells in joint.items():
        left, right = crossing.split(":")
        other = blocks[right if name == left else left] if name in (left, right) else None
        if isinstance(other, Levels):
            base = other.levels.index(other.base)
            found[crossing] = cells[:, base] if name == left else cells[base]
    return found


def _crossed(name: str, blocks: dict[str, Levels | Numbers], cells: Array) -> tuple[list[Term], Array]:
    """Return an interaction's terms and its columns at each pair of levels; a cell without a row has no term."""
    left, right = (blocks[end] for end in name.split(":"))
    products = np.einsum("ai,bj->abij", _at_levels(left), _at_levels(right))
    base = " × ".join(block.base for block in (left, right) if isinstance(block, Levels))
    terms, values = [], []
    for (i, j), parts in zip(np.ndindex(products.shape[2:]), crossed_parts(left, right), strict=True):
        column = products[:, :, i, j]
        filled = int(cells[column != 0].sum())
        if filled:
            behind = (
                _corners(left, right, parts, cells)
                if isinstance(left, Levels) and isinstance(right, Levels)
                else filled
            )
            terms.append(Term(parts, name, " × ".join(parts), base, behind))
            values.append(column.ravel())
    return terms, np.column_stack(values)


def _corners(left: Levels, right: Levels, parts: tuple[str, str], cells: Array) -> int:
    """Return the rows in the smallest of the four cells behind an interaction of two levels."""
    ends = [
        [block.levels.index(level) for level in (block.base, part.split("[", 1)[1][:-1])]
        for block, part in zip((left, right), parts, strict=True)
    ]
    return int(cells[np.ix_(*ends)].min())


# Refusals


def _refuse_absent(spec: Spec, wanted: Outcome, parts: Sequence[Factor], frame: pl.LazyFrame) -> None:
    there = frame.collect_schema().names()
    needs = [(f"factor {part.name!r}: column", column) for part in parts for column in part.needs]
    needs += [("outcome: column", wanted.column)]
    needs += [("weights: column", str(spec.weights))] if spec.weights not in (None, SURVEY) else []
    needs += [("clusters: column", str(spec.clusters))] if spec.clusters not in (None, DECLARED) else []
    faults = [unknown(thing, column, there) for thing, column in needs if column not in there]
    if faults:
        raise ModelError(*faults)


def _refuse_values(reading: Reading, wanted: Outcome, spec: Spec) -> None:
    """Refuse a table without rows, values that are not finite, and weights that are not positive."""
    names = {OUTCOME: f"outcome {wanted.column!r}", WEIGHT: f"weights {spec.weights!r}"}
    faults = [
        Fault(
            names.get(name, f"factor {name!r}"),
            f"{show_count(rows)} rows that are not finite" + (", such as the log of no pay" if name == OUTCOME else ""),
            "finite numbers",
            "leave these rows out first",
        )
        for name, rows in reading.unfinite.items()
        if rows
    ]
    if bad := reading.nonpositive.get(WEIGHT):
        faults.append(
            Fault(names[WEIGHT], f"{show_count(bad)} rows at or below zero", "positive weights", "leave them out")
        )
    if not reading.n:
        told = f"no row with every answer; {show_count(reading.lost)} rows without"
        faults.append(Fault("table", told, "rows that answer every factor", "ask fewer factors"))
    if faults:
        raise ModelError(*faults)
