"""Committed: notebooks as they stand in the repository: thin, executed on the demo, their outputs compared by nbval.

``faults`` says what keeps a notebook from it, ``refresh`` executes it anew and says what changed.
"""

from salarylab.report.committed.refreshing import Refreshed, ask, refresh
from salarylab.report.committed.rules import RELAXED, faults, inspect

__all__ = ["RELAXED", "Refreshed", "ask", "faults", "inspect", "refresh"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
