"""The premium of one level over another: the declared headline, everybody's gap, the ladder, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from salarylab import show
from salarylab.disclosure import MIN_CELL, show_count
from salarylab.errors import ModelError, unknown
from salarylab.finding import Finding, amount
from salarylab.model.contrast import Equivalence, contrast, equivalence
from salarylab.model.contributors import rows_at
from salarylab.model.controls import waves_that_asked
from salarylab.model.decompose.gelbach import Gelbach, gelbach
from salarylab.model.distribution.interval import IntervalEstimate
from salarylab.model.distribution.interval_bottom import without_bottom_band
from salarylab.model.distribution.interval_normality import normality
from salarylab.model.estimate import Estimate, Fitted
from salarylab.model.factor import NO_ROLE, factor_in
from salarylab.model.groups import GroupPremia, premium_by, same_everywhere
from salarylab.model.held import fit_holding, laid_out, least_squares, spec_holding
from salarylab.model.ladder import ANSWERED, Ladder, Rung, Steps, ladder
from salarylab.model.nonresponse_weights import nonresponse_weights
from salarylab.model.usable import is_asked, usable
from salarylab.questions.attrition import Attrition, attrition_of
from salarylab.questions.compared import FEW_ROWS, Pair, pair_of
from salarylab.questions.money import pay_at
from salarylab.questions.shown import shown
from salarylab.questions.tiers import TIERS, headline_tier, steps_for
from salarylab.questions.variants import Variants
from salarylab.questions.words import PER, between, capital, dollars, listed, more_or_less, named
from salarylab.sample import Sample, reported_pay, undoubted_pay
from salarylab.unanswered import Unanswered

OWN = "with these held equal"
"""The rung of controls that a caller names."""


ROLES_KNOWN = ", roles known"
"""The last rung once more, without the level of those whose title names no role."""


@dataclass(frozen=True, slots=True)
class Premium:
    """Hold the answer to how pay at one level compares with pay at another.

    Attributes
    ----------
    sample : Sample
        Who was asked.
    factor, level, base : str
        What is compared.
    tier : str
        The tier of controls at which the headline stands.
    ladder : Ladder
        Everybody's raw gap, that of those who answered every control, and a rung a tier.
    rung : Rung
        The headline's.
    notes : tuple of str
        What a reader must know of the choice of levels.
    """

    sample: Sample = field(repr=False)
    factor: str
    level: str
    base: str
    tier: str
    ladder: Ladder = field(repr=False)
    rung: Rung = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def headline(self) -> Finding:
        """The premium at the headline's controls, in a sentence with interval, money and the rows on both sides."""
        found = self._contrast(self.rung.estimate)
        return found if found.suppressed or found.value is None else replace(found, said=self._sentence(found))

    @property
    def raw(self) -> Finding:
        """The raw gap among all who state pay and the factor."""
        return self._contrast(self.ladder.everybody)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The headline, everybody's gap, then every other rung."""
        rungs = [one for one in self.ladder.rungs[1:] if one is not self.rung]
        return (self.headline, self.raw, *(self._contrast(one.estimate) for one in rungs))

    @property
    def table(self) -> pl.DataFrame:
        """The premium at each rung: columns of ``Ladder.table``, the levels compared alone."""
        return self.ladder.table.filter(pl.col("level") == self.level)

    @property
    def figure(self) -> show.Figure:
        """The premium at each rung, its interval beside it."""
        return show.ladder(self.ladder, levels=[self.level])

    @property
    def attrition(self) -> Attrition:
        """How the raw gap moved when those who did not answer every control left."""
        first = self.ladder.rungs[0].estimate
        return attrition_of(self.ladder.everybody, first, self.factor, self.level, self.base)

    @property
    def who(self) -> show.Table:
        """Every raw row: analysed, or lost to one reason, with the pay of those lost."""
        return show.table.attrition(self.ladder.sample)

    @property
    def equivalence(self) -> Equivalence:
        """Whether the headline lies within ±2 %, and the premium that would have been seen."""
        return equivalence(self.rung.estimate, self.factor, self.level, self.base)

    @property
    def tiers(self) -> Gelbach | Unanswered:
        """What each tier takes of the raw gap: Gelbach's decomposition of the last rung without an absorbed factor."""
        if not isinstance(self.rung.estimate, Estimate):
            return Unanswered("what each tier takes is worked out of amounts, and this pay is known in bands")
        rungs = [one for one in self.ladder.rungs[1:] if not one.label.endswith(ROLES_KNOWN)]
        whole = [one for one in rungs if one.estimate.design.absorbed is None]
        if not whole:
            return Unanswered("no control is held equal whose levels are all laid out")
        last, blocks, before = whole[-1], {}, set[str]()
        for one in whole:
            added = [name for name in one.held if name in last.held and name not in before]
            before |= set(added)
            if added:
                blocks[one.label.removeprefix("+ ")] = added
        return gelbach(last.estimate.design, self.factor, self.level, self.base, added=blocks)

    @property
    def other_pay(self) -> Variants:
        """The headline beside the same premium on other pay: imputed, doubted, or by the middles of bands."""
        named_pay = "as stated" if isinstance(self.rung.estimate, Estimate) else "bands as stated"
        rows = [(named_pay, self._contrast(self.rung.estimate)), *self._imputed(), *self._doubted(), *self._bands()]
        title = f"Difference in pay, {self.level}, compared with {self.base}, on other pay"
        return Variants(title, tuple(rows), self._notes_on_pay(rows))

    def _imputed(self) -> Iterator[tuple[str, Finding]]:
        """Yield the headline weighted for those who did not state their pay, and with what the publisher filled in."""
        whole = self.sample.with_back(reported_pay)
        if whole is None:
            return
        whole = self._answering(whole)
        stated = whole.table["record_id"].is_in(self.sample.table["record_id"].to_list())
        if int((~stated).sum()) < MIN_CELL:  # too few for a probability of it
            return
        weighted = nonresponse_weights(whole, pl.lit(stated), (self.factor, *self.rung.held))
        yield "as stated, weighted for those who did not state it", self._again(weighted)
        yield "with pay that the publisher filled in", self._again(whole)

    def _doubted(self) -> Iterator[tuple[str, Finding]]:
        """Yield the headline with pay that cannot be: what was flagged as a slip or out of all proportion is back."""
        whole = self.sample.with_back(undoubted_pay)
        if whole is not None:
            yield "with pay that was doubted", self._again(self._answering(whole))

    def _bands(self) -> Iterator[tuple[str, Finding]]:
        """Yield the headline by least squares on the middles of bands, and without the bottom band."""
        estimate = self.rung.estimate
        if not isinstance(estimate, IntervalEstimate):
            return
        yield "the middles of bands, by least squares", self._contrast(least_squares(estimate))
        if np.isneginf(estimate.banded.low).any():
            yield "without the bottom band", self._contrast(without_bottom_band(estimate).above)

    def _notes_on_pay(self, rows: Sequence[tuple[str, Finding]]) -> tuple[str, ...]:
        """Say what the table cannot hold: the test behind an interval regression, and that nothing differs."""
        estimate = self.rung.estimate
        if isinstance(estimate, IntervalEstimate):
            bands = "A band without a lower end has no middle: its rows leave the second line."
            return (f"{normality(estimate).sentence} An interval regression rests on it.", bands)
        if len(rows) == 1:
            return ("No pay of this sample was imputed, doubted or known in bands.",)
        return ()

    def by(self, group: str, *, top: int | None = None) -> PremiumByGroup | Unanswered:
        """Return the premium within each level of another factor, at the headline's own controls.

        Parameters
        ----------
        group : str
            A categorical factor; ``"year"`` leaves out years before a break in collection.
        top : int, optional
            Keeps the groups with most rows.
        """
        found = premium_by(
            self.ladder.sample, self.factor, group, self.rung.held, top=top, bases={self.factor: self.base}
        )
        if isinstance(found, Unanswered):
            return found
        return PremiumByGroup(found, self.level, self.base)

    @property
    def lines(self) -> tuple[str, ...]:
        """What a reader must know beside the headline: the raw gap, who left, which levels, how pay is known."""
        raw = self.raw
        without = ""
        if raw.value is not None and not raw.suppressed:
            without = f"Without anything held equal: {more_or_less(raw.value)}"
            without += f" ({between(raw.low, raw.high)})." if raw.low is not None and raw.high is not None else "."
        attrition = self.attrition
        bands = ""
        if not isinstance(self.rung.estimate, Estimate):
            bands = f"Pay is known in bands: {self.rung.estimate.rule}."
        few = "Few rows: no declared pair of levels has a hundred on both sides." if FEW_ROWS in self.notes else ""
        notes = [f"{capital(note)}." for note in self.notes if note != FEW_ROWS]
        return (without, attrition.sentence if attrition.matters else "", self._waves, few, *notes, bands)

    @property
    def _waves(self) -> str:
        """Which waves asked what is compared, where some did not."""
        asked, every = (
            sorted(one.table["year"].unique()) for one in (self.ladder.everybody.design.sample, self.sample)
        )
        lacking = [str(year) for year in every if year not in asked]
        return f"Asked in {listed(list(map(str, asked)))}; not in {listed(lacking)}." if lacking else ""

    def _contrast(self, estimate: Fitted) -> Finding:
        return contrast(estimate, self.factor, self.level, self.base)

    def _answering(self, sample: Sample) -> Sample:
        """Return the rows of another sample that answer every control of the ladder, as the headline's rows do."""
        held = self.ladder.rungs[-1].held
        return laid_out(spec_holding(sample, [self.factor], held, bases={self.factor: self.base}), sample).sample

    def _again(self, sample: Sample) -> Finding:
        """Return the headline's premium on another sample."""
        return self._contrast(fit_holding(sample, [self.factor], self.rung.held, bases={self.factor: self.base})[0])

    def _sentence(self, found: Finding) -> str:
        """Word the headline: who is compared, the premium, its interval, money, the job as second number, rows."""
        assert found.value is not None
        design, estimate = self.rung.estimate.design, self.rung.estimate
        level, base = named(self.factor, self.level), named(self.factor, self.base)
        per = PER.get(design.outcome.name, "")
        if self.factor == "education" and self._planned:
            level = f"{level} (held or planned)"
        told = f"{capital(level)} goes with {more_or_less(found.value)} pay {per} than {base}".replace("  ", " ")
        if found.low is not None and found.high is not None:
            told += f" ({between(found.low, found.high)})"
        labels = list(dict.fromkeys(self._held(name) for name in self.rung.held))
        told += f", {listed(labels)} held equal" if labels else ", with nothing held equal"
        money = pay_at(estimate, self.factor, self.level, self.base)
        if money is not None:
            told += f": about {dollars(money[0])} against {dollars(money[1])} US dollars"
        second = self._second()
        if second is not None and second.value is not None and not second.suppressed:
            told += f"; with the job held equal too, {more_or_less(second.value)}"
        sides = [
            show_count(rows_at(design, {self.factor: at})).removeprefix("about ") for at in (self.level, self.base)
        ]
        return f"{told}. {sides[0]} people beside {sides[1]}.".replace(" people ", f" {self._rows} ")

    def _held(self, name: str) -> str:
        """Return a control as the headline names it, with the waves that asked it where some did not."""
        label = _label(self.rung.estimate.design, name)
        asked = waves_that_asked(self.ladder.sample, name)
        whole = asked == sorted(self.ladder.sample.table["year"].unique())
        return label if whole else f"{label} (asked in {listed(list(map(str, asked)))} alone)"

    @property
    def _planned(self) -> bool:
        """Whether degrees that people only planned count as theirs."""
        return self.ladder.sample.table["education_concept"].drop_nulls().unique().to_list() == ["held or planned"]

    @property
    def _rows(self) -> str:
        posted = self.sample.table["observation"].unique().to_list() == ["posting"]
        return "postings" if posted else "people"

    def _second(self) -> Finding | None:
        """Return the premium with the job held equal too, where the headline does not hold it."""
        order = list(TIERS)
        rung = next((one for one in self.ladder.rungs if one.label == "+ job"), None)
        below = self.tier in order and order.index(self.tier) < order.index("job")
        return self._contrast(rung.estimate) if rung is not None and below else None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return shown(self.sample, self.headline.sentence, self.lines, self.findings, self.figure)


