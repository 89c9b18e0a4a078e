"""Distribution: estimators beyond the mean of log pay: quantiles, shares below a pay, bands, pay itself."""

from salarylab.model.distribution.adjusted import AdjustedShares, adjusted_shares, share_below
from salarylab.model.distribution.below import DistributionRegression, distribution_regression
from salarylab.model.distribution.implied import AdjustedQuantiles, adjusted_quantiles
from salarylab.model.distribution.rif import RifRegression, rif_regression
from salarylab.model.distribution.rif_premium import rif_premium

__all__ = [
    "AdjustedQuantiles",
    "AdjustedShares",
    "DistributionRegression",
    "RifRegression",
    "adjusted_quantiles",
    "adjusted_shares",
    "distribution_regression",
    "rif_premium",
    "rif_regression",
    "share_below",
]
