"""Estimators of the two pages, written out: dummies, a spline from scipy, statsmodels, loops for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize
from scipy.stats import norm, t

Array = NDArray[np.float64]

KNOTS = (2.0, 6.0, 12.0, 20.0, 32.0)


@dataclass(frozen=True)
class Recomputed:
    """Hold a premium in log points, its standard error and degrees of freedom, rows on both sides, and pay there."""

    value: float
    se: float
    df: float
    rows: tuple[int, int]
    n: int
    pay: tuple[float, float]

    @property
    def ends(self) -> tuple[float, float]:
        reach = float(t.ppf(0.975, self.df)) * self.se
        return self.value - reach, self.value + reach


def answered(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the rows that answer all, less those that are alone at a level of one of them, until none is."""
    rows = rows.dropna(subset=list(names))
    levels = [name for name in names if name != "experience"]
    while True:
        alone = pd.concat([~rows[name].duplicated(keep=False) for name in levels], axis=1).any(axis=1)
        if not alone.any():
            return rows
        rows = rows[~alone]


def natural_spline(x: Array) -> Array:
    """Return a basis of natural cubic splines, straight outside the knots, with the intercept's part taken out.

    Each spline is one at a knot and zero at the others; where no x reaches a knot they are not all free of each other,
    so that the directions that are left are kept.
    """
    columns = []
    for at in range(len(KNOTS)):
        spline = CubicSpline(KNOTS, np.eye(len(KNOTS))[at], bc_type="natural")
        inside = np.clip(x, KNOTS[0], KNOTS[-1])
        columns.append(spline(inside) + spline(inside, 1) * (x - inside))
    centred = np.column_stack(columns) - np.mean(columns, axis=1)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, size > 1e-10 * size[0]] * np.sqrt(len(x))


def premium(
    rows: pd.DataFrame, factor: str, level: str, base: str, held: Sequence[str], rule: str = "HC2"
) -> Recomputed:
    """Return the premium of a level over a base with these held equal, under a rule of the standard error."""
    others = sorted(set(rows[factor]) - {level, base})
    own = np.column_stack([(rows[factor] == name).to_numpy(dtype=float) for name in (level, *others)])
    blocks = [np.ones((len(rows), 1))]
    for name in held:
        if name == "experience":
            blocks.append(natural_spline(rows[name].to_numpy(dtype=float)))
        else:
            blocks.append(pd.get_dummies(rows[name], drop_first=True, dtype=float).to_numpy())
    x = np.hstack([own, *blocks])
    weights = rows["weight"].to_numpy() if "weight" in rows else np.ones(len(rows))
    if rule == "bands":
        low, high = np.log(rows["low"].where(rows["low"] > 0, 1e-300)), np.log(rows["high"])
        ends = np.where(rows["low"] > 0, low, -np.inf), high.to_numpy()
        b, se = banded(x, *ends)
        df, fitted = float(len(x) - x.shape[1]), x @ b
    else:
        y = np.log(rows["pay"].to_numpy())
        model = sm.WLS(y, x, weights=weights) if rule == "replicates" else sm.OLS(y, x)
        b = model.fit(method="qr").params
        se, df = standard_error(rule, rows, x, y, b)
        fitted = x @ b
    centre = float(np.average(fitted - own @ b[: own.shape[1]], weights=weights))
    counts = rows[factor].value_counts()
    pay = (float(np.exp(centre + b[0])), float(np.exp(centre)))
    return Recomputed(float(b[0]), se, df, (int(counts[level]), int(counts[base])), len(rows), pay)


def standard_error(rule: str, rows: pd.DataFrame, x: Array, y: Array, b: Array) -> tuple[float, float]:
    """Return the standard error of the first coefficient and its degrees of freedom."""
    if rule == "HC2":
        return float(sm.OLS(y, x).fit().HC2_se[0]), bell_mccaffrey(x)
    if rule == "replicates":  # 4/80 times the squared differences of 80 refits
        refits = []
        for r in range(1, 81):
            weight = rows[f"PWGTP{r}"].to_numpy()
            refits.append(np.linalg.solve(x.T @ (weight[:, None] * x), x.T @ (weight * y))[0])
        return float(np.sqrt(4 / 80 * np.sum((np.array(refits) - b[0]) ** 2))), 79.0
    clusters = pd.factorize(rows["cluster"].fillna(pd.Series(rows.index.map(str), rows.index)))[0]  # unknown: its own
    groups = int(clusters.max()) + 1
    if rule == "CR1":
        known = {"groups": clusters}
        return float(sm.OLS(y, x).fit(cov_type="cluster", cov_kwds=known).bse[0]), groups - 1.0
    return leave_one_cluster_out(x, y, b, clusters), groups - 1.0


def bell_mccaffrey(x: Array) -> float:
    """Return 2 E(V)²/var(V) of the HC2 variance of the first coefficient under normal errors of one spread.

    The estimate is Σ aᵢyᵢ, V = Σ aᵢ²eᵢ²/(1 − hᵢ) = e'De with e = My: E(V) = σ² tr(DM), var(V) = 2σ⁴ tr(DMDM).
    """
    q, r = np.linalg.qr(x)
    a = q @ np.linalg.solve(r.T, np.eye(x.shape[1])[0])
    h = np.sum(q**2, axis=1)
    d = a**2 / (1 - h)
    inner = (q * d[:, None]).T @ q
    return float(np.sum(d * (1 - h)) ** 2 / (np.sum(d**2 * (1 - 2 * h)) + np.sum(inner**2)))


