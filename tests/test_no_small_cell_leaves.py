"""Every public name is asked to give a small cell away: its pay, its text, its size, or what size follows.

The records hold a few rows that nobody may learn of: their title, country, employer and year are their own,
their pay is the greatest, and cleaning and the restrictions each lose as many. A public name without a probe
fails the test: whoever adds a function adds how it was tried.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import stdtrit

import salarylab as sl
from salarylab.disclosure import MIN_CELL, Released, release, round_count
from salarylab.errors import SalarylabError
from salarylab.finding import Finding
from salarylab.model import decompose, distribution, trust
from salarylab.model.contrast import adjusted_means, curve
from salarylab.questions import Description, Premium, PremiumByGroup
from salarylab.questions.variants import Variants
from salarylab.records.audit import Ledger
from salarylab.show import embed, tables
from salarylab.show.figure import drawing
from salarylab.show.tabulation import TABLE_MIME

SECRET_PAY = 987_654.0
SECRET_TEXTS = ("swan marker", "Ruritania", "Plover & Daughters", "falconry", "1987")
Make = Callable[..., sl.Records]
COUNTS = {
    *("n", "rows", "touched", "removed", "raw_rows", "smallest_cell", "rows_(rounded)"),
    *("rows_lost", "rows_left", "rows_touched", "rows_removed", "rows_in_the_smaller_group"),
}
SMALL_COUNT = re.compile(r"(?<![\w.,–-])[1-9] (?:raw |more )?(?:rows?|records?|answers?)\b")
EXACT_COUNT = re.compile(r"(?<![\w.,(])(\d[\d,]*) (?:raw )?(?:rows?|records?)\b")

INSIDE = {"matrix": "the rows of a design, for a model: microdata that is asked for by name, like Records.table"}
"""Public names that hand out rows, and why."""


@dataclass(frozen=True)
class Planted:
    """Hold records with a few secret rows, and what an analyst makes of them."""

    records: sl.Records
    sample: sl.Sample
    estimate: sl.Estimate
    ladder: sl.Ladder
    groups: sl.GroupPremia

    @property
    def crossed(self) -> sl.Estimate:
        return self.groups.estimate


@pytest.fixture(scope="module", params=[1, 3, 9])
def planted(request: pytest.FixtureRequest, make_records: Make) -> Planted:
    """Return records in which as many rows as told are secret, and a sample, estimates and premia of them."""
    few = request.param
    records = plant(make_records, few)
    sample = sl.draw(records, [sl.main_pay_concept, sl.positive_pay, sl.employee, sl.working_age])
    estimate = sl.fit(sl.build(sl.Spec(factors=("title", "country", "education")), sample))
    ladder = sl.ladder(sample, "title", [("raw gap", []), ("+ more", ["education", "work_mode", "year"])])
    groups = sl.premium_by(sample, "education", "country")
    assert isinstance(groups, sl.GroupPremia)
    return Planted(records, sample, estimate, ladder, groups)


def cleaned(ledger: Ledger) -> Ledger:
    """Reject, mend, merge and flag: a few rows each."""
    ledger = ledger.reject("pay of nothing", pl.col("pay_annual_usd") == 0)
    ledger = ledger.repair("paid by the month", pl.col("period") == "month", pl.col("pay_annual_usd") * 12)
    return ledger.flag("far from its kind", pl.col("pay_annual_usd") > 900_000)


def plant(make_records: Make, few: int) -> sl.Records:
    """Return 1,050 invented workers and a few secret ones, as many again lost to each of several reasons."""
    n = 1_050 + few
    lost = {
        index * 7: reason for index, reason in enumerate(["unpaid", "self-employed", "old", "monthly", "imputed"] * few)
    }

    def text(usual: list[str], own: str, place: int) -> list[str]:
        """Return usual words by lot; every thirteenth row from a place on, as often as told, has its own."""
        drawn = np.random.default_rng(place).choice(usual, n)
        return [own if i % 13 == place and i < 13 * few else str(word) for i, word in enumerate(drawn)]

    titles = text(["engineer", "analyst", "manager"], SECRET_TEXTS[0], 1)
    usual = [40_000.0 + 1_000 * (i % 37) + 7 * (i % 11) for i in range(n)]
    pay = [SECRET_PAY if title in SECRET_TEXTS else amount for title, amount in zip(titles, usual, strict=True)]
    paid = {"unpaid": 0.0, "monthly": 1 / 12}
    return make_records(
        clean=cleaned,
        pay_annual_usd=[amount * paid.get(lost.get(i, ""), 1.0) for i, amount in enumerate(pay)],
        pay_annual_local=pay,
        period=["month" if lost.get(i) == "monthly" else "year" for i in range(n)],
        year=[int(year) for year in text(["2023", "2024"], SECRET_TEXTS[4], 2)],
        imputed=[["pay_annual_usd"] * (lost.get(i) == "imputed") for i in range(n)],
        title=titles,
        country=text(["Arcadia", "Utopia", "Arcadia", "Utopia", "Cockaigne"], SECRET_TEXTS[1], 3),
        employer=text([f"employer {i}" for i in range(41)], SECRET_TEXTS[2], 4),
        field_of_study=text(["law", "physics", "law", "law", "physics", "arts"], SECRET_TEXTS[3], 5),
        education=text(["bachelor", "master", "bachelor", "secondary", "doctorate"], "professional", 6),
        work_mode=[None if mode == "" else mode for mode in text(["remote", "on-site", "remote"], "", 8)],
        employment=["self-employed" if lost.get(i) == "self-employed" else "full-time" for i in range(n)],
        age=[70.0 if lost.get(i) == "old" else 25.0 + i % 30 for i in range(n)],
    )


# Probes: each public name, asked in every way that an analyst would


def asked(attempt: Callable[[], Any], typed: str = "") -> Any:
    """Return what an attempt gives, or the error that it ends in: both are shown.

    A name that the analyst typed comes back as a name that is not known, whether or not a few rows have it.
    """
    try:
        return attempt()
    except SalarylabError as error:
        return str(error).replace(f"{typed!r}\n  found:    a name that is not declared", "")


def estimates(p: Planted) -> Iterator[Any]:
    yield p.estimate
    yield p.estimate.terms
    yield p.estimate.rule
    yield p.estimate.notes
    yield asked(lambda: sl.fit(sl.build(sl.Spec(factors=("title", "field_of_study", "employer")), p.sample)))
    yield asked(lambda: sl.fit(sl.build(sl.Spec(factors=("title", "country", "year")), p.sample)))
    for rule in ("classical", "HC1", "HC3"):
        made = sl.fit(sl.build(sl.Spec(factors=("title",), covariance=rule), p.sample))
        yield from (made, made.terms, made.rule, sl.contrast(made, "title", "engineer"))


def contrasts(p: Planted) -> Iterator[Any]:
    levels = [("title", "swan marker"), ("title", "engineer"), ("country", "Ruritania"), ("education", "professional")]
    yield from (asked(lambda pair=pair: sl.contrast(p.estimate, *pair), typed=pair[1]) for pair in levels)
    yield asked(lambda: sl.contrast(p.estimate, "title", "engineer", "swan marker"), typed="swan marker")
    yield asked(lambda: sl.contrast(p.estimate, "title", "nobody"))
    yield asked(lambda: sl.contrast(p.estimate, "title", "analyst", "analyst"))
    for country in p.crossed.design.blocks["country"].levels:  # type: ignore[union-attr]
        yield asked(lambda at=country: sl.contrast(p.crossed, "education", "master", within={"country": at}))


def designs(p: Planted) -> Iterator[Any]:
    yield p.estimate.design
    yield asked(
        lambda: sl.build(sl.Spec(factors=("title",), bases={"title": "swan marker"}), p.sample), typed="swan marker"
    )
    yield asked(lambda: sl.build(sl.Spec(factors=("title",), bases={"title": "nobody"}), p.sample))
    rare = sl.draw(p.records, [sl.Restriction("another year", ("year",), lambda _: pl.col("year") < 2000)])
    yield asked(lambda: sl.build(sl.Spec(factors=("title", "country")), rare))


def samples(p: Planted) -> Iterator[Any]:
    yield p.sample
    yield asked(lambda: sl.draw(p.records, [sl.only(education="some college")]))
    yield asked(lambda: sl.draw(p.records, [sl.working_age, sl.only(employment="student")]))
    yield asked(lambda: sl.draw(p.records, [sl.full_time_full_year]))


def groups(p: Planted) -> Iterator[Any]:
    for factor, group in itertools.permutations(("education", "title", "country", "work_mode", "year"), 2):
        found = asked(lambda factor=factor, group=group: sl.premium_by(p.sample, factor, group, ["age_spline"]))
        yield found
        if isinstance(found, sl.GroupPremia):
            yield from (found.table, found.joint)


def ladders(p: Planted) -> Iterator[Any]:
    for factor in ("title", "country", "education"):
        found = sl.ladder(p.sample, factor, [("raw gap", []), ("+ more", ["field_of_study", "work_mode"])])
        yield from (found, found.table, found.left_out, found.rungs[0])


def restriction(named: sl.Restriction) -> Callable[[Planted], Iterator[Any]]:
    def probe(p: Planted) -> Iterator[Any]:
        yield named
        yield asked(lambda: sl.draw(p.records, [named], mix_pay=True))

    return probe


def usables(p: Planted) -> Iterator[Any]:
    names = [name for name in sl.FACTORS if name != "employer"]
    yield sl.usable(p.sample, names)
    yield sl.first_usable(p.sample, names)


def questions(p: Planted) -> Iterator[Any]:
    """Ask each pair, also one that a few rows have, in words, tables, figures, with groups and other restrictions."""
    pairs = [("education", "master", "bachelor"), ("education", "professional", ""), ("education", "", "professional")]
    pairs += [("title", "analyst", "engineer"), ("title", "", ""), ("country", "Arcadia", ""), ("country", "", "")]
    for factor, level, base in pairs:
        for controls in (None, ["age_spline", "title"], ["employer"]):
            answer = asked(lambda f=factor, at=level, b=base, c=controls: sl.premium(p.sample, f, at, b, controls=c))
            yield answer
            if isinstance(answer, Premium):
                yield from (answer.table, answer.findings, answer.figure, answer.lines, answer.who, answer.attrition)
                yield from (
                    asked(lambda a=answer, n=name: getattr(a, n)) for name in ("equivalence", "tiers", "other_pay")
                )
                yield from (answer.attrition.sentence, answer.ladder.table, answer.ladder.left_out)
                yield asked(lambda a=answer: a.other_pay.table)
    for factor, typed in (("title", "swan marker"), ("country", "Ruritania"), ("employer", "Plover & Daughters")):
        yield asked(lambda f=factor, at=typed: sl.premium(p.sample, f, at), typed=typed)
        yield asked(lambda f=factor, at=typed: sl.premium(p.sample, f, base=at), typed=typed)
    for group in ("country", "title", "year", "work_mode"):
        by = asked(
            lambda g=group: sl.premium(p.sample, "education", "master", "bachelor", by=g, controls=["age_spline"])
        )
        yield by
        if isinstance(by, PremiumByGroup):
            yield from (by.sentence, by.notes, by.table, by.findings, by.figure)


def other_pay(p: Planted) -> Iterator[Any]:
    """Ask the standard sample, from which as many rows left as few: doubted, filled in."""
    for pair in (("master", "bachelor"), ("professional", "bachelor"), ("master", "professional")):
        answer = asked(lambda pair=pair: sl.premium(sl.draw(p.records), "education", *pair, controls=["age_spline"]))
        if isinstance(answer, Premium):
            found = asked(lambda answer=answer: answer.other_pay)
            yield from (found, found.table, found.findings) if isinstance(found, Variants) else (found,)


def descriptions(p: Planted) -> Iterator[Any]:
    names = ("title", "country", "education", "year", "field_of_study", "employer")
    for by in (*names, *itertools.permutations(names[:4], 2)):
        found = asked(lambda by=by: sl.describe(p.sample, by))
        yield found
        if isinstance(found, Description):
            yield from (found.table, found.cells, found.findings, found.figure, found.subtitle)


def derived(p: Planted) -> Iterator[Any]:
    """Cut pay and ages so that a few rows have a band of their own, and ask of it."""
    rich = sl.band("pay_annual_usd", [60_000, 900_000])
    text = pl.when(pl.col("country") == "Ruritania").then(pl.lit("swan marker")).otherwise(pl.lit("else"))
    sample = sl.derive(p.sample, rich=rich, where=text, tenfold=pl.col("pay_annual_usd") * 10)
    yield (sample, sl.describe(sample, "rich"), sl.describe(sample, "where"), sl.describe(sample, ("rich", "where")))
    yield from (asked(lambda f=f: sl.premium(sample, f)) for f in ("rich", "where"))
    yield asked(lambda: sl.ladder(sample, "where", [("raw", []), ("+ more", ["rich"])]).table)
    yield asked(lambda: sl.derive(p.sample, title=pl.col("country")))
    yield asked(lambda: sl.derive(p.sample, other=pl.col("titel")))
    yield asked(lambda: sl.band("title", [1]))
    yield asked(lambda: sl.band("age", [3, 2]))


def top_levels(p: Planted) -> Iterator[Any]:
    for name, least in itertools.product(("title", "country", "field_of_study", "education"), (30, 10, 1, 0)):
        yield asked(lambda name=name, least=least: sl.top_level(p.sample, name, at_least=least))


def breaks(p: Planted) -> Iterator[Any]:
    yield sl.after_last_break(p.sample, "title")


def real_prices_of_few(p: Planted) -> str:
    """Return the words on real pay where a few rows of a secret country have it."""
    rows = p.records.table.with_columns(
        pl.col("country").replace({"Ruritania": "US"}), pay_annual_real_usd="pay_annual_usd"
    )
    steps = (*p.records.steps, Ledger(rows).flag("real pay at the prices of 2024: pay without", pl.lit(True)).steps[0])
    told = replace(p.records, table=rows, steps=steps, asked=p.records.asked | {"pay_annual_real_usd"})
    said = sl.passport.real_prices(told)
    assert "US" not in said
    return said


def side_by_side(p: Planted) -> Iterator[Any]:
    for given in (
        {},
        {"factors": ["title", "country"], "labels": ["all", "crossed"]},
        {"unit": "percent"},
        {"beneath": "interval", "stars": True},
    ):
        table = sl.show.table.regression(p.estimate, p.crossed, **given)
        yield from (table, table.as_html(page=True), table.as_latex(), table.as_typst())
    yield asked(lambda: sl.show.table.regression(p.estimate, factors=["nothing"]))


def coefficient_plots(p: Planted) -> Iterator[Any]:
    yield sl.show.coefficients(p.estimate)
    yield sl.show.coefficients(p.estimate, p.crossed, labels=["all", "crossed"])
    yield from (sl.show.coefficients(p.estimate, factors=[name]) for name in ("title", "country", "education"))


def of_age(p: Planted) -> sl.Estimate:
    return sl.fit(sl.build(sl.Spec(factors=("title", "age_spline")), p.sample))


def adjusted(p: Planted) -> Iterator[Any]:
    for factor in ("title", "country", "education"):
        yield sl.show.adjusted_means(adjusted_means(p.estimate, factor, simultaneous=factor == "title"))


def gaps(p: Planted) -> Iterator[Any]:
    for level, folds in itertools.product(("analyst", "swan marker"), (2, 3)):
        yield asked(
            lambda level=level, folds=folds: sl.show.oaxaca(
                decompose.oaxaca(p.estimate, "title", level, folds=folds, common_support=True)
            ),
            typed=level,
        )


def changes(p: Planted) -> Iterator[Any]:
    for factor, level in (("title", "analyst"), ("title", "swan marker"), ("education", "professional")):
        yield asked(lambda f=factor, at=level: sl.show.gelbach(decompose.gelbach(p.estimate, f, at)), typed=level)


def along_quantiles(p: Planted) -> Iterator[Any]:
    found = distribution.quantile_regression(p.estimate.design, [0.25, 0.5, 0.75])
    for term in ("title[analyst]", "title[(under 10 rows)]", "education[professional]", "title[swan marker]"):
        yield asked(lambda term=term: sl.show.quantile_process(found, term), typed=term)


def contours(p: Planted) -> Iterator[Any]:
    for factor, level in (("title", "analyst"), ("title", "swan marker"), ("education", "master")):
        yield asked(
            lambda f=factor, at=level: sl.show.contour(trust.omitted(p.estimate, f, at, benchmarks=["country"])),
            typed=level,
        )


def released_premia(p: Planted) -> Released:
    """Return a premium at every level, released: as many equations as a curve is drawn of."""
    return release(sl.premia(p.estimate, "title"), ["value", "low", "high"])


Probe = Callable[[Planted], Iterator[Any] | list[Any]]
TITLES = ("swan marker", "engineer", "professional")

PROBES: dict[str, Probe] = {
    "FACTORS": lambda p: [sl.FACTORS],
    "Design": designs,
    "Estimate": estimates,
    "GroupPremia": groups,
    "Ladder": ladders,
    "Records": lambda p: [p.records, p.records.provenance.headline],
    "Restriction": restriction(sl.Restriction("pay is above zero", ("pay_annual_usd",), lambda _: pl.lit(True))),
    "Sample": samples,
    "Spec": lambda p: [p.estimate.design.spec, p.estimate.design.spec.formula],
    "after_last_break": breaks,
    "band": derived,
    "build": designs,
    "contrast": contrasts,
    "derive": derived,
    "describe": descriptions,
    "draw": samples,
    "employee": restriction(sl.employee),
    "first_usable": usables,
    "fit": estimates,
    "full_time_full_year": restriction(sl.full_time_full_year),
    "joint_test": lambda p: [
        *(sl.joint_test(p.estimate, name) for name in ("title", "country", "education")),
        sl.joint_test(p.crossed, "education:country"),
        asked(lambda: sl.joint_test(p.estimate, "nothing")),
    ],
    "ladder": ladders,
    "load": lambda p: [sl.load("demo"), asked(lambda: sl.load("swan"))],
    "main_pay_concept": restriction(sl.main_pay_concept),
    "only": restriction(sl.only(year=1987 + 37)),
    "passport": lambda p: [],  # function by function below
    "positive_pay": restriction(sl.positive_pay),
    "premium": questions,
    "premia": lambda p: [sl.premia(p.estimate, name) for name in ("title", "country", "education")],
    "premium_by": groups,
    "reported_pay": restriction(sl.reported_pay),
    "show": lambda p: [],  # function by function below
    "side_by_side": lambda p: [sl.side_by_side(sl.load("demo"))],
    "standard": lambda p: [sl.standard(p.records), sl.draw(p.records, sl.standard(p.records))],
    "top_level": top_levels,
    "usable": usables,
    "where": restriction(sl.where(pl.col("country") == "Ruritania", "lives there")),
    "working_age": restriction(sl.working_age),
    "passport.answered": lambda p: [sl.passport.answered(p.records)],
    "passport.fates": lambda p: [sl.passport.fates(p.records)],
    "passport.heaping": lambda p: [sl.passport.heaping(p.sample)],
    "passport.on_round_thousands": lambda p: [sl.passport.on_round_thousands(p.records, p.sample)],
    "passport.pay_by_year": lambda p: [sl.passport.pay_by_year(p.sample)],
    "passport.pay_distribution": lambda p: [sl.passport.pay_distribution(p.sample)],
    "passport.real_prices": lambda p: [sl.passport.real_prices(p.records), real_prices_of_few(p)],
    "passport.touched": lambda p: [
        sl.passport.touched(p.records, kind, "rows") for kind in ("merge", "reject", "repair", "flag")
    ],
    "passport.used": lambda p: [sl.passport.used(p.records, p.sample)],
    "passport.without_role": lambda p: [sl.passport.without_role(p.records)],
    "show.Figure": lambda p: [sl.show.flow(p.sample)],
    "show.Table": lambda p: [sl.show.table.attrition(p.sample)],
    "show.adjusted_means": adjusted,
    "show.coefficients": coefficient_plots,
    "show.contour": contours,
    "show.distribution": lambda p: [sl.show.distribution(p.sample)],
    "show.fates": lambda p: [sl.show.fates(p.records)],
    "show.findings": contrasts,  # it displays each as it displays itself
    "show.flow": lambda p: [sl.show.flow(p.sample), sl.show.flow(p.estimate.design.sample)],
    "show.gelbach": changes,
    "show.heaping": lambda p: [sl.show.heaping(p.sample)],
    "show.ladder": lambda p: [
        sl.show.ladder(p.ladder),
        *(asked(lambda at=at: sl.show.ladder(p.ladder, levels=[at])) for at in ("analyst", "(under 10 rows)")),
    ],
    "show.oaxaca": gaps,
    "show.premium_by": lambda p: [
        asked(lambda at=at: sl.show.premium_by(p.groups, at)) for at in ("master", "professional")
    ],
    "show.premium_map": lambda p: [sl.show.premium_map(p.groups)],
    "show.profile": lambda p: [sl.show.profile(curve(of_age(p), "age_spline", 40))],
    "show.quantile_process": along_quantiles,
    "show.quartiles": lambda p: [
        sl.describe(p.sample, by).figure for by in ("title", "country", ("education", "year"))
    ],
    "show.shapley": lambda p: [sl.show.shapley(decompose.shapley(p.estimate, draws=19))],
    "show.specification_curve": lambda p: [
        sl.show.specification_curve(released_premia(p), ["level"], subject="premium", headline="invented")
    ],
    "show.table": lambda p: [],  # function by function below
    "show.table.attrition": lambda p: [sl.show.table.attrition(s) for s in (p.sample, p.ladder.sample)],
    "show.table.audit": lambda p: [sl.show.table.audit(p.records)],
    "show.table.ladder": lambda p: [sl.show.table.ladder(p.ladder)],
    "show.table.pay_by_year": lambda p: [sl.show.table.pay_by_year(p.records, p.sample)],
    "show.table.premia": lambda p: [sl.show.table.premia(p.groups)],
    "show.table.regression": side_by_side,
    "show.table.terms": lambda p: [
        *(sl.show.table.terms(p.estimate, name) for name in ("title", "country", "education")),
        sl.show.table.terms(p.crossed, "education:country"),
    ],
    "show.table.variants": lambda p: [asked(lambda: sl.premium(p.sample, "education").other_pay.table)],
    "show.table.without_role": lambda p: [sl.show.table.without_role(p.records)],
    "show.unanswered": lambda p: [sl.show.unanswered(p.records)],
}


ROOMS = ("decompose", "distribution", "trust")


def public() -> set[str]:
    """Return every public name of the package, of the passport, and of what shows."""

    def functions(module: ModuleType, prefix: str) -> set[str]:
        found = inspect.getmembers(module, lambda item: inspect.isfunction(item) and item.__module__ == module.__name__)
        return {f"{prefix}.{name}" for name, _ in found if not name.startswith("_")}

    shown = {f"show.{name}" for name in sl.show.__all__}
    flat = set(sl.__all__) - set(ROOMS) - {"factor"}  # factor declares columns, and sees no row
    return flat | functions(sl.passport, "passport") | shown | functions(tables, "show.table")


def verbs_of_rooms() -> set[str]:
    """Return the public functions of the rooms of the model storey."""
    rooms = (getattr(sl, room) for room in ROOMS)
    return {name for room in rooms for name in room.__all__ if inspect.isfunction(getattr(room, name))}


def probed_beside_their_own_tests() -> set[str]:
    """Return what tests of the model storey try, each in a test of that name."""
    files = (Path(__file__).parent / "model").rglob("test_*.py")
    pattern = re.compile(r"^def test_(\w+)_gives_no_small_cell_away", flags=re.MULTILINE)
    return {name for file in files for name in pattern.findall(file.read_text(encoding="utf-8"))}


NUMBERS_ONLY = {
    *("fieller", "unmixed", "partial_r2", "robustness_value", "bounded"),
    *("adjust", "benjamini_hochberg", "benjamini_yekutieli", "holm"),
    *("quantile_bounds", "share_bounds", "imbens_manski"),
    *("dithered", "rearranged", "solve_quantile", "solve_quantiles"),
}
"""Verbs over numbers that the caller holds: they read no records."""

RESULTS = {"AdjustedMeans", "Combinations", "Curve", "Equivalence", "RankIntervals"}
"""What verbs return: tried where the verb is."""


def test_every_public_name_has_a_probe() -> None:
    beside = probed_beside_their_own_tests()
    assert public() - RESULTS == set(PROBES) | set(INSIDE) | (beside & public())


def test_every_verb_of_a_room_has_a_probe() -> None:
    assert verbs_of_rooms() - probed_beside_their_own_tests() - NUMBERS_ONLY == set()


MAKERS = {"Chart": "show/figure.py", "GT": "show/tabulation.py", "Released": "disclosure/cells.py"}
"""What makes a chart, a table, a released frame, and the one module that may call it."""


def test_charts_and_tables_are_made_from_released_frames_alone() -> None:
    package = Path(sl.__file__).parent
    calls = [
        (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""), path)
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    made = {(maker, path.relative_to(package).as_posix()) for maker, path in calls if maker in MAKERS}
    assert made == set(MAKERS.items())
    for refused in (drawing, lambda frame: sl.show.Table(frame, "t", "s", (), "x")._repr_mimebundle_()):
        with pytest.raises(AttributeError):
            refused(pl.DataFrame({"n": [1]}))  # type: ignore[operator]


# Degrees of freedom: a function of the sizes of the cells compared


def two_groups(make_records: Make, few: int, many: int) -> sl.Estimate:
    """Return the raw gap of two groups of so many rows."""
    pay = [50_000.0 + 137 * (i % 11) for i in range(few + many)]
    return sl.fit(
        sl.build(
            sl.Spec(factors=("title",)),
            sl.draw(make_records(pay_annual_usd=pay, title=["analyst"] * few + ["engineer"] * many), []),
        )
    )


@pytest.mark.parametrize("many", [15, 30, 80, 1_000])
def test_small_cells_of_different_sizes_are_told_with_the_same_degrees_of_freedom(
    make_records: Make, many: int
) -> None:
    estimates = [two_groups(make_records, few, many) for few in range(MIN_CELL, MIN_CELL + 5)]
    exact = {round(float(estimate.df[1]), 6) for estimate in estimates}
    assert len(exact) == 5  # each of them would name its cell's size
    told = [
        (
            sl.contrast(estimate, "title", "analyst").df,
            sl.contrast(estimate, "title", "analyst").record()["df"],
            sl.premia(estimate, "title")["df"].item(),
            estimate.terms.filter(pl.col("level") == "analyst")["df"].item(),
            sl.joint_test(estimate, "title").df,
            re.search(r"F\(1, (.+?)\)", sl.joint_test(estimate, "title").sentence)[1],  # type: ignore[index]
        )
        for estimate in estimates
    ]
    assert len(set(told)) == 1


def test_what_is_recorded_of_a_small_cell_fits_cells_of_several_sizes(make_records: Make) -> None:
    """From interval, standard error and detectable difference a reader works out degrees of freedom."""
    record = sl.contrast(two_groups(make_records, 12, 1_000), "title", "analyst").record()
    half = (record["high"] - record["low"]) / 2

    def fits(df: float) -> bool:
        """Tell whether some standard error in the told one's step gives the told interval and difference."""
        reach, power = float(stdtrit(df, 0.975)), float(stdtrit(df, 0.8))
        ses = np.linspace(0.9, 1.1, 4_001) * record["se"]
        told = [float(f"{se:.2g}") == record["se"] for se in ses]
        wide = np.abs(ses * reach - half) <= 1e-4
        found = [float(f"{se * (reach + power):.2g}") == record["detectable"] for se in ses]
        return bool((np.array(told) & wide & np.array(found)).any())

    assert sum(fits(float(n - 1)) for n in range(MIN_CELL, MIN_CELL + 5)) >= 3


