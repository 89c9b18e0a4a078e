"""Sample: who is analysed, and why each other row is not.

A ``Restriction`` is a named reason to keep a row. ``draw`` applies restrictions in order and keeps the
attrition: every raw row is either in the sample or lost to one named reason, with the median pay of
those lost beside the median pay of those left: weighted where the source's rows carry weights.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from salarylab import schema
from salarylab.disclosure import show_count
from salarylab.errors import DataError, Fault, VocabularyError, unknown
from salarylab.records import Records
from salarylab.records.audit import median_pay
from salarylab.source import Provenance

ATTRITION_SCHEMA = {
    "stage": pl.String(),
    "reason": pl.String(),
    "rows_lost": pl.Int64(),
    "rows_left": pl.Int64(),
    "median_pay_lost": pl.Float64(),
    "median_pay_left": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class Restriction:
    """Name a reason to keep a row: what is kept, the columns it needs, and the test on a table.

    ``keep`` takes the table and returns a Boolean expression; a null counts as not kept.
    """

    label: str
    needs: tuple[str, ...]
    keep: Callable[[pl.DataFrame], pl.Expr]


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """Hold the rows analysed and the attrition that led to them, one row per reason.

    ``hours_known`` says whether hourly pay is known of most of the rows drawn; it stays what it was at the draw.
    ``derived`` are columns of the analyst's own, by name the expressions that ``derive`` made them of; ``origin`` is
    what the sample was drawn from, so that it can be drawn again otherwise.
    """

    table: pl.DataFrame
    asked: frozenset[str]
    provenance: Provenance
    attrition: pl.DataFrame
    population: tuple[str, ...]
    hours_known: bool = True
    derived: Mapping[str, pl.Expr] = field(default_factory=dict)
    origin: tuple[Records, tuple[Restriction, ...]] | None = None

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        told = (f"{show_count(len(self))} rows of {self.provenance.source.key}", *self.population)
        return f"Sample({'; '.join(told)})"

    @property
    def pay_concept(self) -> str:
        """What the pay figure includes, as the rows say it (joined when ``draw`` was told to mix)."""
        return " and ".join(self.table["pay_concept"].drop_nulls().unique().sort().to_list())

    @property
    def banded(self) -> bool:
        """Whether most pay is known as bands, of people: their middles are nobody's answer."""
        return _in_bands(self.table)

    def without(self, lost: pl.Expr, reason: str, *, stage: str = "build") -> Sample:
        """Return the sample less the rows for which ``lost`` holds, with the reason in the attrition.

        Where no row is lost, the sample is returned as it is.
        """
        condemned = self.table.select(lost.fill_null(False).alias("lost"))["lost"]
        return self._minus(condemned, reason, stage) if condemned.any() else self

    def with_back(self, *restrictions: Restriction) -> Sample | None:
        """Draw the sample again without some of its restrictions: those who left by them are back.

        Parameters
        ----------
        *restrictions : Restriction
            Such as ``reported_pay``: known by their columns, also where they were lifted from some years.

        Returns
        -------
        Sample or None
            None where no such restriction had taken out a row.
        """
        if self.origin is None:
            return None
        records, drawn = self.origin
        gone = [one for one in drawn if any(one.needs == other.needs for other in restrictions)]
        labels = [f"kept only if: {one.label}" for one in gone]
        if not self.attrition.filter(pl.col("reason").is_in(labels), pl.col("rows_lost") > 0).height:
            return None
        back = draw(records, [one for one in drawn if one not in gone], mix_pay=True)
        for name, expression in self.derived.items():  # a column may be made of those before it
            back = derive(back, **{name: expression})
        return back

    def _minus(self, condemned: pl.Series, reason: str, stage: str) -> Sample:
        left = self.table.filter(~condemned)
        weighted = self.provenance.source.has_weights
        line = _line(stage, reason, self.table.filter(condemned), left, weighted=weighted)
        return replace(self, table=left, attrition=self.attrition.vstack(line))


