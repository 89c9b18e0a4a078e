"""Decompose: how much of a gap, or of the spread of pay, goes with which factors."""

from salarylab.model.decompose.fieller import Ratio, fieller
from salarylab.model.decompose.gelbach import Gelbach, gelbach
from salarylab.model.decompose.oaxaca import Oaxaca, oaxaca
from salarylab.model.decompose.shapley import Shapley, shapley
from salarylab.model.decompose.years import years_equal

__all__ = [
    "Gelbach",
    "Oaxaca",
    "Ratio",
    "Shapley",
    "fieller",
    "gelbach",
    "oaxaca",
    "shapley",
    "years_equal",
]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
