"""Imputation: what complete cases miss, coverage where answers are missing at random, and what is never drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import stdtrit

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.coding import plain
from salarylab.model.kernel.solution import solve
from salarylab.model.trust.chained import Column, complete
from salarylab.model.trust.imputation import fit_imputed
from salarylab.model.trust.rubin import pool
from salarylab.model.variance.independent import heteroskedastic

SPEC = sl.Spec(factors=("work_mode", "experience"), clusters=None)
TRUE = np.array([0.3, 0.02])


def mar(seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return log pay, a level and a number, and which rows did not answer the level: mostly the well paid."""
    rng = np.random.default_rng(seed)
    years = rng.uniform(0, 30, n)
    remote = (rng.random(n) < 1 / (1 + np.exp(1 - years / 15))).astype(float)
    y = 10.5 + TRUE[0] * remote + TRUE[1] * years + rng.normal(0, 0.3, n)
    silent = rng.random(n) < 1 / (1 + np.exp(-4 * (y - 11.1)))
    return y, remote, years, silent


def records_of(make_records: Any, seed: int = 1, n: int = 800, **given: Any) -> sl.Records:
    y, remote, years, silent = mar(seed, n)
    mode = [None if gone else ("remote" if at else "on-site") for at, gone in zip(remote, silent, strict=True)]
    years_told = [None if i % 11 == 0 else float(x) for i, x in enumerate(years)]
    return make_records(  # type: ignore[no-any-return]
        pay_annual_usd=np.exp(y).tolist(), work_mode=mode, experience_years=years_told, **given
    )