def test_clusters_are_told_as_counts_are(planted: Planted) -> None:
    clustered = sl.fit(sl.build(sl.Spec(factors=("education",), clusters="employer"), planted.sample))
    told = sl.contrast(clustered, "education", "master").covariance
    clusters = int(clustered.df[0]) + 1
    assert clusters != round_count(clusters)
    assert told is not None
    assert "about 40 clusters, t(clusters − 1)" in told
    assert str(clusters) not in told


# What a reader sees of what a probe gave


def seen(given: Any) -> Iterator[Any]:
    """Yield all that is shown of a value: its text, its bundle, the rows of its frames, its page, its parts."""
    yield repr(given)
    yield str(given)
    if isinstance(given, (list, tuple, set)):
        for part in given:
            yield from seen(part)
    if isinstance(given, Released):
        yield from seen(given.frame)
    if isinstance(given, pl.DataFrame):
        yield given._repr_html_()
        yield given.to_dicts()
    if isinstance(given, Finding):
        yield [given.base, given.sentence]
    if hasattr(given, "_repr_mimebundle_"):
        bundle = given._repr_mimebundle_()
        if table := bundle.pop(TABLE_MIME, None):  # its cells by the names of their columns, for the counts among them
            rows = table.pop("rows")
            yield [table, [dict(zip(table["columns"], row, strict=True)) for row in rows]]
        yield bundle
        if isinstance(given, sl.show.Figure):
            yield embed.chart(given.spec, 1)
        if isinstance(given, sl.show.Table):
            yield given.cells.to_dicts()


