"""Prose: results typed by hand, which no run would ever bring up to date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from salarylab.report.committed.fault import Told

NUMBER = r"(?<![\d.,])\d+(?:[.,]\d+)*"
YEAR = r"(?!(?:19|20)\d\d\b)"
SHARE = rf"{NUMBER}\s*(?:%|percent\b|per cent\b|percentage points?\b)(?!\s*-?(?:confidence|credible|intervals?\b))"
MONEY = (
    rf"(?:US\$|[€£¥$]|\b(?:USD|EUR|GBP)\b)\s*{YEAR}\d[\d.,]*(?:\s?(?:[kKmM]\b|thousand|million))?"
    rf"|(?<![\d.,]){YEAR}\d+(?:[.,]\d+)*\s?(?:[kKmM]\s?)?(?:[€£¥]|\b(?:USD|EUR|GBP|dollars?|euros?|pounds?)\b)"
)
COUNT = r"(?<!\w)[nN]\s*=\s*\d[\d.,]*"
P_VALUE = r"(?<!\w)p\s*[<>=≤≥]\s*0?[.,]\d+"
TYPED = re.compile("|".join((SHARE, MONEY, COUNT, P_VALUE)))
NO_PROSE = re.compile(
    r"```.*?```|`[^`\n]*`"  # code
    r"|\$\$.*?\$\$|\$[^$\n]*[\\^_={}][^$\n]*\$"  # formulas; two sums of dollars in a line are none
    r"|\]\([^)\s]*\)|<?https?://\S+",  # addresses
    re.DOTALL,
)


def typed(text: str) -> list[str]:
    """Return the shares, sums of money, counts and p-values of a text; the level of an interval is none of them.

    >>> typed("Doctors earn 12.5 % more, $3,000 (95 % interval: 10 to 14 percent), n = 1,200.")
    ['12.5 %', '$3,000', '14 percent', 'n = 1,200']
    >>> typed("Pay of 2018 in 2020 dollars; 3 tiers; `n = 3`; $b = 1.5$; fewer than 10 rows; 95% intervals.")
    []
    """
    return [found.rstrip(".,") for found in TYPED.findall(NO_PROSE.sub(" ", text))]


def faults(text: str) -> Iterator[Told]:
    """Yield the faults of a text: each result that it states by itself."""
    for result in typed(text):
        yield Told(f"a result typed by hand: {result}", "a shown Finding, which says it", "show it, or say it in words")
