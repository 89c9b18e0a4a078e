"""Raking: weights that give a sample the margins of a population that somebody else has counted.

**Source** Deming and Stephan (1940), Annals of Mathematical Statistics 11(4), 427–444; Deville and Särndal
(1992), Journal of the American Statistical Association 87(418), 376–382 (variance).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, WITHHELD, release, round_share, show_count
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.blocks import RARE
from salarylab.model.design import matrix
from salarylab.model.estimate import Estimate
from salarylab.model.factor import factor as declared_factor
from salarylab.model.least_squares import solve_dense
from salarylab.model.variance.dependence import sums_by
from salarylab.sample import Sample

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Margins = Mapping[str, Mapping[str, float]]

RAKED = "raked_weight"
"""The column that holds raked weights: ``Spec(weights="raked_weight")``."""
TOLERANCE = 1e-12
ROUNDS = 2_000


def raked_weights(base: Array, codes: Sequence[Codes], shares: Sequence[Array], *, trim: float | None = None) -> Array:
    """Return weights, shape (n,), that sum as ``base`` does and give each margin its shares to 1e-12.

    ``codes`` are dense levels of each margin, shape (n,), ``shares`` their targets, summing to one. With ``trim``, no
    weight exceeds so many times the mean: weights are cut and raked again until both hold. Raises ``ModelError``
    naming the margin that is furthest off when no such weights are found.

    **Source** Deming and Stephan (1940), see above.

    >>> codes = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
    >>> raked_weights(np.ones(4), codes, [np.array([0.75, 0.25]), np.array([0.5, 0.5])]).round(9).tolist()
    [1.5, 1.5, 0.5, 0.5]
    """
    cells, cell = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    w = base / base.sum()
    for _ in range(ROUNDS):
        before = np.bincount(cell, w).astype(np.float64)
        w = w * (_fitted(before, cells.T, shares) / before)[cell]
        if trim is None or w.max() * len(w) <= trim * (1 + 1e-9):
            return np.asarray(w * base.sum())
        w = np.minimum(w, trim / len(w))
    remedy = "allow larger weights, or merge levels of the margins"
    raise ModelError(Fault("trim", f"{trim:g} times the mean can't be kept", "weights that meet the margins", remedy))


def _fitted(counts: Array, cells: Codes, shares: Sequence[Array]) -> Array:
    """Return the cells' totals once every margin is met: each is scaled to its shares in turn."""
    for _ in range(ROUNDS):
        for code, share in zip(cells, shares, strict=True):
            counts = counts * (share / np.bincount(code, counts, len(share)))[code]
        off = [np.abs(np.bincount(c, counts, len(s)) - s).max() for c, s in zip(cells, shares, strict=True)]
        if max(off) <= TOLERANCE:
            return counts
    found = f"margin {int(np.argmax(off)) + 1} of {len(off)} still off by {max(off):.1g} of the whole"
    remedy = "merge levels that share no rows, or give margins that can hold together"
    raise ModelError(Fault("margins", found, "margins that the sample's filled cells can meet", remedy))


@dataclass(frozen=True, slots=True, repr=False)
class Raked:
    """Hold a sample with the column ``raked_weight``, the margins that it was given, and where they come from.

    ``codes`` are each margin's levels row by row, in the order of ``margins``.
    """

    sample: Sample
    margins: Margins
    source: str
    licence: str
    trim: float | None
    codes: tuple[Codes, ...] = field(repr=False)

    @property
    def weights(self) -> Array:
        """The raked weights, shape (n,)."""
        return self.sample.table[RAKED].to_numpy()

    @property
    def kish(self) -> float:
        """How many times as large unequal weights make the variance of a mean: n Σw²/(Σw)².

        **Source** Kish (1965), Survey Sampling, section 11.7.
        """
        w = self.weights
        return float(len(w) * (w @ w) / w.sum() ** 2)

    @property
    def effective_rows(self) -> float:
        """The rows of equal weight that would tell as much of a mean: n over Kish's ratio."""
        return len(self.sample) / self.kish

    def __repr__(self) -> str:
        rows = f"{show_count(len(self.sample))} rows, worth {show_count(round(self.effective_rows))} of equal weight"
        return f"Raked({rows}; {', '.join(self.margins)} as in {self.source}; licence: {self.licence})"

    @property
    def table(self) -> pl.DataFrame:
        """One row a margin's level: ``factor, level, share`` of the sample, ``target``, ``n``, shares rounded."""
        frames = []
        for (name, levels), code in zip(self.margins.items(), self.codes, strict=True):
            n = np.bincount(code, minlength=len(levels)).tolist()
            shares = [round_share(count, len(code)) for count in n]
            cells = {"factor": [name] * len(n), "level": list(levels), "share": shares, "target": list(levels.values())}
            frames.append(release(pl.DataFrame(cells | {"n": n}), ["share"], parts=True).frame)
        return pl.concat(frames)


