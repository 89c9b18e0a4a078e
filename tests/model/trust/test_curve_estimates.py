"""Curve estimates: every equation of a curve equals a fit of its own, and its errors those of that fit."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from salarylab.model.kernel.layout import Piece, joint_codes, lay_out
from salarylab.model.kernel.rows import Rows, dense
from salarylab.model.trust import curve_families, curve_projected
from salarylab.model.trust.curve_estimates import errors
from salarylab.model.trust.curve_projected import projected

SIZES = (4, 7, 3, 5, 2)
BLOCKS = [list(range(a, b)) for a, b in pairwise(np.cumsum([1, *(size - 1 for size in SIZES)]).tolist())]
FOCUS, ALWAYS, CONTROLS = 3, [1, 2], BLOCKS[1:]


def specification_estimates(rows: Rows, focus: int, blocks: Any, always: Any = (), *, workers: int = 1) -> Any:
    """Return one column's coefficient beside every subset of blocks, and its standard error, each (2^q,)."""
    found = projected(rows, focus, blocks, always)
    clusters = None if rows.clusters is None else rows.clusters.astype(np.int64)
    judged = errors(found, clusters, workers=workers)
    coefficients, se = np.full((2, len(found.kept)), np.nan)
    coefficients[found.kept], se[found.kept] = found.coefficients, judged.se
    return coefficients, se