@dataclass(frozen=True, slots=True)
class PremiumByGroup:
    """Hold a premium within each level of another factor.

    Attributes
    ----------
    groups : GroupPremia
        One equation with an interaction, and the test that the premium is the same everywhere.
    level, base : str
        What is compared.
    """

    groups: GroupPremia
    level: str
    base: str

    @property
    def sentence(self) -> str:
        """Where the premium is largest and smallest, of the groups that may be published."""
        known = self.table.drop_nulls("value").sort("value", descending=True)
        level, base = (named(self.groups.factor, at) for at in (self.level, self.base))
        label = self.groups.estimate.design.blocks[self.groups.group].factor.label
        if len(known) < 2:
            return f"Pay of {level} over {base} by {label}: fewer than two groups have rows enough."
        ends = [
            f"{more_or_less(row['value'])} in {row['group']} ({between(row['low'], row['high'])})"
            if row["low"] is not None
            else f"{more_or_less(row['value'])} in {row['group']} (no interval: it rests on one or a few clusters)"
            for row in (known.row(0, named=True), known.row(-1, named=True))
        ]
        return f"{capital(level)} over {base}, by {label}: from {ends[0]} to {ends[1]}."

    @property
    def notes(self) -> tuple[str, ...]:
        """Whether the premia differ by more than chance, and what is held equal."""
        estimate = self.groups.estimate
        held = [_label(estimate.design, name) for name in estimate.design.spec.factors if ":" not in name]
        compared = {_label(estimate.design, name) for name in (self.groups.factor, self.groups.group)}
        others = [name for name in held if name not in compared]
        joint = self.joint
        if joint.value is None:
            test = joint.sentence
        elif joint.value < 0.05:
            test = f"That it is the same everywhere is not borne out ({_p(joint.value)})."
        else:
            test = f"Chance alone gives such differences where it is the same everywhere ({_p(joint.value)})."
        held_equal = f"Held equal: {listed(others)}." if others else "Nothing else is held equal."
        return (test, *(f"{capital(caveat)}." for caveat in joint.caveats), held_equal)

    @property
    def table(self) -> pl.DataFrame:
        """One row a group: columns of ``premia`` after ``group``."""
        return self.groups.table.filter(pl.col("level") == self.level)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The premium in each group that may be published, in the groups' order, and the test that they are one."""
        estimate, group = self.groups.estimate, self.groups.group
        block = estimate.design.blocks[group]
        found = [
            contrast(estimate, self.groups.factor, self.level, self.base, within={group: at})
            for at in getattr(block, "levels", ())
        ]
        return (*(one for one in found if not one.suppressed), self.joint)

    @property
    def joint(self) -> Finding:
        """The test that the premium of these two levels is the same in every group."""
        return same_everywhere(self.groups, self.level, self.base)

    @property
    def figure(self) -> show.Figure:
        """The premium in each group, its interval beside it."""
        return show.premium_by(self.groups, self.level)  # type: ignore[return-value]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        sample = self.groups.estimate.design.sample
        return shown(sample, self.sentence, self.notes, self.findings, self.figure)


