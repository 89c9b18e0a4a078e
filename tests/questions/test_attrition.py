"""Attrition of a comparison: how far the raw gap moves when rows leave, its standard error, and when it is said."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.questions.attrition import Attrition, attrition_of
from salarylab.source import Replication

Make = Callable[..., sl.Records]


def drawn(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """Return log pay, degrees, weights, and who told their age: fewer of the well paid with a degree."""
    master = rng.random(n) < 0.4
    pay = 10 + 0.2 * master + rng.normal(0, 0.3, n) * np.where(master, 1.5, 1.0)
    told = rng.random(n) < 1 / (1 + np.exp(-1.5 + 1.5 * master * (pay - 10)))
    return {"pay": pay, "master": master, "told": told, "weight": rng.uniform(0.5, 2, n)}


def records_of(make_records: Make, d: dict[str, np.ndarray], **more: Any) -> sl.Records:
    return make_records(
        pay_annual_usd=np.exp(d["pay"]).tolist(),
        education=np.where(d["master"], "master", "bachelor").tolist(),
        age=[float(30 + i % 20) if t else None for i, t in enumerate(d["told"])],
        **more,
    )


def attrition(
    make_records: Make, d: dict[str, np.ndarray], more: dict[str, Any] | None = None, **spec: Any
) -> Attrition:
    found = sl.ladder(
        sl.draw(records_of(make_records, d, **(more or {})), []), "education", [("+ age", ["age"])], **spec
    )
    return attrition_of(found.everybody, found.rungs[0].estimate, "education", "master", "bachelor")


def moved(pay: np.ndarray, master: np.ndarray, told: np.ndarray, w: np.ndarray) -> float:
    """Return the gap among those who told less everybody's."""

    def mean(rows: np.ndarray) -> float:
        return float(np.average(pay[rows], weights=w[rows]))

    return mean(master & told) - mean(~master & told) - mean(master) + mean(~master)


def test_the_gap_moves_by_the_difference_of_means_and_its_error_is_that_of_overlapping_means(
    make_records: Make,
) -> None:
    """Var(m_S − m) = s² (1/n_S − 1/n) where who stays has nothing to do with pay; HC0 in the rows' own residuals."""
    rng = np.random.default_rng(1)
    d = drawn(rng, 4_000) | {"told": rng.random(4_000) < 0.8}
    found = attrition(make_records, d, covariance="HC1")
    one = np.ones(4_000)
    assert found.moved == pytest.approx(moved(d["pay"], d["master"], d["told"], one), rel=1e-9)
    assert found.moved == pytest.approx(found.answered - found.everybody, abs=1e-12)
    variance = sum(
        d["pay"][side].var(ddof=1) * (1 / (side & d["told"]).sum() - 1 / side.sum())
        for side in (d["master"], ~d["master"])
    )
    assert found.se == pytest.approx(variance**0.5, rel=0.04)
    # far smaller than the errors of the two gaps, which share most rows
    apart = sum(d["pay"][side].var() / side.sum() for side in (d["master"], ~d["master"])) ** 0.5
    assert found.se < 0.6 * apart


@pytest.mark.parametrize("weighted", [False, True])
def test_its_error_is_that_of_a_bootstrap(make_records: Make, weighted: bool) -> None:
    n = 1_200
    d = drawn(np.random.default_rng(2), n)
    more = {"weight": d["weight"].tolist(), "weighted": True} if weighted else {}
    found = attrition(make_records, d, more, covariance="HC1")
    w = d["weight"] if weighted else np.ones(n)
    assert found.moved == pytest.approx(moved(d["pay"], d["master"], d["told"], w), rel=1e-9)
    rng = np.random.default_rng(3)
    draws = []
    for _ in range(1_500):
        i = rng.integers(0, n, n)
        draws.append(moved(d["pay"][i], d["master"][i], d["told"][i], w[i]))
    assert found.se == pytest.approx(float(np.std(draws)), rel=0.06)


