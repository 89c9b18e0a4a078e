"""Amounts: numbers and bands as people write them, in several languages, as low and high ends.

A text is read whole or not at all: every word and sign in it must be known, and together they must say one
amount or one band. Two unrelated values, a formula or a remark make it null, and ``unread`` lists it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import polars as pl

from salarylab.records.audit import Ledger

LOW, HIGH = "low", "high"

WORDS: dict[str, tuple[str, ...]] = {
    "0.5 year": (
        *("half a year", "half year", "puoli vuotta", "puolen vuoden", "ein halbes jahr", "einem halben jahr"),
        *("medio año", "une demi-année", "півроку", "пів року", "полгода", "пол года"),
    ),
    "1.5 year": (
        *("a year and a half", "one and a half years", "puolitoista vuotta", "anderthalb jahre", "eineinhalb jahre"),
        *("año y medio", "un año y medio", "un an et demi", "півтора року", "півтора роки", "полтора года"),
    ),
    "1 year": ("a year",),
    "1 month": ("a month",),
    "1": ("one", "yksi", "yhden", "ein", "eine", "einem", "un", "uno", "один", "одного"),
    "year": (
        *("years", "year", "yrs", "yr", "vuotta", "vuosi", "vuoden", "v", "jahre", "jahren", "jahr", "jahres"),
        *("años", "año", "ans", "an", "années", "année", "роки", "років", "року", "рік", "лет", "года", "год"),
        *("v.", "j", "j.", "р", "р.", "г", "г.", "år", "lat", "lata", "rok", "roku"),
    ),
    "month": (
        *("months", "month", "mo", "kuukautta", "kuukausi", "kuukauden", "kk", "monate", "monaten", "monat"),
        *("meses", "mes", "mois", "місяці", "місяців", "місяць", "місяця", "месяцев", "месяца", "месяц"),
        *("mo.", "mos", "mos.", "mon", "mon.", "kk.", "міс", "міс.", "мес", "мес.", "månader", "månad", "mån", "mån."),
        *("miesięcy", "miesiące", "miesiąc", "mies", "mies."),
    ),
    "<": (
        *("<", "≤", "<=", "less than", "fewer than", "under", "below", "up to", "alle", "enintään"),
        *("weniger als", "unter", "bis zu", "menos de", "hasta", "moins de", "moins d'", "jusqu'à"),
        *("менше ніж", "менше", "меньше чем", "меньше", "менее"),
    ),
    ">": (
        *(">", "≥", ">=", "more than", "over", "above", "at least", "yli", "vähintään", "mehr als", "über"),
        *("mindestens", "más de", "al menos", "plus de", "plus d'", "au moins", "понад", "свыше"),
        *("більше ніж", "більше", "больше чем", "больше", "более"),
    ),
    "+": (
        *("+", "or more", "and more", "or over", "and over", "or older", "tai enemmän", "tai yli", "oder mehr"),
        *("und mehr", "o más", "y más", "ou plus", "et plus", "і більше", "та більше", "або більше", "і старше"),
        *("и более", "и больше", "или более", "и старше"),
    ),
    "~": (
        *("~", "≈", "about", "around", "approximately", "approx.", "approx", "circa", "ca.", "ca", "noin", "n."),
        *("etwa", "ungefähr", "environ", "unos", "приблизно", "близько", "примерно", "около"),
    ),
    "until": ("bis", "до"),  # a bound, or the word between two ends
    "to": ("-", "–", "—", "to", "à", "a"),
    "from": ("from", "between", "von", "zwischen", "desde", "de", "entre", "від", "между", "от"),
    "and": ("and", "ja", "und", "y", "et", "і", "та", "и"),
    "k": ("k", "thousand", "tuhatta", "tausend", "mil", "mille", "тис.", "тис", "тыс.", "тыс"),
    "": ("€", "$", "us$", "£", "euros", "euroa", "euro", "eur", "e", "usd"),
}
"""What each word or sign stands for; the longest that fits is taken."""

_MEANING = {word: meaning for meaning, words in WORDS.items() for word in words}

_NUMBER = (
    r"(?<![\d.,])(?:"
    r"[1-9]\d{0,2}(?:[ ']\d{3})+(?:[.,]\d+)?"
    r"|[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}(?:\.\d+)?"  # groups of two are India's
    r"|[1-9]\d{0,2}(?:\.\d{3})*\.\d{3}(?:,\d+|\.\d{3})"
    r"|(?![1-9]\d{0,2}\.\d{3}(?!\d))\d+(?:[.,]\d+)?"  # 1.234 may be either, so it is neither
    r")(?![\d]|[.,]\d)"
)
_LETTER = r"[^\W\d]"


def _whole(word: str) -> str:
    """Return the pattern of a word that no letter touches; digits may ("62k")."""
    before = rf"(?<!{_LETTER})" if word[0].isalpha() else ""
    after = rf"(?!{_LETTER})" if word[-1].isalpha() else ""
    return before + re.escape(word) + after


_WORD = "|".join(_whole(word) for word in sorted(_MEANING, key=len, reverse=True))
_SIGN = re.compile(rf"(?P<number>{_NUMBER})|(?P<word>{_WORD})|(?P<space>\s)")


def _quantity(name: str) -> str:
    return (
        rf"(?P<{name}>\d+(?:\.\d+)?)(?P<{name}_k> k)?(?P<{name}_unit> year| month)?"
        rf"(?:(?: and)? (?P<{name}_months>\d+) month)?"
    )


_BAND = re.compile(
    rf"(?:(?P<bound>[<>~]|from|until) )?{_quantity('one')}(?P<more> \+)?"
    rf"(?: (?P<between>to|until|and) {_quantity('other')})?"
)
_PER_YEAR = {" year": 1.0, " month": 1.0 / 12.0}


def read_band(text: str, ignore: Sequence[str] = (), step: float = 0.0) -> tuple[float, float] | None:
    """Return the low and high end that a text states, in its own unit; months and years both in years.

    One amount has equal ends, "more than" and "or more" end at infinity, "less than" begins at 0. A band with
    two stated ends ends ``step`` above the second. ``ignore`` names words that say nothing here ("employees").
    None for a text that is not wholly understood.

    >>> [read_band(text) for text in ("5,5", "10 и более лет", "3 місяці", "puoli vuotta", "2100-3300")]
    [(5.5, 5.5), (10.0, inf), (0.25, 0.25), (0.5, 0.5), (2100.0, 3300.0)]
    >>> [read_band(text) for text in ("$500,000-999,999", "< 1 years", "2500*12,5", "3000 or 4000")]
    [(500000.0, 999999.0), (0.0, 1.0), None, None]
    """
    signs = _signs(text, ignore)
    said = _BAND.fullmatch(signs) if signs else None
    if said is None:
        return None
    one = _value(said, "one", said["other_unit"] or "", said["other_k"] or "")
    bound, between = said["bound"], said["between"]
    if between is not None:
        other = _value(said, "other")
        fits = bound in (None, "from", "~") and (between != "and" or bound == "from")
        return (one, other + step) if fits and not said["more"] and one <= other else None
    if bound in ("<", "until"):
        return None if said["more"] else (0.0, one)
    return (one, math.inf) if bound in (">", "from") or said["more"] else (one, one)


def bands(cells: pl.Series, ignore: Sequence[str] = (), step: float = 0.0) -> pl.DataFrame:
    """Return the columns ``low`` and ``high`` for cells of text; both null where a cell is null or unread.

    ``ignore`` and ``step`` are those of ``read_band``.

    >>> bands(pl.Series(["20+ years", "$0-999", "many", None])).rows()
    [(20.0, inf), (0.0, 999.0), (None, None), (None, None)]
    """
    texts = cells.unique().drop_nulls().to_list()
    ends = [read_band(text, ignore, step) or (None, None) for text in texts]
    schema = {"text": pl.String, LOW: pl.Float64, HIGH: pl.Float64}
    known = pl.DataFrame([(text, *pair) for text, pair in zip(texts, ends, strict=True)], schema=schema, orient="row")
    return cells.alias("text").to_frame().join(known, on="text", how="left", maintain_order="left").select(LOW, HIGH)


def band_columns(
    cells: pl.Series, figure: str, stem: str, *, ignore: Sequence[str] = (), step: float = 0.0
) -> pl.DataFrame:
    """Return the columns ``figure``, ``<stem>_low`` and ``<stem>_high`` for cells of text, in their unit.

    The figure is the number stated or the ``middle`` of the band; the ends are null where no band was stated.
    ``ignore`` and ``step`` are those of ``read_band``.

    >>> cells = pl.Series(["35-44 years old", "Under 18 years old", "40", "65 years or older", None])
    >>> band_columns(cells, "age", "age", ignore=["old"], step=1.0).rows()[:3]
    [(40.0, 35.0, 45.0), (9.0, 0.0, 18.0), (40.0, None, None)]
    """
    banded = pl.col(LOW) != pl.col(HIGH)
    return bands(cells, ignore, step).select(
        middle().alias(figure),
        pl.when(banded).then(LOW).alias(f"{stem}_low"),
        pl.when(banded).then(HIGH).alias(f"{stem}_high"),
    )


def middle(low: str = LOW, high: str = HIGH) -> pl.Expr:
    """Return the arithmetic middle of a band, in its unit; an open band gives its low end.

    >>> bands(pl.Series(["1-2 years", "10+"])).select(middle())["low"].to_list()
    [1.5, 10.0]
    """
    return pl.when(pl.col(high).is_infinite()).then(pl.col(low)).otherwise((pl.col(low) + pl.col(high)) / 2.0)


def empty_outside(ledger: Ledger, name: str, least: float, most: float) -> Ledger:
    """Empty the figures of a column outside a range, in its unit, and count them; a band's ends stay as stated.

    >>> ledger = empty_outside(Ledger(pl.DataFrame({"age": [3.0, 30.0]})), "age", 10.0, 100.0)
    >>> ledger.rows["age"].to_list(), ledger.steps[0].touched
    ([None, 30.0], 1)
    """
    rule = f"{name} outside {least:g} to {most:g}, or the middle of a band that is: emptied"
    return ledger.repair(rule, ~pl.col(name).is_between(least, most), pl.lit(None, dtype=pl.Float64).alias(name))


def _signs(text: str, ignore: Sequence[str]) -> str:
    """Return a text in the few signs that a band is written in, or nothing where a word is not known."""
    plain = re.sub(r"\s", " ", text.strip().lower())
    for word in ignore:
        plain = re.sub(_whole(word.lower()), " ", plain)
    signs, end = [], 0
    for found in _SIGN.finditer(plain):
        if found.start() != end:
            return ""
        end = found.end()
        if found["number"]:
            signs.append(_plain_number(found["number"]))
        elif found["word"]:
            signs += [_MEANING[found["word"]]] if _MEANING[found["word"]] else []
    if end != len(plain):
        return ""
    told = re.sub(r"\+ (k|year|month)\b", r"\1 +", " ".join(signs))
    return re.sub(r"(?<=[<>~] )(year|month)$", r"1 \1", told)


def _plain_number(written: str) -> str:
    """Return digits with a decimal point: a mark before three digits parts thousands, another is decimal."""
    grouped = re.fullmatch(r"([1-9]\d{0,2}(?:[ ',.]\d{2,3})*[ ',.]\d{3})(?:[.,](\d+))?", written)
    if grouped is None:
        return written.replace(",", ".")
    return re.sub(r"\D", "", grouped[1]) + (f".{grouped[2]}" if grouped[2] else "")


def _value(said: re.Match[str], name: str, unit: str = "", thousands: str = "") -> float:
    """Return one stated quantity; where it has no unit of its own, in that of the other end."""
    size = 1_000.0 if said[f"{name}_k"] or thousands else 1.0
    years = _PER_YEAR.get(said[f"{name}_unit"] or unit, 1.0)
    return float(said[name]) * size * years + float(said[f"{name}_months"] or 0.0) / 12.0
