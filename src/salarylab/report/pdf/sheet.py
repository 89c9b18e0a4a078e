"""Sheet: the paper that a report is printed on, in points."""

from __future__ import annotations

from dataclasses import dataclass

from salarylab.errors import ReportError, unknown

MARGIN = 68.0
"""2.4 cm on all sides."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold a paper: its name in Typst, width and height."""

    name: str
    width: float
    height: float

    @property
    def text_width(self) -> float:
        """The width that lines of text have."""
        return self.width - 2 * MARGIN

    @property
    def text_height(self) -> float:
        """The height of a column of text, and the width of text on a page turned on its side."""
        return self.height - 2 * MARGIN


PAPERS = {"a4": Sheet("a4", 595.28, 841.89), "letter": Sheet("us-letter", 612.0, 792.0)}


def sheet(paper: str) -> Sheet:
    """Return a paper by its name; raises ``ReportError`` for a name that is not known.

    >>> sheet("a4").text_width
    459.28
    """
    if paper not in PAPERS:
        raise ReportError(unknown("paper", paper, PAPERS))
    return PAPERS[paper]