def arrays(seed: int, n: int, imputations: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return pooled and complete-case coefficients of level and number with the pooled se and df, from arrays."""
    y, remote, years, silent = mar(seed, n)
    columns = [
        Column("remote", np.where(silent, np.nan, remote), lambda x: x[:, None], 2),
        Column("years", years, lambda x: x[:, None]),
    ]
    fits, covariances = [], []
    for stream in np.random.SeedSequence(seed).spawn(imputations):
        draws = complete(columns, y, np.zeros((n, 0)), 1, np.random.default_rng(stream))
        rows = plain(np.column_stack([np.ones(n), draws["remote"], years]), y)
        fit = solve(rows, ["one", "remote", "years"], meat="HC2")
        fits.append(fit.coefficients)
        covariances.append(heteroskedastic(fit, "HC2"))
    found = pool(np.array(fits), np.array(covariances), np.full(3, n - 3.0))
    kept = ~silent
    rows = plain(np.column_stack([np.ones(kept.sum()), remote[kept], years[kept]]), y[kept])
    whole = solve(rows, ["one", "remote", "years"])
    return found.coefficients[1:], whole.coefficients[1:], np.sqrt(np.diag(found.covariance))[1:], found.df[1:]


def test_complete_cases_are_biased_and_imputation_is_not() -> None:
    runs = [arrays(seed, 1_000, 5) for seed in range(20)]
    pooled, whole = (np.mean([run[i] for run in runs], axis=0) for i in (0, 1))
    assert np.abs(pooled / TRUE - 1).max() < 0.08
    assert np.abs(whole / TRUE - 1).min() > 0.15


def covered(seeds: range) -> np.ndarray:
    hits = np.zeros(2, dtype=int)
    for seed in seeds:
        value, _, se, df = arrays(seed, 500, 10)
        hits += np.abs(value - TRUE) <= stdtrit(df, 0.975) * se
    return hits


def test_a_few_intervals_cover() -> None:
    assert covered(range(40)).min() >= 31


@pytest.mark.slow
def test_every_interval_covers(within_band: Callable[..., bool]) -> None:
    assert within_band(covered(range(2_000)), 2_000)


def test_the_pooled_terms_are_laid_out_as_an_estimate_s(make_records: Any) -> None:
    sample = sl.draw(records_of(make_records), [])
    found = fit_imputed(SPEC, sample, imputations=4)
    plain = sl.fit(sl.build(SPEC, sample)).terms
    assert found.terms.columns == [*plain.columns[:-1], "information_missing", "n"]
    assert found.terms["term"].to_list() == plain["term"].to_list()
    assert found.terms["n"].to_list() == plain["n"].to_list()
    assert len(found.completed.y) == 800
    told = found.finding("work_mode[remote]")
    assert told.value == pytest.approx(found.pooled.coefficients[1])
    assert "4 imputations" in told.sentence
    assert "work is done (" in found.notes[0]
    with pytest.raises(ModelError, match="did you mean"):
        found.finding("work_mode[remot]")


def test_pay_is_never_drawn_and_answers_are_kept(make_records: Any) -> None:
    records = records_of(make_records)
    table = records.table.with_columns(
        pl.when(pl.int_range(pl.len()) < 30).then(None).otherwise(pl.col("pay_annual_usd")).alias("pay_annual_usd")
    )
    found = fit_imputed(SPEC, sl.draw(replace(records, table=table), []), imputations=2)
    assert len(found.completed.y) == 770
    kept = found.completed.sample.table.join(table.select("record_id", was="work_mode"), on="record_id")
    assert kept.filter(pl.col("was").is_not_null() & (pl.col("was") != pl.col("work_mode"))).is_empty()
    assert found.completed.sample.table["pay_annual_usd"].to_list() == table["pay_annual_usd"].drop_nulls().to_list()


def test_one_seed_one_answer_and_weights_and_clusters_are_followed(make_records: Any) -> None:
    rng = np.random.default_rng(1)
    given = {"weight": rng.uniform(0.5, 2, 800).tolist(), "cluster": [f"c{i % 60}" for i in range(800)]}
    sample = sl.draw(records_of(make_records, **given), [])
    spec = sl.Spec(factors=SPEC.factors, weights="weight")
    first, again = (fit_imputed(spec, sample, imputations=3, seed=5) for _ in range(2))
    assert (first.pooled.coefficients == again.pooled.coefficients).all()
    assert "CRV3 clustered by cluster" in first.rule
    assert "weighted" in first.rule
    assert (first.pooled.df < 59).all()


def test_interactions_are_drawn_through_pay_times_partner(make_records: Any) -> None:
    spec = sl.Spec(factors=("work_mode", "experience", "work_mode:experience"), clusters=None)
    found = fit_imputed(spec, sl.draw(records_of(make_records), []), imputations=2)
    assert len(found.terms) == 4
    assert "pay × partner" in found.notes[0]


def test_what_cannot_be_imputed_is_refused_by_name(make_records: Any, workers: sl.Records) -> None:
    sample = sl.draw(records_of(make_records), [])
    with pytest.raises(ModelError, match="two or more"):
        fit_imputed(SPEC, sample, imputations=1)
    with pytest.raises(ModelError, match="every factor is answered"):
        fit_imputed(sl.Spec(factors=("education",)), sl.draw(workers, []))
    twice = sl.Spec(factors=("work_mode", "experience"), clusters=None)
    with pytest.raises(ModelError, match="no column of its own"):
        fit_imputed(twice, sample, imputations=2, beside=("experience_spline",))
    with pytest.raises(ModelError, match="never asked education"):
        fit_imputed(sl.Spec(factors=("work_mode", "education")), sample)


@pytest.mark.parametrize("name", ["role", "role_family", "region"])
def test_what_stands_for_rows_that_were_not_asked_does_not_forbid_drawing(make_records: Any, name: str) -> None:
    """The same answers under another name are drawn and pooled to the same numbers."""
    records = records_of(make_records)
    modes = records.table["work_mode"].cast(pl.String).to_list()
    same = {"on-site": "core AI", "remote": "other tech"} if name == "role_family" else {"on-site": "a", "remote": "b"}
    answers = [same.get(mode) for mode in modes]
    columns = {column: records.table[column].to_list() for column in ("pay_annual_usd", "experience_years")}
    spec = sl.Spec(factors=(name, "experience"), bases={name: same["on-site"]}, clusters=None)
    found = fit_imputed(spec, sl.draw(make_records(**{name: answers}, **columns), []), imputations=2)
    expected = fit_imputed(SPEC, sl.draw(records, []), imputations=2)
    numbers = ["log_points", "se", "n"]
    assert found.terms.select(numbers).equals(expected.terms.select(numbers))


def test_fit_imputed_gives_no_small_cell_away(make_records: Any) -> None:
    """Draws may not lift a cell of nine rows over the threshold, nor a rare text into a name."""
    n = 400
    rng = np.random.default_rng(3)
    titles = np.array(["engineer", "analyst"], dtype=object)[rng.integers(0, 2, n)]
    titles[:9] = "swan marker"
    titles[9:120] = None
    pay = np.exp(rng.normal(11, 0.2, n))
    pay[:9] = 987_654.0
    records = make_records(pay_annual_usd=pay.tolist(), title=titles.tolist())
    found = fit_imputed(sl.Spec(factors=("title",)), sl.draw(records, []), imputations=2)
    rare = found.terms.filter(found.terms["n"].is_null())
    assert rare["term"].to_list() == ["title[(under 10 rows)]"]
    assert rare["log_points"].to_list() == [None]
    told = [repr(found), str(found.terms.to_dicts()), str(found.finding("title[(under 10 rows)]").record())]
    assert "withheld, fewer than 10 rows" in told[-1]
    assert not any("swan" in text or "98765" in text for text in told)
