"""Variance: the rules by which coefficients get their covariance, and the degrees of freedom behind it."""
