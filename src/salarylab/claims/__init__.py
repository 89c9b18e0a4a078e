"""Claims: what two public articles say of tech and AI pay, each as a question that data can answer either way."""

from salarylab.claims.ledger import Claim, claims, ledger_sha256, rule

__all__ = ["Claim", "claims", "ledger_sha256", "rule"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
