"""Clusters: covariance when rows of one cluster are not independent, and the terms it cannot judge.

A term that is identified inside one or a few clusters has no cluster-robust variance: it is named, and
gets no standard error (60 countries as clusters and a country dummy: the textbook formula gives a
standard error near zero and intervals that never cover).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.solution import Solution
from salarylab.model.variance.effective import effective_clusters, inverse_herfindahl, screened
from salarylab.model.variance.small_sample import Rule, SmallSample
from salarylab.model.variance.spectra import Spectra, root_of, spectra

Array = NDArray[np.float64]

FEW_CLUSTERS = 20
FEW_EFFECTIVE = 4.0
"""Effective clusters behind one term below which its variance is not told."""

FINER = "cluster on something finer"
KNOWINGLY = f"{FINER}, or take few knowingly: Spec(…, few_clusters=True)"
WILD = (
    "take wild-bootstrap intervals by inversion, Spec(…, covariance='wild'), or CRV3 with t(G − 1) "
    f"knowingly, Spec(…, few_clusters=True), or {FINER}"
)

AT_ONCE = 8
"""Contrasts whose degrees of freedom are summed together."""

MOST_SHARED = 20_000_000
"""Numbers of the products of contrasts held at once (160 MB)."""

MOVED = 1e-6
"""Share of a coefficient's length along a direction inside one cluster, from which it is moved by it."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """Hold a cluster-robust covariance (k, k), the clusters, and how many stand behind each term (k,).

    ``df`` (k,) are G − 1, for CR2 Satterthwaite's. ``unidentified`` (k,) marks terms that rest on one or a few
    clusters. ``screened`` says that ``effective`` was read from each column by itself, rows being too many.
    """

    covariance: Array = field(repr=False)
    clusters: int
    df: Array = field(repr=False)
    effective: Array = field(repr=False)
    unidentified: NDArray[np.bool_] = field(repr=False)
    screened: bool = False


def clustered(
    solution: Solution, kind: Rule, *, few: bool = False, small_sample: SmallSample | None = None
) -> Clustered:
    """Return the cluster-robust covariance of a solution that was asked for its clusters' scores.

    CR0 has no correction; CR1 the factor G/(G − 1)·(n − 1)/(n − k); CR2 makes each cluster's part unbiased under equal,
    uncorrelated variances (inverse to weights); CRV3 is the jackknife over clusters around the full estimate,
    factor (G − 1)/G. ``small_sample`` chooses other factors. CR2 and CRV3 need the rows in memory. Raises
    ``ModelError`` below 20 clusters unless ``few``, and always below two.

    **Source** Liang and Zeger (1986), Biometrika 73(1), 13–22 (CR0, CR1); Bell and McCaffrey (2002), Survey
    Methodology 28(2), 169–181, and Pustejovsky and Tipton (2018), Journal of Business & Economic Statistics 36(4),
    672–683 (CR2); MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232(2), 272–299 (CRV3).
    """
    scores = _scores(solution, few)
    groups, k = len(scores), solution.k
    corrects = kind in ("CR2", "CRV3")
    if corrects:
        _refuse_stream(solution, kind)
    by_column = screened(solution) and not corrects
    if not _in_memory(solution) or by_column:
        inside, effective = np.zeros(k, dtype=bool), effective_clusters(solution, np.eye(k))
    else:
        corrected, inside, effective = _walked(solution, scores, 0.5 if kind == "CR2" else 1.0)
        scores = corrected if corrects else scores
    df = satterthwaite(solution, np.eye(k)) if kind == "CR2" else np.full(k, groups - 1.0)
    factor = (small_sample or SmallSample()).factor(kind, solution.n, _parameters(solution), groups)
    covariance = factor * solution.sandwich(scores.T @ scores)
    return Clustered(covariance, groups, df, effective, inside | (effective < FEW_EFFECTIVE), by_column)


def _parameters(solution: Solution) -> int:
    """Return the columns that n − k takes off: levels that were taken out too, unless each lies inside one cluster.

    **Source** Cameron and Miller (2015), Journal of Human Resources 50(2), 317–372, section III.B: fixed effects nested
    in the clusters are counted by their clusters already.
    """
    rows, within = solution.source, solution.within
    if within is None or not isinstance(rows, Rows) or rows.clusters is None:
        return solution.parameters
    pairs = len(np.unique(within.levels * (int(rows.clusters.max()) + 1) + rows.clusters))
    return solution.k if pairs == len(within.mass) else solution.parameters


def satterthwaite(solution: Solution, contrasts: Array) -> Array:
    """Return the degrees of freedom that go with CR2, one per contrast, shape (m,).

    ``contrasts`` has shape (m, k), in the columns as asked. The CR2 variance of c'b is matched, under equal,
    uncorrelated variances, to a scaled chi-square with the same first two moments.

    **Source** Bell and McCaffrey (2002), Survey Methodology 28(2), 169–181; Pustejovsky and Tipton (2018), Journal
    of Business & Economic Statistics 36(4), 672–683, section 2.
    """
    _refuse_stream(solution, "CR2")
    root = root_of(solution)
    loads = contrasts @ solution.back @ root
    shared = np.zeros((len(loads), solution.k, solution.k))
    moments = np.zeros((2, len(loads)))
    for some in spectra(solution, root):
        for start in range(0, len(loads), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            moments[:, part] += _moments(some, loads[part], shared[part])
    return np.asarray(moments[0] ** 2 / (moments[1] + np.einsum("mij,mij->m", shared, shared)))


def _moments(some: Spectra, loads: Array, shared: Array) -> Array:
    """Return some clusters' parts of ΣP_gg and of Σ(P_gg² − |r|⁴), shape (2, m), and add Σ rr' to ``shared``.

    A cluster adds u = B·Q_g·l, B the correction of its residuals: P_gg = u'u − r'r with r = Q_g'u, and
    P_gh = −r_g'r_h between two clusters.
    """
    along = np.moveaxis(some.vectors @ loads.T, 2, 0)
    length = np.einsum("mcr,cr->mc", along**2, some.values * some.kept(1.0))
    weighted = along * (some.values * some.kept(0.5))
    r = np.einsum("mcr,crk->mck", weighted, some.vectors, optimize=True)
    square = np.einsum("mck,mck->mc", r, r)
    shared += r.transpose(0, 2, 1) @ r
    return np.array([(length - square).sum(axis=1), (length**2 - 2.0 * length * square).sum(axis=1)])


def joint_satterthwaite(solution: Solution, contrasts: Array) -> float:
    """Return the degrees of freedom of the CR2 variance matrix of several contrasts, none following from the others.

    Parameters
    ----------
    solution
        A fit in memory, solved for its clusters' scores.
    contrasts
        Weights of the coefficients as asked, shape (q, k).

    Returns
    -------
    float
        The degrees of freedom of the Wishart matrix that has the total variance of the standardised CR2 matrix
        under equal, uncorrelated variances; of one contrast those of ``satterthwaite``.

    Notes
    -----
    With P_gh the (q, q) products of two clusters' parts, the total variance is Σ_gh (tr P_gh)² + tr(P_gh²).

    **Source** Pustejovsky and Tipton (2018), Journal of Business & Economic Statistics 36(4), 672–683: approximate
    Hotelling, degrees of freedom of Zhang (2013).
    """
    _refuse_stream(solution, "CR2")
    root = root_of(solution)
    loads = contrasts @ solution.back @ root
    loads = np.linalg.solve(np.linalg.cholesky(loads @ loads.T), loads)
    q, spread = len(loads), 0.0
    at_once = max(1, MOST_SHARED // (q * solution.k**2))
    for start in range(0, q, at_once):  # all pairs of contrasts at once may not fit into memory
        some = slice(start, start + at_once)
        shared = np.zeros((len(loads[some]), q, solution.k, solution.k))
        for few in spectra(solution, root):
            length, r = _parts(few, loads)
            square = r @ r.transpose(0, 2, 1)
            own = length - square
            trace = [np.einsum("cqq->cq", one)[:, some] * np.einsum("cqq->c", one)[:, None] for one in (own, square)]
            spread += float((trace[0] - trace[1]).sum() + (own[:, some] ** 2 - square[:, some] ** 2).sum())
            shared += np.einsum("csk,ctl->stkl", r[:, some], r, optimize=True)
        spread += float((shared * (shared + shared.swapaxes(2, 3))).sum())
    return q * (q + 1) / spread


def _parts(some: Spectra, loads: Array) -> tuple[Array, Array]:
    """Return u'u, shape (c, q, q), and r, shape (c, q, k), of some clusters' parts of q contrasts: see ``_moments``."""
    along = np.einsum("crk,qk->cqr", some.vectors, loads, optimize=True)
    length = (along * (some.values * some.kept(1.0))[:, None]) @ along.transpose(0, 2, 1)
    return length, (along * (some.values * some.kept(0.5))[:, None]) @ some.vectors


def _walked(solution: Solution, scores: Array, power: float) -> tuple[Array, NDArray[np.bool_], Array]:
    """Return the clusters' scores with their residuals corrected, terms inside one cluster, and effective clusters.

    A direction that vanishes with its cluster is left out of the score, and the terms that it moves are marked.
    """
    root = root_of(solution)
    inverse, backward = np.linalg.inv(root), solution.back @ root
    inside, leverage = np.zeros(solution.k, dtype=bool), np.zeros_like(scores)
    corrected = np.zeros_like(scores)
    for some in spectra(solution, root):
        corrected[some.clusters] = some.corrected(scores[some.clusters] @ root, power) @ inverse
        leverage[some.clusters] = some.leverage(backward)
        inside |= _moved(backward, some)
    return corrected, inside, inverse_herfindahl(leverage)


def inside_one(solution: Solution) -> NDArray[np.bool_]:
    """Return which terms some cluster alone identifies, shape (k,); none where rows are streamed or too many to ask."""
    inside = np.zeros(solution.k, dtype=bool)
    if _in_memory(solution) and not screened(solution):
        root = root_of(solution)
        for some in spectra(solution, root):
            inside |= _moved(solution.back @ root, some)
    return inside


def _in_memory(solution: Solution) -> bool:
    """Return whether rows can be laid out cluster by cluster: not streamed, and no factor absorbed."""
    return isinstance(solution.source, Rows) and solution.within is None


def _moved(backward: Array, some: Spectra) -> NDArray[np.bool_]:
    """Return which coefficients move along directions that live inside one of some clusters."""
    moved = np.abs(backward @ some.vectors[some.inside].T)
    return np.asarray((moved > MOVED * np.linalg.norm(backward, axis=1)[:, None]).any(axis=1))


# Refusals


def _scores(solution: Solution, few: bool) -> Array:
    if solution.scores is None:
        raise ModelError(
            Fault("clusters", "a solution without their scores", "solve(…, meat='clusters')", "solve for clusters")
        )
    refuse_few(len(solution.scores), few, WILD)
    return solution.scores


def few_clusters(groups: int, few: bool = False, remedy: str = KNOWINGLY) -> list[Fault]:
    """Return the fault of fewer than 20 clusters unless ``few``, and of fewer than two whatever is said; else none."""
    if groups < 2:
        return [Fault("clusters", "one only", "two or more", f"{FINER}, or not at all")]
    if groups >= FEW_CLUSTERS or few:
        return []
    return [
        Fault("clusters", show_count(groups), f"at least {FEW_CLUSTERS}: with fewer, intervals are too short", remedy)
    ]


def refuse_few(groups: int, few: bool = False, remedy: str = KNOWINGLY) -> None:
    """Raise ``ModelError`` below 20 clusters unless ``few``, and below two whatever is said."""
    faults = few_clusters(groups, few, remedy)
    if faults:
        raise ModelError(*faults)


def _refuse_stream(solution: Solution, kind: str) -> None:
    if not _in_memory(solution):
        raise ModelError(
            Fault(
                f"covariance {kind!r}",
                "rows that are streamed, or an absorbed factor",
                "rows in memory, every factor laid out",
                "take CR1, or fewer rows",
            )
        )
