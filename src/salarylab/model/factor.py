"""Factor: a covariate, abstract of data: its label, kind, columns, expression and base category.

Adding one is one new entry in ``FACTORS``; one of a table's own columns is declared with ``levels``, ``number``,
``polynomial`` or ``spline``. Kinds: ``level`` (declared levels), ``text`` (levels are the values found, sorted by
name), ``spline`` (restricted cubic, at declared knots), ``polynomial`` (up to ``degree``) and ``number``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from salarylab import schema
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Unit
from salarylab.sample import Sample

__all__ = [
    "FACTORS",
    "OUTCOMES",
    "Factor",
    "Outcome",
    "factor",
    "levels",
    "number",
    "outcome",
    "polynomial",
    "spline",
]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)


Kind = Literal["level", "text", "spline", "polynomial", "number"]

NUMERIC: tuple[Kind, ...] = ("spline", "polynomial", "number")
"""Kinds that enter an equation as numbers, not as levels."""

EXPERIENCE_KNOTS = (2.0, 6.0, 12.0, 20.0, 32.0)
AGE_KNOTS = (25.0, 32.0, 40.0, 50.0, 58.0)


@dataclass(frozen=True, slots=True)
class Factor:
    """Declare a covariate: its name in equations, its label for people, and how rows give its value.

    ``needs`` are canonical columns; ``base`` is the level that others are compared with, or None for the
    largest cell of the sample. Knots are declared, not read from the sample, so that two samples meet
    the same equation.
    """

    name: str
    label: str
    kind: Kind
    needs: tuple[str, ...]
    expression: pl.Expr = field(compare=False, repr=False)
    base: str | None = None
    knots: tuple[float, ...] = ()
    degree: int = 1


def levels(column: str, base: str | None = None) -> Factor:
    """Declare a column whose values are levels; without a base, others are compared with the commonest.

    >>> levels("plan", base="basic").base
    'basic'
    """
    return _text(column, column, base)


def number(column: str) -> Factor:
    """Declare a column that enters an equation as it is."""
    return Factor(column, column, "number", (column,), pl.col(column))


def polynomial(column: str, degree: int = 2) -> Factor:
    """Declare a column that enters an equation with its powers up to ``degree``.

    >>> polynomial("tenure", 3).degree
    3
    """
    if degree < 1:
        raise ModelError(Fault(f"polynomial of {column!r}", f"degree {degree}", "1 or more", "give another degree"))
    return Factor(column, column, "polynomial", (column,), pl.col(column), degree=degree)


def spline(column: str, knots: tuple[float, ...]) -> Factor:
    """Declare a column that enters an equation as a restricted cubic spline with three or more rising knots."""
    if len(knots) < 3 or list(knots) != sorted(set(knots)):
        raise ModelError(Fault(f"spline of {column!r}", f"knots {knots}", "three or more, rising", "give other knots"))
    return Factor(column, column, "spline", (column,), pl.col(column), knots=tuple(map(float, knots)))


def _level(name: str, label: str, base: str | None = None) -> Factor:
    return Factor(name, label, "level", (name,), pl.col(name), base)


def _text(name: str, label: str, base: str | None = None) -> Factor:
    return Factor(name, label, "text", (name,), pl.col(name), base)


SKILL = "skill_"
"""How the names of factors begin that say whether a person, or a posting, names an area of skills."""


def _skill(name: str, area: str) -> Factor:
    names_it = pl.col("skill_areas").cast(pl.List(pl.String())).list.contains(area)
    answer = pl.when(names_it).then(pl.lit("yes")).when(~names_it).then(pl.lit("no"))
    return Factor(name, f"naming {area} skills", "text", ("skill_areas",), answer, "no")


NO_ROLE = "no role known"
"""The level of those whose title names no role: they answered, and are compared with each other."""


def _or_no_role(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a role column as a title's reader knows it: a title that names no role is a level of its own."""
    unread = pl.col(name).is_null() & pl.col("title").is_not_null()
    return pl.when(unread).then(pl.lit(NO_ROLE)).otherwise(pl.col(name).cast(pl.String)).cast(dtype)


# A region that nobody of a country and year was asked is not unanswered: the country stands for it.
_REGION = (
    pl.when(pl.col("region").is_null().all().over("country", "year"))
    .then(pl.format("{}: region not asked", pl.col("country")))
    .otherwise(pl.col("region"))
)


