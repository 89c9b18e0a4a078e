"""Distribution: estimators beyond the mean of log pay: quantiles, shares below a pay, bands, pay itself."""

from salarylab.model.distribution.adjusted import AdjustedShares, adjusted_shares, share_below
from salarylab.model.distribution.below import DistributionRegression, distribution_regression
from salarylab.model.distribution.implied import AdjustedQuantiles, adjusted_quantiles
from salarylab.model.distribution.interval import IntervalEstimate, interval
from salarylab.model.distribution.interval_bottom import WithoutBottom, without_bottom_band
from salarylab.model.distribution.interval_normality import normality
from salarylab.model.distribution.nonlinear import premium
from salarylab.model.distribution.ppml import LogsAndLevels, PseudoPoisson, beside_logs, ppml
from salarylab.model.distribution.quantile import QuantileRegression, quantile_regression, rearranged
from salarylab.model.distribution.quantile_heaping import dithered
from salarylab.model.distribution.quantile_premium import quantile_premium
from salarylab.model.distribution.quantile_solver import Optimum, solve_quantile, solve_quantiles

__all__ = [
    "AdjustedQuantiles",
    "AdjustedShares",
    "DistributionRegression",
    "IntervalEstimate",
    "LogsAndLevels",
    "Optimum",
    "PseudoPoisson",
    "QuantileRegression",
    "WithoutBottom",
    "adjusted_quantiles",
    "adjusted_shares",
    "beside_logs",
    "distribution_regression",
    "dithered",
    "interval",
    "normality",
    "ppml",
    "premium",
    "quantile_premium",
    "quantile_regression",
    "rearranged",
    "share_below",
    "solve_quantile",
    "solve_quantiles",
    "without_bottom_band",
]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
