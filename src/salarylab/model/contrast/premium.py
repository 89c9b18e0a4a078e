"""Premium: the difference in pay of one level of a factor over another, as a finding."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from salarylab.disclosure import release
from salarylab.finding import Finding
from salarylab.model.blocks import Levels
from salarylab.model.compared import categorical, compared_words, given, refuse_levels, refuse_unknown
from salarylab.model.contrast.linear import Asked, finding_of
from salarylab.model.contrast.row import at_levels, refuse_open_interaction, row_at
from salarylab.model.contributors import one_gives_most, rows_at
from salarylab.model.design import Design
from salarylab.model.estimate import Fitted


def contrast(
    estimate: Fitted,
    factor: str,
    level: str,
    base: str | None = None,
    *,
    within: Mapping[str, str] | None = None,
    subject: str | None = None,
) -> Finding:
    """Return the premium of one level of a factor over another, at the equation's covariates.

    ``base`` defaults to the factor's base category. ``within`` fixes the levels of factors that interact
    with it ({"role_family": "core AI"}). The finding is in log points and is told in percent, or in the unit of an
    outcome that is no log; its ``detectable`` is the difference against zero that would be found with 80 % power.

    Raises ``ModelError`` for a factor or level that is not in the equation, a level compared with itself, or
    a factor that interacts with one that ``within`` does not fix.

    **Source** Halvorsen and Palmquist (1980), American Economic Review 70(3), 474–475 (percent); Bloom (1995),
    Evaluation Review 19(5), 547–556 (detectable).

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("education", "work_mode")), sample))
    >>> contrast(estimate, "education", "doctorate", "master").subject
    'Pay premium of doctorate over master (given where the work is done)'
    """
    return finding_of(estimate, premium_asked(estimate.design, factor, level, base, within, subject))


def premium_asked(
    design: Design,
    factor: str,
    level: str,
    base: str | None = None,
    within: Mapping[str, str] | None = None,
    subject: str | None = None,
) -> Asked:
    """Return the premium of one level over another as it is asked of an estimate; raises as ``contrast`` does."""
    levels = categorical(design, factor)
    base = base if base is not None else levels.base
    refuse_levels(levels, level, base)
    held = dict(within or {})
    for name, at in held.items():
        refuse_unknown(categorical(design, name), at)
    refuse_open_interaction(design, factor, held)
    cells = [{**held, factor: end} for end in (level, base)]
    above, below = (row_at(design, at_levels(cell)) for cell in cells)
    counts = [rows_at(design, cell) for cell in cells]
    whole = rows_at(design, held) if held else design.n
    return Asked(
        above - below,
        subject or _sentence(design, levels, level, base, held),
        levels.told(base),
        min(counts),
        any(one_gives_most(design, cell) for cell in cells),
        *_published(counts, whole - sum(counts)),
    )


def _published(sides: list[int], rest: int) -> list[int] | tuple[None, None]:
    """Return the rows on both sides, or neither where a rest of a few rows would follow from them and the whole.

    The smaller side is in the record by itself, as the smallest cell: of two, withholding one would hide nothing.
    """
    may = release(pl.DataFrame({"n": [*sides, rest]}), [], parts=True).frame["n"].is_not_null()
    return sides if may[:2].all() else (None, None)


def _sentence(design: Design, block: Levels, level: str, base: str, held: Mapping[str, str]) -> str:
    """Return the contrast in words: a gap where nothing is held equal, a premium given what is."""
    fixed = [categorical(design, name).told(at) for name, at in held.items()]
    where = f" among {', '.join(fixed)}" if held else ""
    above, below = compared_words(design, block, level, base)
    beside = given(design, block.factor.name, *held)
    if not beside:
        return f"Raw pay gap of {above} to {below}{where}"
    return f"Pay premium of {above} over {below}{where} (given {beside})"
