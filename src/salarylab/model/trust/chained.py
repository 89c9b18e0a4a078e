"""Chained equations: draws for unanswered columns, each given all the others, round after round.

Numbers are drawn by predictive mean matching (values that somebody answered), levels from a multinomial logit; the
parameters of both are drawn anew each time, so that draws differ by as much as is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL
from salarylab.errors import Fault, ModelError
from salarylab.model.trust.propensity import logit

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

DONORS = 5
PRIOR = 0.01
"""Precision of the logits' coefficients per standard deviation of a column: a standard deviation of ten."""


@dataclass(frozen=True, slots=True)
class Column:
    """Hold a column to complete: ``values`` (n,), codes of levels or numbers, NaN where unanswered.

    ``features`` turns completed values (n,) into the columns (n, m) by which it predicts the others; ``levels`` is
    the number of levels, None for numbers; ``partners`` are the columns that it interacts with in the equation.
    """

    name: str
    values: Array = field(repr=False)
    features: Callable[[Array], Array] = field(repr=False)
    levels: int | None = None
    partners: tuple[str, ...] = ()

    @property
    def missing(self) -> Mask:
        """Which rows did not answer, shape (n,)."""
        return np.isnan(self.values)


def complete(columns: Sequence[Column], outcome: Array, beside: Array, rounds: int, rng: np.random.Generator) -> Draws:
    """Return one completed set of values, by column name.

    Each column is drawn given the outcome (n,), ``beside`` (n, q) and the features of all other columns; given
    outcome × partner too where the equation interacts them. Levels answered by fewer than ten rows are not drawn.
    Raises ``ModelError`` naming columns that too few rows answered.

    **Source** van Buuren and Groothuis-Oudshoorn (2011), Journal of Statistical Software 45(3); Little (1988),
    Journal of Business & Economic Statistics 6(3), 287–296 (predictive mean matching).
    """
    _refuse(columns)
    now = {column.name: _started(column, rng) for column in columns}
    gaps = sorted((c for c in columns if c.missing.any()), key=lambda c: int(c.missing.sum()))
    starts: dict[str, Array] = {}
    for _ in range(rounds if len(gaps) > 1 else 1):
        for column in gaps:
            known = {c.name: c.features(now[c.name]) for c in columns if c.name != column.name}
            crossed = [outcome[:, None] * known[name] for name in column.partners]
            x = np.hstack([np.ones((len(outcome), 1)), outcome[:, None], beside, *known.values(), *crossed])
            x = _independent(x, ~column.missing)
            if column.levels is None:
                now[column.name] = matched(x, column.values, rng)
            else:
                now[column.name], starts[column.name] = drawn_levels(x, column.values, rng, starts.get(column.name))
    return now


Draws = dict[str, Array]


def matched(x: Array, values: Array, rng: np.random.Generator) -> Array:
    """Return numbers completed by predictive mean matching with five donors; ``x`` (n, k), ``values`` (n,)."""
    gap = np.isnan(values)
    q, r = np.linalg.qr(x[~gap])
    n, k = q.shape
    if n <= k:
        raise ModelError(Fault("imputation", "no more answers than predictors", "more answers", "ask fewer factors"))
    b = np.linalg.solve(r, q.T @ values[~gap])
    residual = values[~gap] - x[~gap] @ b
    sigma = np.sqrt(float(residual @ residual) / rng.chisquare(n - k))
    drawn = b + sigma * np.linalg.solve(r, rng.standard_normal(k))
    order = np.argsort(x[~gap] @ b, kind="stable")
    fitted, answers = (x[~gap] @ b)[order], values[~gap][order]
    wanted = x[gap] @ drawn
    near = np.searchsorted(fitted, wanted)[:, None] + np.arange(-DONORS, DONORS)
    near = np.clip(near, 0, n - 1)
    away = np.abs(fitted[near] - wanted[:, None])
    away[:, 1:][near[:, 1:] == near[:, :-1]] = np.inf  # the ends of the order come once
    donors = np.take_along_axis(near, np.argsort(away, axis=1, kind="stable")[:, :DONORS], axis=1)
    found = values.copy()
    found[gap] = answers[donors[np.arange(len(wanted)), rng.integers(DONORS, size=len(wanted))]]
    return found


def drawn_levels(x: Array, values: Array, rng: np.random.Generator, start: Array | None = None) -> tuple[Array, Array]:
    """Return codes completed by draws from a multinomial logit, and its coefficients to start the next from."""
    gap = np.isnan(values)
    allowed = [code for code, n in zip(*np.unique(values[~gap], return_counts=True), strict=True) if n >= MIN_CELL]
    inside = ~gap & np.isin(values, allowed)
    fit = logit(x[inside], np.searchsorted(allowed, values[inside]), len(allowed), ridge=PRIOR, start=start)
    half = np.linalg.cholesky(fit.information)
    noise = np.linalg.solve(half.T, rng.standard_normal(len(half)))
    drawn = fit.coefficients + noise.reshape(fit.coefficients.shape[1], -1).T
    index = np.column_stack([np.zeros(int(gap.sum())), x[gap] @ drawn])
    above = index + rng.gumbel(size=index.shape)  # the greatest is a draw from the logit
    found = values.copy()
    found[gap] = np.array(allowed)[above.argmax(axis=1)]
    return found, fit.coefficients


def _started(column: Column, rng: np.random.Generator) -> Array:
    """Return the column with answers drawn for those missing, as the first round needs them."""
    found = column.values.copy()
    found[column.missing] = rng.choice(_drawable(column), int(column.missing.sum()))
    return found


def _drawable(column: Column) -> Array:
    answers = column.values[~column.missing]
    if column.levels is None or not column.missing.any():
        return answers
    counts = np.bincount(answers.astype(np.int64))
    return answers[counts[answers.astype(np.int64)] >= MIN_CELL]


def _independent(x: Array, rows: Mask) -> Array:
    """Return the columns that do not follow from earlier ones in these rows."""
    length = np.linalg.norm(x[rows], axis=0)
    length[length == 0] = 1.0
    r = np.linalg.qr(x[rows] / length, mode="r")
    alone = np.zeros(x.shape[1], dtype=bool)
    alone[: len(r)] = np.abs(np.diag(r)) > 1e-8
    return x[:, alone]


def _refuse(columns: Sequence[Column]) -> None:
    faults = []
    for column in columns:
        few = len(_drawable(column)) < MIN_CELL
        one = column.levels is not None and column.missing.any() and len(np.unique(_drawable(column))) < 2
        if few or one:
            found = "two levels with ten answers are wanting" if one else f"fewer than {MIN_CELL} answers"
            remedy = "leave the factor out, or widen the sample"
            faults.append(Fault(f"factor {column.name!r}", found, "answers to draw from", remedy))
    if faults:
        raise ModelError(*faults)