def rake(sample: Sample, margins: Margins, *, source: str, licence: str, trim: float | None = None) -> Raked:
    """Return the sample with weights that give it the margins of a population.

    ``margins`` maps factors to their levels' shares; ``source`` says who counted them, ``licence`` on what terms:
    both are told with every number that uses the weights. Starting weights are the survey's own where it has them.
    Rake the rows that an equation keeps (``build(spec, sample).sample``): rows lost after raking take their margin
    with them. Rows that did not answer a margin's factor are dropped, with the reason counted. Errors that ignore the
    raking are, as a rule, too large where the margins say something of pay: ``linearised`` mends that.

    Raises ``ModelError`` for shares that are not positive or do not sum to one, a level with fewer than ten rows
    (or none), a level of the sample without a share, no source or licence, ``trim`` of 1 or less, or margins
    that can't be met.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> invented = {"work_mode": {"on-site": 0.5, "hybrid": 0.3, "remote": 0.2}}
    >>> found = rake(sample, invented, source="invented", licence="CC0")
    >>> found.kish >= 1
    True
    """
    parts = {name: declared_factor(name) for name in margins}
    _refuse_margins(sample, margins, source, licence, trim)
    for name, part in parts.items():
        sample = sample.without(part.expression.is_null(), f"not answered: {name}", stage="rake")
    codes = tuple(_coded(sample, name, margins[name]) for name in margins)
    shares = [np.array([*levels.values()]) / sum(levels.values()) for levels in margins.values()]
    own = sample.provenance.source.has_weights
    base = sample.table["weight"].to_numpy().astype(np.float64) if own else np.ones(len(sample))
    if not (np.isfinite(base).all() and (base > 0).all()):
        remedy = "restrict the sample to rows with a weight"
        raise ModelError(Fault("weights 'weight'", "rows at or below zero, or none", "positive main weights", remedy))
    weights = raked_weights(base, codes, shares, trim=trim)
    known = f"raked to {', '.join(margins)} as in {source} (licence: {licence})"
    weighted = replace(
        sample,
        table=sample.table.with_columns(pl.Series(RAKED, weights)),
        asked=sample.asked | {RAKED},
        population=(*sample.population, known),
    )
    return Raked(weighted, margins, source, licence, trim, codes)


def linearised(estimate: Estimate, raked: Raked) -> Estimate:
    """Return an estimate on raked weights with the variance that knows the margins.

    What each row adds to the coefficients is replaced by what is left of it after the margins' indicators (weighted
    least squares), then summed over rows, or clusters, squared: factor n/(n − k − m), or G/(G − 1). The margins are
    taken as known without error. Raises ``ModelError`` for an equation on other weights or other rows, or for
    trimmed weights, whose limit is another.

    **Source** Deville and Särndal (1992): every calibration estimator has the limit variance of the regression one.

    >>> import salarylab as sl
    >>> spec = sl.Spec(factors=("work_mode", "education"), weights="raked_weight")
    >>> kept = sl.build(replace(spec, weights=None), sl.draw(sl.load("demo"), [sl.main_pay_concept])).sample
    >>> invented = {"work_mode": {"on-site": 0.5, "hybrid": 0.3, "remote": 0.2}}
    >>> raked = rake(kept, invented, source="invented", licence="CC0")
    >>> linearised(sl.fit(sl.build(spec, raked.sample)), raked).rule
    'linearised for raking to invented; margins taken as known; weighted'
    """
    design = estimate.design
    _refuse_other(estimate, raked)
    x, w = matrix(design), raked.weights
    fit = solve_dense(x, design.y, [term.name for term in design.terms], w)
    influence = fit.influence() / w[:, None]
    known = np.column_stack([np.ones(len(w)), *(np.eye(int(c.max()) + 1)[c][:, 1:] for c in raked.codes)])
    root = np.sqrt(w)[:, None]
    fitted, _, rank, _ = np.linalg.lstsq(known * root, influence * root, rcond=None)  # margins may imply each other
    left = (influence - known @ fitted) * w[:, None]
    n, k = x.shape
    if design.clusters is None:
        scale, spare = n / (n - k - rank + 1), n - k - rank + 1.0
    else:
        left = sums_by(design.clusters, left)
        scale, spare = len(left) / (len(left) - 1), len(left) - 1.0
    words = "" if design.clusters is None else f", clustered by {design.cluster_label}"
    rule = f"linearised for raking to {raked.source}{words}; margins taken as known; weighted"
    covariance = scale * left.T @ left
    return replace(estimate, covariance=covariance, df=np.full(k, float(spare)), kind="linearised", rule=rule)


