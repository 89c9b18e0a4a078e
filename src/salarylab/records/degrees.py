"""Degrees: the level of education that free text says, by declared words in Finnish and English.

A text says the highest of its degrees. What no word matches, or what speaks of unfinished studies, says none.
"""

from __future__ import annotations

import re

DEGREES: tuple[tuple[str, str], ...] = (
    ("doctorate", r"tohtori|\b(?:ft|tkt|phd|ph\.d\.?|doctor(?:ate)?)\b"),
    (
        "master",
        r"maister|diplomi-?\s?insinööri|\bdipl\.?\s?-?ins|\bylempi (?:amk|korkeakoulu|ammattikorkea)|\byamk\b|master"
        r"|\b(?:di|fm|ktm|tm|ttm|ytm|vtm|htm|otm|kkm|tam|m\.?sc|ma|mba)\b",
    ),
    (
        "bachelor",
        r"kandi|insinööri|tradenomi|medianomi|ammattikorkea|alempi korkeakoulu|bachelor"
        r"|\b(?:amk|luk|huk|vtk|ktk|kkk|htk|ytk|b\.?sc|b\.?eng|bba|ba)\b",
    ),
    ("associate", r"\bopisto"),
    (
        "secondary",
        r"lukio|ylioppilas|datanomi|merkonomi|media-assistentti|artesaani|ammatti(?:koulu|opisto|tutkinto)|perustutkinto"
        r"|ammatillinen|toinen aste|toisen asteen|upper secondary|\b(?:yo|amis|2\. aste|high school)\b",
    ),
    ("below secondary", r"peruskoulu|perusaste"),
)
"""Levels of ``education`` and the words that say them, the highest first."""

UNFINISHED = r"kesken|keskeyt|opiskel|opinnot|opintoja|ei valm|valmistum|suorittama|drop|student|studying|unfinished"
"""Words for a degree that is not held: which one is, is then left open."""


def read_degree(text: str) -> str | None:
    """Return the highest level of education that a text says; None where it says none, or one not yet held.

    >>> [read_degree(text) for text in ("DI, majakkatekniikka", "Insinööri (AMK)", "DI kesken", "Yliopisto")]
    ['master', 'bachelor', None, None]
    """
    said = text.lower()
    if re.search(UNFINISHED, said):
        return None
    return next((level for level, words in DEGREES if re.search(words, said)), None)
