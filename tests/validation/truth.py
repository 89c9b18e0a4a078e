"""Truth: what each equation of the demo is in a population without dirt, kept in the package."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import polars as pl
from validation.equations import EQUATIONS

from salarylab import demo
from salarylab.model import FACTORS, Spec, build, fit
from salarylab.model.coding import rows_of
from salarylab.model.kernel.solution import solve
from salarylab.model.projection import truth_of
from salarylab.records.audit import Ledger
from salarylab.records.table import from_ledger
from salarylab.sample import Sample, draw, standard
from salarylab.source import FileStamp, Provenance, Truth
from salarylab.sources import demo as source

ROWS = 2_000_000
SEED = 987_654_321
"""A seed that no survey uses."""

NEEDED = ("record_id", "source", "year", "observation", "pay_annual_usd", "pay_hourly_usd", "pay_concept")
RESTRICTED_BY = ("employment", "hours_weekly", "full_year", "age")


def population(rows: int = ROWS, seed: int = SEED) -> Sample:
    """Return the standard sample of a generated population: no dirt, nothing rounded, nothing left out."""
    asked = {part for factors in EQUATIONS for name in factors for part in name.split(":")}
    columns = {*NEEDED, *RESTRICTED_BY, *(column for name in asked for column in FACTORS[name].needs)}
    drawn = demo.population(rows, seed, columns=sorted(columns))
    made_up = source.SOURCE
    provenance = Provenance(made_up, (FileStamp("population", "", rows),), made_up.headline)
    records = from_ledger(Ledger(drawn), provenance, asked=drawn.columns)
    return draw(records, standard(records))


DIGITS = 6


def project(spec: Spec, population: Sample) -> Truth:
    """Return what an equation is in a population: its least squares coefficients, in log points.

    Weights take no part: everybody is there.

    **Source** Angrist and Pischke (2009), Mostly Harmless Econometrics, section 3.1: the population
    regression function.
    """
    design = build(spec, population)
    rows = replace(rows_of(design), weights=None)
    coefficients = solve(rows, [term.name for term in design.terms]).coefficients
    terms = zip(design.terms, coefficients, strict=True)
    return Truth(design.base_of, {term.name: round(float(b), DIGITS) for term, b in terms})


def projections(of: Sample, equations: Sequence[tuple[str, ...]] = EQUATIONS) -> Mapping[str, Truth]:
    """Return the projection of each equation in a population, by formula."""
    specs = [Spec(factors=factors) for factors in equations]
    return {spec.formula: project(spec, of) for spec in specs}


def surveyed(seed: int, equations: Sequence[tuple[str, ...]] = EQUATIONS) -> pl.DataFrame:
    """Return every reported term of the equations in one generated survey, dirt and cleaning included.

    Columns: equation, then those of ``Estimate.terms`` with exact degrees of freedom, then truth: the term's
    projection, in log points.
    """
    records = source.load(seed=seed)
    sample = draw(records, standard(records))
    parts = []
    for factors in equations:
        estimate = fit(build(Spec(factors=factors), sample))
        each = np.eye(len(estimate.coefficients))
        known = pl.Series("truth", [truth_of(estimate.design, row) for row in each], dtype=pl.Float64)
        shown = estimate.terms.with_columns(known, df=pl.Series(estimate.df))
        shown = shown.filter(pl.col("level").is_not_null() & pl.col("se").is_not_null())
        parts.append(shown.select(pl.lit(estimate.design.spec.formula).alias("equation"), pl.all()))
    return pl.concat(parts)


def write(rows: int = ROWS) -> Path:
    """Write the package's ``demo/projections.json``: the truth that pages show beside the demo's estimates."""
    path = Path(demo.__file__).parent / "projections.json"
    arriving = path.with_suffix(".arriving")
    whole = population(rows)
    truth = {
        "population": whole.population,
        "equations": {formula: asdict(found) for formula, found in projections(whole).items()},
    }
    arriving.write_text(json.dumps(truth, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(arriving, path)
    return path
