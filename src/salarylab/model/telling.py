"""Telling: a number of a design as a finding, with the equation, sample and data it rests on filled in."""

from __future__ import annotations

import polars as pl

from salarylab.finding import Finding
from salarylab.model.design import Design
from salarylab.sample import Sample


def told_of(design: Design, subject: str, *, covariance: str, **numbers: object) -> Finding:
    """Return a finding about a design: ``numbers`` are fields of ``Finding``, ``covariance`` the rule in words.

    The caller says ``smallest_cell`` (rows) and ``dominated``; what a finding may tell, it decides itself.
    """
    provenance = design.sample.provenance
    return Finding(
        question=design.spec.formula,
        subject=subject,
        n=design.n,
        outcome=design.outcome.label,
        equation=design.spec.formula,
        population=(*design.sample.population, *_losses(design.sample)),
        source=provenance.source.key,
        headline=provenance.headline,
        licence=provenance.source.licence,
        data_sha256=tuple(stamp.sha256 for stamp in provenance.files),
        **({"covariance": covariance} | numbers),  # type: ignore[arg-type]
    )


def _losses(sample: Sample) -> tuple[str, ...]:
    """Return the reasons for which the equation itself lost rows."""
    built = sample.attrition.filter(pl.col("stage") == "build", pl.col("rows_lost") > 0)
    return tuple(f"without rows {reason}" for reason in built["reason"])
