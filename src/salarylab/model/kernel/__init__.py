"""Kernel: sums over rows from which every linear estimate follows, without a design matrix."""
