"""The premium: the declared headline with money and both sides' rows, everybody's gap, and the ladder beneath."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf

import salarylab as sl
from salarylab.disclosure import show_count
from salarylab.errors import ModelError
from salarylab.model.distribution.interval import interval
from salarylab.model.distribution.nonlinear import premium as premium_of_bands
from salarylab.model.estimate import Estimate
from salarylab.questions import PremiumByGroup
from salarylab.show.answer import FINDINGS_MIME
from salarylab.unanswered import UNANSWERED_MIME, Unanswered

People = Callable[..., Any]


def frame(columns: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame({name: values for name, values in columns.items() if len(values)})
    table["pay"] = np.log(table["pay_annual_usd"].astype(float))
    return table


def spline(years: pd.Series) -> pd.DataFrame:
    """Return Harrell's restricted cubic basis at the declared knots, by his formula."""
    t = [2.0, 6.0, 12.0, 20.0, 32.0]
    cube = lambda u: np.maximum(u, 0) ** 3  # noqa: E731
    terms = {"s0": years}
    for j in range(3):
        terms[f"s{j + 1}"] = (
            cube(years - t[j])
            - cube(years - t[3]) * (t[4] - t[j]) / (t[4] - t[3])
            + cube(years - t[4]) * (t[3] - t[j]) / (t[4] - t[3])
        ) / (t[4] - t[0]) ** 2
    return pd.DataFrame(terms)


# The headline


def test_the_headline_is_a_formula_regression_at_the_declared_tier(people: People) -> None:
    sample, columns = people()
    answer = sl.premium(sample, "education")
    assert (answer.level, answer.base, answer.tier, answer.rung.label) == ("bachelor", "secondary", "place", "+ place")
    table = frame(columns)
    table = pd.concat([table, spline(table["experience_years"])], axis=1)
    formula = "pay ~ C(education, Treatment('secondary')) + s0 + s1 + s2 + s3 + C(year) + C(country)"
    expected = smf.ols(formula, table).fit(cov_type="HC2", use_t=True)
    name = "C(education, Treatment('secondary'))[T.bachelor]"
    found = answer.headline
    assert found.value == pytest.approx(expected.params[name], rel=1e-8)
    assert found.se == pytest.approx(expected.bse[name], rel=1e-8)
    with_job = smf.ols(f"{formula} + C(role)", table).fit().params[name]
    assert f"with the job held equal too, {100 * math.expm1(with_job):.1f}% more" in found.sentence
    raw = table.groupby("education")["pay"].mean()
    assert answer.raw.value == pytest.approx(raw["bachelor"] - raw["secondary"], rel=1e-9)


def test_the_sentence_says_percent_interval_money_what_is_held_equal_and_the_rows_on_both_sides(people: People) -> None:
    sample, columns = people()
    found = sl.premium(sample, "education").headline
    percents = [100 * math.expm1(x) for x in (found.value, found.low, found.high)]
    told = found.sentence
    start = f"A bachelor's degree goes with {percents[0]:.1f}% more pay a year than secondary school"
    assert told.startswith(f"{start} (95% interval {percents[1]:+.1f}% to {percents[2]:+.1f}%)")
    assert ", experience, year and country held equal:" in told
    money = re.search(r"about ([\d,]+) against ([\d,]+) US dollars", told)
    assert money is not None
    high, low = (float(amount.replace(",", "")) for amount in money.groups())
    assert high / low == pytest.approx(math.exp(found.value), rel=0.005)
    sides = [show_count(columns["education"].count(at)).removeprefix("about ") for at in ("bachelor", "secondary")]
    assert told.endswith(f"{sides[0]} people beside {sides[1]}.")
    assert "role" not in told.split(":")[0]


def test_a_pair_the_other_way_round_is_less_by_the_same_log_points(people: People) -> None:
    sample, _ = people()
    one = sl.premium(sample, "education", "bachelor", "secondary").headline
    other = sl.premium(sample, "education", "secondary", "bachelor").headline
    assert other.value == pytest.approx(-one.value, rel=1e-9)
    assert f"{-100 * math.expm1(other.value):.1f}% less pay" in other.sentence


