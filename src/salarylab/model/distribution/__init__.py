"""Distribution: estimators beyond the mean of log pay: quantiles, shares below a pay, bands, pay itself."""

from salarylab.model.distribution.adjusted import AdjustedShares, adjusted_shares, share_below
from salarylab.model.distribution.below import DistributionRegression, distribution_regression
from salarylab.model.distribution.implied import AdjustedQuantiles, adjusted_quantiles
from salarylab.model.distribution.quantile import QuantileRegression, quantile_regression, rearranged
from salarylab.model.distribution.quantile_heaping import dithered
from salarylab.model.distribution.quantile_premium import quantile_premium
from salarylab.model.distribution.quantile_rows import Coded
from salarylab.model.distribution.quantile_solver import Optimum, solve_quantile, solve_quantiles
from salarylab.model.distribution.rif import RifRegression, rif_regression
from salarylab.model.distribution.rif_premium import rif_premium

__all__ = [
    "AdjustedQuantiles",
    "AdjustedShares",
    "Coded",
    "DistributionRegression",
    "Optimum",
    "QuantileRegression",
    "RifRegression",
    "adjusted_quantiles",
    "adjusted_shares",
    "distribution_regression",
    "dithered",
    "quantile_premium",
    "quantile_regression",
    "rearranged",
    "rif_premium",
    "rif_regression",
    "share_below",
    "solve_quantile",
    "solve_quantiles",
]
