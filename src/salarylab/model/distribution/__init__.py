"""Distribution: estimators beyond the mean of log pay: quantiles, shares below a pay, bands, pay itself."""
