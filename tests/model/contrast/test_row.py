"""Rows: those of the design matrix itself, and what stands in for factors that are not fixed."""

from __future__ import annotations

import numpy as np

import salarylab as sl
from salarylab.model.contrast.row import at_levels, mean_row, row_at

FACTORS = ("education", "role_family", "experience", "education:role_family", "education:experience")


def test_with_everything_fixed_it_is_the_row_of_the_matrix(workers: sl.Records) -> None:
    design = sl.build(sl.Spec(factors=FACTORS, clusters=None), sl.draw(workers, []))
    rows, means = sl.matrix(design), mean_row(design)
    for i in (0, 17, 333):
        answers = design.sample.table.row(i, named=True)
        levels = at_levels({name: str(answers[name]) for name in ("education", "role_family")})
        fixed = {**levels, "experience": {"experience": answers["experience_years"]}}
        assert np.array_equal(row_at(design, fixed, means), rows[i])


def test_with_nothing_fixed_it_is_the_mean_or_nothing(workers: sl.Records) -> None:
    design = sl.build(sl.Spec(factors=FACTORS, weights="weight", clusters=None), sl.draw(workers, []))
    assert design.weights is not None
    assert np.allclose(row_at(design, {}, mean_row(design)), design.weights @ sl.matrix(design) / design.weights.sum())
    assert not row_at(design, {}).any()


def test_a_product_takes_the_mean_of_the_factor_that_is_not_fixed(workers: sl.Records) -> None:
    design = sl.build(sl.Spec(factors=FACTORS, clusters=None), sl.draw(workers, []))
    names, means = [term.name for term in design.terms], mean_row(design)
    row = dict(zip(names, row_at(design, at_levels({"education": "master"}), means), strict=True))
    assert row["education[master]:experience"] == means[names.index("experience")]
    assert row["education[doctorate]:experience"] == 0
    assert row["intercept"] == row["education[master]"] == 1