def draw(records: Records, restrictions: Sequence[Restriction] | None = None, *, mix_pay: bool = False) -> Sample:
    """Draw the sample that meets every restriction, counting the rows that each one loses.

    With nothing named, ``standard(records)`` applies; ``[]`` keeps every row.

    Raises ``DataError`` when a restriction needs a column that the source never asked, when nothing is
    left, or when several pay concepts, or gross and net pay, would be mixed (``mix_pay`` allows it).

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> int(sample.attrition["rows_lost"].sum()) + len(sample) == sl.load("demo").raw_rows
    True
    """
    restrictions = standard(records) if restrictions is None else list(restrictions)
    faults = [
        Fault(
            f"restriction {r.label!r}",
            f"{records.provenance.source.key} never asked {', '.join(missing)}",
            "restrictions on columns that the source asked",
            "leave it out for this source",
        )
        for r in restrictions
        if (missing := records.never_asked(r.needs))
    ]
    if faults:
        raise DataError(*faults)
    sample = Sample(
        records.table,
        records.asked,
        records.provenance,
        _cleaning(records),
        tuple(r.label for r in restrictions),
        origin=(records, tuple(restrictions)),
    )
    for restriction in restrictions:
        kept = sample.table.select(restriction.keep(sample.table).fill_null(False).alias("kept"))["kept"]
        sample = sample._minus(~kept, f"kept only if: {restriction.label}", "draw")
    _refuse_empty(sample)
    if not mix_pay:
        _refuse_mixed_pay(sample)
    hourly = sample.table["pay_hourly_usd"].count() >= sample.table["pay_annual_usd"].count() / 2
    return replace(sample, hours_known=hourly)


def _cleaning(records: Records) -> pl.DataFrame:
    """Return the attrition lines of cleaning: raw rows first, then each rule that removed rows."""
    left = records.raw_rows
    lines = [["raw", "rows in the raw files", 0, left, None, None]]
    for step in records.steps:
        if step.removed:
            left -= step.removed
            lines.append(["clean", step.rule, step.removed, left, step.median_removed, step.median_after])
    return pl.DataFrame(lines, schema=ATTRITION_SCHEMA, orient="row")


def _line(stage: str, reason: str, lost: pl.DataFrame, left: pl.DataFrame, *, weighted: bool) -> pl.DataFrame:
    medians = [median_pay(rows, weighted=weighted) for rows in (lost, left)]
    values = [stage, reason, len(lost), len(left), *medians]
    return pl.DataFrame([values], schema=ATTRITION_SCHEMA, orient="row")


def _refuse_empty(sample: Sample) -> None:
    if len(sample):
        return
    lost = sample.attrition.filter(pl.col("rows_lost") > 0).select("reason", "rows_lost").iter_rows()
    raise DataError(
        Fault(
            "sample",
            "no row is left; lost were " + "; ".join(f"{show_count(n)} to {reason!r}" for reason, n in lost),
            "at least one row",
            "loosen a restriction or load other data",
        )
    )


def _refuse_mixed_pay(sample: Sample) -> None:
    faults = []
    for name in ("pay_concept", "gross_net"):
        found = sample.table[name].drop_nulls().unique().sort().to_list()
        if len(found) > 1:
            faults.append(
                Fault(
                    f"sample: {name}",
                    f"mixed: {', '.join(found)}",
                    "one, or the gaps between groups would be gaps between questions",
                    "restrict the sample (sl.main_pay_concept keeps the commonest), or draw(…, mix_pay=True)",
                )
            )
    if faults:
        raise DataError(*faults)


def _in_bands(table: pl.DataFrame) -> bool:
    """Return whether most of the pay that people stated is known as bands, not as amounts."""
    bounded = pl.any_horizontal(pl.col("pay_low_usd", "pay_high_usd").is_not_null())
    stated = table.filter(pl.col("pay_annual_usd").is_not_null() | bounded, observation="worker")
    return len(stated.filter(bounded)) > len(stated) / 2


# The named restrictions


def _commonest_concept(table: pl.DataFrame) -> pl.Expr:
    counts = table["pay_concept"].drop_nulls().value_counts().sort(["count", "pay_concept"], descending=[True, False])
    return pl.col("pay_concept") == counts["pay_concept"][0] if len(counts) else pl.lit(False)