def premium(
    sample: Sample,
    factor: str,
    level: str = "",
    base: str = "",
    *,
    by: str | None = None,
    top: int | None = None,
    controls: str | Sequence[str] | None = None,
) -> Premium | PremiumByGroup | Unanswered:
    """Answer how pay at one level of a factor compares with pay at another.

    Parameters
    ----------
    sample : Sample
        Who is asked.
    factor : str
        A factor with levels, such as ``"education"`` or ``"work_mode"``.
    level, base : str
        The levels compared. Empty: the first declared pair of which both hold 100 rows and a twentieth of those who
        answered. A base that the source does not have falls back to the nearest level.
    by : str, optional
        Another factor: the premium within each of its levels.
    top : int, optional
        With ``by``: the levels with most rows.
    controls : str or sequence of str, optional
        The tier at which the headline stands (``"person"``, ``"place"``, ``"job"`` or ``"employer"``, each with those
        before it), or factors of one's own, held equal in one rung: the first is what the question is about, others
        that the source never asked are left out and said. Default: the factor's declared tier, the place for a degree,
        the job for remote work.

    Returns
    -------
    Premium, PremiumByGroup or Unanswered
        ``Unanswered`` says why there is no answer: the source never asked, or too few rows to compare.

    Raises
    ------
    ModelError
        For a factor, level, tier or control that is not declared, with did-you-mean.

    Notes
    -----
    Log pay by least squares, or interval regression where most pay is known in bands; percent differences are ratios of
    geometric means. Every rung but everybody's gap is fitted on those who answered all controls. **Source** Gelbach
    (2016), Journal of Labor Economics 34(2), 509–543.

    Examples
    --------
    >>> import salarylab as sl
    >>> answer = sl.premium(sl.draw(sl.load("demo")), "work_mode")
    >>> answer.level, answer.base, answer.tier
    ('remote', 'on-site', 'job')
    """
    for given in (level, base, by):
        if isinstance(given, Unanswered):  # of an answer that there was none of
            return given
    pair = pair_of(sample, factor, level, base)
    if isinstance(pair, Unanswered):
        return pair
    if controls is not None and not isinstance(controls, str):
        first = next(iter(controls), factor)
        if not is_asked(sample, first):
            return Unanswered(
                f"{sample.provenance.source.key} never asked {factor_in(sample, first).label}", "Not asked"
            )
    tier, steps, left_out = _steps(sample, factor, pair, controls)
    rungs = ladder(sample, factor, [(ANSWERED, ()), *steps], levels=(pair.level, pair.base), bases={factor: pair.base})
    left_out = tuple(dict.fromkeys((*left_out, *rungs.left_out)))
    rungs = replace(rungs, rungs=(*rungs.rungs, *_where_roles_are_known(rungs, pair)), left_out=left_out)
    answer = Premium(sample, factor, pair.level, pair.base, tier, rungs, _rung(rungs, tier), pair.notes)
    return answer if by is None else answer.by(by, top=top)


