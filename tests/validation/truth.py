"""Truth: what each equation of the demo is in a population without dirt, kept in the package."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import polars as pl
from validation.equations import EQUATIONS

from salarylab import demo
from salarylab.model import FACTORS, Spec, build
from salarylab.model.coding import rows_of
from salarylab.model.estimate import Fitted
from salarylab.model.kernel.solution import solve
from salarylab.model.ladder import EVERYBODY, Rung
from salarylab.model.premia import premia
from salarylab.questions.premium import Premium, PremiumByGroup, premium
from salarylab.records.audit import Ledger
from salarylab.records.table import from_ledger
from salarylab.sample import Sample, draw, standard
from salarylab.source import FileStamp, Provenance, Truth
from salarylab.sources import demo as source

ROWS = 2_000_000
SEED = 987_654_321
"""A seed that no survey uses."""

ASKED = (
    ("education", "bachelor", "secondary", "place", ("role_family",), ("age_spline", "year", "country", "region")),
    ("work_mode", "remote", "on-site", "job", ("year", "country"), ()),
)
"""What the committed notebooks ask of the demo: factor, levels, tier, groups, and controls of their own."""

NEEDED = ("record_id", "source", "year", "observation", "pay_annual_usd", "pay_hourly_usd", "pay_concept")
RESTRICTED_BY = ("employment", "hours_weekly", "full_year", "age")


def population(rows: int = ROWS, seed: int = SEED) -> Sample:
    """Return the standard sample of a generated population: no dirt, nothing rounded, nothing left out."""
    asked = {part for spec in EQUATIONS for name in spec.factors for part in name.split(":")}
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


def projections(of: Sample, equations: Sequence[Spec] = EQUATIONS) -> Mapping[str, Truth]:
    """Return the projection of each equation in a population, by formula."""
    return {spec.formula: project(spec, of) for spec in equations}


def answered(seed: int) -> pl.DataFrame:
    """Return every premium that the committed notebooks report on one generated survey, dirt and cleaning included.

    Columns: equation, where (a rung, or a group), level, then value, se, df, low and high in log points and truth, the
    projection of the page's own equation. All levels are taken, not the one pair that a page leads with; numbers that
    are withheld, and those whose truth is not kept, are left out.
    """
    records = source.load(seed=seed)
    sample = draw(records, standard(records))
    parts = []
    for factor, level, base, controls, group, own in ASKED:
        answer = premium(sample, factor, level, base, controls=controls)
        assert isinstance(answer, Premium)
        more = [premium(sample, factor, level, base, controls=list(own))] if own else []
        for one in (answer, *more):
            assert isinstance(one, Premium)
            rungs = [Rung(EVERYBODY, one.ladder.everybody), *one.ladder.rungs]
            parts += [_reported(premia(rung.estimate, factor), rung.estimate, rung.label) for rung in rungs]
        for by in group:
            groups = answer.by(by)
            assert isinstance(groups, PremiumByGroup)
            table, estimate = groups.groups.table, groups.groups.estimate
            parts += [_reported(rows, estimate, str(rows["group"][0])) for rows in table.partition_by("group")]
    return pl.concat(parts)


def _reported(table: pl.DataFrame, estimate: Fitted, where: str) -> pl.DataFrame:
    numbers = ("value", "se", "df", "low", "high", "truth")
    labels = [pl.lit(estimate.design.spec.formula).alias("equation"), pl.lit(where).alias("where")]
    return table.select(*labels, "level", *(pl.col(name).cast(pl.Float64) for name in numbers)).drop_nulls(numbers)


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
