"""Premia of equations that least squares did not fit: their numbers, refusals and silence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution.interval import interval
from salarylab.model.distribution.nonlinear import Nonlinear, premium
from salarylab.model.distribution.ppml import beside_logs, ppml
from salarylab.model.variance.independent import bell_mccaffrey
from salarylab.records import Records

Make = Callable[..., Records]
SECRET = "swan marker"


def fitted(workers: Records, **asked: object) -> Nonlinear:
    return ppml(sl.build(sl.Spec(factors=("education", "role_family"), **asked), sl.draw(workers, [])))  # type: ignore[arg-type]


def test_a_premium_over_another_base_is_the_difference_of_two(workers: Records) -> None:
    found = fitted(workers, clusters=None)
    over = premium(found, "education", "doctorate", "master")
    alone = [premium(found, "education", level).value for level in ("doctorate", "master")]
    assert over.value == pytest.approx(alone[0] - alone[1])
    names = [term.name for term in found.design.terms]
    vector = np.zeros(len(names))
    vector[[names.index("education[doctorate]"), names.index("education[master]")]] = 1.0, -1.0
    assert over.se == pytest.approx(float(vector @ found.covariance @ vector) ** 0.5)
    assert bell_mccaffrey(found.working, vector[None])[0] >= over.df
    assert over.subject == "Pay premium of doctorate over master (given role family)"
    assert over.covariance.startswith("PPML of pay, HC2")


def test_the_premium_of_points_is_that_of_least_squares(workers: Records) -> None:
    spec = sl.Spec(factors=("education",), clusters=None, covariance="HC1")
    ours = premium(interval(spec, sl.draw(workers, [])), "education", "master")
    ols = sl.contrast(sl.fit(sl.build(spec, sl.draw(workers, []))), "education", "master")
    assert ours.value == pytest.approx(ols.value)
    assert ours.se == pytest.approx(ols.se)
    assert ours.subject == ols.subject
    assert ours.sentence == ols.sentence


def test_inside_one_cluster_there_is_no_interval(workers: Records) -> None:
    found = fitted(workers, clusters="country", few_clusters=True)
    told = premium(found, "education", "master")
    assert told.se is None
    assert told.caveats == ("no interval: identified inside one or a few clusters",)


def test_what_is_not_in_the_equation_cannot_be_compared(workers: Records) -> None:
    found = fitted(workers, clusters=None)
    with pytest.raises(ModelError, match="did you mean 'education'"):
        premium(found, "eduction", "master")
    with pytest.raises(ModelError, match="'master' with itself"):
        premium(found, "education", "master", "master")
    with pytest.raises(ModelError, match="level of education"):
        premium(found, "education", "professional")
    spec = sl.Spec(factors=("education", "role_family", "education:role_family"), clusters=None)
    with pytest.raises(ModelError, match="it interacts"):
        premium(ppml(sl.build(spec, sl.draw(workers, []))), "education", "master")


def planted(make_records: Make, few: int) -> sl.Design:
    n = 400
    title = [SECRET if i < few else ("engineer", "analyst")[i % 2] for i in range(n)]
    pay = [987_654.0 if i < few else 40_000.0 + 137 * (i % 91) for i in range(n)]
    return sl.build(sl.Spec(factors=("title",)), sl.draw(make_records(pay_annual_usd=pay, title=title), []))


@pytest.mark.parametrize("few", [2, 9])
def test_premium_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    found = premium(ppml(planted(make_records, few)), "title", SECRET)
    assert found.suppressed
    assert SECRET not in str(found.record())
    assert found.record()["value"] is None


@pytest.mark.parametrize("few", [2, 9])
def test_ppml_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    found = ppml(planted(make_records, few))
    (rare,) = found.terms.filter(found.terms["n"].is_null()).rows(named=True)
    assert {rare[name] for name in ("log_points", "se", "df", "percent", "n")} == {None}
    assert SECRET not in str(found.terms.rows()) + repr(found)


@pytest.mark.parametrize("few", [2, 9])
def test_beside_logs_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    table = beside_logs(planted(make_records, few), "title").table
    (rare,) = table.filter(table["n"].is_null()).rows(named=True)
    assert {rare[name] for name in table.columns if name not in ("term", "level", "base")} == {None}
    assert SECRET not in str(table.rows())