positive_pay = Restriction("pay is stated and above zero", ("pay_annual_usd",), lambda _: pl.col("pay_annual_usd") > 0)
main_pay_concept = Restriction("pay is of the source's main concept", ("pay_concept",), _commonest_concept)
full_time_full_year = Restriction(
    "works at least 35 hours a week, paid for 50 weeks or more",
    ("hours_weekly", "full_year"),
    lambda _: (pl.col("hours_weekly") >= 35) & pl.col("full_year"),
)
employee = Restriction(
    "works for an employer",
    ("employment",),
    lambda _: ~pl.col("employment").cast(pl.String).is_in(["self-employed", "freelance", "student", "not working"]),
)
point_pay = Restriction(
    "pay is known as a point, not as an open band alone",
    ("pay_low_usd",),
    lambda _: pl.col("pay_annual_usd").is_not_null() | pl.col("pay_low_usd").is_null(),
)
stated_pay = Restriction(
    "pay is stated, as an amount or a band",
    ("pay_low_usd",),
    lambda _: (pl.col("pay_annual_usd") > 0) | pl.any_horizontal(pl.col("pay_low_usd", "pay_high_usd").is_not_null()),
)
undoubted_pay = Restriction(
    "pay is not doubted: no slip of unit or currency, not far from what is usual, within the bounds stated",
    ("pay_doubt",),
    lambda _: pl.col("pay_doubt").is_null(),
)
reported_pay = Restriction(
    "pay was stated by the person, not filled in by the publisher",
    ("imputed",),
    # hourly pay is worked out from hours and weeks; where the source says nothing of it, the answer stands
    lambda _: (
        ~(
            pl.col("imputed").list.contains("pay_annual_usd")
            | (
                pl.col("pay_hourly_usd").is_not_null()
                & (pl.col("imputed").list.contains("hours_weekly") | pl.col("imputed").list.contains("full_year"))
            )
        ).fill_null(False)
    ),
)
not_part_time = Restriction(
    "does not work part-time",
    ("employment",),
    lambda _: ~pl.col("employment").cast(pl.String).is_in(["part-time", "internship"]),
)
working_age = Restriction("is 18 to 64 years old", ("age",), lambda _: pl.col("age").is_between(18, 64))


def standard(records: Records) -> list[Restriction]:
    """Return the restrictions that a wage equation usually rests on, as far as the source can tell.

    Pay of the source's main concept, stated, above zero and not doubted; employees, not the self-employed, whose profit
    is no wage; full-time, full-year workers of working age: each as far as the source asked it, and in the years
    in which it did. Where hours and weeks were not asked, those who call their work part-time are left out. Pay
    stated as an open band alone leaves for a reason of its own: to leave it out cuts the sample off by pay; where most
    pay is known as bands, all of them stay. Last leave those whose pay, or whose hours or weeks behind an hourly one,
    the publisher filled in: imputed pay follows the imputation's own equation, which draws gaps together between groups
    that it does not tell apart.

    **Source** the convention of the US wage-structure literature; e.g. Lemieux (2006), American Economic
    Review 96(3), 461–498, data appendix. Imputed pay: Hirsch and Schumacher (2004), Journal of Labor Economics 22(3),
    689–722; Bollinger and Hirsch (2006), Journal of Labor Economics 24(3), 483–519.
    """
    whole = not_part_time if records.never_asked(full_time_full_year.needs) else full_time_full_year
    points = (point_pay,) if records.table.select(~point_pay.keep(records.table).all()).item() else ()
    stated = (stated_pay,) if _in_bands(records.table) else (*points, positive_pay)
    wanted = (main_pay_concept, *stated, undoubted_pay, employee, whole, working_age, reported_pay)
    return [_where_asked(restriction, records) for restriction in wanted if not records.never_asked(restriction.needs)]


def _where_asked(restriction: Restriction, records: Records) -> Restriction:
    """Return the restriction, lifted from years in which nobody answered: a wave that did not ask it."""
    if restriction in (point_pay, stated_pay, undoubted_pay, reported_pay):  # null: no band, no doubt, no flag
        return restriction
    unanswered = pl.any_horizontal(pl.col(name).is_null().all() for name in restriction.needs)
    by_year = records.table.group_by("year").agg(unanswered.alias("unanswered"))
    years = by_year.filter("unanswered")["year"].sort().to_list()
    if not years or len(years) == len(by_year):
        return restriction
    label = f"{restriction.label}, but in {', '.join(map(str, years))}, where it was not asked"
    lifted = pl.col("year").is_in(years)
    return Restriction(label, restriction.needs, lambda table: restriction.keep(table).fill_null(False) | lifted)


def only(**columns: Any) -> Restriction:
    """Return the restriction to one value, or one of several values, of each named column.

    Raises ``VocabularyError`` for a column that is not canonical, or a level that is not declared.

    >>> only(work_mode=["remote", "hybrid"]).label
    'work_mode is hybrid or remote'
    """
    chosen = {name: sorted(value) if isinstance(value, (list, tuple)) else [value] for name, value in columns.items()}
    for name, values in chosen.items():
        levels = schema.column(name).levels
        strays = [v for v in values if levels and v not in levels]
        if strays:
            raise VocabularyError(*(unknown(f"level of {name}", str(v), levels) for v in strays))
    label = " and ".join(f"{name} is {' or '.join(map(str, values))}" for name, values in chosen.items())
    return Restriction(label, tuple(chosen), lambda _: pl.all_horizontal(pl.col(n).is_in(v) for n, v in chosen.items()))