def invented(n: int = 600, *, weighted: bool = False, numbers: bool = False, clustered: bool = False) -> Rows:
    rng = np.random.default_rng(11)
    codes = [rng.integers(0, size, n) for size in SIZES]
    codes[0] = (codes[1] // 2 + rng.integers(0, 2, n)) % 4
    clusters = rng.permutation(n) % 40
    x = rng.normal(size=(n, 1)) + codes[0][:, None] + 100.0
    pieces = [Piece((j,), np.eye(size)[:, 1:], tuple(BLOCKS[j])) for j, size in enumerate(SIZES)]
    k = 1 + sum(size - 1 for size in SIZES) + int(numbers)
    layout = lay_out(SIZES, pieces, [k - 1] if numbers else [], k)
    spread = (0.3 + 0.2 * codes[0]) * rng.normal(size=n) + 0.3 * rng.normal(size=40)[clusters]
    return Rows(
        layout,
        tuple(joint_codes(group, codes) for group in layout.groups),
        x if numbers else np.zeros((n, 0)),
        11.0 + 0.1 * codes[0] + 0.2 * codes[1] + 0.1 * codes[2] + spread,
        rng.uniform(0.5, 2.0, n) if weighted else None,
        clusters=clusters if clustered else None,
    )


def slow(rows: Rows, controls: list[int]) -> tuple[float, float]:
    """Return the coefficient and its HC1 or CR1 standard error from a dense fit."""
    blocks = list(rows.blocks())
    x = np.vstack([dense(block, rows.layout) for block in blocks])[:, [0, *ALWAYS, FOCUS, *controls]]
    y, w = rows.y, np.ones(len(rows)) if rows.weights is None else rows.weights
    n, k = x.shape
    q, r = np.linalg.qr(x * np.sqrt(w)[:, None])
    b = np.linalg.solve(r, q.T @ (np.sqrt(w) * y))
    score = x * (w * (y - x @ b))[:, None]
    factor = n / (n - k)
    if rows.clusters is not None:
        g = int(rows.clusters.max()) + 1
        score = np.array([score[rows.clusters == c].sum(axis=0) for c in range(g)])
        factor = g / (g - 1) * (n - 1) / (n - k)
    bread = np.linalg.inv(r.T @ r)
    at = 1 + len(ALWAYS)
    return float(b[at]), float(np.sqrt(factor * (bread @ score.T @ score @ bread)[at, at]))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize("clustered", [False, True])
def test_every_equation_equals_a_fit_of_its_own(weighted: bool, numbers: bool, clustered: bool) -> None:
    rows = invented(weighted=weighted, numbers=numbers, clustered=clustered)
    blocks = [*CONTROLS, [rows.layout.k - 1]] if numbers else CONTROLS
    b, se = specification_estimates(rows, FOCUS, blocks, ALWAYS)
    assert len(b) == 2 ** len(blocks)
    for number in range(len(b)):
        inside = [c for j, block in enumerate(blocks) if number >> j & 1 for c in block]
        assert (b[number], se[number]) == pytest.approx(slow(rows, inside), rel=1e-10)


@pytest.mark.parametrize("clustered", [False, True])
def test_families_of_cells_and_threads_change_nothing(clustered: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = invented(5_000, clustered=clustered)
    plain = specification_estimates(rows, FOCUS, CONTROLS, ALWAYS)
    monkeypatch.setattr(curve_families, "LEAST_ROWS", 0)
    monkeypatch.setattr(curve_families, "SORT", 1)
    monkeypatch.setattr(curve_projected, "BATCH", 3)
    monkeypatch.setattr(curve_projected, "PIECE", 100)
    some = projected(rows, FOCUS, CONTROLS, ALWAYS)
    used = some.of_column.astype(bool) | some.of_outcome.astype(bool)
    told = list(curve_families.families(some.rows, some.holds, used, np.arange(16)))
    assert sorted(e for family in told for e in family.equations.tolist()) == list(range(16))
    assert min(len(family.rows) for family in told) < 1_000
    for workers in (1, 2):
        found = specification_estimates(rows, FOCUS, CONTROLS, ALWAYS, workers=workers)
        np.testing.assert_allclose(found, plain, rtol=1e-10)


def test_cells_are_judged_as_their_rows() -> None:
    from salarylab.model.kernel.cells import collapsed

    rows = invented(4_000)
    cells = collapsed(rows)
    assert len(cells) < 1_500
    found, plain = (specification_estimates(some, FOCUS, CONTROLS, ALWAYS) for some in (cells, rows))
    np.testing.assert_allclose(found, plain, rtol=1e-10)


def test_what_follows_from_others_is_no_number() -> None:
    rows = invented()
    same = Rows(
        replace(
            rows.layout,
            groups=tuple(replace(g, values=_with_copy(g.values, g.columns)) for g in rows.layout.groups),
        ),
        rows.codes,
        rows.numbers,
        rows.y,
    )
    b, se = specification_estimates(same, FOCUS, CONTROLS, ALWAYS)
    holds = np.arange(16) >> 0 & 1 == 1
    assert np.isnan(b[holds]).all()
    assert np.isnan(se[holds]).all()
    assert np.isfinite(b[~holds]).all()


def _with_copy(values: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return values in which the first control's last column is its first."""
    copied = values.copy()
    places = columns.tolist()
    if CONTROLS[0][0] in places:
        copied[:, places.index(CONTROLS[0][-1])] = copied[:, places.index(CONTROLS[0][0])]
    return copied


def test_a_premium_inside_few_clusters_has_no_standard_error() -> None:
    rows = invented(clustered=True)
    codes = np.where(np.arange(600) < 300, np.arange(600) % 3, 3 + np.arange(600) % 30)
    alone = replace(rows, clusters=codes)
    some = projected(alone, FOCUS, CONTROLS, ALWAYS)
    away = errors(some, codes)
    assert np.isfinite(away.se).all()
    only = np.zeros(600, dtype=np.int64)
    only[np.arange(600) >= 594] = np.arange(1, 7)
    assert np.isnan(errors(some, only).se).all()


def signed(rows: Rows, draws: int) -> tuple[Any, np.ndarray]:
    units = np.arange(len(rows))
    signs = np.random.default_rng(5).choice([-1.0, 1.0], (draws, len(rows)))
    return errors(projected(rows, FOCUS, CONTROLS, ALWAYS), None, (units, signs)), signs


def test_an_estimate_by_lot_has_the_signs_of_its_rows() -> None:
    """All signs alike give the estimate itself, or its opposite; the spread of lots is the HC0 error at zero."""
    rows = invented()
    some = projected(rows, FOCUS, CONTROLS, ALWAYS)
    ones = np.array([np.ones(600), -np.ones(600)])
    found = errors(some, None, (np.arange(600), ones))
    np.testing.assert_allclose(found.flipped, [some.coefficients, -some.coefficients], rtol=1e-9)
    spread = signed(rows, 4_000)[0]
    assert spread.flipped.std(axis=0) == pytest.approx(spread.se, rel=0.2)
    assert np.abs(spread.flipped.mean(axis=0)).max() < 4 * float(spread.se.max()) / np.sqrt(4_000)
