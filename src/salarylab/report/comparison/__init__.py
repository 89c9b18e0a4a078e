"""Comparison of two reports: what they were made from, and how far each finding moved, in standard errors.

``read`` makes a side of a name, ``compare`` puts two beside each other; ``told`` says it in words, ``page`` as a page.
"""

from salarylab.report.comparison.comparison import THRESHOLD, Comparison, compare
from salarylab.report.comparison.side import Side, read

__all__ = ["THRESHOLD", "Comparison", "Side", "compare", "read"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
