"""Trust: whether an answer would survive another reasonable way of asking."""

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

__all__ = [
    "Adjusted",
    "ConformalIntervals",
    "Contamination",
    "DoubleSelection",
    "Family",
    "Gaps",
    "Imputed",
    "Omitted",
    "PayBounds",
    "SpecificationCurve",
    "Strength",
    "Tier",
    "TrueFamilies",
    "adjust",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "bounded",
    "conformal_intervals",
    "contamination",
    "double_selection",
    "fit_imputed",
    "holm",
    "imbens_manski",
    "omitted",
    "partial_r2",
    "pay_bounds",
    "quantile_bounds",
    "robustness_value",
    "share_bounds",
    "specifications",
    "true_families",
    "unmixed",
]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
