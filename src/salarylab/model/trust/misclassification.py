"""Misclassification: mean pay by true role family, where titles were sorted into families with known errors.

Mean pay by assigned family is a mixture of mean pay by true family; labelled titles say which. The mixture is
solved. It is assumed that among jobs of one true family, pay does not go with the family assigned.

**Source** Aigner (1973), Journal of Econometrics 1(1), 49–59, two classes; its matrix form is that of Kuha and
Skinner (1997), in Lyberg et al. (eds), Survey Measurement and Process Quality, chapter 28.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import release
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.building import build
from salarylab.model.contributors import one_gives_most_of
from salarylab.model.design import Design
from salarylab.model.estimate import interval
from salarylab.model.spec import Spec
from salarylab.model.telling import told_of
from salarylab.model.variance.clusters import FINER, few_clusters
from salarylab.model.variance.dependence import sums_by
from salarylab.records.roles.assignment import ROLE_MAP
from salarylab.records.roles.quality import FAMILIES, MEASURED, NO_ROLE, Misclassification
from salarylab.sample import Sample

Array = NDArray[np.float64]

LEAST_LABELLED = 10
WORST_CONDITION = 20.0
"""Condition of the mixture above which assigned families say too little of true ones."""


def unmixed(means: Array, covariance: Array, counts: Array) -> tuple[Array, Array]:
    """Return the means of true classes, shape (m,), and their covariance (m, m).

    ``means`` (m,) and ``covariance`` are those of assigned classes, ``counts`` (m, m) the labelled items: a row an
    assigned, a column a true class. The covariance adds that of the mixture, a multinomial in each row, by the
    delta method. Raises ``ModelError`` for a row with fewer than ten labelled items, or a mixture too near to
    singular to be solved.

    **Source** Kuha and Skinner (1997), see above.

    >>> mean, _ = unmixed(np.array([1.2, 1.8]), np.zeros((2, 2)), np.array([[80, 20], [20, 80]]))
    >>> mean.round(9).tolist()
    [1.0, 2.0]
    """
    totals = counts.sum(axis=1)
    if (totals < LEAST_LABELLED).any():
        raise ModelError(
            Fault("labelled titles", "fewer than 10 in a class", "10 in each assigned class", "label more titles")
        )
    mixture = counts / totals[:, None]
    if np.linalg.cond(mixture) > WORST_CONDITION:
        raise ModelError(
            Fault("misclassification", "classes that are hardly told apart", "mostly right ones", "merge classes")
        )
    back = np.linalg.inv(mixture)
    true = back @ means
    spread = (mixture @ true**2 - (mixture @ true) ** 2) / totals
    return true, back @ (covariance + np.diag(spread)) @ back.T


@dataclass(frozen=True, slots=True, repr=False)
class TrueFamilies:
    """Hold mean log pay by assigned and by true role family, shape (m,), each with its covariance.

    ``n`` are rows by assigned family; ``df`` those of the intervals. ``withheld`` (m,) marks families of which one
    contributor gives most.
    """

    design: Design = field(repr=False)
    version: str
    families: tuple[str, ...]
    assigned: Array
    true: Array
    assigned_covariance: Array
    true_covariance: Array
    n: tuple[int, ...]
    withheld: tuple[bool, ...]
    df: float

    def __repr__(self) -> str:
        return f"TrueFamilies({', '.join(self.families)}; crosswalk {self.version})"

    def gap(self, family: str, base: str) -> Finding:
        """Return the gap in log pay between two true families; raises ``ModelError`` for a family not there."""
        strays = [unknown("family", name, self.families) for name in (family, base) if name not in self.families]
        if strays or family == base:
            same = Fault("gap", f"{family!r} with itself", "two families", "choose another")
            raise ModelError(*(strays or [same]))
        c = np.array([float(name == family) - float(name == base) for name in self.families])
        value, se = float(c @ self.true), float(c @ self.true_covariance @ c) ** 0.5
        low, high, _, p = interval(value, se, self.df)
        # every assigned family has a part in each true one
        return told_of(
            self.design,
            f"Raw pay gap of {family} to {base}, corrected for misclassified titles",
            covariance=f"delta method, labelled titles and rows; {_sampling(self.design)}",
            unit="log points",
            value=value,
            se=se,
            low=low,
            high=high,
            p=p,
            base=base,
            smallest_cell=min(self.n),
            dominated=any(self.withheld),
            caveats=("assumes that pay does not go with the assigned family among jobs of one true family",),
        )

    @property
    def table(self) -> pl.DataFrame:
        """One row a family: ``family, assigned, se_assigned, true, se_true, n``, mean log pay; nulls where few."""
        held = min(self.n) < LEAST_LABELLED or any(self.withheld)
        cells = pl.DataFrame(
            {
                "family": list(self.families),
                "assigned": self.assigned,
                "se_assigned": np.sqrt(np.diag(self.assigned_covariance)),
                "true": self.true,
                "se_true": np.sqrt(np.diag(self.true_covariance)),
                "n": list(self.n),
                "withheld": [held] * len(self.n),
            }
        )
        return release(cells, ("assigned", "se_assigned", "true", "se_true"), dominated="withheld").frame


def true_families(
    sample: Sample, rates: Misclassification | None = None, *, merge: Mapping[str, str] | None = None, **asked: object
) -> TrueFamilies:
    """Return mean log pay by true role family, given how the crosswalk errs on labelled titles.

    ``rates`` defaults to the measured ones of the crosswalk in use, P(true | assigned), carried over from titles to
    rows as they are. Rows without a role are the family ``none``. ``merge`` joins families ({"non-technical AI":
    "other"}). Other keywords go to ``Spec`` (outcome, weights, clusters). Raises ``ModelError`` for a family
    without rows in the sample, ten labelled titles a family not reached, replicate weights, or fewer than 20 clusters.

    **Source** Aigner (1973); Kuha and Skinner (1997), see above.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> found = true_families(sample, merge={"none": "other"})  # every row of the demo has a role
    >>> found.table.columns
    ['family', 'assigned', 'se_assigned', 'true', 'se_true', 'n']
    """
    rates = MEASURED[ROLE_MAP] if rates is None else rates
    design = build(Spec(factors=(), **asked), sample)  # type: ignore[arg-type]
    joined = dict(merge or {})
    _refuse(design, joined)
    names = tuple(dict.fromkeys(joined.get(name, name) for name in FAMILIES))
    place = np.array([names.index(joined.get(name, name)) for name in FAMILIES])
    counts = np.zeros((len(names), len(names)))
    np.add.at(counts, np.ix_(place, place), np.array(rates.counts, dtype=float))
    found = design.sample.table["role_family"].cast(pl.String).fill_null(NO_ROLE)
    codes = place[found.replace_strict(FAMILIES, range(len(FAMILIES)), return_dtype=pl.Int64).to_numpy()]
    n = np.bincount(codes, minlength=len(names))
    if (n < 2).any():
        empty = ", ".join(name for name, rows in zip(names, n, strict=True) if rows < 2)
        remedy = "keep rows without a role in the sample, or merge families"
        raise ModelError(Fault("families", f"hardly a row: {empty}", "rows in each, 'none' included", remedy))
    means, covariance, df = _means(design, codes)
    true, true_covariance = unmixed(means, covariance, counts)
    held = tuple(one_gives_most_of(design, codes == j) for j in range(len(names)))
    return TrueFamilies(
        design, rates.version, names, means, true, covariance, true_covariance, tuple(n.tolist()), held, df
    )


def _means(design: Design, codes: NDArray[np.int64]) -> tuple[Array, Array, float]:
    """Return weighted means by class, their covariance (HC2, or CR1 by cluster), and degrees of freedom."""
    w = np.ones(len(codes)) if design.weights is None else design.weights
    hot = np.eye(int(codes.max()) + 1)[codes] * w[:, None]
    total = hot.sum(axis=0)
    means = hot.T @ design.y / total
    left = hot * (design.y - means[codes])[:, None] / total
    if design.clusters is None:
        left /= np.sqrt(np.maximum(1 - w / total[codes], 1e-9))[:, None]
        return means, left.T @ left, float(len(codes) - len(total))
    sums = sums_by(design.clusters, left)
    groups = len(sums)
    return means, groups / (groups - 1) * sums.T @ sums, groups - 1.0


def _sampling(design: Design) -> str:
    return "HC2 of means" if design.clusters is None else f"CR1 of means by {design.cluster_label}, t(clusters − 1)"


def _refuse(design: Design, joined: Mapping[str, str]) -> None:
    faults = [unknown("family", name, FAMILIES) for pair in joined.items() for name in pair if name not in FAMILIES]
    if "role_family" not in design.sample.asked:
        faults.append(Fault("role_family", "never asked", "titles sorted into families", "choose another source"))
    if design.replicates is not None:
        remedy = "choose weights=None, or a weight column"
        faults.append(Fault("weights", "replicate weights", "rows, weights or clusters", remedy))
    if design.clusters is not None:
        faults += few_clusters(int(design.clusters.max()) + 1, remedy=FINER)
    if faults:
        raise ModelError(*faults)
