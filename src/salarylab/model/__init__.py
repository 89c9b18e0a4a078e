"""Model: from a question about pay to an estimate: spec, design, estimate, contrast.

``Spec`` is what was asked, ``Design`` what was laid out, ``Estimate`` what was found: three frozen values.
"""

from salarylab.model.contrast import contrast, joint_test
from salarylab.model.design import Design, build, matrix
from salarylab.model.estimate import Estimate, fit
from salarylab.model.factor import FACTORS, OUTCOMES, Factor, Outcome
from salarylab.model.ladder import GroupPremia, Ladder, Rung, after_last_break, ladder, premia, premium_by, usable
from salarylab.model.spec import Spec

__all__ = [
    "FACTORS",
    "OUTCOMES",
    "Design",
    "Estimate",
    "Factor",
    "GroupPremia",
    "Ladder",
    "Outcome",
    "Rung",
    "Spec",
    "after_last_break",
    "build",
    "contrast",
    "fit",
    "joint_test",
    "ladder",
    "matrix",
    "premia",
    "premium_by",
    "usable",
]
