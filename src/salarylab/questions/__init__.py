"""Questions: what a reader asks of pay, one verb each; an answer shows itself, with table, findings and figure."""

from salarylab.questions.description import Description, describe
from salarylab.questions.premium import Premium, PremiumByGroup, premium

__all__ = ["Description", "Premium", "PremiumByGroup", "describe", "premium"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
