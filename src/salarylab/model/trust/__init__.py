"""Trust: whether an answer would survive another reasonable way of asking."""

from salarylab.model.trust.aipw import AdjustedGaps, adjusted_gaps
from salarylab.model.trust.bounds import imbens_manski, quantile_bounds, share_bounds
from salarylab.model.trust.conformal import ConformalIntervals, conformal_intervals
from salarylab.model.trust.contamination import Contamination, contamination
from salarylab.model.trust.curve import SpecificationCurve, specifications
from salarylab.model.trust.curve_branch import Tier
from salarylab.model.trust.double_selection import DoubleSelection, double_selection
from salarylab.model.trust.gaps import Gaps
from salarylab.model.trust.imputation import Imputed, fit_imputed
from salarylab.model.trust.misclassification import TrueFamilies, true_families, unmixed
from salarylab.model.trust.multiplicity import (
    Adjusted,
    Family,
    adjust,
    benjamini_hochberg,
    benjamini_yekutieli,
    holm,
)
from salarylab.model.trust.nonresponse import PayBounds, pay_bounds
from salarylab.model.trust.omitted import Omitted, Strength, bounded, omitted, partial_r2, robustness_value
from salarylab.model.trust.oster import Oster, oster
from salarylab.model.trust.overlap import Overlap
from salarylab.model.trust.raking import RAKED, Raked, linearised, rake, raked_weights
from salarylab.model.trust.step_down import Stepped, romano_wolf, step_down

__all__ = [
    "RAKED",
    "Adjusted",
    "AdjustedGaps",
    "ConformalIntervals",
    "Contamination",
    "DoubleSelection",
    "Family",
    "Gaps",
    "Imputed",
    "Omitted",
    "Oster",
    "Overlap",
    "PayBounds",
    "Raked",
    "SpecificationCurve",
    "Stepped",
    "Strength",
    "Tier",
    "TrueFamilies",
    "adjust",
    "adjusted_gaps",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "bounded",
    "conformal_intervals",
    "contamination",
    "double_selection",
    "fit_imputed",
    "holm",
    "imbens_manski",
    "linearised",
    "omitted",
    "oster",
    "partial_r2",
    "pay_bounds",
    "quantile_bounds",
    "rake",
    "raked_weights",
    "robustness_value",
    "romano_wolf",
    "share_bounds",
    "specifications",
    "step_down",
    "true_families",
    "unmixed",
]
