"""Misclassification: against a matrix solved by hand, and simulated titles sorted with known errors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import stdtrit
from scipy.stats import binom

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust import true_families, unmixed
from salarylab.records.roles.quality import FAMILIES, NO_ROLE, Misclassification

Array = NDArray[np.float64]
Make = Callable[..., sl.Records]
FALSE_ALARM = 0.001
PAY = dict(zip(FAMILIES, (11.6, 11.3, 11.1, 11.2, 10.9, 10.7), strict=True))
RIGHT = Misclassification("right", tuple(tuple(50 * (i == j) for j in range(6)) for i in range(6)))
WRONG = Misclassification("wrong", tuple(tuple(340 if i == j else 12 for j in range(6)) for i in range(6)))


def sorted_by_a_crosswalk(make_records: Make, rates: Misclassification, per: int = 400, **more: object) -> sl.Sample:
    """Return a sample with as many rows of each assigned family; the true ones follow the rates exactly."""
    rng = np.random.default_rng(2)
    assigned, pay = [], []
    for i, family in enumerate(FAMILIES):
        counts = rates.counts[i]
        true = np.repeat(FAMILIES, [round(per * c / sum(counts)) for c in counts])
        assigned += [None if family == NO_ROLE else family] * len(true)
        pay += [float(np.exp(PAY[t] + e)) for t, e in zip(true, rng.normal(0, 0.2, len(true)), strict=True)]
    return sl.draw(make_records(**({"pay_annual_usd": pay, "role_family": assigned} | more)), [])


def test_two_classes_are_those_of_aigner() -> None:
    # Aigner (1973): the gap shrinks by 1 − P(wrong | assigned 1) − P(wrong | assigned 0)
    true, _ = unmixed(np.array([10.0, 11.0]), np.zeros((2, 2)), np.array([[90, 10], [30, 70]]))
    assert true[1] - true[0] == pytest.approx(1.0 / (1 - 0.1 - 0.3))


def test_the_variance_of_the_mixture_is_that_of_redrawn_labels() -> None:
    rng = np.random.default_rng(1)
    mixture, means = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([10.0, 11.0])
    drawn = [
        unmixed(means, np.zeros((2, 2)), np.array([rng.multinomial(500, row) for row in mixture]))[0]
        for _ in range(4_000)
    ]
    _, covariance = unmixed(means, np.zeros((2, 2)), 500 * mixture)
    np.testing.assert_allclose(np.cov(np.array(drawn).T), covariance, rtol=0.1)


def test_titles_sorted_without_error_keep_their_means(make_records: Make) -> None:
    found = true_families(sorted_by_a_crosswalk(make_records, RIGHT), RIGHT, clusters=None)
    np.testing.assert_allclose(found.true, found.assigned)
    np.testing.assert_allclose(found.true_covariance, found.assigned_covariance)


def test_the_gap_between_true_families_is_found_through_the_errors(make_records: Make) -> None:
    found = true_families(sorted_by_a_crosswalk(make_records, WRONG), WRONG)
    gap = found.gap("core AI", "other tech")
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low < PAY["core AI"] - PAY["other tech"] < gap.high
    assert gap.value is not None
    naive = found.assigned[0] - found.assigned[3]
    assert gap.value > naive
    assert found.table["family"].to_list() == list(FAMILIES)


def test_the_measured_rates_of_the_crosswalk_can_be_used(make_records: Make) -> None:
    found = true_families(sorted_by_a_crosswalk(make_records, WRONG))
    assert found.version == "2026-11"
    assert np.isfinite(found.true).all()
    merged = true_families(sorted_by_a_crosswalk(make_records, WRONG), merge={"non-technical AI": "other"})
    assert len(merged.families) == 5


def test_clusters_are_honoured(make_records: Make) -> None:
    n = len(sorted_by_a_crosswalk(make_records, WRONG))
    clustered = sorted_by_a_crosswalk(make_records, WRONG, cluster=[f"firm {i // 20}" for i in range(n)])
    found, plain = (true_families(s, WRONG) for s in (clustered, sorted_by_a_crosswalk(make_records, WRONG)))
    assert found.true.tolist() == plain.true.tolist()
    assert found.df == len(set(range(0, n, 20))) - 1
    # by hand: CR1 of one mean
    y, inside = found.design.y, np.arange(n) < plain.n[0]
    left = inside * (y - found.assigned[0]) / plain.n[0]
    assert found.design.clusters is not None
    groups = found.df + 1
    by_firm = np.bincount(found.design.clusters, left)
    assert found.assigned_covariance[0, 0] == pytest.approx(groups / (groups - 1) * float(by_firm @ by_firm))


def test_faults_are_named(make_records: Make) -> None:
    sample = sorted_by_a_crosswalk(make_records, WRONG)
    with pytest.raises(ModelError, match="did you mean 'core AI'"):
        true_families(sample, WRONG).gap("core", "other")
    with pytest.raises(ModelError, match="hardly a row: none"):
        true_families(sample.without(sample.table["role_family"].is_null(), "no role"), WRONG)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="fewer than 10 in a class"):
        unmixed(np.ones(2), np.eye(2), np.array([[9, 0], [0, 50]]))
    with pytest.raises(ModelError, match="hardly told apart"):
        unmixed(np.ones(2), np.eye(2), np.array([[26, 24], [24, 26]]))
    with pytest.raises(ModelError, match="at least 20"):
        true_families(sorted_by_a_crosswalk(make_records, WRONG, cluster=["a", "b"] * (len(sample) // 2)), WRONG)


@pytest.mark.parametrize("few", [2, 9])
def test_true_families_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    family = [None] * 50 + [name for name in FAMILIES[:-1] for _ in range(few if name == "core AI" else 50)]
    pay = [987_654.0 if name == "core AI" else 50_000.0 + i for i, name in enumerate(family)]
    sample = sl.draw(make_records(pay_annual_usd=pay, role_family=family), [])
    found = true_families(sample, RIGHT)
    assert found.table.drop("family").drop_nulls("assigned").height == 0
    assert found.gap("core AI", "other").suppressed
    assert found.gap("other tech", "other").suppressed  # every assigned family has a part in it
    assert not any(str(v)[:4] in repr(found) for v in np.exp(found.assigned))


def covered(seeds: range) -> int:
    """Return in how many draws of rows and of labelled titles the interval holds the gap of two true classes."""
    mixture, pay = np.array([[0.9, 0.1], [0.25, 0.75]]), np.array([11.0, 11.4])
    hits = 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        rows = [(rng.random(150) < p[1]).astype(int) for p in mixture]
        y = [pay[true] + rng.normal(0, 0.3, 150) for true in rows]
        counts = np.array([rng.multinomial(120, p) for p in mixture])
        means, spread = np.array([v.mean() for v in y]), np.diag([v.var(ddof=1) / 150 for v in y])
        true, covariance = unmixed(means, spread, counts)
        c = np.array([-1.0, 1.0])
        reach = float(stdtrit(298, 0.975)) * float(c @ covariance @ c) ** 0.5
        hits += bool(abs(c @ true - 0.4) <= reach)
    return hits


def test_a_few_intervals_hold_the_true_gap() -> None:
    assert covered(range(60)) >= binom.ppf(FALSE_ALARM, 60, 0.95)


@pytest.mark.slow
def test_the_corrected_interval_covers_within_a_binomial_band() -> None:
    hits = covered(range(2_000))
    print(f"misclassification: {hits / 2_000:.4f}")
    assert binom.ppf(FALSE_ALARM / 2, 2_000, 0.95) <= hits <= binom.ppf(1 - FALSE_ALARM / 2, 2_000, 0.95)
