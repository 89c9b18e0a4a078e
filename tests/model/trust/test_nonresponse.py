"""Nonresponse: bounds of a gap in samples of which it is known what the silent earn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust import pay_bounds
from salarylab.sample import positive_pay

Make = Callable[..., sl.Records]
ASKED = {"factor": "education", "level": "master", "base": "bachelor"}


def surveyed(make_records: Make, n: int = 2_000, silent: float = 0.15, **more: object) -> tuple[sl.Sample, float]:
    """Return a sample in which masters with high pay are silent more often, and the median gap of all."""
    rng = np.random.default_rng(5)
    master = rng.random(n) < 0.5
    log_pay = 11 + 0.2 * master + rng.normal(0, 0.4, n)
    quiet = rng.random(n) < silent * (1 + master * (log_pay > 11.2))
    columns = {
        "pay_annual_usd": [None if q else float(p) for q, p in zip(quiet, np.exp(log_pay), strict=True)],
        "education": np.where(master, "master", "bachelor").tolist(),
    }
    gap = float(np.median(log_pay[master]) - np.median(log_pay[~master]))
    return sl.draw(make_records(**(columns | more)), []), gap


def test_the_bounds_hold_the_gap_of_all_and_widen_from_the_gap_of_those_who_answered(make_records: Make) -> None:
    sample, gap = surveyed(make_records)
    found = pay_bounds(sample, **ASKED, resamples=200)
    widths = [b.high - b.low for b in found.bounds]
    assert widths == sorted(widths)
    assert widths[0] == 0
    assert found.bounds[-1].low <= gap <= found.bounds[-1].high
    assert all(b.ci_low <= b.low <= b.high <= b.ci_high for b in found.bounds)
    assert found.breakdown is not None
    at = pay_bounds(sample, **ASKED, departures=[found.breakdown], resamples=200).bounds[-1]
    assert at.low <= 0 <= at.high
    before = pay_bounds(sample, **ASKED, departures=[found.breakdown - 1e-3], resamples=200).bounds[-1]
    assert before.low >= at.low
    assert "zero is within the bounds" in found.finding.caveats[-1]


def test_a_bound_that_nothing_holds_is_null_in_the_table(make_records: Make) -> None:
    found = pay_bounds(surveyed(make_records, silent=0.45)[0], **ASKED, quantile=0.9, resamples=200)
    assert found.table["high"].to_list()[-1] is None
    assert found.finding.high is None
    assert "no bound on one side" in " ".join(found.finding.caveats)


def test_the_share_above_an_amount_is_bounded_too(make_records: Make) -> None:
    sample, _ = surveyed(make_records)
    found = pay_bounds(sample, **ASKED, above=60_000.0, resamples=200)
    a, b = found.answered
    widest = found.bounds[-1]
    assert widest.high - widest.low == pytest.approx((1 - a) + (1 - b))
    assert found.finding.unit == "share"


def test_rows_of_a_cluster_are_resampled_together(make_records: Make) -> None:
    firms = [f"firm {i % 25}" for i in range(2_000)]
    sample, _ = surveyed(make_records, cluster=firms)
    plain, _ = surveyed(make_records)
    with_firms, without = (pay_bounds(s, **ASKED, departures=[0.1], resamples=200).bounds[-1] for s in (sample, plain))
    assert (with_firms.low, with_firms.high) == (without.low, without.high)
    assert with_firms.ci_low != without.ci_low


def test_a_sample_without_the_silent_is_refused(make_records: Make) -> None:
    sample, _ = surveyed(make_records, silent=0.0)
    with pytest.raises(ModelError, match="nobody is silent"):
        pay_bounds(sample, **ASKED)
    records = make_records(pay_annual_usd=[1e5, None] * 40, education=["master", "bachelor"] * 40)
    with pytest.raises(ModelError, match="draw it without positive_pay"):
        pay_bounds(sl.draw(records, [positive_pay]), **ASKED)


def test_faults_are_named_all_at_once(make_records: Make) -> None:
    sample, _ = surveyed(make_records)
    with pytest.raises(ModelError, match="worst case") as refused:
        pay_bounds(sample, **ASKED, quantile=1.0, departures=[2.0], resamples=5)
    assert len(refused.value.faults) == 3
    with pytest.raises(ModelError, match="fewer than 30 answers"):
        pay_bounds(sample, "education", "doctorate", "bachelor")


@pytest.mark.parametrize("few", [1, 9])
def test_pay_bounds_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    pay: list[float | None] = [50_000.0 + 100 * i for i in range(200)]
    pay[:few] = [None] * few  # so few are silent that their number may not be told
    education = ["master" if i % 2 and i >= 20 else "bachelor" for i in range(200)]
    sample = sl.draw(make_records(pay_annual_usd=pay, education=education), [])
    found = pay_bounds(sample, **ASKED, resamples=200)
    assert found.table.drop("departure").null_count().sum_horizontal().item() == 5 * len(found.table)
    assert repr(found).endswith(": withheld, fewer than 10 rows.")
    assert found.finding.caveats == ()


def test_a_bound_is_nobodys_pay_at_the_end_of_the_scale(make_records: Make) -> None:
    sample, _ = surveyed(make_records, n=400)
    top = float(sample.table["pay_annual_usd"].max())  # type: ignore[arg-type]
    found = pay_bounds(sample, **ASKED, quantile=0.86, resamples=200)
    told = {round(v, 6) for row in found.table.drop("departure", "n").iter_rows() for v in row if v is not None}
    assert round(np.log(top), 6) not in told
    assert found.table["high"].to_list()[-1] is None
