"""An invented table of wages, as large as asked, for timing estimators: one row per job.

Shares of levels are skewed, countries differ most, residuals spread more with the degree, and the jobs of a cluster
share some of theirs; so classical, robust and clustered standard errors differ. The same rows and seed give the
same table.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

SIZES = {"degree": 5, "seniority": 6, "remote": 3, "org_size": 6, "year": 8, "industry": 25, "country": 60, "role": 40}
SKEWED = {"industry": 0.8, "country": 1.1, "role": 0.9}
"""Exponents by which the shares of later levels fall; other factors' levels are drawn by halves around the middle."""

SPREAD = {"industry": 0.15, "country": 0.5, "role": 0.18}
RISE = {"degree": 0.55, "seniority": 0.85, "remote": 0.1, "org_size": 0.3, "year": 0.28}
"""Log points: the spread of premia where levels have no order, from the lowest to the highest level where they have."""

SKILLS = {"cloud": 0.06, "data": 0.04, "security": 0.0}
"""Yes-or-no columns beside the factors, and their premia."""

CLUSTERS = 1_000
FIRST_YEAR = 2017
MOST_YEARS = 45
AT_ONCE = 1_000_000
TAU = 0.5
FOCUS = "degree[degree 04]"
"""The premium that the specification curve follows."""

ABSORBABLE = tuple(name for name in SIZES if name != "degree")
SMALL_EQUATION = tuple(SIZES)[:5]
"""With years of experience and their square: 26 columns. All of ``SIZES``: 148."""


def level_names(factor: str) -> list[str]:
    """Return a factor's levels in order, as told.

    >>> level_names("remote")
    ['remote 00', 'remote 01', 'remote 02']
    """
    if factor == "year":
        return [str(FIRST_YEAR + code) for code in range(SIZES[factor])]
    if factor in SKILLS:
        return ["0", "1"]
    return [f"{factor} {code:02}" for code in range(SIZES[factor])]


def write(path: Path, rows: int, seed: int = 1) -> None:
    """Write a table of so many rows to a Parquet file."""
    starts = range(0, rows, AT_ONCE)
    parts = [wages(min(AT_ONCE, rows - start), (seed, place)) for place, start in enumerate(starts)]
    pl.concat(parts).write_parquet(path)


def wages(rows: int, seed: int | tuple[int, ...]) -> pl.DataFrame:
    """Return so many rows: log pay, years of experience, the level of each factor, skills, and a cluster."""
    draw = np.random.default_rng(seed)
    codes = {name: draw.choice(size, rows, p=_shares(name)) for name, size in SIZES.items()}
    years = np.floor(np.minimum(draw.gamma(2.0, 6.0, rows), MOST_YEARS))
    codes["seniority"] = np.digitize(years + draw.normal(0.0, 4.0, rows), [2.0, 5.0, 9.0, 14.0, 22.0])
    cluster = draw.choice(CLUSTERS, rows, p=_falling(CLUSTERS, 0.3))
    skilled = {name: draw.random(rows) < 0.3 for name in SKILLS}
    shared = np.random.default_rng(CLUSTERS).normal(0.0, 0.05, CLUSTERS)
    expected = 10.0 + sum(premia(name)[code] for name, code in codes.items()) + 0.035 * years - 0.0006 * years**2
    expected += sum(SKILLS[name] * has for name, has in skilled.items())
    log_pay = expected + shared[cluster] + (0.35 + 0.04 * codes["degree"]) * draw.standard_normal(rows)
    columns: dict[str, pl.Series | np.ndarray] = {"log_pay": log_pay, "exper": years.astype(np.int8)}
    columns |= {name: _levels(name, code) for name, code in codes.items()}
    columns |= {name: has.astype(np.int8) for name, has in skilled.items()}
    return pl.DataFrame({**columns, "cluster": cluster.astype(np.int16)})


def premia(factor: str) -> np.ndarray:
    """Return the true premium of each of a factor's levels, in log points."""
    size = SIZES[factor]
    if factor in RISE:
        return np.linspace(0.0, RISE[factor], size)
    return np.random.default_rng(size).normal(0.0, SPREAD[factor], size)


def check_loss(path: str, terms: Mapping[str, tuple[float, float]]) -> float:
    """Return Σ ρ_τ(log pay − what coefficients predict), which a quantile regression makes least, worked out anew.

    ``terms`` hold coefficient and standard error by name, those of the small equation.
    """
    table = pl.read_parquet(path, columns=["log_pay", "exper", *SMALL_EQUATION])
    years = table["exper"].cast(pl.Float64).to_numpy()
    predicted = terms["intercept"][0] + terms["exper"][0] * years + terms["exper^2"][0] * years**2
    for factor in SMALL_EQUATION:
        names = level_names(factor)
        premium = np.array([terms.get(f"{factor}[{name}]", (0.0, 0.0))[0] for name in names])
        codes = table[factor] - FIRST_YEAR if factor == "year" else table[factor].to_physical()
        predicted += premium[codes.to_numpy()]
    residual = table["log_pay"].to_numpy() - predicted
    return float(residual @ (TAU - (residual < 0)))


def _shares(factor: str) -> np.ndarray:
    size = SIZES[factor]
    if factor in SKEWED:
        return _falling(size, SKEWED[factor])
    near = 0.5 ** np.abs(np.arange(size) - size // 2)
    return near / near.sum()


def _falling(size: int, exponent: float) -> np.ndarray:
    shares = np.arange(1.0, size + 1.0) ** -exponent
    return shares / shares.sum()


def _levels(factor: str, code: np.ndarray) -> pl.Series:
    if factor == "year":
        return pl.Series((FIRST_YEAR + code).astype(np.int16))
    return pl.Series(code.astype(np.uint32)).cat.to(pl.Enum(level_names(factor)))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
