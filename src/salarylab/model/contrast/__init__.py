"""Contrast: what is said of an estimate's terms: premia, tests, levels of pay, ranks and curves."""

from salarylab.model.contrast.joint import joint_test
from salarylab.model.contrast.premium import contrast

__all__ = ["contrast", "joint_test"]