def test_clusters_and_replicates_count_in_its_error_as_in_everybodys_equation(make_records: Make) -> None:
    n = 900
    d = drawn(np.random.default_rng(4), n)
    clusters = np.arange(n) % 30
    d["pay"] = d["pay"] + np.random.default_rng(5).normal(0, 0.4, 30)[clusters] * d["told"]
    alone = attrition(make_records, d, covariance="HC1")
    more = {"cluster": [f"c{c}" for c in clusters]}
    clustered = attrition(make_records, d, more, covariance="CR0")
    # by hand: sums over clusters of each row's part in the difference
    parts = np.zeros(n)
    for sign, side in ((1, d["master"]), (-1, ~d["master"])):
        for rows, plus in ((side & d["told"], 1), (side, -1)):
            parts[rows] += sign * plus * (d["pay"][rows] - d["pay"][rows].mean()) / rows.sum()
    sums = np.bincount(clusters, parts)
    assert clustered.se == pytest.approx(float((sums**2).sum() ** 0.5), rel=0.02)
    assert clustered.se != pytest.approx(alone.se, rel=0.05)
    weight = d["weight"]
    replicates = weight[:, None] * np.random.default_rng(6).choice([0.0, 2.0], (n, 40))
    survey = {
        "weight": weight.tolist(),
        "replicate_weights": replicates.tolist(),
        "replication": Replication(40, 0.025, 39.0, "invented"),
        "weighted": True,
    }
    found = attrition(make_records, d, survey)
    whole = moved(d["pay"], d["master"], d["told"], weight)
    spread = [moved(d["pay"], d["master"], d["told"], replicates[:, r]) - whole for r in range(40)]
    assert found.moved == pytest.approx(whole, rel=1e-9)
    assert found.se == pytest.approx(float((0.025 * np.square(spread).sum()) ** 0.5), rel=0.1)


PLAIN = Attrition("education", moved=0.0, se=0.01, everybody=0.10, answered=0.10, share=0.0, many=False, medians=None)


@pytest.mark.parametrize(
    ("everybody", "answered", "se", "share", "matters"),
    [
        (0.10, 0.14, 0.01, 0.05, True),  # 4.5 points, four standard errors
        (0.10, 0.14, 0.05, 0.05, False),  # within its standard error
        (0.10, 0.115, 0.01, 0.05, False),  # 1.7 points
        (0.10, 0.06, 0.01, 0.05, True),  # downwards
        (-0.30, -0.26, 0.01, 0.05, True),  # 3.0 points
        (-0.30, -0.275, 0.01, 0.05, False),  # 2.5 log points, 1.9 of percent
        (0.10, 0.10, 0.01, 0.11, True),  # more than a tenth left
        (0.10, 0.10, 0.01, 0.10, False),
        (0.10, 0.10, 0.00, 0.00, False),
    ],
)
def test_it_is_said_where_the_gap_moves_by_more_than_its_error_and_two_points_or_a_tenth_leaves(
    everybody: float, answered: float, se: float, share: float, matters: bool
) -> None:
    found = replace(
        PLAIN, moved=answered - everybody, se=se, everybody=everybody, answered=answered, share=share, many=share > 0.1
    )
    assert found.matters is matters


def test_the_sentence_names_both_gaps_the_share_and_the_pay_of_those_who_left(make_records: Make) -> None:
    d = drawn(np.random.default_rng(7), 3_000)
    found = attrition(make_records, d)
    left = ~d["told"]
    assert found.matters
    assert found.share == pytest.approx(left.mean(), abs=0.005)
    assert found.medians == pytest.approx(
        (float(np.median(np.exp(d["pay"][left]))), float(np.median(np.exp(d["pay"][~left])))), rel=1e-2
    )
    percents = [f"{100 * math.expm1(gap):+.1f}%" for gap in (found.answered, found.everybody)]
    assert f"the raw gap is {percents[0]} instead of {percents[1]}" in found.sentence
    assert f"{100 * found.share:.0f}% did not answer every control" in found.sentence
    assert "Those who left have a median pay of" in found.sentence


def test_the_pay_of_fewer_than_thirty_who_left_is_nobodys_business(make_records: Make) -> None:
    d = drawn(np.random.default_rng(8), 300)
    told = np.ones(300, dtype=bool)
    told[:29] = False
    few = attrition(make_records, d | {"told": told})
    assert few.medians is None
    assert "median" not in few.sentence
    told[29] = False
    assert attrition(make_records, d | {"told": told}).medians is not None


def test_nobody_left_is_nothing_to_say(make_records: Make) -> None:
    d = drawn(np.random.default_rng(9), 300)
    found = attrition(make_records, d | {"told": np.ones(300, dtype=bool)})
    assert (found.moved, found.se, found.share, found.matters) == (0.0, 0.0, 0.0, False)


def test_more_than_a_tenth_is_judged_before_it_is_rounded(make_records: Make) -> None:
    """54 of 500 leave at random, 10.8 %; shares are told in steps of 2 %."""
    d = drawn(np.random.default_rng(10), 500)
    told = np.random.default_rng(12).permutation(np.arange(500) >= 54)
    found = attrition(make_records, d | {"told": told})
    assert abs(found.moved) < found.se
    assert found.matters
