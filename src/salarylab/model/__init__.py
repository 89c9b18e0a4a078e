"""Model: from a question about pay to an estimate: spec, design, estimate, contrast.

``Spec`` is what was asked, ``Design`` what was laid out, ``Estimate`` what was found: three frozen values.
"""

from salarylab.model.building import build
from salarylab.model.contrast import contrast, joint_test
from salarylab.model.design import Design, matrix
from salarylab.model.estimate import Estimate
from salarylab.model.factor import FACTORS, OUTCOMES, Factor, Outcome
from salarylab.model.fitting import fit
from salarylab.model.groups import GroupPremia, Unanswered, after_last_break, premium_by
from salarylab.model.ladder import Ladder, Rung, ladder
from salarylab.model.premia import premia
from salarylab.model.spec import Spec
from salarylab.model.usable import first_usable, top_level, usable

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
    "Unanswered",
    "after_last_break",
    "build",
    "contrast",
    "first_usable",
    "fit",
    "joint_test",
    "ladder",
    "matrix",
    "premia",
    "premium_by",
    "top_level",
    "usable",
]