def test_postings_are_called_that_and_hourly_pay_is_by_the_hour(people: People) -> None:
    hourly = [15.0 + i % 30 for i in range(1_500)]
    sample, _ = people(observation=["posting"] * 1_500, pay_hourly_usd=hourly)
    told = sl.premium(sample, "education").headline.sentence
    assert "postings beside" in told
    assert "people" not in told
    assert "pay an hour than" in told


@pytest.mark.parametrize(
    ("controls", "held"),
    [
        ("person", ("experience_spline", "year")),
        ("place", ("experience_spline", "year", "country")),
        ("job", ("experience_spline", "year", "country", "role")),
        ("employer", ("experience_spline", "year", "country", "role")),  # nothing of the employer was asked
        (["role"], ("role",)),
        (["country", "year"], ("country", "year")),
        ([], ()),
    ],
)
def test_the_tier_or_controls_of_ones_own_decide_the_headline(
    people: People, controls: str | list[str], held: tuple[str, ...]
) -> None:
    sample, _ = people()
    answer = sl.premium(sample, "education", controls=controls)
    assert answer.rung.held == held
    spec = sl.Spec(factors=("education", *held), bases={"education": "secondary"})
    expected = sl.contrast(sl.fit(sl.build(spec, sample)), "education", "bachelor", "secondary")
    assert answer.headline.value == pytest.approx(expected.value, rel=1e-9)
    # the ladder's order is person, place, job whatever the headline
    labels = [rung.label for rung in answer.ladder.rungs]
    if isinstance(controls, str):
        assert labels == ["who answered all", "+ person", "+ place", "+ job"]


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ({"controls": "jobs"}, "did you mean 'job'"),
        ({"controls": ["countr"]}, "did you mean 'country'"),
        ({"by": "contry"}, "did you mean 'country'"),
        ({"level": "masters"}, "did you mean 'master'"),
    ],
)
def test_names_that_are_not_declared_are_refused_with_a_suggestion(
    people: People, asked: dict[str, Any], about: str
) -> None:
    sample, _ = people(n=400)
    with pytest.raises(ModelError, match=about):
        sl.premium(sample, "education", **asked)


# Who is compared


def test_one_more_column_does_not_move_everybodys_gap(people: People) -> None:
    _, columns = people()
    pay = np.log(columns["pay_annual_usd"])
    silent = [degree == "bachelor" and amount > 10.95 for degree, amount in zip(columns["education"], pay, strict=True)]
    more = [None if s else r for s, r in zip(silent, columns["role"], strict=True)]
    whole = sl.premium(people()[0], "education")
    fewer = sl.premium(people(role=more, title=[None] * 1_500)[0], "education", controls="job")
    assert fewer.raw.value == pytest.approx(whole.raw.value, rel=1e-12)
    assert fewer.raw.n == whole.raw.n == 1_500
    answered = [rung.estimate.n for rung in fewer.ladder.rungs]
    assert answered == [1_500 - sum(silent)] * len(answered)
    # where the gap moved it is said on the first screen, and where nobody left it is not
    assert fewer.attrition.matters
    assert fewer.attrition.sentence in fewer.lines
    assert fewer.attrition.sentence in fewer._repr_mimebundle_()["text/plain"]
    assert not whole.attrition.matters
    assert "did not answer every control" not in " ".join(whole.lines)


def test_the_raw_gap_comes_after_the_headline(people: People) -> None:
    answer = sl.premium(people()[0], "education")
    first, second, *rungs = answer.findings
    assert (first.sentence, second.value) == (answer.headline.sentence, answer.raw.value)
    assert [one.value for one in rungs] == [
        sl.contrast(rung.estimate, "education", "bachelor", "secondary").value
        for rung in answer.ladder.rungs[1:]
        if rung is not answer.rung
    ]
    text = answer._repr_mimebundle_()["text/plain"]
    assert text.startswith(first.sentence)
    assert text.index("Without anything held equal") > text.index("goes with")
    sentences = [one.sentence for one in answer.findings]
    assert len(set(sentences)) == len(sentences)  # no sentence twice


