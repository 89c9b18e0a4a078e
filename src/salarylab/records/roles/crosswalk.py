"""Crosswalk: an ordered, declared table of patterns from job titles to roles and skill areas, of one version.

A title is first made plain: lower case, Latin accents off, forms of gender, seniority and place of work
off, "/" between two names kept. Then every pattern is looked for. Patterns stand in tiers (whole names of
roles, fields, bare words); within the first tier that fits, the pattern that fits furthest left wins, since
a title with two roles takes the first named, and at the same place the pattern declared first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from salarylab.errors import Fault, VocabularyError

_TIER, _PLACE = 10_000_000_000, 10_000
"""A fit is one number, the least the best: tier, then place in the title, then order in the table."""

_CLASS = re.compile(r"<(\w+)>")
_SLICE = 20_000  # titles looked at together, so that memory stays bounded


@dataclass(frozen=True, slots=True)
class Entry:
    """Declare one pattern: the role it names, words with ``<class>`` references, and a title that it decides."""

    role: str
    pattern: str
    example: str


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Hold one version: word classes, tiers of entries, words that name an area, tools, and how titles are read.

    ``reading`` lists replacements (pattern, replacement) made in order on the lower-case title.
    """

    version: str
    reading: tuple[tuple[str, str], ...]
    words: Mapping[str, str]
    tiers: tuple[tuple[Entry, ...], ...]
    area_words: Mapping[str, str]
    tools: Mapping[str, tuple[str, ...]]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, tier after tier."""
        return tuple(entry for tier in self.tiers for entry in tier)


def expand(pattern: str, words: Mapping[str, str]) -> str:
    """Return a pattern with its ``<class>`` references written out, to be found between spaces.

    Raises ``VocabularyError`` for a class that the crosswalk does not declare.

    >>> expand("<dev> lead", {"dev": "developer|coder"})
    ' (?:(?:developer|coder) lead) '
    """

    def written(found: re.Match[str]) -> str:
        name = found[1]
        if name not in words:
            fault = Fault(f"word class <{name}>", f"not declared, in {pattern!r}", ", ".join(words), "declare it")
            raise VocabularyError(fault)
        return f"(?:{_CLASS.sub(written, words[name])})"

    return f" (?:{_CLASS.sub(written, pattern)}) "


def plain(title: pl.Expr, crosswalk: Crosswalk) -> pl.Expr:
    """Return titles as the patterns meet them: plain words between single spaces, one at each end."""
    return _replaced(folded(title), crosswalk.reading)


def folded(title: pl.Expr) -> pl.Expr:
    """Return text in lower case, single-spaced, without the accents of Latin letters; those of Cyrillic letters stay.

    >>> pl.select(folded(pl.lit("Développeur, Інженер ЇЖІ")))["literal"].item()
    'developpeur, інженер їжі'
    """
    spaced = title.str.normalize("NFKC").str.replace_all(r"\s+", " ").str.strip_chars()
    letters = spaced.str.to_lowercase().str.normalize("NFKD")
    latin = letters.str.replace_all(r"([a-z])\p{M}+", "$1").str.normalize("NFC")
    return latin.str.replace_many(["ł", "ø", "ß", "æ", "œ", "đ"], ["l", "o", "ss", "ae", "oe", "d"])


def _replaced(text: pl.Expr, replacements: tuple[tuple[str, str], ...]) -> pl.Expr:
    for pattern, new in replacements:
        text = text.str.replace_all(pattern, new)
    words = text.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.concat_str(pl.lit(" "), words, pl.lit(" "))


def decide(titles: pl.Series, crosswalk: Crosswalk) -> pl.DataFrame:
    """Return for each title the number of the entry that decides it, as ``entry``, and its plain words, as ``plain``.

    Both are null for a null title; ``entry`` is null for a title that no pattern fits.
    """
    words = titles.alias("title").to_frame().select(plain(pl.col("title"), crosswalk).alias("plain"))
    fits = [
        pl.col("plain").str.find(expand(entry.pattern, crosswalk.words)).cast(pl.Int64) * _PLACE
        + (tier * _TIER + number)
        for number, tier, entry in _numbered(crosswalk)
    ]
    best = (pl.min_horizontal(fits) % _PLACE).cast(pl.UInt32).alias("entry")
    # a slice of an empty table is none at all
    parts = list(words.iter_slices(_SLICE)) or [words]
    return pl.concat([part.select(best, "plain") for part in parts])


def _numbered(crosswalk: Crosswalk) -> list[tuple[int, int, Entry]]:
    """Return (number, tier, entry) of every entry, the number counting through all tiers."""
    tiers = [(tier, entry) for tier, entries in enumerate(crosswalk.tiers) for entry in entries]
    return [(number, tier, entry) for number, (tier, entry) in enumerate(tiers)]
