"""salarylab: how degree, seniority, industry, remote policy and place relate to pay, from real data.

The ten lines an analyst writes::

    import salarylab as sl

    records  = sl.load("acs_pums", years=[2018])
    sample   = sl.draw(records, [sl.full_time_full_year, sl.positive_pay])
    spec     = sl.Spec(outcome="log_pay_hourly", factors=("education", "experience_spline", "industry"))
    estimate = sl.fit(sl.build(spec, sample))
    sl.contrast(estimate, "education", "master", "bachelor")

Beyond premia: ``sl.decompose`` (what a gap goes with), ``sl.distribution`` (beyond the mean) and ``sl.trust`` (whether
an answer survives another way of asking). ``sl.factor`` declares the columns of a table of one's own.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from salarylab import passport, show
from salarylab.model import (
    FACTORS,
    AdjustedMeans,
    Combinations,
    Curve,
    Design,
    Equivalence,
    Estimate,
    GroupPremia,
    Ladder,
    RankIntervals,
    Spec,
    adjusted_means,
    after_last_break,
    build,
    combination,
    combinations,
    contrast,
    curve,
    equivalence,
    factor,
    first_usable,
    fit,
    joint_test,
    ladder,
    matrix,
    premia,
    premium_by,
    rank_intervals,
    superiority,
    top_level,
    usable,
)
from salarylab.records import Records
from salarylab.records.prices import side_by_side
from salarylab.sample import (
    Restriction,
    Sample,
    draw,
    employee,
    full_time_full_year,
    main_pay_concept,
    only,
    positive_pay,
    reported_pay,
    standard,
    working_age,
)
from salarylab.sources import load

if TYPE_CHECKING:
    from salarylab.model import decompose, distribution, trust

__version__ = "0.1.0"

ROOMS = ("decompose", "distribution", "trust")
"""Rooms that are opened when they are first asked for: most notebooks need none of them."""


def __getattr__(name: str) -> ModuleType:
    """Open a room of the model storey."""
    if name in ROOMS:
        return import_module(f"salarylab.model.{name}")
    raise AttributeError(f"module 'salarylab' has no attribute {name!r}")


__all__ = [
    "FACTORS",
    "AdjustedMeans",
    "Combinations",
    "Curve",
    "Design",
    "Equivalence",
    "Estimate",
    "GroupPremia",
    "Ladder",
    "RankIntervals",
    "Records",
    "Restriction",
    "Sample",
    "Spec",
    "adjusted_means",
    "after_last_break",
    "build",
    "combination",
    "combinations",
    "contrast",
    "curve",
    "decompose",
    "distribution",
    "draw",
    "employee",
    "equivalence",
    "factor",
    "first_usable",
    "fit",
    "full_time_full_year",
    "joint_test",
    "ladder",
    "load",
    "main_pay_concept",
    "matrix",
    "only",
    "passport",
    "positive_pay",
    "premia",
    "premium_by",
    "rank_intervals",
    "reported_pay",
    "show",
    "side_by_side",
    "standard",
    "superiority",
    "top_level",
    "trust",
    "usable",
    "working_age",
]