def test_a_row_of_another_country_breaks_no_report(people: People) -> None:
    sample, _ = people(country=["US"] * 1_499 + ["FI"])
    answer = sl.premium(sample, "education")
    assert "country: one value only" in answer.ladder.left_out
    assert answer.ladder.everybody.n == 1_500
    assert answer.headline.value is not None
    assert isinstance(sl.premium(sample, "country"), Unanswered)
    assert isinstance(answer.by("country"), Unanswered)


def test_a_title_without_a_role_is_a_level_and_keeps_its_rows(people: People) -> None:
    _, columns = people()
    role = [None if i % 4 == 0 else r for i, r in enumerate(columns["role"])]
    sample, columns = people(role=role)
    answer = sl.premium(sample, "education", controls="job")
    every, known = answer.ladder.rungs[-2:]
    assert every.estimate.n == 1_500
    assert known.label == f"{every.label}, roles known"
    assert known.estimate.n == 1_125
    table = frame(columns)
    table["role"] = table["role"].fillna("no role known")
    table = pd.concat([table, spline(table["experience_years"])], axis=1)
    formula = "pay ~ C(education, Treatment('secondary')) + s0 + s1 + s2 + s3 + C(year) + C(country) + C(role)"
    expected = smf.ols(formula, table).fit().params["C(education, Treatment('secondary'))[T.bachelor]"]
    assert answer.headline.value == pytest.approx(expected, rel=1e-8)


def test_a_region_asked_in_one_country_lies_within_it(people: People) -> None:
    _, columns = people()
    region = [f"US-{i % 4}" if c == "US" else None for i, c in enumerate(columns["country"])]
    sample, columns = people(region=region)
    answer = sl.premium(sample, "education")
    assert answer.ladder.rungs[0].estimate.n == 1_500
    assert answer.rung.held == ("experience_spline", "year", "region")
    table = frame(columns)
    # by hand: regions of the country that was asked, and each other country and nothing more
    table["place"] = [r or c for r, c in zip(region, table["country"], strict=True)]
    table = pd.concat([table, spline(table["experience_years"])], axis=1)
    formula = "pay ~ C(education, Treatment('secondary')) + s0 + s1 + s2 + s3 + C(year) + C(place)"
    expected = smf.ols(formula, table).fit().params["C(education, Treatment('secondary'))[T.bachelor]"]
    assert answer.headline.value == pytest.approx(expected, rel=1e-8)


def test_a_wave_that_did_not_ask_keeps_its_rows_and_is_named(people: People) -> None:
    _, columns = people()
    country = [None if y == 2023 else c for y, c in zip(columns["year"], columns["country"], strict=True)]
    sample, columns = people(country=country)
    answer = sl.premium(sample, "education")
    assert answer.ladder.rungs[0].estimate.n == 1_500
    assert "country (asked in 2024 alone) held equal" in answer.headline.sentence
    table = frame(columns)
    for place in ("US", "SE"):
        table[place] = ((table["country"] == place) & (table["year"] == 2024)).astype(float)
    table = pd.concat([table, spline(table["experience_years"])], axis=1)
    formula = "pay ~ C(education, Treatment('secondary')) + s0 + s1 + s2 + s3 + C(year) + US + SE"
    expected = smf.ols(formula, table).fit(cov_type="HC2", use_t=True)
    name = "C(education, Treatment('secondary'))[T.bachelor]"
    assert answer.headline.value == pytest.approx(expected.params[name], rel=1e-8)
    assert answer.headline.se == pytest.approx(expected.bse[name], rel=1e-8)


def test_a_wave_that_did_not_ask_the_factor_is_named(people: People) -> None:
    _, columns = people()
    degree = [None if y == 2023 else d for y, d in zip(columns["year"], columns["education"], strict=True)]
    answer = sl.premium(people(education=degree)[0], "education")
    assert "Asked in 2024; not in 2023." in answer.lines
    assert "Asked in" not in " ".join(sl.premium(people()[0], "education").lines)


