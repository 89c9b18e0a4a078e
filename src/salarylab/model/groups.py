"""Groups: does a premium differ between roles, places, years? One interacted equation and its joint test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from salarylab.disclosure import MIN_CELL
from salarylab.errors import ModelError
from salarylab.finding import Finding
from salarylab.model.blocks import Levels
from salarylab.model.building import build
from salarylab.model.contrast import joint_test
from salarylab.model.contrast.linear import described, linear
from salarylab.model.contrast.premium import premium_asked
from salarylab.model.design import Design
from salarylab.model.estimate import Fitted, wald
from salarylab.model.factor import factor as declared_factor
from salarylab.model.factor import factor_in
from salarylab.model.held import fit_holding
from salarylab.model.premia import levels_of, premia
from salarylab.model.spec import Spec
from salarylab.model.usable import determines, usable, usable_together
from salarylab.sample import Sample
from salarylab.unanswered import Unanswered


@dataclass(frozen=True, slots=True)
class GroupPremia:
    """Hold a factor's premia within each level of a group, from one interacted equation.

    ``table`` has the columns of ``premia`` after ``group``; ``joint`` tests that the premium is the same
    everywhere.
    """

    factor: str
    group: str
    estimate: Fitted
    table: pl.DataFrame
    joint: Finding


def premium_by(
    sample: Sample,
    factor: str,
    group: str,
    controls: Sequence[str] = (),
    *,
    top: int | None = None,
    bases: Mapping[str, str] | None = None,
    **asked: Any,
) -> GroupPremia | Unanswered:
    """Return the premium of each level of a factor within each level of a group.

    One equation with the interaction factor:group and the controls. Years before the source's last break
    are dropped first when ``group`` is the year; ``top`` keeps the groups with most rows; groups with
    fewer than ten rows at the base level are dropped: each with the reason counted. Where fewer than two
    groups are left to compare, the reason is returned instead. Other keywords go to ``Spec``. Raises
    ``ModelError`` when the factor itself was never asked.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> premium_by(sample, "work_mode", "role_family").joint.unit
    'p-value'
    """
    if group == "year":
        whole, sample = sample, after_last_break(sample, factor, *controls)
        if not len(sample):
            last = int(whole.table["year"].max())  # type: ignore[arg-type]
            return Unanswered(f"no year after the source's last break asked it: the latest that did is {last}")
    out = usable(sample, [group])[1]
    if out:
        return Unanswered(out[0])
    given = dict(bases or {})
    first = build(Spec(factors=(factor, group), bases=given, **asked), sample)
    sample = _comparable(first, factor, group, top)
    if not len(sample) or usable(sample, [group])[1]:
        base = first.told_base(factor)
        return Unanswered(f"fewer than two levels of {factor_in(sample, group).label} have {MIN_CELL} rows at {base}")
    others = [name for name in controls if name not in (factor, group)]
    held = _beside(sample, group, usable_together(sample, factor, others)[0])
    estimate = fit_holding(sample, [factor, group], held, [f"{factor}:{group}"], bases=given, **asked)[0]
    frames = [
        premia(estimate, factor, {group: at}).select(pl.lit(_named(estimate, group, at)).alias("group"), pl.all())
        for at in levels_of(estimate, group)
    ]
    return GroupPremia(factor, group, estimate, pl.concat(frames), joint_test(estimate, f"{factor}:{group}"))


def same_everywhere(groups: GroupPremia, level: str, base: str) -> Finding:
    """Test that the premium of one level over another is the same in every group.

    Parameters
    ----------
    groups : GroupPremia
        Premia by group, of one equation.
    level, base : str
        The levels compared: the joint test of ``GroupPremia`` is of all levels.

    Returns
    -------
    Finding
        A p-value. Groups of which either level has fewer than ten rows, or whose premium has no standard error, are
        left out, and said.

    Notes
    -----
    Wald's test that each group's premium equals the first one's, in the form that the covariance rule calls for:
    ``estimate.wald``.
    """
    estimate, factor, group = groups.estimate, groups.factor, groups.group
    asked = {at: premium_asked(estimate.design, factor, level, base, {group: at}) for at in levels_of(estimate, group)}
    told = {at: one for at, one in asked.items() if one.smallest_cell >= MIN_CELL and not one.dominated}
    judged = {at: one for at, one in told.items() if linear(estimate, one.vector[None, :]).identified[0]}
    label = estimate.design.blocks[group].factor.label
    subject = f"Joint test that the premium of {level} over {base} is the same at every {label}"
    out = len(asked) - len(judged)
    caveats = (f"{out} of {len(asked)} left out of the test: few rows, or no standard error",) if out else ()
    vectors = [one.vector for one in judged.values()]
    cell = min((one.smallest_cell for one in judged.values()), default=estimate.n)
    if len(vectors) < 2:
        why = ("fewer than two groups have rows enough and a standard error", *caveats)
        return described(estimate, subject, unit="p-value", value=None, smallest_cell=estimate.n, caveats=why)
    try:
        _, df, p = wald(estimate, np.stack([vector - vectors[0] for vector in vectors[1:]]))
    except ModelError as refused:
        why = (refused.faults[0].found, *caveats)
        return described(estimate, subject, unit="p-value", value=None, smallest_cell=estimate.n, caveats=why)
    df = estimate.told_df(df)
    return described(estimate, subject, unit="p-value", value=p, p=p, df=df, smallest_cell=cell, caveats=caveats)


def _named(estimate: Fitted, group: str, at: str) -> str:
    block = estimate.design.blocks[group]
    return block.told(at) if isinstance(block, Levels) else at


def _beside(sample: Sample, group: str, controls: Sequence[str]) -> tuple[str, ...]:
    """Return the controls that are neither finer nor coarser versions of the group itself."""
    return tuple(name for name in controls if not (determines(sample, name, group) or determines(sample, group, name)))


def _comparable(first: Design, factor: str, group: str, top: int | None) -> Sample:
    """Return the sample of the groups with most rows, each with at least ten rows at the base level."""
    sample, base = first.sample, first.base_of[factor]
    parts = [factor_in(sample, name) for name in (factor, group)]
    cells = sample.table.select(part.expression.cast(pl.String).alias(part.name) for part in parts)
    if top is not None:
        sizes = cells[group].value_counts().sort(["count", group], descending=[True, False])
        small = ~cells[group].is_in(sizes[group].head(top).to_list())
        sample, cells = sample.without(pl.lit(small), f"not among the {top} largest: {group}"), cells.filter(~small)
    at_base = cells.filter(pl.col(factor) == base)[group].value_counts()
    enough = at_base.filter(pl.col("count") >= MIN_CELL)[group].to_list()
    return sample.without(
        pl.lit(~cells[group].is_in(enough)), f"fewer than {MIN_CELL} rows at {first.told_base(factor)}: {group}"
    )


def after_last_break(sample: Sample, *factors: str) -> Sample:
    """Return the sample less the years before the source's last break that concerns all figures or a factor named."""
    columns = {column for name in factors for column in declared_factor(name).needs}
    breaks = [b for b in sample.provenance.source.breaks if not b.columns or columns & set(b.columns)]
    if not breaks:
        return sample
    last = max(breaks, key=lambda b: b.year)
    return sample.without(pl.col("year") < last.year, f"before the break of {last.year}: {last.reason}")
