"""RIF premium: how a quantile of everybody's pay goes with the share of one level over another, as a finding."""

from __future__ import annotations

from salarylab.disclosure import MIN_CELL, round_df
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.compared import given
from salarylab.model.contributors import term_withheld
from salarylab.model.distribution.counterfactual import levels_of
from salarylab.model.distribution.rif import RifRegression, smallest_cell
from salarylab.model.estimate import interval
from salarylab.model.telling import told_of
from salarylab.units import percent


def rif_premium(found: RifRegression, statistic: str, factor: str, level: str) -> Finding:
    """Return how a statistic of everybody's log pay goes with the share of one level in place of the base.

    It is a slope, told for the whole way from nobody to everybody. The statistic is the mean or a percentile; others
    are in the table. Raises ``ModelError`` for a statistic that was not asked or is not in log points, and for a
    factor that interacts, a level that is unknown or the base.

    **Source** Firpo, Fortin and Lemieux (2009), Econometrica 77(3), 953–973, section 3.

    >>> import salarylab as sl
    >>> from salarylab.model.distribution import rif_regression
    >>> design = sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> rif_premium(rif_regression(design, ["p50"], draws=99), "p50", "education", "master").unit
    'log points'
    """
    design, block = found.design, levels_of(found.design, factor)
    asked = {of.name: s for s, of in enumerate(found.statistics) if of.in_log_points}
    faults = [] if statistic in asked else [unknown("statistic in log points", statistic, asked)]
    if level not in block.levels or level == block.base:
        others = [name for name in block.named if name != block.base]
        faults.append(unknown(f"level of {factor} beside its base:", level, others))
    if any(factor in term.split(":") for term in design.spec.factors if ":" in term):
        faults.append(Fault(f"factor {factor!r}", "it interacts with another", "one slope", "read the table"))
    if faults:
        raise ModelError(*faults)
    s, i = asked[statistic], next(i for i, t in enumerate(design.terms) if t.parts == (f"{factor}[{level}]",))
    of, term, b = found.statistics[s], design.terms[i], float(found.coefficients[s, i])
    numbers: dict[str, object] = {}
    caveats = found.notes
    if found.unidentified[i]:
        caveats = (*caveats, "no interval: identified inside one or a few clusters")
    else:
        se, df = float(found.covariances[s, i, i]) ** 0.5, float(found.df[i])
        low, high, _, p = interval(b, se, df)
        numbers = {"se": se, "df": round_df(df), "low": low, "high": high, "p": p}
    cell = smallest_cell(design, term, of)
    if of.quantiles and cell >= MIN_CELL:
        half, twice = (percent(float(found.sensitivity[h, s, i])) for h in (0, 2))
        caveats = (*caveats, f"at half the bandwidth {half:+.1f}%, at twice {twice:+.1f}%")
    beside = given(design, factor)
    held = f" (given {beside})" if beside else ""
    subject = f"{of.label[0].upper()}{of.label[1:]} and the share of {block.told(level)} over {block.told(block.base)}"
    return told_of(
        design,
        f"{subject}{held}, from nobody to everybody",
        covariance=found.rule,
        unit="log points",
        value=b,
        base=block.told(block.base),
        smallest_cell=min(cell, term.n),
        dominated=term_withheld(design, term),
        caveats=caveats,
        **numbers,
    )