def test_an_employer_is_absorbed_and_the_last_rung_is_that_with_dummies(people: People) -> None:
    sample, columns = people(employer=[f"e{i % 9}" for i in range(1_500)])
    answer = sl.premium(sample, "education")
    assert answer.tier == "place"
    last = answer.ladder.rungs[-1]
    assert (last.label, last.estimate.design.spec.absorbed) == ("+ employer", "employer")
    table = frame(columns)
    table = pd.concat([table, spline(table["experience_years"])], axis=1)
    formula = (
        "pay ~ C(education, Treatment('secondary')) + s0 + s1 + s2 + s3 + C(year) + C(country) + C(role) + C(employer)"
    )
    expected = smf.ols(formula, table).fit().params["C(education, Treatment('secondary'))[T.bachelor]"]
    found = sl.contrast(last.estimate, "education", "bachelor", "secondary")
    assert found.value == pytest.approx(expected, rel=1e-8)


def test_few_rows_and_a_base_that_is_not_there_are_said(people: People) -> None:
    sample, _ = people(n=260)
    few = sl.premium(sample, "education", "master", "secondary")
    assert "Few rows: no declared pair of levels has a hundred on both sides." in few.lines
    nearest = sl.premium(people()[0], "education", "master", "some college")
    assert nearest.base == "secondary"
    said = "No 10 rows of this sample are some college: compared with secondary, the nearest level."
    assert said in nearest.lines


# What has no answer


def test_what_was_never_asked_is_an_answer_with_nothing_to_show_twice(people: People) -> None:
    sample, _ = people(n=300)
    answer = sl.premium(sample, "work_mode")
    assert isinstance(answer, Unanswered)
    assert answer.kind == "Not asked"
    assert UNANSWERED_MIME in answer._repr_mimebundle_()
    assert answer.ladder.reason == answer.reason
    assert sl.premium(sample, "education", answer.level, answer.base) is not None  # of an answer that there was none of
    assert str(sl.premium(sample, "education", controls=["industry"])) == "Not asked: invented never asked industry."
    assert isinstance(sl.premium(sample, "education", by="industry"), Unanswered)


def test_the_first_control_of_ones_own_is_the_question_and_others_are_left_out_and_said(people: People) -> None:
    sample, _ = people(n=600)
    answer = sl.premium(sample, "education", controls=["role", "industry"])
    assert answer.rung.held == ("role",)
    assert "industry: never asked" in answer.ladder.left_out
    assert isinstance(sl.premium(sample, "education", controls=["industry", "role"]), Unanswered)


# By group


def test_the_premium_by_group_holds_the_ladders_own_controls(people: People) -> None:
    sample, columns = people()
    answer = sl.premium(sample, "education")
    by = answer.by("country")
    assert isinstance(by, PremiumByGroup)
    table = frame(columns)
    table = pd.concat([table, spline(table["experience_years"])], axis=1)
    formula = "pay ~ C(education, Treatment('secondary')) * C(country) + s0 + s1 + s2 + s3 + C(year)"
    fitted = smf.ols(formula, table).fit(cov_type="HC2", use_t=True)
    main = "C(education, Treatment('secondary'))[T.bachelor]"
    told = dict(by.table.select("group", "value").iter_rows())
    assert told["FI"] == pytest.approx(fitted.params[main], rel=1e-8)
    for place in ("SE", "US"):
        assert told[place] == pytest.approx(
            fitted.params[main] + fitted.params[f"{main}:C(country)[T.{place}]"], rel=1e-8
        )
    (same,) = [one for one in by.findings if one.unit == "p-value"]
    wald = fitted.wald_test(
        [[float(n == f"{main}:C(country)[T.{p}]") for n in fitted.params.index] for p in ("SE", "US")],
        use_f=True,
        scalar=True,
    )
    assert same.value == pytest.approx(float(wald.pvalue), rel=0.02)  # Hotelling's form of the same statistic
    assert "experience and year" in by.notes[-1]
    assert sl.premium(sample, "education", by="country").table.equals(by.table)


