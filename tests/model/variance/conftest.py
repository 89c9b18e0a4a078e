"""Invented designs, each as the kernel reads it and as a plain matrix."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from salarylab.model.kernel import solution
from salarylab.model.kernel.layout import Piece, joint_codes, lay_out
from salarylab.model.kernel.rows import Rows

ORACLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "oracles" / "r_reference.jsonl"


@pytest.fixture(autouse=True, params=["as they come", "gram"])
def route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test twice: small designs go by orthonormal columns where they are left alone, large ones by levels."""
    if request.param == "gram":
        monkeypatch.setattr(solution, "SMALL_ENOUGH", 0)


@pytest.fixture(scope="session")
def r_says() -> dict[str, np.ndarray]:
    """Read R's numbers by tag."""
    if not ORACLES.is_file():
        pytest.skip("no R reference file at ../shared/oracles")
    lines = [json.loads(line) for line in ORACLES.read_text().splitlines()]
    return {line["tag"]: np.array(line["values"], dtype=float) for line in lines if line["tag"] != "versions"}


@dataclass(frozen=True)
class Made:
    """Hold one invented equation, as rows of the kernel and as arrays."""

    rows: Rows
    x: np.ndarray
    y: np.ndarray
    w: np.ndarray
    clusters: np.ndarray

    @property
    def names(self) -> list[str]:
        """A name for each column."""
        return [f"x{i}" for i in range(self.x.shape[1])]

    @property
    def groups(self) -> int:
        """Clusters."""
        return int(self.clusters.max()) + 1

    @property
    def q(self) -> np.ndarray:
        """The weighted design made orthonormal."""
        return np.asarray(np.linalg.qr(self.x * np.sqrt(self.w)[:, None])[0])

    @property
    def bread(self) -> np.ndarray:
        """The inverse of X'WX."""
        return np.asarray(np.linalg.inv(self.x.T @ (self.x * self.w[:, None])))

    @property
    def residuals(self) -> np.ndarray:
        """Residuals of the weighted fit, times the root of the weight."""
        target = self.y * np.sqrt(self.w)
        return np.asarray(target - self.q @ (self.q.T @ target))


@pytest.fixture(scope="session")
def make() -> Callable[..., Made]:
    """Return a function that invents an equation of categories and numbers, weights and clusters."""

    def made(
        n: int, sizes: tuple[int, ...], numbers: int = 0, *, weighted: bool = False, clusters: int = 2, seed: int = 0
    ) -> Made:
        rng = np.random.default_rng(seed)
        codes = [np.r_[np.arange(size), np.arange(size), rng.integers(0, size, n - 2 * size)] for size in sizes]
        more = rng.normal(3.0, 2.0, (n, numbers))
        pieces, parts, column = [], [np.ones((n, 1))], 1
        for i, (size, code) in enumerate(zip(sizes, codes, strict=True)):
            dummies = np.eye(size)[:, 1:]
            pieces.append(Piece((i,), dummies, tuple(range(column, column + size - 1))))
            parts.append(dummies[code])
            column += size - 1
        layout = lay_out(sizes, pieces, range(column, column + numbers), column + numbers)
        y = 10.0 + 0.1 * more.sum(axis=1) + rng.normal(0.0, 1.0, n) * rng.uniform(0.5, 1.5, n)
        w = rng.uniform(0.5, 2.0, n) if weighted else np.ones(n)
        by = np.unique(np.minimum(rng.integers(0, clusters, n), rng.integers(0, clusters, n)), return_inverse=True)[1]
        joint = tuple(joint_codes(group, codes or [np.zeros(n, dtype=np.int64)]) for group in layout.groups)
        rows = Rows(layout, joint, more, y, w if weighted else None, clusters=by)
        return Made(rows, np.hstack([*parts, more]), y, w, by)

    return made


@pytest.fixture(scope="session")
def plain() -> Callable[..., Rows]:
    """Return a function from columns (n, c), without the intercept, to rows of the kernel."""

    def rows_of_columns(
        columns: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None, clusters: np.ndarray | None = None
    ) -> Rows:
        c = columns.shape[1]
        layout = lay_out([], [], range(1, c + 1), c + 1)
        return Rows(layout, (np.zeros(len(y), dtype=np.int64),), columns, y, weights, clusters=clusters)

    return rows_of_columns
