"""Decompose: how much of a gap, or of the spread of pay, goes with which factors."""
