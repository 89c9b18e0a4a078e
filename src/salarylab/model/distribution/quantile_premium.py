"""Quantile premium: the difference at one quantile of one level over another, as a finding."""

from __future__ import annotations

from collections.abc import Mapping

from salarylab.disclosure import MIN_PERCENTILE_CELL, round_df
from salarylab.finding import Finding
from salarylab.model.contrast.detectable import detectable
from salarylab.model.contrast.premium import premium_asked
from salarylab.model.distribution.quantile import QuantileRegression
from salarylab.model.estimate import interval
from salarylab.model.telling import told_of


def quantile_premium(
    found: QuantileRegression,
    quantile: float,
    factor: str,
    level: str,
    base: str | None = None,
    *,
    within: Mapping[str, str] | None = None,
) -> Finding:
    """Return the premium of one level over another at one of the fitted quantiles.

    Where pay is heaped the interval is one step of its lattice wider on either side: a gap of two quantiles of
    rounded pay tells no finer. ``base`` and ``within``, and errors, are as in ``contrast``; a quantile that was not
    fitted raises ``ModelError`` too. A cell under thirty rows is withheld.

    **Source** that of ``quantile_regression``; the lattice step: see ``quantile_heaping``.

    >>> import salarylab as sl
    >>> from salarylab.model.distribution import quantile_regression
    >>> design = sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> quantile_premium(quantile_regression(design, [0.5]), 0.5, "education", "master").subject
    'Raw pay gap of master to bachelor, at the median'
    """
    s = found.at(quantile)
    asked = premium_asked(found.design, factor, level, base, within)
    value, step = float(asked.vector @ found.coefficients[s]), found.heaping[s].step
    numbers: dict[str, object] = {}
    caveats = found.notes
    if (found.unidentified[s] & (asked.vector != 0)).any():
        caveats = (*caveats, "no interval: identified inside one or a few clusters")
    else:
        se, df = float(asked.vector @ found.covariances[s] @ asked.vector) ** 0.5, found.row_rule.df
        low, high, _, p = interval(value, se, df)
        numbers = {"se": se, "df": round_df(df), "low": low - step, "high": high + step, "p": p}
        numbers |= {"detectable": detectable(se, df) + step}
        caveats = (*caveats, "the interval admits one step of the lattice on either side") if step else caveats
    few = asked.smallest_cell < MIN_PERCENTILE_CELL
    place = "median" if quantile == 0.5 else f"{100 * quantile:g}th percentile"
    return told_of(
        found.design,
        f"{asked.subject}, at the {place}",
        covariance=found.rule,
        unit="log points",
        value=value,
        **(asked.cells | {"smallest_cell": 0 if few else asked.smallest_cell}),
        caveats=caveats,
        **numbers,
    )
