"""salarylab: how degree, seniority, industry, remote policy and place relate to pay, from real data.

The ten lines an analyst writes::

    import salarylab as sl

    records  = sl.load("acs_pums", years=[2018])
    sample   = sl.draw(records, [sl.full_time_full_year, sl.positive_pay])
    spec     = sl.Spec(outcome="log_pay_hourly", factors=("education", "experience_spline", "industry"))
    estimate = sl.fit(sl.build(spec, sample))
    sl.contrast(estimate, "education", "master", "bachelor")
"""

from salarylab import passport, show
from salarylab.model import (
    FACTORS,
    Design,
    Estimate,
    GroupPremia,
    Ladder,
    Spec,
    after_last_break,
    build,
    contrast,
    first_usable,
    fit,
    joint_test,
    ladder,
    matrix,
    premia,
    premium_by,
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
    standard,
    working_age,
)
from salarylab.sources import load

__version__ = "0.1.0"

__all__ = [
    "FACTORS",
    "Design",
    "Estimate",
    "GroupPremia",
    "Ladder",
    "Records",
    "Restriction",
    "Sample",
    "Spec",
    "after_last_break",
    "build",
    "contrast",
    "draw",
    "employee",
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
    "show",
    "side_by_side",
    "standard",
    "top_level",
    "usable",
    "working_age",
]