FACTORS: dict[str, Factor] = {
    factor.name: factor
    for factor in (
        _level("education", "education", "bachelor"),
        Factor(
            "experience_spline",
            "experience",
            "spline",
            ("experience_years",),
            pl.col("experience_years"),
            knots=EXPERIENCE_KNOTS,
        ),
        Factor("experience", "years of experience", "number", ("experience_years",), pl.col("experience_years")),
        Factor("age_spline", "age", "spline", ("age",), pl.col("age"), knots=AGE_KNOTS),
        Factor("age", "age in years", "number", ("age",), pl.col("age")),
        Factor("hours", "weekly hours", "number", ("hours_weekly",), pl.col("hours_weekly")),
        _text("field_of_study", "field of study"),
        _level("gender", "gender", "male"),
        _level("seniority", "seniority", "mid"),
        _level("track", "track", "individual contributor"),
        Factor(
            "role_family",
            "role family",
            "level",
            ("role_family",),
            _or_no_role("role_family", pl.Enum([*schema.ROLE_FAMILY, NO_ROLE])),
            "other tech",
        ),
        Factor("role", "role", "text", ("role",), _or_no_role("role", pl.String())),
        _text("title", "job title"),
        _level("employment", "form of employment", "full-time"),
        _level("work_mode", "where the work is done", "on-site"),
        _text("country", "country"),
        Factor("region", "region", "text", ("region",), _REGION),
        _level("industry", "industry", "manufacturing"),
        _level("org_size", "size of the employer"),
        _level("org_kind", "kind of employer", "private company"),
        _text("employer", "employer"),
        Factor("year", "year", "text", ("year",), pl.col("year").cast(pl.String())),
        _skill("skill_ai_ml", schema.SKILL_AREAS[0]),
        _skill("skill_cloud", schema.SKILL_AREAS[1]),
        _skill("skill_security", schema.SKILL_AREAS[2]),
        _skill("skill_data", schema.SKILL_AREAS[3]),
        _skill("skill_architecture", schema.SKILL_AREAS[4]),
    )
}


def factor(name: str, declared: Sequence[Factor | Outcome] = ()) -> Factor:
    """Return a factor by name, of those ``declared`` with an equation or of ``FACTORS``.

    Raises ``ModelError`` with a suggestion for an unknown one.

    >>> factor("education").base
    'bachelor'
    """
    known = FACTORS | {own.name: own for own in declared if isinstance(own, Factor)}
    if name not in known:
        raise ModelError(unknown("factor", name, known))
    return known[name]


def derived_in(sample: Sample) -> tuple[Factor, ...]:
    """Return the factors that a sample's derived columns make: numbers, or levels."""
    types = {name: sample.table.schema[name] for name in sample.derived}
    return tuple(
        Factor(name, name.replace("_", " "), _kind(dtype), (name,), pl.col(name)) for name, dtype in types.items()
    )


def _kind(dtype: pl.DataType) -> Kind:
    if dtype == pl.Boolean or not dtype.is_numeric():
        return "level" if isinstance(dtype, pl.Enum) else "text"
    return "number"


def factor_in(sample: Sample, name: str, declared: Sequence[Factor | Outcome] = ()) -> Factor:
    """Return a factor as a sample answers it: not answered where the publisher filled the answer in.

    Years of experience that are age less years of schooling are called potential. Raises ``ModelError`` as ``factor``
    does.

    >>> import salarylab as sl
    >>> factor_in(sl.draw(sl.load("demo"), [sl.main_pay_concept]), "experience").label
    'years of experience'
    """
    found = factor(name, (*derived_in(sample), *declared))
    if "experience_years" in found.needs and (kind := schema.experience_kind(sample.table)):
        found = replace(found, label=found.label.replace("experience", f"{kind} experience"))
    if "imputed" in sample.asked:
        filled_in = pl.any_horizontal(pl.col("imputed").list.contains(column) for column in found.needs)
        found = replace(found, expression=pl.when(~filled_in.fill_null(False)).then(found.expression))
    return found


MONEY: dict[str, Unit] = {"pay_hourly_usd": "USD an hour", "pay_annual_usd": "USD a year"}
"""The units of columns of pay as they are."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Declare what an equation explains: the log of one pay column, or a column as it is."""

    name: str
    label: str
    column: str
    log: bool = True

    @property
    def unit(self) -> Unit:
        """What a difference in the outcome is counted in: a log's is a percent, no other one is."""
        return "log points" if self.log else MONEY.get(self.column, "units of the outcome")


OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome("log_pay_hourly", "log pay, USD an hour", "pay_hourly_usd"),
        Outcome("log_pay_annual", "log pay, USD a year", "pay_annual_usd"),
        Outcome("log_pay_ppp", "log pay, international dollars a year", "pay_annual_ppp"),
        Outcome("log_pay_real", "log pay, USD a year at constant prices", "pay_annual_real_usd"),
    )
}

HOURLY_WHERE_KNOWN = "log_pay"
"""The default outcome: hourly pay where the source knows hours, annual pay elsewhere."""


def outcome(
    name: str, asked: frozenset[str], *, hours_known: bool = True, declared: Sequence[Factor | Outcome] = ()
) -> Outcome:
    """Return an outcome by name, resolving ``log_pay`` by what the source asked and whether most hours are known.

    >>> outcome("log_pay", frozenset({"pay_annual_usd"})).name
    'log_pay_annual'
    """
    own = {one.name: one for one in declared if isinstance(one, Outcome)}
    if name in own:
        return own[name]
    if name == HOURLY_WHERE_KNOWN:
        name = "log_pay_hourly" if "pay_hourly_usd" in asked and hours_known else "log_pay_annual"
    if name not in OUTCOMES:
        raise ModelError(unknown("outcome", name, [HOURLY_WHERE_KNOWN, *OUTCOMES, *own]))
    return OUTCOMES[name]
