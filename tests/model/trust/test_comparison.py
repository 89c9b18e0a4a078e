"""Comparison and gaps: clusters behind a level, variances of influences, and what is shown of both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.trust.comparison import compare, freedom, spread


def test_a_level_in_a_few_clusters_has_no_standard_error(lay_out: Any) -> None:
    rng = np.random.default_rng(1)
    clusters = np.resize(np.arange(40), 800)
    codes = np.where(clusters < 3, 1, 2 * (np.arange(800) // 40 % 2))
    design = lay_out(10 + rng.standard_normal(800), title=codes, clusters=clusters)
    df, judged = freedom(compare(design, "title"))
    assert df.tolist() == [2.0, 36.0]
    assert judged.tolist() == [False, True]


def test_the_spread_of_influences_is_that_of_their_cluster_sums() -> None:
    influence = np.random.default_rng(1).standard_normal((60, 2))
    codes = np.arange(60) // 3
    sums = influence.reshape(20, 3, 2).sum(axis=1)
    assert spread(influence, codes) == pytest.approx(20 / 19 * sums.T @ sums)
    assert spread(influence, None) == pytest.approx(60 / 59 * influence.T @ influence)


def test_one_cluster_is_refused_even_knowingly(lay_out: Any) -> None:
    y = np.random.default_rng(1).standard_normal(100)
    with pytest.raises(ModelError, match="clusters"):
        compare(lay_out(y, title=np.arange(100) % 2, clusters=np.zeros(100, dtype=int), few=True), "title")
    assert compare(lay_out(y, title=np.arange(100) % 2, clusters=np.arange(100) % 5, few=True), "title").n[0] == 50


def test_a_level_that_is_not_compared_is_refused_by_name(lay_out: Any) -> None:
    comparison = compare(lay_out(np.zeros(40) + 10.0, title=np.repeat([0, 1, 2], [20, 15, 5])), "title")
    with pytest.raises(ModelError, match="did you mean 'title 1'"):
        comparison.index("title 0")


def test_compare_gives_no_small_cell_away(lay_out: Any) -> None:
    comparison = compare(lay_out(np.zeros(40) + 10.0, title=np.repeat([0, 1, 2], [20, 15, 5])), "title")
    assert "title 2" not in repr(comparison)
    assert comparison.names("title 2") == ["intercept among (under 10 rows)"]
