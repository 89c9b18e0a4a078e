"""Table terms: the blocks, terms and layout of an equation on a table, from tallies of its levels, not from rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels, Numbers, Term, base_of, crossed_parts, numbers, refused
from salarylab.model.factor import NUMERIC, Factor
from salarylab.model.kernel.layout import Layout, Piece, lay_out
from salarylab.model.kernel.reading import Reading
from salarylab.model.spec import Spec
from salarylab.model.table_columns import expressions

Array = NDArray[np.float64]


def blocks_of(
    spec: Spec, parts: Sequence[Factor], keys: Sequence[Factor], reading: Reading
) -> dict[str, Levels | Numbers]:
    """Return the blocks of a table's factors; raises ``ModelError`` for those that cannot stand in an equation."""
    blocks: dict[str, Levels | Numbers] = {}
    faults = []
    nobody = np.zeros(0, dtype=np.int64)
    for part in parts:
        if part not in keys:
            names = tuple(expression.meta.output_name() for expression in expressions(part))
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


def joint_counts(name: str, blocks: dict[str, Levels | Numbers], chosen: pl.LazyFrame) -> Array:
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


def laid_out(
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
    return terms, np.column_stack(values) if values else np.zeros((cells.size, 0))


def _corners(left: Levels, right: Levels, parts: tuple[str, str], cells: Array) -> int:
    """Return the rows in the smallest of the four cells behind an interaction of two levels."""
    ends = [
        [block.levels.index(level) for level in (block.base, part.split("[", 1)[1][:-1])]
        for block, part in zip((left, right), parts, strict=True)
    ]
    return int(cells[np.ix_(*ends)].min())
