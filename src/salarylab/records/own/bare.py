"""Own bare amounts: pay without the words around it that say only what the mapping says already.

"70,000 base" is 70,000 where pay is declared to be base pay, and "4500 EUR a month" is 4500 where it is in euros
and by the month. A word that says another period or currency, a net where pay is gross, or that is not known here
leaves the cell as it is: unread, and told.
"""

from __future__ import annotations

import polars as pl

from salarylab.records.own.pay_terms import Pay
from salarylab.records.own.words import (
    CODES,
    GROSS,
    NET,
    PARTS,
    PAY,
    PERIODS,
    likeliest,
    match,
    tokens,
    without_currency,
)

_TAIL = r"^(.*\d\s?[kK]?\+?)[\s(,/]+(\D*[^\W\d_]\D*)$"
_FILLERS = ("a", "per", "pro", "the")


def bare(amounts: pl.Series, pay: Pay) -> pl.Series:
    """Return amounts as text, without the words of the declared currency, period and concept that follow them."""
    currency = pay.currency.value
    tails = amounts.str.extract(_TAIL, 2)
    adding = [tail for tail in tails.unique().drop_nulls() if not adds_nothing(tail, pay)]
    head = pl.when(tails.is_not_null() & ~tails.is_in(adding)).then(amounts.str.extract(_TAIL, 1)).otherwise(amounts)
    alone = pl.select(head.alias(amounts.name)).to_series()
    return without_currency(alone, [currency]) if currency else alone


def adds_nothing(words: str, pay: Pay) -> bool:
    """Tell words that say nothing of an amount that the mapping does not say of all."""
    said = tokens(words)
    return bool(said) and all(word in _FILLERS or _is_known(word, pay) for word in said)


def _is_known(word: str, pay: Pay) -> bool:
    period, currency = likeliest(word, PERIODS), likeliest(word, CODES)
    if period is not None or currency is not None:
        return (period or pay.period.value) == pay.period.value and (
            currency or pay.currency.value
        ) == pay.currency.value
    of_taxes = {"gross": GROSS, "net": NET}.get(pay.gross_net or "", "")
    of_concept = PARTS["base"] if pay.concept == "base" else ""
    return any(phrases and match((word,), phrases) > 0 for phrases in (PAY, of_taxes, of_concept))
