"""Decompose: how much of a gap, or of the spread of pay, goes with which factors."""

from salarylab.model.decompose.fieller import Ratio, fieller
from salarylab.model.decompose.gelbach import Gelbach, gelbach
from salarylab.model.decompose.oaxaca import Oaxaca, oaxaca

__all__ = ["Gelbach", "Oaxaca", "Ratio", "fieller", "gelbach", "oaxaca"]
