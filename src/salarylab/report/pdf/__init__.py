"""PDF: a published report on paper, by pandoc and Typst: charts as vectors, tables whole, tagged for screen readers.

``source`` says the report as one Typst document, ``printing`` sets it. Both tools come with the extra ``pdf``.
"""

from salarylab.report.pdf.printing import make, pages

__all__ = ["make", "pages"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
