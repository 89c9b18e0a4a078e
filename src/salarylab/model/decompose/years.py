"""Years: how many years of experience go with the same pay as a premium, such as a degree's."""

from __future__ import annotations

import numpy as np

from salarylab.disclosure import MIN_CELL
from salarylab.errors import Fault, ModelError
from salarylab.finding import Finding
from salarylab.model.blocks import Levels, Numbers
from salarylab.model.compared import categorical, level_faults
from salarylab.model.contributors import one_gives_most, rows_of
from salarylab.model.decompose.fieller import fieller
from salarylab.model.estimate import Estimate
from salarylab.model.telling import told_of

IN_YEARS = ("experience", "age")
"""Factors that are one number of years."""


def years_equal(
    estimate: Estimate, factor: str, level: str, base: str | None = None, *, of: str = "experience"
) -> Finding:
    """Return the years of experience (or age) that go with as much pay as one level has over another.

    The premium over the return to one year, at the equation's covariates, with Fieller's set: where the return is
    not told from zero it is no interval, and the finding says what it is. ``base`` defaults to the factor's base.
    Raises ``ModelError`` for factors or levels that are not in the equation, ``of`` that is not one number of
    years in it, or interactions with either.

    **Source** Fieller (1954), Journal of the Royal Statistical Society B 16(2), 175–185.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("education", "experience")), sample))
    >>> years_equal(estimate, "education", "master").unit
    'years'
    """
    design, block = estimate.design, _levels(estimate, factor, level, base, of)
    base = block.base if base is None else base
    premium = np.array(
        [(t.level == level) - float(t.level == base) if t.factor == factor else 0.0 for t in design.terms]
    )
    year = np.array([float(term.factor == of) for term in design.terms])
    rows = np.stack([premium, year])
    a, b = rows @ estimate.coefficients
    involved = (rows != 0).any(axis=0)
    ratio = fieller(float(a), float(b), rows @ estimate.covariance @ rows.T, float(estimate.df[involved].min()))
    cells = [{factor: level}, {factor: base}]
    smallest = min(int(rows_of(design, cell).sum()) for cell in cells)
    dominated = any(one_gives_most(design, cell) for cell in cells)
    identified = not (estimate.unidentified & involved).any()
    ends = {"low": ratio.low, "high": ratio.high} if ratio.bounded and identified else {}
    silent = "no interval: identified inside one or a few clusters"
    said = "interval of the ratio by Fieller" if ends else ratio.words if identified else silent
    numbers: dict[str, object] = {
        "value": ratio.value if np.isfinite(ratio.value) else None,
        "base": block.told(base),
        "smallest_cell": smallest,
        "dominated": dominated,
        "caveats": (said,) if smallest >= MIN_CELL and not dominated else (),
        **ends,
    }
    label = design.blocks[of].factor.label
    subject = f"Years that go with as much pay as {block.told(level)} over {block.told(base)} ({label})"
    return told_of(design, subject, unit="years", covariance=estimate.rule, **numbers)


def _levels(estimate: Estimate, factor: str, level: str, base: str | None, of: str) -> Levels:
    blocks, faults = estimate.design.blocks, []
    block = categorical(estimate.design, factor)
    faults += level_faults(block, level, block.base if base is None else base)
    if of not in IN_YEARS or not isinstance(blocks.get(of), Numbers):
        remedy = "ask it in the equation; a spline has no one return to a year"
        faults.append(
            Fault(f"years of {of!r}", "not a number of years in it", f"one of: {', '.join(IN_YEARS)}", remedy)
        )
    crossed = [n for n in estimate.design.spec.factors if ":" in n and {factor, of} & set(n.split(":"))]
    faults += [Fault(f"interaction {n!r}", "several premia or returns", "one of each", "leave it out") for n in crossed]
    if faults:
        raise ModelError(*faults)
    return block