def counts_in(content: Any, key: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number under a name that counts rows, anywhere in what is shown."""
    if isinstance(content, Mapping):
        for name, part in content.items():
            yield from counts_in(part, str(name))
    elif isinstance(content, (list, tuple)):
        for part in content:
            yield from counts_in(part, key)
    elif key.replace(" ", "_") in COUNTS and not isinstance(content, bool):
        if isinstance(content, (int, float)):
            yield key, content
        elif re.fullmatch(r"[\d,]+", str(content)):
            yield key, int(str(content).replace(",", ""))


def pay_as_told(pay: float) -> set[str]:
    """Return an amount as it might stand somewhere: by its digits, with separators, rounded."""
    rounded = {pay, *(float(f"{pay:.{digits}g}") for digits in (3, 4, 5))}
    hourly = {pay / 12, pay / 2_080}
    return {form for amount in rounded for form in (f"{amount:.0f}", f"{amount:,.0f}")} | {f"{h:.2f}" for h in hourly}


SECRET = re.compile(
    rf"(?<![\d.])(?:{'|'.join(map(re.escape, sorted((*SECRET_TEXTS, *pay_as_told(SECRET_PAY)))))})(?!\d)"
)


def leaks(content: Any) -> list[str]:
    """Return what a reader would learn of a small cell: its pay, its text, its size, or an exact number of rows."""
    text = content if isinstance(content, str) else json.dumps(content, default=str, ensure_ascii=False)
    found = SECRET.findall(text)
    found += SMALL_COUNT.findall(text)
    told = [int(number.replace(",", "")) for number in EXACT_COUNT.findall(text)]
    found += [f"{n} rows" for n in told if n != round_count(n)]
    found += [f"{key}: {n}" for key, n in counts_in(content) if 0 < n < MIN_CELL or n != round_count(int(n))]
    return found


@pytest.mark.parametrize("name", PROBES)
def test_no_small_cell_leaves(name: str, planted: Planted) -> None:
    assert [leak for given in PROBES[name](planted) for shown in seen(given) for leak in leaks(shown)] == []


@pytest.mark.parametrize(
    "content",
    [
        "the swan marker",
        "paid 987,700",
        "Kept 3 rows",
        {"data": [{"n": 4}]},
        {"n": 1053},
        "1,053 rows",
        [{"rows_lost": 9}],
    ],
)
def test_the_probe_sees_a_leak(content: Any) -> None:
    assert leaks(content)


def test_the_probe_is_quiet_where_nothing_leaks() -> None:
    assert leaks({"n": 1100, "text": "fewer than 10 rows; about 1,100 rows; under 10 rows", "rows_lost": None}) == []
