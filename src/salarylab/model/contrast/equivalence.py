"""Equivalence: is a premium within a band around zero, or beyond it? Two one-sided tests against the band's edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite, log

import polars as pl

from salarylab.disclosure import release, round_p, significant
from salarylab.errors import Fault, ModelError
from salarylab.finding import Finding, amount
from salarylab.model.contrast.detectable import detectable
from salarylab.model.contrast.linear import described, linear, rule_of
from salarylab.model.contrast.premium import premium_asked
from salarylab.model.estimate import Fitted
from salarylab.units import percent

Band = tuple[float, float]

OFTEN = "in 8 of 10 such samples"
"""The power of ``detectable`` in words."""

BAND: Band = (log(0.98), log(1.02))
"""The house's band: differences of 2 % are taken for none."""


@dataclass(frozen=True, slots=True)
class Tested:
    """Hold the p-values of a value against a band: that it lies ``within``, ``over`` or ``under`` it."""

    within: float
    over: float
    under: float


@dataclass(frozen=True, slots=True, repr=False)
class Equivalence:
    """Hold a premium's tests against a band, and the premia that each test would find with 80 % power.

    ``finding`` is the test that the premium lies within the band, in words: within it, beyond it, or not shown to be
    within it and which premium would have been seen; the p-values of ``tested`` are one-sided.
    ``detectable_beyond`` are the premia under and over the band that its tests find; ``detectable_zero`` is the one
    that a test against zero finds.
    """

    finding: Finding
    premium: Finding
    band: Band
    tested: Tested | None
    detectable_beyond: Band | None
    detectable_zero: float | None

    @property
    def table(self) -> pl.DataFrame:
        """One row: the premium in log points, p-values as told, and detectable differences of two digits."""
        numbers: dict[str, float | None] = {"value": self.premium.value}
        if self.tested is not None and self.detectable_beyond is not None and self.detectable_zero is not None:
            numbers |= {f"p_{name}": round_p(getattr(self.tested, name)) for name in ("within", "over", "under")}
            amounts = (*self.detectable_beyond, self.detectable_zero)
            names = ("detectable_under", "detectable_over", "detectable_zero")
            numbers |= {name: significant(amount, 2) for name, amount in zip(names, amounts, strict=True)}
        asked = {"subject": self.premium.subject, "band_low": self.band[0], "band_high": self.band[1]}
        cells = {"n": self.premium.smallest_cell, "dominated": self.premium.dominated}
        return release(pl.DataFrame([{**asked, **numbers, **cells}]), list(numbers), dominated="dominated").frame

    def __repr__(self) -> str:
        return repr(self.finding)


def equivalence(
    estimate: Fitted,
    factor: str,
    level: str,
    base: str | None = None,
    *,
    within: Mapping[str, str] | None = None,
    band: Band = BAND,
) -> Equivalence:
    """Test whether a premium lies within a band (in log points, around zero), over it or under it.

    ``level``, ``base`` and ``within`` are those of ``contrast``. The finding's p-value is the greater of the two
    one-sided ones. Its sentence says "within" where that is at most 0.05, which is where the 90 % interval lies within
    the band; "above" or "below" where the 95 % interval lies beyond it; else that it was not shown, and which premium a
    test against zero would have found with 80 % power. Raises ``ModelError`` as ``contrast`` does, for a band that
    does not hold zero, and for an outcome that is no log.

    **Source** Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15(6), 657–680.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("work_mode", "education")), sample))
    >>> found = equivalence(estimate, "work_mode", "remote")
    >>> found.tested.over < 0.05 < found.tested.within  # beyond the band, not within it
    True
    >>> print(found)
    Pay premium of remote over on-site (given education): above +2% (p < 0.001); about 2,200 beside 2,600 rows.
    """
    _refuse_band(band)
    if not estimate.design.outcome.log:
        what = "an outcome that is no log"
        raise ModelError(Fault("equivalence", what, "log pay: the band is in log points", "compare its interval"))
    asked = premium_asked(estimate.design, factor, level, base, within)
    found = linear(estimate, asked.vector[None, :])
    words = f"{asked.subject}: test that it lies within {_words(band)}"
    premium = described(estimate, asked.subject, unit="log points", value=float(found.values[0]), **asked.cells)
    if not found.identified[0]:
        why = ("no test: identified inside one or a few clusters",)
        untested = described(estimate, words, unit="p-value", value=None, caveats=why, **asked.cells)
        return Equivalence(untested, premium, band, None, None, None)
    value, se, df = float(found.values[0]), float(found.se[0]), float(found.df[0])
    tested = two_one_sided(value, se, df, band)
    zero = detectable(se, df)
    beyond = (detectable(se, df, band[0]), detectable(se, df, band[1]))
    seen = " or ".join(f"{_percent(end):+.1f}%" for end in beyond)
    finding = described(
        estimate,
        words,
        unit="p-value",
        value=tested.within,
        p=tested.within,
        df=estimate.told_df(df),
        covariance=rule_of(estimate, found),
        caveats=() if premium.suppressed else (f"beyond the band, {seen} would have been seen {OFTEN}",),
        **asked.cells,
    )
    says, p = _verdict(tested, band, zero)
    said = f"{asked.subject}: {says} ({amount(p, 'p-value')}); {finding.rows}."
    return Equivalence(replace(finding, said=said), premium, band, tested, beyond, zero)


def _verdict(tested: Tested, band: Band, seen: float) -> tuple[str, float]:
    """Return what the tests show in words, and the p-value that goes with it."""
    if tested.within <= 0.05:
        return f"within {_words(band)}", tested.within
    for p, side, edge in ((tested.over, "above", band[1]), (tested.under, "below", band[0])):
        if p <= 0.025:
            return f"{side} {percent(edge):+.3g}%", p
    power = f"; a premium of {_percent(seen):.1f}% would have been seen {OFTEN}" if isfinite(seen) else ""
    return f"not shown to be within {_words(band)}{power}", tested.within


def _words(band: Band) -> str:
    """Return a band in percent: ±2 % where it is as wide on both sides."""
    low, high = (percent(edge) for edge in band)
    return f"±{high:.3g}%" if abs(low + high) < 0.005 else f"{low:+.3g}% to {high:+.3g}%"


def two_one_sided(value: float, se: float, df: float, band: Band = BAND) -> Tested:
    """Return the p-values of a value with t-distributed error against a band.

    **Source** Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15(6), 657–680.

    >>> two_one_sided(0.0, 0.01, 50.0, (-0.02, 0.02)).within < 0.05
    True
    """
    from scipy.special import stdtr

    low, high = band
    above_low, below_high = float(stdtr(df, (low - value) / se)), float(stdtr(df, (value - high) / se))
    return Tested(
        within=max(above_low, below_high),
        over=float(stdtr(df, (high - value) / se)),
        under=float(stdtr(df, (value - low) / se)),
    )


def _percent(log_points: float) -> float:
    """Return log points of two digits in percent: with more they would give a cell's size away."""
    return percent(significant(log_points, 2))


def _refuse_band(band: Band) -> None:
    if not (isfinite(band[0]) and isfinite(band[1]) and band[0] < 0 < band[1]):
        raise ModelError(
            Fault(
                "equivalence band",
                f"{band[0]:g} to {band[1]:g}",
                "finite log points on both sides of zero",
                "say it in log points: (math.log(0.98), math.log(1.02)) for 2 %",
            )
        )