def test_the_sentence_of_groups_names_the_largest_and_the_smallest(people: People) -> None:
    by = sl.premium(people()[0], "education", by="country")
    ordered = by.table.sort("value", descending=True)
    told = by.sentence
    for row in (ordered.row(0, named=True), ordered.row(-1, named=True)):
        assert f"{100 * math.expm1(row['value']):.1f}% more in {row['group']}" in told
    assert told.startswith("A bachelor's degree over secondary school, by country: from ")


def test_groups_with_few_rows_are_no_comparison(people: People) -> None:
    sample, _ = people(country=["US"] * 1_490 + ["FI"] * 10)
    assert isinstance(sl.premium(sample, "education", by="country"), Unanswered)


# Bands


def bands(columns: dict[str, Any]) -> dict[str, Any]:
    edges = np.array([0, 20, 27, 35, 45, 60, 85, np.inf]) * 1000.0
    place = np.searchsorted(edges, columns["pay_annual_usd"], side="right")
    low, high = edges[place - 1].tolist(), edges[place].tolist()
    return {
        "pay_annual_usd": [None if np.isinf(b) else (a + b) / 2 for a, b in zip(low, high, strict=True)],
        "pay_low_usd": low,
        "pay_high_usd": [None if np.isinf(b) else b for b in high],
    }


def test_bands_are_bands_at_every_rung(people: People) -> None:
    _, columns = people()
    sample, _ = people(**bands(columns))
    answer = sl.premium(sample, "education")
    assert not isinstance(answer.rung.estimate, Estimate)
    spec = sl.Spec(factors=("education", *answer.rung.held), bases={"education": "secondary"})
    expected = premium_of_bands(interval(spec, sample), "education", "bachelor", "secondary")
    found = answer.headline
    assert (found.value, found.se, found.n) == pytest.approx((expected.value, expected.se, 1_500), rel=1e-7)
    assert any(line.startswith("Pay is known in bands: interval regression") for line in answer.lines)
    exact = sl.premium(people()[0], "education").headline.value
    assert found.value == pytest.approx(exact, abs=0.02)
    assert isinstance(answer.tiers, Unanswered)
    assert (
        answer.equivalence.finding == sl.equivalence(answer.rung.estimate, "education", "bachelor", "secondary").finding
    )
    told = dict(answer.other_pay.rows)
    middles = frame(columns | bands(columns)).dropna(subset=["pay"])
    table = pd.concat([middles, spline(middles["experience_years"])], axis=1)
    formula = "pay ~ C(education, Treatment('secondary')) + s0 + s1 + s2 + s3 + C(year) + C(country)"
    by_middles = smf.ols(formula, table).fit().params["C(education, Treatment('secondary'))[T.bachelor]"]
    assert told["bands as stated"].value == found.value
    assert told["the middles of bands, by least squares"].value == pytest.approx(by_middles, rel=1e-8)


# What stands beside it


def test_what_each_tier_takes_adds_up_to_the_move_of_the_gap(people: People) -> None:
    answer = sl.premium(people()[0], "education")
    taken = answer.tiers.table
    first = sl.contrast(answer.ladder.rungs[0].estimate, "education", "bachelor", "secondary").value
    last = sl.contrast(answer.ladder.last, "education", "bachelor", "secondary").value
    tiers = taken.filter(pl.col("block").is_in(["person", "place", "job"]))
    assert tiers["block"].to_list() == ["person", "place", "job"]
    assert tiers["value"].sum() == pytest.approx(first - last, rel=1e-6)


def test_equivalence_is_of_the_headline(people: People) -> None:
    answer = sl.premium(people()[0], "education")
    expected = sl.equivalence(answer.rung.estimate, "education", "bachelor", "secondary")
    assert answer.equivalence.finding == expected.finding


