"""Weighting: the weights, clusters and replicate weights of a sample, as arrays."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.spec import DECLARED, SURVEY, Spec
from salarylab.sample import Sample
from salarylab.source import Replication

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


def weight_column(spec: Spec, sample: Sample) -> str | None:
    """Return the column of weights that an equation asks for, if any."""
    if spec.weights == SURVEY:
        return "weight" if sample.provenance.source.has_weights else None
    return spec.weights


def weights_of(name: str | None, sample: Sample) -> Array | None:
    """Return the weights of the rows; raises ``ModelError`` where one is not positive."""
    if name is None:
        return None
    weights = sample.table[name].to_numpy()
    bad = int((~(weights > 0) | ~np.isfinite(weights)).sum())
    if bad:
        raise ModelError(
            Fault(
                f"weights {name!r}",
                f"{show_count(bad)} rows that are not above zero, or not finite",
                "positive main weights",
                "restrict the sample",
            )
        )
    return weights.astype(np.float64)


def counts_of(name: str | None, sample: Sample) -> Array | None:
    """Return how many rows each row stands for; raises ``ModelError`` where one is not a whole number above zero."""
    if name is None:
        return None
    counts = sample.table[name].cast(pl.Float64).to_numpy()
    bad = int((~(counts > 0) | (counts != np.round(counts))).sum())
    if bad:
        told = f"{show_count(bad)} rows that are no whole number above zero"
        raise ModelError(Fault(f"counts {name!r}", told, "whole numbers from 1", "take weights for anything else"))
    return counts


def replicates_of(replication: Replication | None, sample: Sample) -> Array | None:
    """Return replicate weights, shape (n, R), which may be zero or negative."""
    if replication is None:
        return None
    lengths = sample.table["replicate_weights"].list.len().unique().to_list()
    if lengths != [replication.count]:
        raise ModelError(
            Fault("replicate weights", f"{lengths} per row", f"{replication.count} in every row", "reload the source")
        )
    return sample.table["replicate_weights"].list.to_array(replication.count).to_numpy()


def clusters_of(spec: Spec, sample: Sample) -> tuple[str | None, Codes | None, Codes | None]:
    """Return what the clusters are, their codes, and those of a second kind."""
    source = sample.provenance.source
    if isinstance(spec.clusters, tuple):
        first, second = spec.clusters
        label = " and ".join(source.clusters_are if name == "cluster" else name for name in spec.clusters)
        return label, codes_of(first, sample), codes_of(second, sample)
    name = "cluster" if spec.clusters == DECLARED else spec.clusters
    if name is None or (spec.clusters == DECLARED and sample.table[name].null_count() == len(sample)):
        return None, None, None
    return source.clusters_are if name == "cluster" else name, codes_of(name, sample), None


def codes_of(name: str, sample: Sample, values: pl.Expr | None = None) -> Codes:
    """Return a column, or other ``values`` under its name, as dense codes by sorted name; each null has its own."""
    own = pl.format("\u0000{}", pl.int_range(pl.len()))
    column = pl.col(name) if values is None else values
    keys = sample.table.select(column.cast(pl.String).fill_null(own).alias(name))[name]
    return (keys.rank("dense").cast(pl.Int64) - 1).to_numpy()
