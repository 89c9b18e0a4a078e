"""Oaxaca–Blinder in the analyst's hand: identities, bases, support, small cells, refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.decompose.oaxaca import Oaxaca, oaxaca
from salarylab.records import Records
from salarylab.source import Replication

Make = Callable[..., Records]
FACTORS = ("work_mode", "education", "role_family", "experience_spline")


def design_of(records: Records, factors: tuple[str, ...] = FACTORS, **asked: object) -> sl.Design:
    return sl.build(sl.Spec(factors=factors, **{"clusters": None} | asked), sl.draw(records, []))  # type: ignore[arg-type]


def of(found: Oaxaca, part: str, factor: str = "total", level: str | None = None) -> dict[str, float]:
    same = pl.col("level").is_null() if level is None else pl.col("level") == level
    (row,) = found.table.filter(same, part=part, factor=factor).to_dicts()
    return row


def by_name(found: Oaxaca) -> dict[tuple[str, str, str | None], tuple[float, float]]:
    """Return the exact value and standard error of every line."""
    se = np.sqrt(np.diag(found.measured.covariance))
    return {
        (line.part, line.factor, line.level): (float(value), float(error))
        for line, value, error in zip(found.lines, found.measured.values, se, strict=True)
    }


@pytest.mark.parametrize("folds", [2, 3])
@pytest.mark.parametrize("weights", [None, "weight"])
def test_parts_add_up(workers: Records, folds: int, weights: str | None) -> None:
    design = design_of(workers, weights=weights)
    found = oaxaca(design, "work_mode", "remote", folds=folds)  # type: ignore[arg-type]
    modes = design.sample.table["work_mode"].cast(pl.String).to_numpy()
    w = np.ones(len(design.y)) if design.weights is None else design.weights
    mean = {mode: np.average(design.y[modes == mode], weights=w[modes == mode]) for mode in ("remote", "on-site")}
    gap = of(found, "gap")["value"]
    assert gap == pytest.approx(mean["remote"] - mean["on-site"], rel=1e-12)
    table = found.table.filter(pl.col("part") != "gap")
    for part in found.parts:
        factors = table.filter(pl.col("level").is_null(), pl.col("factor") != "total", part=part)
        assert factors["value"].sum() == pytest.approx(of(found, part)["value"], abs=1e-12)
        for factor in ("education", "role_family"):
            levels = table.filter(pl.col("level").is_not_null(), part=part, factor=factor)
            assert levels["value"].sum() == pytest.approx(of(found, part, factor)["value"], abs=1e-12)
    assert sum(of(found, part)["value"] for part in found.parts) == pytest.approx(gap, rel=1e-12)


def test_the_unexplained_part_is_the_premium_of_the_pooled_equation(workers: Records) -> None:
    design = design_of(workers)
    found = oaxaca(design, "work_mode", "remote")
    premium = sl.contrast(sl.fit(design), "work_mode", "remote")
    assert of(found, "unexplained")["value"] == pytest.approx(premium.value, rel=1e-10)
    assert found.part("unexplained").se == pytest.approx(premium.se, rel=0.02)
    assert oaxaca(sl.fit(design), "work_mode", "remote").explained.value == found.explained.value


@pytest.mark.parametrize("folds", [2, 3])
def test_normalised_parts_do_not_depend_on_bases(workers: Records, folds: int) -> None:
    bases = [{}, {"education": "doctorate", "role_family": "core AI"}]
    one, other = (
        by_name(oaxaca(design_of(workers, bases=b), "work_mode", "remote", folds=folds))  # type: ignore[arg-type]
        for b in bases
    )
    assert one.keys() == other.keys()
    for name, numbers in one.items():
        assert other[name] == pytest.approx(numbers, rel=1e-8, abs=1e-12)
    plain = [
        by_name(oaxaca(design_of(workers, bases=b), "work_mode", "remote", folds=folds, normalised=False))  # type: ignore[arg-type]
        for b in bases
    ]
    part = "unexplained" if folds == 2 else "coefficients"
    assert plain[0][part, "education", None] != pytest.approx(plain[1][part, "education", None], rel=1e-3)
    assert plain[0]["gap", "total", None] == pytest.approx(one["gap", "total", None], rel=1e-10)
    assert ("explained", "education", "bachelor") not in plain[0]


@pytest.mark.parametrize("reference", ["pooled", "neumark", "cotton", "reimers"])
def test_swapped_groups_swap_the_sign(workers: Records, reference: str) -> None:
    design = design_of(workers)
    one = by_name(oaxaca(design, "work_mode", "remote", reference=reference))  # type: ignore[arg-type]
    other = by_name(oaxaca(design, "work_mode", "on-site", "remote", reference=reference))  # type: ignore[arg-type]
    for name, (value, se) in one.items():
        assert other[name] == pytest.approx((-value, se), rel=1e-8, abs=1e-12)


def test_three_folds_hold_the_two_folds_of_either_group(workers: Records) -> None:
    design = design_of(workers)
    three = oaxaca(design, "work_mode", "remote", folds=3)
    base, level = (oaxaca(design, "work_mode", "remote", reference=side) for side in ("base", "level"))
    assert three.part("endowments").value == pytest.approx(base.explained.value, rel=1e-12)
    assert three.part("coefficients").value == pytest.approx(level.part("unexplained").value, rel=1e-12)


def test_two_levels_of_three(workers: Records) -> None:
    design = design_of(workers, ("role_family", "education"))
    found = oaxaca(design, "role_family", "core AI", "other")
    assert found.design.base_of["role_family"] == "other"
    assert set(found.design.blocks["role_family"].levels) == {"core AI", "other"}  # type: ignore[union-attr]
    lost = found.design.sample.attrition.filter(reason="neither core AI nor other: role_family")
    assert lost["rows_lost"].item() == len(design.y) - len(found.design.y)


def test_the_findings_say_what_is_decomposed(workers: Records) -> None:
    found = oaxaca(design_of(workers), "work_mode", "remote")
    assert found.gap.sentence.startswith("Raw pay gap of remote to on-site: ")
    assert "that goes with education, role family, experience: " in found.explained.sentence
    assert found.share.unit == "share of a gap"
    assert found.share.value == pytest.approx(found.explained.value / found.gap.value)
    assert any("where zero is put" in note and "experience" in note for note in found.notes)
    assert any("with a term for the group" in note for note in found.notes)
    assert "effective rows" in found.measured.rule
    assert found.gap.df in (30.0, 100.0, 200.0)


def test_a_share_of_no_gap_has_no_interval(workers: Records) -> None:
    """Where the gap is not told from zero, the set is told in words."""
    found = oaxaca(design_of(workers), "work_mode", "remote")
    assert abs(found.gap.value) < 2 * found.gap.se
    assert found.share.low is None
    assert "not told from zero" in found.share.caveats[0]


# Clusters and replicates


def test_clusters_are_the_spec_s(workers: Records) -> None:
    design = design_of(workers, clusters="cluster", weights="weight")
    found = oaxaca(design, "work_mode", "remote")
    assert re.search("CRV3 .* clustered by cluster, about 40 clusters, .*; weighted", found.measured.rule)
    assert found.measured.df.max() <= 39
    ten = workers.table.with_columns(pl.col("cluster").str.replace(r"(\d)(\d)?$", "$1"))
    few = sl.build(design.spec, sl.draw(_with(workers, ten), []))
    with pytest.raises(ModelError, match="about 10"):
        oaxaca(few, "work_mode", "remote")


def _with(records: Records, table: pl.DataFrame) -> Records:
    from dataclasses import replace

    return replace(records, table=table)


def test_replicates_are_the_survey_s(make_records: Make) -> None:
    rng = np.random.default_rng(8)
    n, count = 400, 80
    mode, degree = rng.choice(["on-site", "remote"], n), rng.choice(["bachelor", "master"], n)
    weight = rng.uniform(1, 3, n)
    replicates = weight[:, None] * rng.choice([0.3, 1.0, 1.7], (n, count))
    records = make_records(
        replication=Replication(count, 4 / 80, 80.0, "successive differences"),
        pay_annual_usd=np.exp(
            11 + 0.1 * (mode == "remote") + 0.2 * (degree == "master") + rng.normal(0, 0.3, n)
        ).tolist(),
        work_mode=mode.tolist(),
        education=degree.tolist(),
        weight=weight.tolist(),
        replicate_weights=replicates.tolist(),
    )
    design = design_of(records, ("work_mode", "education"))
    found = oaxaca(design, "work_mode", "remote")
    premium = sl.contrast(sl.fit(design), "work_mode", "remote")
    assert found.part("unexplained").value == pytest.approx(premium.value, rel=1e-10)
    assert found.part("unexplained").se == pytest.approx(premium.se, rel=1e-9)  # both refit under each weight
    assert (found.part("unexplained").df, found.measured.rule) == (80.0, "successive differences, t(80)")


# Support


def lopsided(make_records: Make, alone: int = 40) -> Records:
    """Return workers of whom some, all remote, have a doctorate."""
    rng = np.random.default_rng(4)
    n = 400
    mode = rng.choice(["on-site", "remote"], n)
    degree = rng.choice(["bachelor", "master"], n).astype("<U9")
    degree[np.flatnonzero(mode == "remote")[:alone]] = "doctorate"
    return make_records(
        pay_annual_usd=np.exp(11 + 0.2 * (mode == "remote") + rng.normal(0, 0.3, n)).tolist(),
        work_mode=mode.tolist(),
        education=degree.tolist(),
    )


def test_a_level_of_one_group_alone_is_named_and_left_out_when_asked(make_records: Make) -> None:
    design = design_of(lopsided(make_records), ("work_mode", "education"))
    with pytest.raises(ModelError, match="on-site or remote lacks, or has one row of: doctorate") as refused:
        oaxaca(design, "work_mode", "remote")
    assert "common_support=True" in str(refused.value)
    found = oaxaca(design, "work_mode", "remote", common_support=True)
    assert "doctorate" not in found.table["level"].to_list()
    lost = found.design.sample.attrition.filter(reason="outside the common support of the groups: education")
    assert lost["rows_lost"].item() == 40


# Refusals


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"factor": "wrok_mode"}, "did you mean 'work_mode'"),
        ({"factor": "experience_spline"}, "categorical factor"),
        ({"level": "remot"}, "did you mean 'remote'"),
        ({"base": "remote"}, "with itself"),
        ({"reference": "oaxaca", "folds": 4}, "2 faults"),
    ],
)
def test_what_is_not_there_is_refused(workers: Records, asked: dict[str, object], match: str) -> None:
    with pytest.raises(ModelError, match=match):
        oaxaca(design_of(workers), **{"factor": "work_mode", "level": "remote"} | asked)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="part of this decomposition"):
        oaxaca(design_of(workers), "work_mode", "remote").part("endowments")


@pytest.mark.parametrize("covariance", ["classical", "HC4"])
def test_a_rule_that_says_nothing_of_means_is_refused(workers: Records, covariance: str) -> None:
    with pytest.raises(ModelError, match=covariance):
        oaxaca(design_of(workers, covariance=covariance), "work_mode", "remote")


def test_interactions(workers: Records) -> None:
    own = design_of(workers, ("work_mode", "education", "work_mode:education"))
    with pytest.raises(ModelError, match="the groups themselves"):
        oaxaca(own, "work_mode", "remote")
    other = design_of(workers, ("work_mode", "education", "experience", "education:experience"))
    with pytest.raises(ModelError, match="normalised=False"):
        oaxaca(other, "work_mode", "remote")
    found = oaxaca(other, "work_mode", "remote", normalised=False)
    assert of(found, "explained", "education:experience")["value"] is not None


def test_a_term_that_follows_from_others_in_one_group_is_named_with_the_group(make_records: Make) -> None:
    rng = np.random.default_rng(2)
    n = 300
    mode, degree = rng.choice(["on-site", "remote"], n), rng.choice(["bachelor", "master"], n)
    family = np.where((degree == "master") | (mode == "on-site") & (rng.random(n) < 0.5), "core AI", "other tech")
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.3, n)).tolist(),
        work_mode=mode.tolist(),
        education=degree.tolist(),
        role_family=family.tolist(),
    )
    with pytest.raises(ModelError, match="among remote"):
        oaxaca(design_of(records, ("work_mode", "education", "role_family")), "work_mode", "remote")


# Small cells


def with_few(make_records: Make, few: int, factors: int = 1) -> Records:
    """Return workers of whom a few, remote, have a title of their own and pay nobody else has."""
    rng = np.random.default_rng(6)
    n = 600
    mode = rng.choice(["on-site", "remote"], n)
    title = rng.choice(["analyst", "engineer", "architect"], n, p=[0.5, 0.3, 0.2]).astype("<U12")
    pay = np.exp(11 + rng.normal(0, 0.3, n))
    secret = np.concatenate([np.flatnonzero(mode == m)[:k] for m, k in (("remote", few), ("on-site", 30))])
    title[secret] = "swan marker"
    pay[secret] = 987_654.0
    return make_records(
        pay_annual_usd=pay.tolist(),
        work_mode=mode.tolist(),
        title=title.tolist(),
        education=rng.choice(["bachelor", "master"], n).tolist(),
    )


@pytest.mark.parametrize("few", [2, 9])
@pytest.mark.parametrize("folds", [2, 3])
@pytest.mark.parametrize("normalised", [False, True])
def test_oaxaca_gives_no_small_cell_away(make_records: Make, few: int, folds: int, normalised: bool) -> None:
    design = design_of(with_few(make_records, few), ("work_mode", "title", "education"))
    found = oaxaca(design, "work_mode", "remote", folds=folds, normalised=normalised)  # type: ignore[arg-type]
    of_title = found.table.filter(pl.col("level").is_not_null(), factor="title")
    # the few are summed with the next smallest title: alone, "other levels" would be they
    assert set(of_title["level"]) <= {"analyst", "engineer", "other levels"}
    assert "architect" not in set(of_title["level"])
    assert of_title["n"].min() >= 10
    shown = [repr(found), repr(found.table.to_dicts()), *map(json.dumps, (found.gap.record(), found.share.record()))]
    assert not re.search(f"swan|987654|\\b{few} rows", "".join(shown))
    whole = found.table.filter(pl.col("level").is_null(), factor="title")["value"].to_numpy()
    parts = [of_title.filter(part=part)["value"].sum() for part in found.parts]
    assert parts == pytest.approx(whole, abs=1e-12)


def test_oaxaca_gives_no_small_cell_away_where_a_factor_is_little_else(make_records: Make) -> None:
    """Two titles, one of them of a few: the factor is summed with another, and alone tells nothing at all."""
    records = with_few(make_records, 5)
    title = pl.when(pl.col("title") != "swan marker").then(pl.lit("analyst")).otherwise(pl.col("title"))
    records = _with(records, records.table.with_columns(title.alias("title")))
    found = oaxaca(design_of(records, ("work_mode", "title", "education")), "work_mode", "remote")
    assert set(found.table["factor"]) == {"total"}
    assert found.explained.value is not None
    alone = oaxaca(design_of(records, ("work_mode", "title")), "work_mode", "remote")
    assert alone.gap.suppressed is False
    assert alone.explained.suppressed
    assert alone.explained.record()["value"] is None
    assert alone.share.record()["value"] is None
    assert not re.search(r"\d", alone.share.caveats[0])
    assert alone.table.filter(pl.col("part") != "gap")["value"].null_count() == 2