def leave_one_cluster_out(x: Array, y: Array, b: Array, clusters: NDArray[np.int64]) -> float:
    """Return the jackknife standard error: refit without each cluster, around the full estimate.

    Without cluster g b moves by (X'X)⁻¹Xg'(I − Hgg)⁻¹eg = (X'X − Xg'Xg)⁻¹Xg'eg, the smaller of the two is solved; what
    a cluster alone identifies leaves with it (pinv).
    """
    gram = x.T @ x
    inverse = np.linalg.inv(gram)
    residuals = y - x @ b
    order = np.argsort(clusters, kind="stable")
    moves = []
    for members in np.split(order, np.cumsum(np.bincount(clusters))[:-1]):
        own = x[members]
        if len(own) > own.shape[1]:
            moves.append((np.linalg.pinv(gram - own.T @ own, rcond=1e-12) @ (own.T @ residuals[members]))[0])
            continue
        left = np.eye(len(members)) - own @ inverse @ own.T
        moves.append((inverse @ (own.T @ (np.linalg.pinv(left, rcond=1e-9) @ residuals[members])))[0])
    groups = len(moves)
    return float(np.sqrt((groups - 1) / groups * np.sum(np.square(moves))))


def banded(x: Array, low: Array, high: Array) -> tuple[Array, float]:
    """Return maximum likelihood of normal log pay between ends, and the first coefficient's standard error.

    Rows have ln[Φ((h − xb)/σ) − Φ((l − xb)/σ)]. The standard error is the one-step jackknife: without row i the
    parameters (b, ln σ) move by −(I − Iᵢ)⁻¹sᵢ, with I the observed information.
    """
    scale = np.max(np.abs(x), axis=0)
    z = x / scale
    k = z.shape[1]
    middle = np.where(np.isneginf(low), high - 0.5, np.where(np.isposinf(high), low + 0.5, (low + high) / 2))

    def pieces(theta: Array) -> tuple[Array, Array, Array, Array]:
        sigma, mean = np.exp(theta[k]), z @ theta[:k]
        below, above = (low - mean) / sigma, (high - mean) / sigma
        flip = below > 0  # both ends far above: work with the other tail
        upper, lower = np.where(flip, -below, above), np.where(flip, -above, below)
        chance = norm.logcdf(upper) + np.log1p(-np.exp(norm.logcdf(lower) - norm.logcdf(upper)))
        f = [np.exp(norm.logpdf(end) - chance) for end in (below, above)]
        times = [np.where(np.isfinite(end), end, 0.0) for end in (below, above)]
        return chance, np.array(f), np.array(times), sigma

    def negative(theta: Array) -> tuple[float, Array]:
        chance, _, _, _ = pieces(theta)
        return -float(chance.sum()), -scores(theta).sum(axis=0)

    def scores(theta: Array) -> Array:
        _, f, end, sigma = pieces(theta)
        return np.column_stack([z * ((f[0] - f[1]) / sigma)[:, None], end[0] * f[0] - end[1] * f[1]])

    def information(theta: Array) -> tuple[Array, Array, Array]:
        """Return minus the second derivatives of each row's likelihood by xb twice, xb and ln σ, ln σ twice."""
        _, f, end, sigma = pieces(theta)
        first, mixed = f[0] - f[1], end[0] * f[0] - end[1] * f[1]
        # of φ(c)/P: by xb c·φ/σP, by ln σ c²·φ/P; of 1/P: −(its score)/P
        by_mean = (mixed - first**2) / sigma**2
        by_both = ((end[0] ** 2 * f[0] - end[1] ** 2 * f[1]) - first * mixed - first) / sigma
        by_sigma = (end[0] ** 3 * f[0] - end[1] ** 3 * f[1]) - mixed - mixed**2
        return -by_mean, -by_both, -by_sigma

    def whole(theta: Array) -> Array:
        mean, both, spread = information(theta)
        cross = z.T @ both
        return np.block([[z.T @ (mean[:, None] * z), cross[:, None]], [cross[None, :], np.array([[spread.sum()]])]])

    start = np.append(np.linalg.lstsq(z, middle, rcond=None)[0], 0.0)
    start[k] = np.log(np.std(middle - z @ start[:k]))
    found = minimize(negative, start, jac=True, hess=whole, method="trust-exact", options={"gtol": 1e-6}).x
    for _ in range(5):
        found = found + np.linalg.solve(whole(found), scores(found).sum(axis=0))
    total, (mean, both, spread), own = whole(found), information(found), scores(found)
    moves = np.empty(len(z))
    for i, row in enumerate(z):
        curved = np.zeros((k + 1, k + 1))
        curved[:k, :k] = mean[i] * np.outer(row, row)
        curved[:k, k] = curved[k, :k] = both[i] * row
        curved[k, k] = spread[i]
        moves[i] = np.linalg.solve(total - curved, own[i])[0]
    return found[:k] / scale, float(np.sqrt(np.sum(moves**2))) / scale[0]
