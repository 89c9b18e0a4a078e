"""Contrast: what is said of an estimate's terms: premia, tests, levels of pay, ranks and curves."""

from salarylab.model.contrast.combination import Combinations, combination, combinations
from salarylab.model.contrast.curve import Curve, curve
from salarylab.model.contrast.equivalence import BAND, Equivalence, equivalence
from salarylab.model.contrast.joint import joint_test
from salarylab.model.contrast.means import AdjustedMeans, adjusted_means
from salarylab.model.contrast.premium import contrast
from salarylab.model.contrast.ranks import RankIntervals, rank_intervals
from salarylab.model.contrast.superiority import superiority

__all__ = [
    "BAND",
    "AdjustedMeans",
    "Combinations",
    "Curve",
    "Equivalence",
    "RankIntervals",
    "adjusted_means",
    "combination",
    "combinations",
    "contrast",
    "curve",
    "equivalence",
    "joint_test",
    "rank_intervals",
    "superiority",
]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
