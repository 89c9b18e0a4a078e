"""Held: an equation with as many of its controls held equal as the sample can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salarylab.model.building import build
from salarylab.model.estimate import Estimate
from salarylab.model.factor import factor_in
from salarylab.model.fitting import fit
from salarylab.model.kernel.orthogonal import CollinearError
from salarylab.model.spec import Spec
from salarylab.sample import Sample


def fit_holding(
    sample: Sample, asked: Sequence[str], controls: Sequence[str], crossed: Sequence[str] = (), **spec: Any
) -> tuple[Estimate, tuple[str, ...], tuple[str, ...]]:
    """Fit the factors asked about beside their controls, less controls with levels that follow from the others.

    Of several such controls the last goes first. ``crossed`` are interactions; other keywords go to ``Spec``. Returns
    the estimate, the controls held equal, and why others were not. Raises ``ModelError`` as ``build`` and ``fit``
    do, also where no control is to blame.
    """
    held, out = list(controls), []
    while True:
        try:
            estimate = fit(build(Spec(factors=(*asked, *held, *crossed), **spec), sample))
        except CollinearError as refused:
            follow = {term.partition("[")[0].partition(".")[0] for term in refused.terms}
            to_blame = [name for name in held if name in follow]
            if not to_blame:
                raise
            held.remove(to_blame[-1])
            out.append(f"{factor_in(sample, to_blame[-1]).label}: some of its levels follow from the others held equal")
        else:
            return estimate, tuple(held), tuple(out)
