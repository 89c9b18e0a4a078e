"""Table: an equation on a table that is not canonical records: a Parquet file, or a frame of any library.

The columns are read once, in batches: levels are tallied and coded, numbers become doubles.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels, Numbers, Term
from salarylab.model.factor import NUMERIC, Outcome, outcome
from salarylab.model.kernel.reading import Reading, read
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.stream import Stream
from salarylab.model.spec import Spec
from salarylab.model.table_columns import CLUSTER, selected, whole
from salarylab.model.table_terms import blocks_of, joint_counts, laid_out
from salarylab.model.table_unfit import opened, refuse_absent, refuse_values
from salarylab.model.unfit import refuse_kinds
from salarylab.sample import ATTRITION_SCHEMA, Sample
from salarylab.source import Provenance, Source

Array = NDArray[np.float64]


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
    second_clusters: None = None
    replicates: None = None
    replication: None = None
    contributors: None = None
    absorbed: None = None
    counts: None = None

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
    columns that are not there or of another kind, values that are not finite, weights that are not positive, an
    outcome of one value, and factors with one level.
    """
    frame = opened(table)
    wanted = outcome(spec.outcome, frozenset(frame.collect_schema().names()), declared=spec.declared)
    parts = [spec.factor(name) for name in spec.factors if ":" not in name]
    refuse_absent(spec, wanted, parts, frame)
    refuse_kinds(spec, wanted, parts, frame)
    keys = [part for part in parts if part.kind not in NUMERIC or whole(part, frame)]
    chosen, named = selected(spec, wanted, parts, keys, frame)
    reading = read(chosen, named)
    refuse_values(reading, wanted, spec)
    blocks = blocks_of(spec, parts, keys, reading)
    joint = {name: joint_counts(name, blocks, chosen) for name in spec.factors if ":" in name}
    terms, layout = laid_out(spec, blocks, keys, joint, reading.n)
    return TableDesign(
        spec,
        wanted,
        blocks,
        terms,
        reading.source(chosen, named, layout),
        reading.n,
        reading.lost,
        str(spec.clusters) if named.clusters else None,
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
