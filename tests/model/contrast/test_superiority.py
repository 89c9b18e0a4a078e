"""Superiority: as it is told, under the design's own variance rule, and what is withheld."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.contrast import superiority
from salarylab.model.contrast.brunner_munzel import brunner_munzel
from salarylab.source import Replication

Make = Any


def design_of(records: sl.Records, **spec: Any) -> sl.Design:
    return sl.build(sl.Spec(factors=("education",), **({"clusters": None} | spec)), sl.draw(records, []))


def parts(design: sl.Design, level: str, base: str) -> tuple[Any, Any]:
    education = design.sample.table["education"].cast(str).to_numpy()
    rows = (education == level) | (education == base)
    return rows, (education == level)[rows]


def test_it_tells_the_probability_to_three_decimals_with_its_rule(workers: sl.Records) -> None:
    design = design_of(workers)
    found = superiority(design, "education", "master", "secondary")
    rows, first = parts(design, "master", "secondary")
    exact = brunner_munzel(design.y[rows], first)
    assert found.value == round(exact.probability, 3)
    assert found.se == pytest.approx(exact.se)
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < exact.probability < found.high < 1
    assert found.covariance == "Brunner–Munzel with Welch degrees of freedom, interval on log odds"
    assert "Probability that pay at master exceeds pay at secondary (ties half, nothing equal): " in found.sentence


def test_clusters_and_weights_are_used_and_told(workers: sl.Records) -> None:
    design = design_of(workers, clusters="cluster", weights="weight")
    found = superiority(design, "education", "master")
    rows, first = parts(design, "master", "bachelor")
    assert design.weights is not None
    assert design.clusters is not None
    exact = brunner_munzel(design.y[rows], first, design.weights[rows], design.clusters[rows])
    assert (found.value, found.se) == pytest.approx((round(exact.probability, 3), exact.se))
    assert "clustered by cluster" in str(found.covariance)
    assert str(found.covariance).endswith("; weighted")


def test_replicates_give_the_variance_of_a_survey(workers: sl.Records, make_records: Make) -> None:
    rng = np.random.default_rng(1)
    weight = rng.uniform(0.5, 2, 600)
    replicates = weight[:, None] * rng.choice([0.3, 1.0, 1.7, 0.0, -0.1], (600, 16), p=[0.2, 0.5, 0.2, 0.05, 0.05])
    columns = {name: workers.table[name].to_list() for name in ("pay_annual_usd", "education")}
    survey = Replication(16, 0.25, 15, "sixteen replicates")
    records = make_records(replication=survey, replicate_weights=replicates.tolist(), weight=weight, **columns)
    design = design_of(records)
    found = superiority(design, "education", "master")
    rows, first = parts(design, "master", "bachelor")
    wins = np.sign(design.y[rows][first][:, None] - design.y[rows][~first]) / 2 + 0.5

    def weighted(w: Any) -> float:
        return float(w[first] @ wins @ w[~first] / (w[first].sum() * w[~first].sum()))

    theta = weighted(weight[rows])
    again = [weighted(replicate[rows]) for replicate in replicates.T]
    assert found.se == pytest.approx((0.25 * sum((r - theta) ** 2 for r in again)) ** 0.5, rel=1e-9)
    assert (found.value, found.df) == (round(theta, 3), 15)
    assert found.covariance == "sixteen replicates, t(15), interval on log odds"


def test_few_clusters_are_refused_unless_allowed(workers: sl.Records) -> None:
    with pytest.raises(ModelError, match="at least 20"):
        superiority(design_of(workers, clusters="role_family"), "education", "master")
    found = superiority(design_of(workers, clusters="role_family", few_clusters=True), "education", "master")
    assert found.value is not None
    assert found.low is found.p is None
    assert "one or a few clusters" in found.caveats[0]


def test_levels_are_refused_by_name_and_groups_without_overlap(workers: sl.Records, make_records: Make) -> None:
    with pytest.raises(ModelError, match="did you mean 'master'"):
        superiority(design_of(workers), "education", "mastre")
    with pytest.raises(ModelError, match="zero by construction"):
        superiority(design_of(workers), "education", "bachelor")
    apart = make_records(
        pay_annual_usd=[float(40_000 + i) for i in range(30)], education=["bachelor"] * 15 + ["master"] * 15
    )
    with pytest.raises(ModelError, match="groups without overlap"):
        superiority(design_of(apart), "education", "master")


@pytest.mark.parametrize("few", [2, 9])
def test_superiority_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    titles = ["engineer"] * 40 + ["swan marker"] * few
    pay = [*np.exp(np.random.default_rng(few).normal(11, 0.2, 40)), *[987_654.0] * few]
    design = sl.build(sl.Spec(factors=("title",)), sl.draw(make_records(pay_annual_usd=pay, title=titles), []))
    found = superiority(design, "title", "swan marker")
    assert found.suppressed
    assert found.value is found.p is found.low is None
    assert "swan marker" not in repr(found) + str(found.record())
