"""Page: what a person opens: a report's, that of a failed run, and the ``index`` over all of them."""

from salarylab.report.page.page import failed, report

__all__ = ["failed", "report"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