# Restrictions and columns of one's own


def where(kept: pl.Expr, label: str) -> Restriction:
    """Name a restriction of one's own.

    Parameters
    ----------
    kept : polars.Expr
        True for the rows kept, over canonical columns; a null counts as not kept.
    label : str
        What those kept have in common, as tables of attrition and pages print it: ``"over five years' experience"``.

    Returns
    -------
    Restriction
        For ``draw``, beside others.

    Examples
    --------
    >>> import salarylab as sl
    >>> records = sl.load("demo")
    >>> over_five = sl.where(pl.col("experience_years") > 5, "over five years' experience")
    >>> sample = sl.draw(records, [*sl.standard(records), over_five])
    >>> sample.population[-1]
    "over five years' experience"
    """
    needs = tuple(sorted(kept.meta.root_names()))
    strays = [unknown("column", name, schema.BY_NAME) for name in needs if name not in schema.BY_NAME]
    if strays:
        raise VocabularyError(*strays)
    return Restriction(label, needs, lambda _: kept)


def derive(sample: Sample, **columns: pl.Expr) -> Sample:
    """Add columns of one's own to a sample, keeping its weights, replicates, clusters and provenance.

    Parameters
    ----------
    sample : Sample
        The rows.
    **columns : polars.Expr
        By name, expressions over canonical columns: amounts, or levels such as ``band`` makes.

    Returns
    -------
    Sample
        In which ``premium``, ``describe`` and ladders take the new names as factors. A ``Spec`` declares them, as the
        columns of any table of one's own: ``Spec(factors=("cut",), declared=(sl.factor.levels("cut"),))``.

    Raises
    ------
    VocabularyError
        For a name that is a canonical column, or an expression over what is no column of the sample.

    Examples
    --------
    >>> import salarylab as sl
    >>> sample = sl.derive(sl.draw(sl.load("demo")), career=sl.band("experience_years", [2, 10]))
    >>> sample.table["career"].unique().sort().drop_nulls().to_list()
    ['under 2', '2 to under 10', '10 or more']
    """
    faults = [
        Fault(f"column {name!r}", "the name of a canonical column", "a name of your own", "choose another name")
        for name in columns
        if name in schema.BY_NAME
    ]
    for expression in columns.values():
        strays = [name for name in expression.meta.root_names() if name not in sample.table.columns]
        faults += [unknown("column", name, sample.table.columns) for name in strays]
    if faults:
        raise VocabularyError(*faults)
    table = sample.table.with_columns(**columns)
    return replace(sample, table=table, asked=sample.asked | set(columns), derived={**sample.derived, **columns})


def band(column: str, edges: Sequence[float]) -> pl.Expr:
    """Cut a column of numbers into bands, for ``derive``.

    Parameters
    ----------
    column : str
        A canonical column of numbers, in its own unit.
    edges : sequence of float
        Rising; a band holds its lower edge.

    Returns
    -------
    polars.Expr
        Levels in rising order: ``"under 2"``, ``"2 to under 10"``, ``"10 or more"``.

    Raises
    ------
    VocabularyError
        For a column that is not canonical, no edge, and edges that do not rise.
    """
    if not schema.column(column).dtype.is_numeric():
        raise VocabularyError(Fault(f"column {column!r}", "no numbers", "a column of numbers", "use its own levels"))
    if not edges or list(edges) != sorted(set(edges)):
        raise VocabularyError(
            Fault(f"edges of {column}", f"{list(edges)}", "one number or more, rising", "write them in rising order")
        )
    marks = [f"{edge:g}" for edge in edges]
    between = [f"{low} to under {high}" for low, high in itertools.pairwise(marks)]
    labels = [f"under {marks[0]}", *between, f"{marks[-1]} or more"]
    known = pl.col(column).is_not_null()
    cut: pl.Expr = pl.when(known).then(pl.lit(labels[-1]))
    for edge, label in zip(reversed(edges), reversed(labels[:-1]), strict=True):
        cut = pl.when(known & (pl.col(column) < edge)).then(pl.lit(label)).otherwise(cut)
    return cut.cast(pl.Enum(labels))
