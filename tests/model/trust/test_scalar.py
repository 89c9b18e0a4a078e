"""Scalar: a premium set apart is the coefficient of its column."""

from __future__ import annotations

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust.scalar import residual, set_apart


@pytest.mark.parametrize(("level", "base"), [("master", None), ("secondary", "doctorate"), ("bachelor", "master")])
@pytest.mark.parametrize("weights", [None, "weight"])
def test_the_column_has_the_premium_as_its_coefficient(
    workers: sl.Records, level: str, base: str | None, weights: str | None
) -> None:
    spec = sl.Spec(factors=("education", "experience_spline"), weights=weights, clusters=None)
    estimate = sl.fit(sl.build(spec, sl.draw(workers, [])))
    one = set_apart(estimate, "education", level, base)
    w = np.ones(estimate.n) if one.design.weights is None else one.design.weights
    x = np.column_stack([one.beside, one.asked]) * np.sqrt(w)[:, None]
    b = np.linalg.lstsq(x, one.design.y * np.sqrt(w), rcond=None)[0]
    assert b[-1] == pytest.approx(sl.contrast(estimate, "education", level, base).value, abs=1e-11)
    assert one.owners.count("education") == 2
    left = residual(one.beside, one.asked, weights=w)
    assert np.abs((one.beside * np.sqrt(w)[:, None]).T @ left).max() < 1e-8


def test_a_level_that_is_not_there_is_refused(workers: sl.Records) -> None:
    estimate = sl.fit(sl.build(sl.Spec(factors=("education",)), sl.draw(workers, [])))
    with pytest.raises(ModelError, match="did you mean 'master'"):
        set_apart(estimate, "education", "masters")
