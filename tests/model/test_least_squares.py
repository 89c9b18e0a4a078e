"""Least squares against certified values and exact arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
import statsmodels.datasets as sm_datasets
from hypothesis import given, settings
from hypothesis import strategies as st

from salarylab.errors import ModelError
from salarylab.model.coding import plain
from salarylab.model.kernel.solution import solve
from salarylab.model.least_squares import Refits, solve_dense
from salarylab.model.variance.independent import classical

# NIST Statistical Reference Datasets, certified values (itl.nist.gov/div898/strd), 15 digits
LONGLEY = (
    -3482258.63459582,
    15.0618722713733,
    -0.358191792925910e-01,
    -2.02022980381683,
    -1.03322686717359,
    -0.511041056535807e-01,
    1829.15146461355,
)
LONGLEY_SE = (
    890420.383607373,
    84.9149257747669,
    0.334910077722432e-01,
    0.488399681651699,
    0.214274163161675,
    0.226073200069370,
    455.478499142212,
)
NORRIS = (-0.262323073774029, 1.00211681802045)
NORRIS_SE = (0.232818234301152, 0.429796848199937e-03)


def digits(found: np.ndarray, certified: tuple[float, ...]) -> float:
    """Return the correct digits of the worst value: minus log10 of its relative error."""
    return min(15.0, *(-math.log10(max(abs(f - c) / abs(c), 1e-16)) for f, c in zip(found, certified, strict=True)))


def norris() -> tuple[np.ndarray, np.ndarray]:
    """Read the NIST file that comes inside scipy: 36 rows of y, x after the header."""
    folder = Path(scipy.stats.__file__).parent / "tests" / "data" / "nist_linregress"
    lines = (folder / "Norris.dat").read_text().splitlines()[60:96]
    table = np.array([[float(cell) for cell in line.split()] for line in lines])
    return np.column_stack([np.ones(36), table[:, 1]]), table[:, 0]


def test_longley_has_ten_certified_digits() -> None:
    longley = sm_datasets.longley.load_pandas()
    x = np.column_stack([np.ones(16), longley.exog.to_numpy()])
    y, names = longley.endog.to_numpy(), ["intercept", *longley.exog.columns]
    fit = solve(plain(x, y), names)
    assert digits(fit.coefficients, LONGLEY) > 10
    assert digits(np.sqrt(np.diag(classical(fit))), LONGLEY_SE) > 10
    assert digits(solve_dense(x, y, names).coefficients, LONGLEY) > 10


def test_norris_has_twelve_certified_digits() -> None:
    x, y = norris()
    fit = solve(plain(x, y), ["intercept", "x"])
    assert digits(fit.coefficients, NORRIS) > 12
    assert digits(np.sqrt(np.diag(classical(fit))), NORRIS_SE) > 12
    assert digits(solve_dense(x, y, ["intercept", "x"]).coefficients, NORRIS) > 12


def exact(x: list[list[int]], y: list[int]) -> list[Fraction] | None:
    """Solve the normal equations in rational arithmetic; None where they are singular."""
    k = len(x[0])
    rows = [[Fraction(sum(r[i] * r[j] for r in x)) for j in range(k)] for i in range(k)]
    for i in range(k):
        rows[i].append(Fraction(sum(r[i] * v for r, v in zip(x, y, strict=True))))
    for i in range(k):
        pivot = next((r for r in range(i, k) if rows[r][i] != 0), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(k):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[k] for row in rows]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 1), st.integers(-99, 99)), min_size=6, max_size=14))
def test_equals_exact_rational_arithmetic_or_names_collinear_terms(rows: list[tuple[int, int, int]]) -> None:
    x = [[1, a, b] for a, b, _ in rows]
    y = [c for *_, c in rows]
    certified = exact(x, y)
    names = ["intercept", "a", "b"]
    if certified is None:
        with pytest.raises(ModelError, match=r"collinear with|the same in every row"):
            solve_dense(np.array(x, dtype=float), np.array(y, dtype=float), names)
        return
    found = solve_dense(np.array(x, dtype=float), np.array(y, dtype=float), names).coefficients
    np.testing.assert_allclose(found, [float(value) for value in certified], rtol=1e-9, atol=1e-9)


def test_every_collinear_term_is_named_with_its_partners() -> None:
    a = np.array([0.0, 1, 0, 1, 0, 1, 1])
    b = np.arange(7.0)
    x = np.column_stack([np.ones(7), a, 1 - a, b, 2 * b + a])
    with pytest.raises(ModelError) as caught:
        solve_dense(x, b, ["intercept", "a", "not a", "b", "twice b and a"])
    assert len(caught.value.faults) == 2
    assert "'not a'" in str(caught.value)
    assert "collinear with intercept, a" in str(caught.value)
    assert "collinear with a, b" in str(caught.value)


def test_more_columns_than_rows_and_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ModelError, match="3 rows for 3 columns"):
        solve_dense(np.eye(3), np.ones(3), ["a", "b", "c"])
    with pytest.raises(ModelError, match="not finite"):
        solve_dense(np.ones((3, 1)), np.array([1.0, np.nan, 2.0]), ["intercept"])


def test_refits_are_fits_under_other_weights_on_all_columns_or_the_first() -> None:
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(60), rng.normal(size=(60, 2))])
    y, w = rng.normal(size=60), rng.uniform(0.5, 2.0, 60)
    refits = Refits(x)
    np.testing.assert_allclose(refits.under(w, y, 0), solve_dense(x, y, ["a", "b", "c"], w).coefficients, rtol=1e-10)
    np.testing.assert_allclose(
        refits.under(w, y, 0, 2), solve_dense(x[:, :2], y, ["a", "b"], w).coefficients, rtol=1e-10
    )
    with pytest.raises(ModelError, match="replicate 3 leaves some level"):
        refits.under(np.where(np.arange(60) < 2, 1.0, 0.0), y, 2)
