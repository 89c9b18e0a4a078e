"""Equivalence: statsmodels' two one-sided tests, the interval that they follow, error at the band's edge."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.weightstats import ttost_ind

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.contrast import BAND, equivalence
from salarylab.model.contrast.equivalence import two_one_sided

BANDS = [BAND, (-0.3, 0.1), (-0.05, 0.4)]


def two_groups(make_records: Any, first: int, second: int, gap: float = 0.02, **spec: Any) -> sl.Estimate:
    rng = np.random.default_rng(first + second)
    pay = np.exp(rng.normal(11, 0.2, first + second) + gap * (np.arange(first + second) < first))
    mode = ["remote"] * first + ["on-site"] * second
    records = make_records(pay_annual_usd=pay.tolist(), work_mode=mode)
    return sl.fit(sl.build(sl.Spec(factors=("work_mode",), clusters=None, **spec), sl.draw(records, [])))


@pytest.mark.parametrize("band", BANDS)
def test_the_p_values_of_two_means_are_those_of_statsmodels(make_records: Any, band: tuple[float, float]) -> None:
    estimate = two_groups(make_records, 30, 45, covariance="classical")
    remote, onsite = estimate.design.y[:30], estimate.design.y[30:]
    p, (_, above_low, _), (_, below_high, _) = ttost_ind(remote, onsite, *band, usevar="pooled")
    found = equivalence(estimate, "work_mode", "remote", band=band).tested
    assert found is not None
    assert (found.within, found.under, found.over) == pytest.approx((p, 1 - above_low, 1 - below_high), rel=1e-9, abs=0)


def test_a_premium_is_within_the_band_where_its_90_percent_interval_is() -> None:
    from scipy.special import stdtrit

    for value in np.linspace(-0.03, 0.03, 61):
        reach = float(stdtrit(12.0, 0.95)) * 0.006
        inside = BAND[0] < value - reach and value + reach < BAND[1]
        assert (two_one_sided(float(value), 0.006, 12.0).within < 0.05) == inside


def test_the_detectable_premia_and_which_of_them_is_asked_are_said(make_records: Any) -> None:
    found = equivalence(two_groups(make_records, 300, 300), "work_mode", "remote")
    assert found.detectable_zero is not None
    assert found.detectable_beyond == pytest.approx((BAND[0] - found.detectable_zero, BAND[1] + found.detectable_zero))
    assert found.finding.caveats == ("beyond the band, -6.4% or +6.8% would have been seen in 8 of 10 such samples",)
    assert found.table["p_within"].to_list() == [pytest.approx(found.tested.within, rel=0.05)]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("gap", "band", "told"),
    [
        (0.0, (-0.1, 0.1), "within -9.52% to +10.5% (p < 0.001)"),
        (0.0, (log(0.9), log(1.1)), "within ±10% (p < 0.001)"),
        (0.2, BAND, "above +2% (p < 0.001)"),
        (-0.2, BAND, "below -2% (p < 0.001)"),
        (0.02, BAND, "not shown to be within ±2%; a premium of 4.7% would have been seen in 8 of 10 such samples"),
    ],
)
def test_the_sentence_is_what_the_tests_show(
    make_records: Any, gap: float, band: tuple[float, float], told: str
) -> None:
    found = equivalence(two_groups(make_records, 300, 300, gap), "work_mode", "remote", band=band)
    sentence = found.finding.sentence
    assert sentence.startswith(f"Raw pay gap of remote to on-site: {told}")
    assert sentence.endswith("; about 300 beside 300 rows.")
    assert ("would have been seen" in sentence) == ("not shown" in sentence)
    assert found.finding.record()["sentence"] == sentence


@pytest.mark.parametrize("band", [(0.01, 0.02), (0.02, -0.02), (float("nan"), 0.02), (-0.02, float("inf"))])
def test_a_band_without_zero_is_refused(make_records: Any, band: tuple[float, float]) -> None:
    with pytest.raises(ModelError, match="both sides of zero"):
        equivalence(two_groups(make_records, 20, 20), "work_mode", "remote", band=band)


def test_equivalence_gives_no_small_cell_away(make_records: Any) -> None:
    found = equivalence(two_groups(make_records, 9, 60), "work_mode", "remote")
    assert found.table.row(0, named=True)["value"] is None
    assert found.table["p_within"].to_list() == found.table["n"].to_list() == [None]
    assert found.finding.caveats == ()
    assert "withheld" in repr(found)
    assert repr(found) == repr(found.finding)


def at_the_edge(seeds: int) -> tuple[int, int]:
    """Return how often truth at the upper edge is told to lie within the band, and over it, at 5 % and 2.5 %."""
    within = over = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        a, b = rng.normal(BAND[1], 0.04, 40), rng.normal(0.0, 0.04, 60)
        spread = (a.var(ddof=1) * 39 + b.var(ddof=1) * 59) / 98 * (1 / 40 + 1 / 60)
        found = two_one_sided(float(a.mean() - b.mean()), float(spread**0.5), 98.0)
        within += found.within <= 0.05
        over += found.over <= 0.025
    return within, over


def test_at_the_edge_errors_are_as_rare_as_promised_in_a_few_seeds() -> None:
    within, over = at_the_edge(200)
    assert within <= binom.ppf(0.9995, 200, 0.05)
    assert over <= binom.ppf(0.9995, 200, 0.025)


@pytest.mark.slow
def test_at_the_edge_errors_are_as_rare_as_promised() -> None:
    within, over = at_the_edge(2_000)
    print(f"truth at the edge: within {within / 2_000:.4f} (5 %), over {over / 2_000:.4f} (2.5 %)")
    assert binom.ppf(0.00025, 2_000, 0.05) <= within <= binom.ppf(0.99975, 2_000, 0.05)
    assert binom.ppf(0.00025, 2_000, 0.025) <= over <= binom.ppf(0.99975, 2_000, 0.025)
