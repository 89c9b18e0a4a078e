"""Premium: the difference in pay of one level of a factor over another, as a finding."""

from __future__ import annotations

from collections.abc import Mapping

from salarylab.finding import Finding
from salarylab.model.compared import categorical, given, refuse_levels, refuse_unknown
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
    with it ({"role_family": "core AI"}). The finding is in log points and is told in percent; its
    ``detectable`` is the difference against zero that would be found with 80 % power.

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
    named, compared = levels.told(level), levels.told(base)
    return Asked(
        above - below,
        subject or _sentence(design, factor, named, compared, held),
        compared,
        min(rows_at(design, cell) for cell in cells),
        any(one_gives_most(design, cell) for cell in cells),
    )


def _sentence(design: Design, factor: str, level: str, base: str, held: Mapping[str, str]) -> str:
    """Return the contrast in words: a gap where nothing is held equal, a premium given what is."""
    fixed = [categorical(design, name).told(at) for name, at in held.items()]
    where = f" among {', '.join(fixed)}" if held else ""
    beside = given(design, factor, *held)
    if not beside:
        return f"Raw pay gap of {level} to {base}{where}"
    return f"Pay premium of {level} over {base}{where} (given {beside})"
