"""Held: an equation with as many of its controls held equal as the sample can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salarylab.model.building import build
from salarylab.model.controls import absorbed_among, as_controls
from salarylab.model.design import Design
from salarylab.model.estimate import Estimate, Fitted
from salarylab.model.factor import derived_in, factor_in
from salarylab.model.fitting import fit
from salarylab.model.kernel.orthogonal import CollinearError
from salarylab.model.spec import Spec
from salarylab.sample import Sample


def spec_holding(
    sample: Sample, asked: Sequence[str], controls: Sequence[str], crossed: Sequence[str] = (), **spec: Any
) -> Spec:
    """Return the equation of the factors asked about beside their controls, as the sample calls for it.

    Parameters
    ----------
    sample : Sample
        The rows: a control of very many levels is absorbed, one that a wave did not ask is lifted from it.
    asked, controls, crossed : sequence of str
        Factors, what is held equal, and interactions.
    **spec
        Other fields of ``Spec``.
    """
    absorbed = spec.pop("absorbed", None) or absorbed_among(sample, controls)
    held = [name for name in controls if name != absorbed]
    if absorbed is not None:
        spec.setdefault("drop_collinear", True)  # what lies within the levels taken out is taken out with them
    declared = (*derived_in(sample), *as_controls(sample, held), *spec.pop("declared", ()))
    return Spec(factors=(*asked, *held, *crossed), declared=declared, absorbed=absorbed, **spec)


def fit_holding(
    sample: Sample, asked: Sequence[str], controls: Sequence[str], crossed: Sequence[str] = (), **spec: Any
) -> tuple[Fitted, tuple[str, ...], tuple[str, ...]]:
    """Fit the factors asked about beside their controls, less controls with levels that follow from the others.

    Of several such controls the last goes first. ``crossed`` are interactions; other keywords go to ``Spec``. Where
    most pay of the sample is known as bands, the fit is an interval regression. Returns the estimate, the controls
    held equal, and why others were not. Raises ``ModelError`` as ``build`` and ``fit`` do, also where no control is to
    blame.
    """
    held, out = list(controls), []
    while True:
        equation = spec_holding(sample, asked, held, crossed, **spec)
        try:
            estimate: Fitted = fit(build(equation, sample))
            if sample.banded:
                from salarylab.model.distribution.interval import interval

                estimate = interval(equation, sample)
        except CollinearError as refused:
            follow = {term.partition("[")[0].partition(".")[0] for term in refused.terms}
            to_blame = [name for name in held if name in follow]
            if not to_blame:
                raise
            held.remove(to_blame[-1])
            out.append(f"{factor_in(sample, to_blame[-1]).label}: some of its levels follow from the others held equal")
        else:
            return estimate, tuple(held), tuple(out)


def laid_out(equation: Spec, sample: Sample) -> Design:
    """Return an equation laid out on a sample: on bands of pay too, where most pay is known as bands."""
    if not sample.banded:
        return build(equation, sample)
    from salarylab.model.distribution.interval_ends import banded_design

    return banded_design(equation, sample)[0]


def least_squares(estimate: Fitted) -> Estimate:
    """Return least squares of the same equation at one amount a row: of bands, their middles."""
    return estimate if isinstance(estimate, Estimate) else fit(build(estimate.design.spec, estimate.design.sample))