def _steps(
    sample: Sample, factor: str, pair: Pair, controls: str | Sequence[str] | None
) -> tuple[str, Steps, tuple[str, ...]]:
    """Return the headline's tier, the ladder's steps and what was left out of them."""
    if controls is not None and not isinstance(controls, str):
        return OWN, [(OWN, tuple(controls))], ()
    tier = controls or headline_tier(factor)
    if tier not in TIERS:
        raise ModelError(unknown("tier of controls", tier, TIERS))
    return (tier, *steps_for(sample, factor, pair, tier))


def _where_roles_are_known(rungs: Ladder, pair: Pair) -> Iterator[Rung]:
    """Yield the last rung once more without those whose title names no role, where roles are held equal."""
    last = rungs.rungs[-1]
    named_roles = [name for name in ("role", "role_family") if name in last.held]
    for name in named_roles[:1]:
        unread = rungs.sample.table.select((factor_in(rungs.sample, name).expression == NO_ROLE).alias("unread"))[
            "unread"
        ]
        if MIN_CELL <= unread.sum() < len(rungs.sample) - MIN_CELL:
            known = rungs.sample.without(pl.lit(unread), NO_ROLE)
            again = pair_of(known, rungs.factor, pair.level, pair.base)
            if isinstance(again, Unanswered) or again.base != pair.base:  # no ten rows of either level
                return
            held = usable(known, last.held)[0]  # one role alone may be left
            estimate, held, _ = fit_holding(known, [rungs.factor], held, bases={rungs.factor: pair.base})
            yield Rung(f"{last.label}{ROLES_KNOWN}", estimate, held)


def _rung(rungs: Ladder, tier: str) -> Rung:
    """Return the rung of a tier, or the last one before it where the source asked nothing of it."""
    order = [OWN, *TIERS]
    upto = {f"+ {name}" for name in order[: order.index(tier) + 1]} | ({OWN} if tier == OWN else set())
    return [one for one in rungs.rungs if one is rungs.rungs[0] or one.label in upto][-1]


def _p(value: float) -> str:
    return amount(value, "p-value")


def _label(design: Any, name: str) -> str:
    block = design.blocks.get(name)
    return block.factor.label if block is not None else name.replace("_", " ")
