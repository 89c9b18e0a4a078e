"""Quantile regression of a design: what its table, its finding and its notes tell, and what they keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.design import matrix
from salarylab.model.distribution import (
    dithered,
    quantile_premium,
    quantile_regression,
    rearranged,
    solve_quantile,
)
from salarylab.records import Records
from salarylab.source import Replication

Make = Callable[..., Records]


def design_of(records: Records, factors: tuple[str, ...] = ("education", "experience"), **spec: object) -> sl.Design:
    return sl.build(sl.Spec(factors=factors, **spec), sl.draw(records, [sl.positive_pay]))  # type: ignore[arg-type]


def heaped(make_records: Make, n: int = 800) -> Records:
    rng = np.random.default_rng(8)
    remote = np.arange(n) % 2 == 0
    pay = np.exp(rng.normal(11.0, 0.4, n) + 0.03 * remote)
    return make_records(
        pay_annual_usd=(np.round(pay / 5_000).clip(1) * 5_000).tolist(),
        work_mode=np.where(remote, "remote", "on-site").tolist(),
    )


def test_the_table_has_a_row_per_term_and_quantile(workers: Records) -> None:
    found = quantile_regression(design_of(workers, clusters=None), [0.75, 0.25])
    table = found.table
    assert found.taus == (0.25, 0.75)
    assert table["quantile"].to_list() == [0.25, 0.75] * len(found.design.terms)
    master = table.filter(pl.col("level") == "master")
    assert master["value"].to_list() == pytest.approx(found.coefficients[:, 2].round(4).tolist())
    assert (master["low"] < master["value"]).all()
    assert (table["low"] == table["low_with_step"]).all()  # pay is not heaped
    assert not any("heaped" in note for note in found.notes)


def test_it_is_the_fit_of_the_design_s_own_rows(workers: Records) -> None:
    design = design_of(workers, weights="weight")
    assert design.weights is not None
    found = quantile_regression(design)
    assert found.optima[0].certified
    assert found.optima[0].loss == pytest.approx(
        solve_quantile(matrix(design), design.y, 0.5, design.weights).loss, rel=1e-12
    )
    assert "CR1" in found.rule
    assert "weighted" in found.rule
    assert "Hall–Sheather" in found.rule


def test_a_premium_is_a_finding_in_words_of_quantiles(workers: Records) -> None:
    found = quantile_regression(design_of(workers), [0.5, 0.9])
    told = quantile_premium(found, 0.9, "education", "master")
    assert told.sentence.startswith("Pay premium of master over bachelor (given years of experience), at the 90th")
    assert told.value == pytest.approx(found.coefficients[1, 2])
    other = quantile_premium(found, 0.5, "education", "doctorate", "master")
    assert other.value == pytest.approx(found.coefficients[0, 3] - found.coefficients[0, 2])
    assert "at the median" in other.sentence
    with pytest.raises(ModelError, match=r"quantile '0\.3'"):
        quantile_premium(found, 0.3, "education", "master")


def test_predicted_quantiles_do_not_cross(workers: Records) -> None:
    found = quantile_regression(design_of(workers), [0.48, 0.49, 0.5, 0.51, 0.52])
    x = matrix(found.design)
    assert (np.diff(x @ found.coefficients.T, axis=1) < 0).any()
    assert (np.diff(rearranged(x @ found.coefficients.T, found.taus), axis=1) >= 0).all()
    with pytest.raises(ModelError, match="rising order"):
        rearranged(np.zeros((1, 2)), [0.5, 0.1])


# Variance rules


def test_rules_for_independent_rows_are_refused_for_clusters(workers: Records) -> None:
    for variance in ("nid", "iid"):
        assert quantile_regression(design_of(workers, clusters=None), variance=variance).rule  # type: ignore[arg-type]
        with pytest.raises(ModelError, match="found:    clusters"):
            quantile_regression(design_of(workers), variance=variance)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="did you mean 'kernel'"):
        quantile_regression(design_of(workers), variance="kernl")  # type: ignore[arg-type]


def test_few_clusters_are_refused_unless_asked_for(workers: Records) -> None:
    with pytest.raises(ModelError, match="at least 20"):
        quantile_regression(design_of(workers, clusters="role_family"))
    few = quantile_regression(design_of(workers, clusters="role_family", few_clusters=True))
    assert few.row_rule.df == 2.0


def test_a_term_inside_a_few_clusters_has_no_standard_error(workers: Records) -> None:
    table = workers.table.with_columns(
        work_mode=pl.when(pl.col("cluster").is_in(["employer 1", "employer 2"]))
        .then(pl.lit("remote"))
        .otherwise(pl.lit("on-site"))
        .cast(workers.table["work_mode"].dtype)
    )
    found = quantile_regression(design_of(replace(workers, table=table), ("work_mode",)))
    assert found.table.filter(pl.col("level") == "remote").select("se", "low", "high").row(0) == (None, None, None)
    told = quantile_premium(found, 0.5, "work_mode", "remote")
    assert told.se is None
    assert "identified inside one or a few clusters" in told.caveats[-1]


def test_clusters_that_hold_nearly_all_the_weight_are_few(make_records: Make) -> None:
    rng = np.random.default_rng(6)
    n = 600
    remote, cluster = np.arange(n) % 3 == 0, np.arange(n) // 3 % 40
    weight = np.where(remote & (cluster > 1), 0.001, 1.0)  # of those who work from home, two clusters' rows count
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.3, n)).tolist(),
        work_mode=np.where(remote, "remote", "on-site").tolist(),
        cluster=[f"employer {c}" for c in cluster],
        weight=weight.tolist(),
    )
    few = [
        quantile_regression(design_of(records, ("work_mode",), weights=weights, clusters="cluster")).unidentified
        for weights in (None, "weight")
    ]
    assert [one[0, 1] for one in few] == [False, True]


def test_replicate_weights_give_the_survey_s_own_variance(make_records: Make) -> None:
    rng = np.random.default_rng(4)
    n, count = 600, 40
    replicates = rng.exponential(1.0, (n, count)) * np.where(rng.random((n, count)) < 0.02, -1, 1)
    records = make_records(
        replication=Replication(count, 1.0 / count, count, "invented replicates"),
        pay_annual_usd=np.exp(rng.normal(11, 0.4, n)).tolist(),
        work_mode=rng.choice(["on-site", "remote"], n).tolist(),
        weight=[1.0] * n,
        replicate_weights=replicates.tolist(),
    )
    found = quantile_regression(design_of(records, ("work_mode",)))
    assert "invented replicates" in found.rule
    rows = quantile_regression(design_of(records, ("work_mode",), weights=None, covariance="HC1"))
    ratio = np.sqrt(np.diag(found.covariances[0]) / np.diag(rows.covariances[0]))
    assert ratio == pytest.approx(np.ones(2), abs=0.35)  # 40 replicates of unit variance: 11 % noise


# Heaping


def test_heaped_pay_is_told_and_its_step_admitted(make_records: Make) -> None:
    found = quantile_regression(design_of(heaped(make_records), ("work_mode",)))
    step = found.heaping[0].step
    assert step == pytest.approx(np.log(60 / 55), abs=0.01)
    assert any(note.startswith("pay is heaped: 9") and "% of rows on" in note for note in found.notes)
    remote = found.table.filter(pl.col("level") == "remote")
    assert remote["low"].item() - remote["low_with_step"].item() == pytest.approx(step, abs=1e-4)
    told = quantile_premium(found, 0.5, "work_mode", "remote")
    se = float(found.covariances[0, 1, 1]) ** 0.5
    assert told.low is not None
    assert told.high is not None
    assert told.high - told.low == pytest.approx(2 * (1.963 * se + step), rel=1e-3)
    assert any("one step of the lattice" in caveat for caveat in told.caveats)


def test_dither_is_seeded_reported_and_in_pay(make_records: Make) -> None:
    design = design_of(heaped(make_records), ("work_mode",))
    once, again, other = (quantile_regression(design, dither=seed) for seed in (7, 7, 8))
    assert (once.coefficients == again.coefficients).all()
    assert (once.coefficients != other.coefficients).any()
    assert any("seed 7" in note for note in once.notes)
    assert once.heaping[0].step == 0.0
    moved = np.exp(dithered(design.y, 7)) - np.exp(design.y)
    middle = (np.exp(design.y) > 40_000) & (np.exp(design.y) < 80_000)
    assert np.abs(moved[middle]).max() <= 2_500.0 * (1 + 1e-9)
    assert np.abs(moved[middle]).mean() == pytest.approx(1_250.0, rel=0.1)  # evenly: a quarter of the width
    with pytest.raises(ModelError, match="below twice the least pay"):
        quantile_regression(design, dither=7, step=1e6)


def test_pay_off_the_heaps_stays_where_it_is() -> None:
    pay = np.concatenate([np.full(20, 50_000.0), np.full(20, 55_000.0), [51_234.0, 53_210.0]])
    moved = np.exp(dithered(np.log(pay), seed=1))
    assert moved[40:] == pytest.approx(pay[40:], rel=1e-12)
    assert (moved[:40] != pay[:40]).all()


# Small cells


@pytest.mark.parametrize("few", [1, 9, 29])
def test_quantile_regression_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    rng = np.random.default_rng(few)
    n = 400
    titles = ["swan marker"] * few + ["analyst", "engineer"] * ((n - few) // 2)
    pay = np.where(np.array(titles) == "swan marker", 987_654.0, np.exp(rng.normal(11, 0.3, len(titles))))
    found = quantile_regression(design_of(make_records(pay_annual_usd=pay.tolist(), title=titles), ("title",)))
    shown = found.table
    hidden = shown.filter(pl.col("term").str.contains("swan|under 10"))
    assert (
        hidden.select("value", "se", "p", "low", "high", "low_with_step", "high_with_step", "n").null_count().row(0)
        == (len(hidden),) * 8
    )
    assert "987" not in repr(found) + str(shown.to_dicts()) + " ".join(found.notes)
    if few < 10:
        assert "swan" not in str(shown.to_dicts()) + repr(found)


@pytest.mark.parametrize("few", [2, 9, 29])
def test_quantile_premium_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    rng = np.random.default_rng(few)
    titles = ["swan marker"] * few + ["analyst", "engineer"] * 150
    pay = np.where(np.array(titles) == "swan marker", 987_654.0, np.exp(rng.normal(11, 0.3, len(titles))))
    found = quantile_regression(design_of(make_records(pay_annual_usd=pay.tolist(), title=titles), ("title",)))
    told = quantile_premium(found, 0.5, "title", "swan marker")
    assert told.suppressed
    record = told.record()
    assert [record[name] for name in ("value", "low", "high", "se", "p", "smallest_cell")] == [None] * 6
    assert "987" not in str(record)
    if few < 10:
        assert "swan" not in told.sentence + str(record)
