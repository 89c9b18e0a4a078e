"""Double selection: least squares where nothing is chosen, what single selection misses, coverage in sparse designs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri, stdtrit

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.blocks import Levels, Term
from salarylab.model.trust.double_selection import PROMISE, double_selection, plug_in, select
from salarylab.model.trust.lasso import CERTIFIED

TRUE = 0.3


def test_the_plug_in_penalty_in_closed_form() -> None:
    assert plug_in(400, 90) == pytest.approx(2.2 * 20 * ndtri(1 - 0.1 / np.log(400) / 180), rel=1e-12)
    assert plug_in(400, 90, np.arange(400) // 4) == pytest.approx(44 * ndtri(1 - 0.1 / np.log(100) / 180), rel=1e-12)


def test_controls_always_kept_give_least_squares(workers: sl.Records) -> None:
    spec = sl.Spec(factors=("education", "role_family", "experience_spline"), clusters=None)
    design = sl.build(spec, sl.draw(workers, []))
    found = double_selection(design, "education", always=("role_family", "experience_spline"))
    fitted = sl.fit(design).terms.filter(sl.fit(design).terms["factor"] == "education")
    assert found.table["value"].to_list() == pytest.approx(fitted["log_points"].to_list(), rel=1e-9)
    assert found.table["se"].to_list() == pytest.approx(fitted["se"].to_list(), rel=1e-9)
    assert (found.selected, found.among) == ((), 0)


def test_clusters_of_one_row_load_as_rows_do() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((300, 50))
    y = x[:, 0] + rng.standard_normal(300) * (1 + x[:, 1] ** 2)
    alone = select(x - x.mean(axis=0), y - y.mean(), 60.0)
    one_each = select(x - x.mean(axis=0), y - y.mean(), 60.0, np.arange(300))
    assert one_each.coefficients == pytest.approx(alone.coefficients, abs=1e-10)
    assert alone.violation < CERTIFIED
    assert alone.active[0]


def test_noise_alone_selects_nothing_mostly() -> None:
    """The penalty exceeds every slope of noise with a chance near 1 − .1/log n, unequal variances or not."""
    chosen = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((300, 100))
        y = rng.standard_normal(300) * (0.5 + np.abs(x[:, 0]))
        chosen.append(select(x - x.mean(axis=0), y - y.mean(), plug_in(300, 100)).active.any())
    assert sum(chosen) <= 5


def sparse(seed: int, lay_out: Any, *, clustered: bool = False, n: int = 300, p: int = 150) -> sl.Design:
    """Return two levels and p controls of which a few matter, some of them mostly for who has the level."""
    rng = np.random.default_rng(seed)
    groups = n // 3 if clustered else n
    x = rng.standard_normal((groups, p))
    index = 1.2 * x[:, 0] + 0.6 * x[:, 1] + rng.standard_normal(groups)
    arm = (index > 0).astype(np.int64)
    shared = clustered * 0.3 * rng.standard_normal(groups)
    x, arm, shared = (np.resize(v, (n, *v.shape[1:])) for v in (x, arm, shared))
    y = (
        10
        + TRUE * arm
        + 0.15 * x[:, 0]
        + 0.5 * x[:, 2]
        + shared
        + rng.standard_normal(n) * (0.3 + 0.2 * np.abs(x[:, 1]))
    )
    design = lay_out(y, title=arm, experience=x[:, 0], clusters=np.resize(np.arange(groups), n) if clustered else None)
    return widened(design, x)


def widened(design: sl.Design, x: np.ndarray) -> sl.Design:
    """Return the design with one numeric factor of many columns in the place of one."""
    from dataclasses import replace

    names = tuple(f"experience.{j}" for j in range(x.shape[1]))
    block = replace(design.blocks["experience"], names=names, values=x)  # type: ignore[call-arg]
    terms = (*design.terms[:2], *(Term((name,), "experience", None, None, len(x)) for name in names))
    return replace(design, blocks={**design.blocks, "experience": block}, terms=terms)


def test_a_control_that_mostly_tells_the_level_is_kept(lay_out: Any) -> None:
    """Chosen by pay alone it is often missed, and the premium is then off."""
    kept, values = 0, []
    for seed in range(10):
        found = double_selection(sparse(seed, lay_out), "title")
        kept += "experience.0" in found.selected
        values.append(found.gaps.values[0])
        assert found.violation < CERTIFIED
        assert len(found.selected) < 15
    assert kept == 10
    assert np.mean(values) == pytest.approx(TRUE, abs=0.05)
    assert PROMISE in found.gaps.finding("title 1").caveats


def test_more_columns_than_rows_and_columns_that_follow_are_no_obstacle(lay_out: Any) -> None:
    design = sparse(1, lay_out, n=120, p=200)
    values = design.blocks["experience"].values.copy()  # type: ignore[union-attr]
    values[:, 3] = values[:, 0]
    found = double_selection(widened(design, values), "title")
    assert np.isfinite(found.gaps.se).all()


def covered(lay_out: Any, seeds: range, *, clustered: bool) -> int:
    hits = 0
    for seed in seeds:
        gaps = double_selection(sparse(seed, lay_out, clustered=clustered), "title").gaps
        hits += int(abs(gaps.values[0] - TRUE) <= stdtrit(gaps.df[0], 0.975) * gaps.se[0])
    return hits


@pytest.mark.parametrize("clustered", [False, True])
def test_a_few_intervals_cover(lay_out: Any, clustered: bool) -> None:
    assert covered(lay_out, range(20), clustered=clustered) >= 14  # binomial(20, .95): below with 1 in 10,000


@pytest.mark.slow
@pytest.mark.parametrize("clustered", [False, True])
def test_the_interval_covers_in_sparse_designs(lay_out: Any, within_band: Callable[..., bool], clustered: bool) -> None:
    assert within_band(covered(lay_out, range(2_000), clustered=clustered), 2_000)


def test_what_cannot_be_served_is_refused_by_name(workers: sl.Records) -> None:
    sample = sl.draw(workers, [])
    design = sl.build(sl.Spec(factors=("education", "role_family", "education:role_family"), clusters=None), sample)
    with pytest.raises(ModelError, match="it interacts: education:role_family"):
        double_selection(design, "education")
    plain = sl.build(sl.Spec(factors=("education", "role_family"), clusters=None), sample)
    with pytest.raises(ModelError, match="control of this equation 'rol'"):
        double_selection(plain, "education", always=("rol",))
    with pytest.raises(ModelError, match="no rule for it here"):
        double_selection(sl.build(sl.Spec(factors=("education",), covariance="HC3"), sample), "education")
    with pytest.raises(ModelError, match="would be ignored"):
        double_selection(sl.build(sl.Spec(factors=("education",), covariance="HC2"), sample), "education")


def test_weights_and_clusters_are_followed(workers: sl.Records) -> None:
    spec = sl.Spec(factors=("education", "experience"), weights="weight", clusters="cluster")
    design = sl.build(spec, sl.draw(workers, []))
    found = double_selection(design, "education", always=("experience",)).gaps
    fitted = sl.fit(design)
    assert found.values == pytest.approx(fitted.coefficients[1:4], rel=1e-9)
    assert found.se == pytest.approx(np.sqrt(np.diag(fitted.covariance))[1:4], rel=1e-9)
    assert "CRV3 clustered by cluster" in found.rule
    assert found.rule.endswith("weighted")


def test_double_selection_gives_no_small_cell_away(make_records: Any) -> None:
    rng = np.random.default_rng(3)
    titles = np.array(["engineer", "analyst", "manager"], dtype=object)[rng.integers(0, 3, 300)]
    country = np.array(["FI", "DE"], dtype=object)[rng.integers(0, 2, 300)]
    titles[:9] = "swan marker"
    country[20:29] = "Ruritania"
    pay = np.exp(rng.normal(11, 0.02, 300))
    pay[:9], pay[20:29] = 987_654.0 + np.arange(9), 456_789.0 + np.arange(9)
    records = make_records(pay_annual_usd=pay.tolist(), title=titles.tolist(), country=country.tolist())
    found = double_selection(sl.build(sl.Spec(factors=("title", "country")), sl.draw(records, [])), "title")
    assert "country[(under 10 rows)]" in found.selected
    rare = found.table.filter(found.table["n"].is_null())
    assert rare["level"].to_list() == ["(under 10 rows)"]
    told = [repr(found), str(found.table.to_dicts()), str(found.gaps.finding("swan marker"))]
    assert isinstance(found.gaps.comparison.block, Levels)
    assert not any(secret in text for text in told for secret in ("swan", "Ruritania", "98765", "45678"))
