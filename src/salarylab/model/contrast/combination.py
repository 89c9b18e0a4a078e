"""Combination: any weighted sum of an estimate's terms, one as a finding, several at once as a table and a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from salarylab.disclosure import release, significant
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.contrast.linear import Asked, Linear, described, finding_of, linear, with_coarse_errors
from salarylab.model.contrast.simultaneous import SEED, ends, simultaneous_level
from salarylab.model.contributors import cells_of, one_gives_most
from salarylab.model.design import Design
from salarylab.model.estimate import Estimate, told, wald

Weights = Mapping[str, float]
"""The weights of terms, by the names in ``estimate.terms``."""

NUMBERS = ("value", "se", "df", "low", "high")


@dataclass(frozen=True, slots=True)
class Combinations:
    """Hold several weighted sums of one estimate's terms, by label, with their joint covariance.

    ``level`` is the pointwise level at which all 95 % intervals cover at once; ``joint`` tests that all are zero.
    """

    labels: tuple[str, ...]
    asked: tuple[Asked, ...] = field(repr=False)
    found: Linear = field(repr=False)
    level: float
    joint: Finding

    @property
    def table(self) -> pl.DataFrame:
        """One row a label: value, se, df as told, the ends of the simultaneous interval in log points, n, words."""
        low, high = ends(self.found, self.level)
        numbers = zip(self.found.values, self.found.se, self.found.degrees_told, low, high, strict=True)
        rows = [
            [label, one.subject, *sums, one.smallest_cell, one.dominated]
            for label, one, sums in zip(self.labels, self.asked, numbers, strict=True)
        ]
        cells = pl.DataFrame(rows, schema=["label", "asked", *NUMBERS, "n", "dominated"], orient="row")
        return release(with_coarse_errors(cells), NUMBERS, dominated="dominated").frame


def combination(estimate: Estimate, weights: Weights, *, subject: str | None = None) -> Finding:
    """Return a weighted sum of an estimate's terms, in log points.

    ``weights`` give each term's weight by its name in ``estimate.terms``; other terms have none. It is told only where
    every cell that one of its terms compares may be told. Raises ``ModelError`` for terms that are not in the
    equation, weights that are not finite or all zero, and, where the outcome is a log, for the intercept: with it the
    sum is a level of log pay, of which no percent can be said.

    >>> import salarylab as sl
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept])))
    >>> both = combination(estimate, {"education[doctorate]": 1, "education[master]": -1})
    >>> round(both.value - sl.contrast(estimate, "education", "doctorate", "master").value, 12)
    0.0
    """
    _refuse_level(estimate.design, weights)
    return finding_of(estimate, _asked(estimate.design, weights, subject))


def combinations(estimate: Estimate, asked: Mapping[str, Weights], *, seed: int = SEED) -> Combinations:
    """Return several weighted sums of terms, by label, with simultaneous intervals and the test that all are zero.

    Intervals are sup-t over the sums that may be told, by seeded draws; the test is Wald's, see ``estimate.wald``.
    Raises ``ModelError`` as ``combination`` does, for all labels at once, and where nothing is asked.

    **Source** Montiel Olea and Plagborg-Møller (2019), Journal of Applied Econometrics 34(1), 1–17 (sup-t).

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("education", "work_mode")), sample))
    >>> both = combinations(estimate, {"remote": {"work_mode[remote]": 1}, "master": {"education[master]": 1}})
    >>> both.table["label"].to_list(), both.joint.unit
    (['remote', 'master'], 'p-value')
    """
    if not asked:
        raise ModelError(Fault("combinations", "none", "at least one, by label", 'combinations(…, {"label": {…}})'))
    faults: list[Fault] = []
    questions: list[Asked] = []
    for label, weights in asked.items():
        try:
            questions.append(_asked(estimate.design, weights, None))
        except ModelError as error:
            faults += [replace(fault, thing=f"{label}: {fault.thing}") for fault in error.faults]
    if faults:
        raise ModelError(*faults)
    found = linear(estimate, np.stack([one.vector for one in questions]))
    shown = np.array([not described(estimate, "", unit="rows", value=0, **one.cells).suppressed for one in questions])
    level = simultaneous_level(found.covariance, shown & found.identified, seed=seed)
    return Combinations(tuple(asked), tuple(questions), found, level, _joint(estimate, questions, found))


def _asked(design: Design, weights: Weights, subject: str | None) -> Asked:
    _refuse(design, weights)
    terms = [term for term in design.terms if weights.get(term.name)]
    words = " ".join(
        f"{'+' if weights[t.name] > 0 else '−'} {_times(weights[t.name])}{told(design, t)[0]}" for t in terms
    )
    return Asked(
        np.array([float(weights.get(term.name, 0.0)) for term in design.terms]),
        subject or f"Weighted sum {words.removeprefix('+ ')}",
        None,
        min(term.n for term in terms),
        any(one_gives_most(design, cell) for term in terms for cell in cells_of(design, term)),
    )


def _times(weight: float) -> str:
    return "" if abs(weight) == 1 else f"{significant(abs(weight)):g} × "


def _joint(estimate: Estimate, asked: Sequence[Asked], found: Linear) -> Finding:
    """Return the Wald test that all sums are zero, over n rows of the smallest cell."""
    cells = {"smallest_cell": min(one.smallest_cell for one in asked), "dominated": any(one.dominated for one in asked)}
    subject = f"Joint test that {len(asked)} weighted sums of terms are zero"
    try:
        if not found.identified.all():
            raise ModelError(Fault("joint test", "a sum without a variance", "a variance of each", "leave it out"))
        _, df, p = wald(estimate, np.stack([one.vector for one in asked]))
    except ModelError:
        why = (
            f"{len(asked)} sums, one without a variance, one that follows from others, or more than the variance "
            "can judge",
        )
        return described(estimate, subject, unit="p-value", value=None, caveats=why, **cells)
    return described(estimate, subject, unit="p-value", value=p, p=p, df=estimate.told_df(df), **cells)


def _refuse(design: Design, weights: Weights) -> None:
    names = {term.name: told(design, term)[0] for term in design.terms}
    known = [name for name, shown in names.items() if name == shown]
    faults = [unknown("term of this equation", name, known) for name in weights if name not in names]
    faults += [
        Fault(f"weight of {name!r}", f"{weight}", "a finite number", "give the number of times it counts")
        for name, weight in weights.items()
        if not np.isfinite(weight)
    ]
    if not any(weights.values()):
        faults.append(Fault("combination", "no term with a weight", "at least one", f"one of: {', '.join(known)}"))
    if faults:
        raise ModelError(*faults)


def _refuse_level(design: Design, weights: Weights) -> None:
    """Raise ``ModelError`` for a sum with the intercept of a log outcome: it would be said as a percent difference."""
    if design.outcome.log and weights.get("intercept"):
        raise ModelError(
            Fault(
                "combination",
                "the intercept among its terms: a level of log pay",
                "a difference, which can be said in percent",
                "leave the intercept out, or ask sl.adjusted_means(…) for pay at each level",
            )
        )
