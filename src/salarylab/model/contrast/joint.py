"""Joint: tests that several terms are zero at once, as findings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from salarylab.disclosure import MIN_CELL, significant
from salarylab.errors import ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.contrast.linear import described
from salarylab.model.contributors import term_withheld
from salarylab.model.estimate import Fitted, wald
from salarylab.model.estimate import told as shown


def joint_test(estimate: Fitted, factor: str, *, subject: str | None = None) -> Finding:
    """Return the joint test that all terms of a factor, or of an interaction "a:b", are zero.

    Terms in cells of fewer than ten rows, or mostly one contributor's, and terms without a standard error are left
    out, and named in the caveats; where none is left, or the variance cannot judge so many, the finding says so and
    has no value. Raises ``ModelError`` for a factor that is not in the equation.

    **Source** Wald (1943); ``estimate.wald`` says which F goes with which covariance rule.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("education", "work_mode")), sample))
    >>> joint_test(estimate, "education").subject
    'Joint test that pay does not differ by education, given the rest, F(7, 200 or more) = 75'
    """
    terms = estimate.design.terms
    if factor not in (term.factor for term in terms):
        raise ModelError(unknown("factor of this equation", factor, dict.fromkeys(term.factor for term in terms)))
    told = subject or f"Joint test that {_words(estimate, factor)}"
    of_factor = [i for i, term in enumerate(terms) if term.factor == factor]
    withheld = [i for i in of_factor if term_withheld(estimate.design, terms[i])]
    tested = [i for i in of_factor if not (estimate.unidentified[i] or i in withheld)]
    alone = [i for i in of_factor if i not in (*tested, *withheld)]
    out = _left_out(estimate, "no standard error", alone)
    out += _left_out(estimate, f"fewer than {MIN_CELL} rows, or mostly one contributor", withheld)
    if not tested:
        return _untested(estimate, told, ("no term with ten rows and a standard error", *out))
    try:
        f, df, p = wald(estimate, np.eye(len(terms))[tested])
    except ModelError as error:
        return _untested(estimate, told, (f"{error.faults[0].found}; expected {error.faults[0].expected}", *out))
    df, cell = estimate.told_df(df), min(terms[i].n for i in tested)
    behind = f"{df:.0f}" if estimate.kind == "replicate" else f"{df:.0f} or more"
    told = f"{told}, F({len(tested)}, {behind}) = {significant(f, 2):g}"
    return described(estimate, told, unit="p-value", value=p, p=p, df=df, smallest_cell=cell, caveats=out)


def _left_out(estimate: Fitted, why: str, terms: Sequence[int]) -> tuple[str, ...]:
    """Return the caveat that names terms left out for one reason, each as it may be named; none where none is."""
    names = (shown(estimate.design, estimate.design.terms[i])[0] for i in terms)
    return (f"left out of the test, {why}: {', '.join(dict.fromkeys(names))}",) if terms else ()


def _untested(estimate: Fitted, told: str, why: tuple[str, ...]) -> Finding:
    return described(estimate, told, unit="p-value", value=None, smallest_cell=estimate.n, caveats=why)


def _words(estimate: Fitted, factor: str) -> str:
    """Return the hypothesis of a joint test in words."""
    labels = [estimate.design.blocks[name].factor.label for name in factor.split(":")]
    if len(labels) == 1:
        return f"pay does not differ by {labels[0]}, given the rest"
    return f"the premium by {labels[0]} is the same at every {labels[1]}"
