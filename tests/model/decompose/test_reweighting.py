"""Reweighting: identities, a saturated equation, support, and what is told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.decompose.reweighting import PARTS, Reweighting, reweighting
from salarylab.source import Replication

Make = Callable[..., sl.Records]
ALL = ("mean", "variance", "gini", "p25", "p50", "p75-p25")


def design_of(records: sl.Records, *factors: str, clusters: str | None = None, weights: str | None = None) -> sl.Design:
    return sl.build(sl.Spec(factors=factors, clusters=clusters, weights=weights), sl.draw(records))


def parts(found: Reweighting) -> dict[str, list[float]]:
    return dict(zip(PARTS, found.measured.values.reshape(3, -1).tolist(), strict=True))


def test_parts_add_up_and_the_gap_is_the_raw_gap(workers: sl.Records) -> None:
    found = reweighting(
        design_of(workers, "work_mode", "education", "experience", weights="weight"),
        "work_mode",
        "remote",
        statistics_of_pay=ALL,
        draws=99,
    )
    part = parts(found)
    assert np.add(part["composition"], part["structure"]) == pytest.approx(part["gap"], abs=1e-12)
    rows = found.design.sample.table.select(
        pl.col("work_mode").cast(pl.String), "weight", y=pl.col("pay_annual_usd").log()
    )
    means = rows.group_by("work_mode").agg((pl.col("y") * pl.col("weight")).sum() / pl.col("weight").sum())
    by_mode = dict(means.iter_rows())
    assert part["gap"][0] == pytest.approx(by_mode["remote"] - by_mode["on-site"], rel=1e-10)


def test_a_saturated_equation_gives_the_base_the_very_mix_of_the_level(workers: sl.Records) -> None:
    # composition at the mean is then Oaxaca–Blinder's with the base's prices, and matches by cells exactly
    factors = ("work_mode", "education", "role_family", "education:role_family")
    found = reweighting(design_of(workers, *factors), "work_mode", "remote", statistics_of_pay=["mean"], draws=99)
    rows = found.design.sample.table.select(
        pl.col("work_mode", "education", "role_family").cast(pl.String), y=pl.col("pay_annual_usd").log()
    )
    mix = rows.filter(work_mode="remote").group_by("education", "role_family").len()
    cells = rows.filter(work_mode="on-site").group_by("education", "role_family").agg(pl.col("y").mean())
    both = cells.join(mix, ["education", "role_family"])
    expected = float((both["y"] * both["len"]).sum() / both["len"].sum())
    assert found.values[1, 0] == pytest.approx(expected, rel=1e-9)


def test_without_other_factors_composition_is_nothing(workers: sl.Records) -> None:
    found = reweighting(design_of(workers, "work_mode"), "work_mode", "remote", statistics_of_pay=ALL, draws=99)
    assert parts(found)["composition"] == pytest.approx([0.0] * len(ALL), abs=1e-12)
    assert found.support.effective[0] == pytest.approx(found.support.rows[0])
    assert "composition (of nothing)" in found.part("composition").subject


def test_groups_swapped_have_the_gap_turned_round(workers: sl.Records) -> None:
    design = design_of(workers, "role_family", "education")
    there = reweighting(design, "role_family", "core AI", "other", statistics_of_pay=ALL, draws=99)
    back = reweighting(design, "role_family", "other", "core AI", statistics_of_pay=ALL, draws=99)
    assert parts(there)["gap"] == pytest.approx([-gap for gap in parts(back)["gap"]])
    reasons = there.design.sample.attrition["reason"].to_list()
    assert "neither core AI nor other: role_family" in reasons


def test_what_was_planted_is_found(make_records: Make) -> None:
    rng = np.random.default_rng(12)
    n = 6_000
    remote = rng.uniform(size=n) < 0.4
    master = rng.uniform(size=n) < np.where(remote, 0.6, 0.2)
    log_pay = 10.5 + 0.3 * master + 0.05 * remote + rng.normal(0, 0.3, n)
    records = make_records(
        pay_annual_usd=np.exp(log_pay).tolist(),
        work_mode=np.where(remote, "remote", "on-site").tolist(),
        education=np.where(master, "master", "bachelor").tolist(),
    )
    found = reweighting(design_of(records, "work_mode", "education"), "work_mode", "remote", draws=99)
    composition, structure = found.part("composition"), found.part("structure")
    assert composition.value == pytest.approx(0.3 * 0.4, abs=0.02)
    assert structure.value == pytest.approx(0.05, abs=0.03)
    share = found.share()
    assert share.value == pytest.approx(0.12 / 0.17, abs=0.15)
    assert share.low is not None
    assert share.high is not None
    assert share.low < 0.12 / 0.17 < share.high


def test_a_seed_gives_the_same_draws_and_clusters_other_errors(workers: sl.Records) -> None:
    def errors(clusters: str | None, seed: int) -> list[float]:
        design = design_of(workers, "work_mode", "education", clusters=clusters)
        found = reweighting(design, "work_mode", "remote", statistics_of_pay=["p50"], draws=99, seed=seed)
        assert f"seed {seed}" in found.measured.rule
        return np.diag(found.measured.covariance).tolist()

    assert errors(None, 1) == errors(None, 1)
    assert errors(None, 1) != errors(None, 2)
    assert errors("cluster", 1) != errors(None, 1)


def test_replicate_weights_take_the_place_of_draws(make_records: Make) -> None:
    rng = np.random.default_rng(5)
    n = 200
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.4, n)).tolist(),
        work_mode=rng.choice(["remote", "on-site"], n).tolist(),
        weight=[1.0] * n,
        replicate_weights=rng.uniform(-0.1, 2.1, (n, 12)).tolist(),
        replication=Replication(12, 4 / 12, 12.0, "successive differences"),
    )
    design = sl.build(sl.Spec(factors=("work_mode",)), sl.draw(records))
    found = reweighting(design, "work_mode", "remote", statistics_of_pay=["mean"])
    peer = sl.fit(design)
    at = [term.level for term in design.terms].index("remote")
    assert found.measured.values[0] == pytest.approx(peer.coefficients[at])
    assert found.measured.covariance[0, 0] == pytest.approx(peer.covariance[at, at], rel=1e-8)
    assert found.measured.rule.startswith("successive differences, refitted under each, t(12)")


def test_a_group_in_a_few_clusters_has_no_interval(make_records: Make) -> None:
    rng = np.random.default_rng(4)
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(10.7, 0.4, 900)).tolist(),
        country=["Arcadia" if i % 30 < 2 else "Utopia" for i in range(900)],
        cluster=[f"employer {i % 30}" for i in range(900)],
    )
    design = design_of(records, "country", clusters="cluster")
    found = reweighting(design, "country", "Arcadia", statistics_of_pay=["mean"], draws=99)
    told = found.part("gap")
    assert (told.low, told.se) == (None, None)
    assert "no interval: one or a few clusters in a group" in told.caveats
    assert found.table["low"].null_count() == 3


# Support


def lopsided(make_records: Make) -> sl.Records:
    """Return rows in which only those on site may be doctors."""
    rng = np.random.default_rng(8)
    n = 800
    education = rng.choice(["bachelor", "master", "doctorate"], n, p=[0.5, 0.3, 0.2])
    mode = rng.choice(["remote", "on-site"], n)
    mode[education == "doctorate"] = "on-site"
    pay = np.exp(rng.normal(11, 0.4, n) + 0.2 * (mode == "remote"))
    return make_records(pay_annual_usd=pay.tolist(), education=education.tolist(), work_mode=mode.tolist())


def test_rows_without_a_counterpart_are_refused_by_name_or_left_out_and_counted(make_records: Make) -> None:
    design = design_of(lopsided(make_records), "work_mode", "education")
    with pytest.raises(ModelError, match=r"without a counterpart in the other group, by education\[doctorate\]"):
        reweighting(design, "work_mode", "remote", draws=99)
    found = reweighting(design, "work_mode", "remote", draws=99, common_support=True)
    doctors = int((design.sample.table["education"] == "doctorate").sum())
    assert found.support.outside == (doctors, 0)
    assert "rows without a counterpart left out: about" in found.part("gap").caveats[0]
    without = sl.draw(lopsided(make_records), [sl.only(education=["bachelor", "master"])])
    alone = reweighting(sl.build(sl.Spec(factors=("work_mode", "education")), without), "work_mode", "remote", draws=99)
    assert found.values == pytest.approx(alone.values, rel=1e-9)


def test_trimmed_rows_are_counted_and_the_overlap_is_shown(make_records: Make) -> None:
    rng = np.random.default_rng(3)
    n = 1_200
    years = rng.uniform(0, 40, n)
    remote = rng.uniform(size=n) < 1 / (1 + np.exp(-(years - 20) / 4))
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.4, n)).tolist(),
        experience_years=years.tolist(),
        work_mode=np.where(remote, "remote", "on-site").tolist(),
    )
    design = design_of(records, "work_mode", "experience")
    whole = reweighting(design, "work_mode", "remote", draws=99)
    trimmed = reweighting(design, "work_mode", "remote", draws=99, trim=0.1)
    assert whole.support.outside == (0, 0)
    assert min(trimmed.support.outside) > 50
    assert sum(trimmed.support.outside) + sum(trimmed.support.rows) == n
    assert trimmed.support.largest[0] < whole.support.largest[0]
    assert whole.support.effective[0] < 0.3 * whole.support.rows[0]
    shown = whole.support.table
    assert shown["group"].to_list() == ["on-site", "remote"]
    assert (shown["p50"][0] < 0.5) & (shown["p50"][1] > 0.5)
    with pytest.raises(ModelError, match="a probability from 0 to below"):
        reweighting(design, "work_mode", "remote", trim=0.5)


def test_what_is_not_there_is_refused_by_name(workers: sl.Records) -> None:
    design = design_of(workers, "work_mode", "education")
    with pytest.raises(ModelError, match="did you mean 'remote'"):
        reweighting(design, "work_mode", "remot")
    with pytest.raises(ModelError, match="with itself"):
        reweighting(design, "work_mode", "remote", "remote")
    with pytest.raises(ModelError, match="interacts with another"):
        reweighting(
            design_of(workers, "work_mode", "education", "work_mode:education"), "work_mode", "remote", draws=99
        )
    found = reweighting(design, "work_mode", "remote", statistics_of_pay=["p50", "gini"], draws=99)
    with pytest.raises(ModelError, match="statistic in log points 'gini'"):
        found.part("gap", "gini")


def test_reweighting_gives_no_small_cell_away(make_records: Make) -> None:
    rng = np.random.default_rng(9)
    titles = ["swan marker"] * 6 + ["falconer"] * 20 + rng.choice(["engineer", "analyst"], 574).tolist()
    pay = np.exp(rng.normal(10.7, 0.4, 600))
    pay[:6] = 987_654.0
    education = rng.choice(["bachelor", "master"], 600).tolist()
    records = make_records(pay_annual_usd=pay.tolist(), title=titles, education=education)
    design = design_of(records, "title", "education")
    rare = reweighting(design, "title", "swan marker", "engineer", draws=99)
    for told in (rare.part("gap"), rare.share(), rare.part("composition", "p50")):
        assert told.suppressed
        assert told.record()["value"] is None
        assert "swan" not in f"{told!r} {told.record()} {told._repr_mimebundle_()}"
    assert set(rare.table.select(pl.exclude("statistic", "part")).rows()) == {(None,) * 8}
    assert rare.support.table.filter(pl.col("group") != "engineer")["n"].to_list() == [None]
    assert "swan" not in f"{rare!r} {rare.table.rows()} {rare.support.table.rows()} {rare.support!r}"
    twenty = reweighting(design, "title", "falconer", "engineer", draws=99).table
    assert twenty.filter(statistic="mean")["value"].null_count() == 0
    assert twenty.filter(statistic="p50")["value"].null_count() == 3