def test_pay_that_was_doubted_and_filled_in_stands_beside_the_headline(people: People) -> None:
    n = 1_500
    _, columns = people()
    pay = list(columns["pay_annual_usd"])
    doubted = [i % 25 == 3 for i in range(n)]
    filled = [i % 12 == 5 for i in range(n)]
    pay = [p * 12 if d else p for p, d in zip(pay, doubted, strict=True)]
    sample, columns = people(
        pay_annual_usd=pay,
        pay_doubt=["monthly" if d else None for d in doubted],
        imputed=[["pay_annual_usd"] if f else [] for f in filled],
    )
    answer = sl.premium(sample, "education", controls=["country"])
    told = dict(answer.other_pay.rows)
    table = frame(columns)

    def gap(rows: Any) -> float:
        fit = smf.ols("pay ~ C(education, Treatment('secondary')) + C(country)", table[rows]).fit()
        return float(fit.params["C(education, Treatment('secondary'))[T.bachelor]"])

    d, f = np.array(doubted), np.array(filled)
    assert told["as stated"].value == pytest.approx(gap(~d & ~f), rel=1e-8)
    assert told["with pay that the publisher filled in"].value == pytest.approx(gap(~d), rel=1e-8)
    assert told["with pay that was doubted"].value == pytest.approx(gap(~f), rel=1e-8)
    assert told["as stated, weighted for those who did not state it"].value == pytest.approx(gap(~d & ~f), abs=0.01)


@pytest.mark.parametrize("few", [1, 9, 10])
def test_pay_of_fewer_than_ten_that_was_filled_in_is_no_line(people: People, few: int) -> None:
    """Nine rows are too few for a probability of having stated pay: the page ended in a refusal."""
    _, columns = people()
    own = [i for i, degree in enumerate(columns["education"]) if degree != "master"][:few]
    sample, _ = people(imputed=[["pay_annual_usd"] if i in own else [] for i in range(1_500)])
    told = sl.premium(sample, "education", controls=["country"]).other_pay
    assert len(told.rows) == (3 if few == 10 else 1)


def test_the_answer_shows_itself_whole(people: People) -> None:
    answer = sl.premium(people()[0], "education")
    bundle = answer._repr_mimebundle_()
    assert [one["sentence"] for one in bundle[FINDINGS_MIME]] == [one.sentence for one in answer.findings]
    assert "Invented rows" in bundle["text/plain"]
    assert answer.table["rung"].to_list() == ["everybody", "who answered all", "+ person", "+ place", "+ job"]
    assert len(answer.figure.spec["datasets"]) >= 1


def test_the_last_rung_is_shown_without_unread_titles_too(people: People) -> None:
    _, columns = people()
    role = [None if i % 4 == 0 else r for i, r in enumerate(columns["role"])]
    answer = sl.premium(people(role=role)[0], "education", controls="job")
    last, known = answer.ladder.rungs[-2:]
    assert (last.label, known.label) == ("+ job", "+ job, roles known")
    assert (last.estimate.n, known.estimate.n) == (1_500, 1_125)
    table = frame(columns)[[r is not None for r in role]]
    table = pd.concat([table, spline(table["experience_years"])], axis=1)
    formula = "pay ~ C(education, Treatment('secondary')) + s0 + s1 + s2 + s3 + C(year) + C(country) + C(role)"
    expected = smf.ols(formula, table).fit().params["C(education, Treatment('secondary'))[T.bachelor]"]
    found = sl.contrast(known.estimate, "education", "bachelor", "secondary").value
    assert found == pytest.approx(expected, rel=1e-8)
    assert answer.rung.label == "+ job"  # the headline keeps everybody


def test_one_role_beside_unread_titles_ends_no_page(people: People) -> None:
    role = [None if i % 4 == 0 else "nurse" for i in range(1_500)]
    answer = sl.premium(people(role=role)[0], "education", controls="job")
    assert answer.headline.value is not None


@pytest.mark.parametrize("side", ["bachelor", "secondary"])
def test_a_side_whose_titles_were_never_read_has_no_rung_of_known_roles(people: People, side: str) -> None:
    _, columns = people()
    role = [None if d == side else r for d, r in zip(columns["education"], columns["role"], strict=True)]
    answer = sl.premium(people(role=role)[0], "education", "bachelor", "secondary", controls="job")
    assert not any(rung.label.endswith("roles known") for rung in answer.ladder.rungs)
