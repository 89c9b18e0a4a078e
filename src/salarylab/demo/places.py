"""Places: the demo's eight countries, with premia, exchange rates, price levels and towns, all invented.

Rates are round numbers near nothing in particular; a page may show them only as synthetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

YEARS = (2021, 2022, 2023, 2024)


@dataclass(frozen=True, slots=True)
class Place:
    """Declare one country of the demo.

    ``premium`` is in log points against the US; ``rates`` and ``ppp`` are units of local currency per
    USD and per international dollar, one for each of ``YEARS``.
    """

    country: str
    currency: str
    share: float
    premium: float
    rates: tuple[float, float, float, float]
    ppp: tuple[float, float, float, float]
    regions: tuple[str, ...]
    company: str


PLACES = (
    Place("US", "USD", 0.36, 0.0, (1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 1.0), ("North", "South", "West"), "Inc"),
    Place("GB", "GBP", 0.13, -0.32, (0.72, 0.80, 0.82, 0.78), (0.70, 0.69, 0.70, 0.71), ("London", "Elsewhere"), "Ltd"),
    Place("DE", "EUR", 0.13, -0.34, (0.84, 0.94, 0.92, 0.93), (0.74, 0.73, 0.73, 0.74), ("North", "South"), "GmbH"),
    Place("FI", "EUR", 0.08, -0.42, (0.84, 0.94, 0.92, 0.93), (0.85, 0.84, 0.85, 0.86), ("Uusimaa", "Elsewhere"), "Oy"),
    Place("CA", "CAD", 0.09, -0.24, (1.26, 1.30, 1.36, 1.38), (1.24, 1.22, 1.21, 1.22), ("East", "West"), "Ltd"),
    Place("IN", "INR", 0.10, -1.15, (74.0, 78.0, 82.0, 84.0), (23.0, 23.5, 24.0, 24.5), ("North", "South"), "Pvt Ltd"),
    Place("BR", "BRL", 0.06, -0.95, (5.4, 5.2, 5.0, 5.5), (2.5, 2.5, 2.6, 2.6), ("South", "Elsewhere"), "SA"),
    Place("PL", "PLN", 0.05, -0.70, (3.9, 4.4, 4.2, 4.0), (1.8, 1.9, 2.0, 2.1), ("Mazovia", "Elsewhere"), "SA"),
)

PRICES = {2021: 0.86, 2022: 0.93, 2023: 0.97, 2024: 1.0}
"""Invented US price index, 1 in the year whose prices real pay is stated in."""

CURRENCIES = tuple(dict.fromkeys(place.currency for place in PLACES))


def rates() -> pl.DataFrame:
    """Return local currency per USD: columns currency, year (Int32), rate; one row for each pair."""
    return pl.DataFrame(
        [(p.currency, year, rate) for p in PLACES for year, rate in zip(YEARS, p.rates, strict=True)],
        schema={"currency": pl.String, "year": pl.Int32, "rate": pl.Float64},
        orient="row",
    ).unique(maintain_order=True)


def real_pay() -> pl.Expr:
    """Return pay at the prices of 2024: needs ``pay_annual_usd`` and ``year``."""
    index = pl.col("year").replace_strict(PRICES, default=None, return_dtype=pl.Float64)
    return (pl.col("pay_annual_usd") / index).alias("pay_annual_real_usd")


def ppp_pay() -> pl.Expr:
    """Return pay in international dollars: needs ``pay_annual_usd``, ``country`` and ``year``.

    Pay in another currency than the country's goes through the market rate first.
    """
    factors = {
        f"{p.country}{year}": rate / ppp for p in PLACES for year, rate, ppp in zip(YEARS, p.rates, p.ppp, strict=True)
    }
    at = pl.concat_str(pl.col("country").cast(pl.String), pl.col("year").cast(pl.String))
    factor = at.replace_strict(factors, default=None, return_dtype=pl.Float64)
    return (pl.col("pay_annual_usd") * factor).alias("pay_annual_ppp")


def truth() -> dict[str, Any]:
    """Return premia, rates and prices as plain values for ``truth.json``."""
    return {
        "country": {p.country: p.premium for p in PLACES},
        "exchange_rates_per_usd": {p.currency: dict(zip(YEARS, p.rates, strict=True)) for p in PLACES},
        "ppp_per_international_dollar": {p.country: dict(zip(YEARS, p.ppp, strict=True)) for p in PLACES},
        "price_index": PRICES,
    }
