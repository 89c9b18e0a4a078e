"""Years that equal a premium: the ratio, its set, refusals, small cells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.decompose.fieller import fieller
from salarylab.model.decompose.years import years_equal
from salarylab.records import Records

Make = Callable[..., Records]


def fitted(records: Records, *factors: str, **asked: object) -> sl.Estimate:
    return sl.fit(sl.build(sl.Spec(factors=factors, **{"clusters": None} | asked), sl.draw(records, [])))  # type: ignore[arg-type]


def test_years_that_equal_a_degree(workers: Records) -> None:
    """A doctorate has 0.3 log points over a bachelor's degree, a year of experience 0.02: 15 years."""
    estimate = fitted(workers, "education", "experience")
    found = years_equal(estimate, "education", "doctorate")
    names = [term.name for term in estimate.design.terms]
    i = [names.index("education[doctorate]"), names.index("experience")]
    ratio = fieller(*estimate.coefficients[i], estimate.covariance[np.ix_(i, i)], estimate.df[i].min())
    assert (found.value, found.low, found.high) == pytest.approx((ratio.value, ratio.low, ratio.high), rel=1e-12)
    assert found.low < 15 < found.high
    assert re.search(r"as much pay as doctorate over bachelor .*: 1\d\.\d years \(95% interval", found.sentence)
    master = years_equal(estimate, "education", "master")
    between = years_equal(estimate, "education", "doctorate", "master")
    assert between.value == pytest.approx(found.value - master.value, rel=1e-9)


def test_years_of_no_return_have_no_interval(make_records: Make) -> None:
    rng = np.random.default_rng(12)
    n = 200
    degree = rng.choice(["bachelor", "master"], n)
    records = make_records(
        pay_annual_usd=np.exp(11 + 0.3 * (degree == "master") + rng.normal(0, 0.3, n)).tolist(),
        education=degree.tolist(),
        experience_years=rng.uniform(0, 30, n).tolist(),
    )
    found = years_equal(fitted(records, "education", "experience"), "education", "master")
    assert found.low is None
    assert "not told from zero" in found.caveats[0]


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"factor": "eduction"}, "did you mean 'education'"),
        ({"level": "phd"}, "level of education"),
        ({"level": "bachelor"}, "over itself"),
        ({"of": "experience_spline"}, "one of: experience, age"),
        ({"of": "age"}, "ask it in the equation"),
    ],
)
def test_what_cannot_be_asked_is_refused(workers: Records, asked: dict[str, str], match: str) -> None:
    with pytest.raises(ModelError, match=match):
        years_equal(fitted(workers, "education", "experience"), **{"factor": "education", "level": "master"} | asked)
    crossed = fitted(workers, "education", "experience", "education:experience")
    with pytest.raises(ModelError, match="several premia"):
        years_equal(crossed, "education", "master")


def test_years_equal_gives_no_small_cell_away(make_records: Make) -> None:
    rng = np.random.default_rng(6)
    n = 300
    title = np.array(["swan marker"] * 9 + ["analyst"] * (n - 9))
    years = rng.uniform(0, 30, n)
    records = make_records(
        pay_annual_usd=np.where(title == "analyst", np.exp(11 + rng.normal(0, 0.3, n)), 987_654.0).tolist(),
        title=title.tolist(),
        experience_years=years.tolist(),
    )
    found = years_equal(fitted(records, "title", "experience"), "title", "swan marker")
    assert found.suppressed
    assert not re.search(r"swan|987654|\d\.\d", found.sentence + json.dumps(found.record()["caveats"]))