def _coded(sample: Sample, name: str, levels: Mapping[str, float]) -> Codes:
    """Return the codes of a margin's levels, row by row; refuses levels without a share, or with few rows."""
    part = declared_factor(name)
    text = sample.table.select(part.expression.cast(pl.String).alias("level"))["level"]
    counts = dict(text.value_counts().iter_rows())
    masked = [level if part.kind == "level" or n >= MIN_CELL else RARE for level, n in counts.items()]
    strays = sorted({told for level, told in zip(counts, masked, strict=True) if level not in levels})
    remedy = "merge it with another level, or drop its rows (Sample.without)"
    faults = [Fault(f"level of {name}: {told}", "no share given", "a share for each level", remedy) for told in strays]
    faults += [
        Fault(f"margin {name} = {level}", f"empty, or {WITHHELD} rows", f"{MIN_CELL} rows or more", remedy)
        for level in levels
        if counts.get(level, 0) < MIN_CELL
    ]
    if faults:
        raise ModelError(*faults)
    return text.replace_strict(list(levels), list(range(len(levels))), return_dtype=pl.Int64).to_numpy()


def _refuse_margins(sample: Sample, margins: Margins, source: str, licence: str, trim: float | None) -> None:
    faults = [] if margins else [Fault("margins", "none", "one factor at least", "give the shares of its levels")]
    for name, levels in margins.items():
        part, shares = declared_factor(name), np.array([*levels.values()])
        missing = [column for column in part.needs if column not in sample.asked]
        if missing:
            faults.append(unknown(f"margin {name!r}: column", missing[0], sorted(sample.asked)))
        if part.kind not in ("level", "text"):
            faults.append(Fault(f"margin {name!r}", "a number", "a factor with levels", "choose one with levels"))
        if not (len(shares) > 1 and (shares > 0).all() and abs(float(shares.sum()) - 1) < 1e-6):
            found = ", ".join(f"{share:g}" for share in shares)
            expected = "two or more, positive, summing to one"
            faults.append(Fault(f"margin {name!r}", found or "no share", expected, "mend the shares"))
    if not (source.strip() and licence.strip()):
        faults.append(Fault("margins", "no source or no licence", "who counted them, on what terms", "say both"))
    if trim is not None and not trim > 1:
        faults.append(Fault("trim", f"{trim:g}", "more than 1: the mean weight", "5 is usual"))
    if faults:
        raise ModelError(*faults)


def _refuse_other(estimate: Estimate, raked: Raked) -> None:
    faults = []
    table = estimate.design.sample.table
    if estimate.design.spec.weights != RAKED or not np.array_equal(table[RAKED].to_numpy(), raked.weights):
        remedy = "build the equation, rake its sample, then build it again with weights='raked_weight'"
        faults.append(Fault("equation", "other weights, or other rows, than were raked", "the raked rows", remedy))
    if raked.trim is not None:
        faults.append(Fault("weights", "trimmed", "raked weights as they are", "rake without trim"))
    if faults:
        raise ModelError(*faults)
