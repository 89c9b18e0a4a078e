"""Detectable differences: statsmodels' power of the t test, and the figure of large samples."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.power import TTestIndPower

from salarylab.model.contrast.detectable import detectable


@pytest.mark.parametrize("rows", [4, 12, 100])
def test_it_is_the_difference_that_statsmodels_finds_with_80_percent_power(rows: int) -> None:
    peer = TTestIndPower().solve_power(nobs1=rows, ratio=2, alpha=0.05, power=0.8)
    se = np.sqrt(1 / rows + 1 / (2 * rows))
    assert detectable(se, 3 * rows - 2) == pytest.approx(peer, rel=1e-5)


def test_against_an_edge_it_is_the_edge_and_as_much_again_on_its_side() -> None:
    alone = detectable(0.01, 30.0)
    assert detectable(0.01, 30.0, edge=0.02) == pytest.approx(0.02 + alone)
    assert detectable(0.01, 30.0, edge=-0.02) == pytest.approx(-0.02 - alone)


@pytest.mark.parametrize("df", [1.0, 1.7, 5.0, 1e3, 1e6, 1e12])
def test_it_is_finite_from_one_degree_of_freedom_on(df: float) -> None:
    assert 2.8 < detectable(1.0, df) < 17.0
    assert detectable(1.0, 0.9) == float("inf")
