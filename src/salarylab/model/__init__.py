"""Model: from a question about pay to an estimate: spec, design, estimate, contrast.

``Spec`` is what was asked, ``Design`` what was laid out, ``Estimate`` what was found: three frozen values.
"""

from salarylab.model.building import build
from salarylab.model.contrast import (
    AdjustedMeans,
    Combinations,
    Curve,
    Equivalence,
    RankIntervals,
    adjusted_means,
    combination,
    combinations,
    contrast,
    curve,
    equivalence,
    joint_test,
    rank_intervals,
    superiority,
)
from salarylab.model.design import Design, matrix
from salarylab.model.estimate import Estimate
from salarylab.model.factor import FACTORS, OUTCOMES, Factor, Outcome
from salarylab.model.fitting import fit
from salarylab.model.groups import GroupPremia, after_last_break, premium_by
from salarylab.model.ladder import Ladder, Rung, ladder
from salarylab.model.premia import premia
from salarylab.model.spec import Spec
from salarylab.model.usable import first_usable, top_level, usable

__all__ = [
    "FACTORS",
    "OUTCOMES",
    "AdjustedMeans",
    "Combinations",
    "Curve",
    "Design",
    "Equivalence",
    "Estimate",
    "Factor",
    "GroupPremia",
    "Ladder",
    "Outcome",
    "RankIntervals",
    "Rung",
    "Spec",
    "adjusted_means",
    "after_last_break",
    "build",
    "combination",
    "combinations",
    "contrast",
    "curve",
    "equivalence",
    "first_usable",
    "fit",
    "joint_test",
    "ladder",
    "matrix",
    "premia",
    "premium_by",
    "rank_intervals",
    "superiority",
    "top_level",
    "usable",
]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
