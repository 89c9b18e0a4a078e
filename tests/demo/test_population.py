"""Truth: the planted premia come back from the clean population by plain least squares."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from salarylab import demo, schema
from salarylab.demo import makeup, places, planted
from salarylab.errors import VocabularyError

ROWS = 200_000


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[float, float]]:
    """Return estimate and HC0 standard error of every planted premium, from one regression on all of them."""
    needed = ["pay_hourly_usd", "experience_years", "skill_areas", "skills", "year", "country", "role"]
    needed += ["education", "seniority", "role_family", "industry", "org_size", "work_mode"]
    people = demo.population(ROWS, seed=11, columns=needed)
    columns = _columns(people)
    design = np.column_stack(list(columns.values()))
    log_pay = np.log(people["pay_hourly_usd"].to_numpy())
    bread = np.linalg.inv(design.T @ design)
    terms = bread @ (design.T @ log_pay)
    scores = design * (log_pay - design @ terms)[:, None]
    errors = np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread))
    return {name: (float(b), float(se)) for name, b, se in zip(columns, terms, errors, strict=True)}


def _columns(people: pl.DataFrame) -> dict[str, np.ndarray]:
    def is_level(name: str, level: object) -> np.ndarray:
        return (people[name].cast(pl.String) == str(level)).to_numpy().astype(float)

    years = people["experience_years"].to_numpy()
    columns = {"base": np.ones(len(people)), "linear": years, "square": years**2}
    columns |= {f"{name}={level}": is_level(name, level) for name, level in PREMIA if PREMIA[name, level]}
    doctor = is_level("education", "doctorate")
    columns |= {
        f"doctorate:{family}": doctor * is_level("role_family", family)
        for family, extra in planted.DOCTORATE_BY_FAMILY.items()
        if extra
    }
    areas = people["skill_areas"].cast(pl.List(pl.String))
    columns |= {area: areas.list.contains(area).to_numpy().astype(float) for area in planted.SKILL_AREAS}
    fading = people["skills"].list.contains(planted.FADING_SKILL).to_numpy().astype(float)
    return columns | {f"fading {year}": fading * is_level("year", year) for year in places.YEARS}


PREMIA: dict[tuple[str, str], float] = {
    (name, str(level)): premium
    for name, premia in (
        ("year", planted.YEAR),
        ("country", {place.country: place.premium for place in places.PLACES}),
        ("education", planted.EDUCATION),
        ("seniority", planted.SENIORITY),
        ("role_family", planted.ROLE_FAMILY),
        ("role", {role: premium for roles in planted.ROLES.values() for role, premium in roles.items()}),
        ("industry", planted.INDUSTRY),
        ("org_size", planted.ORG_SIZE),
        ("work_mode", planted.WORK_MODE),
    )
    for level, premium in premia.items()
}
EXPECTED = (
    {"base": planted.LOG_HOURLY, "linear": planted.EXPERIENCE_LINEAR, "square": planted.EXPERIENCE_SQUARE}
    | {f"{name}={level}": premium for (name, level), premium in PREMIA.items() if premium}
    | {f"doctorate:{family}": extra for family, extra in planted.DOCTORATE_BY_FAMILY.items() if extra}
    | dict(planted.SKILL_AREAS)
    | {f"fading {year}": premium for year, premium in planted.FADING_PREMIUM.items()}
)


def test_every_planted_premium_comes_back(found: dict[str, tuple[float, float]]) -> None:
    assert set(found) == set(EXPECTED)
    distance = {name: abs(b - EXPECTED[name]) / se for name, (b, se) in found.items()}
    # 4.5 standard errors: about one in a thousand sets of sixty-odd terms would exceed it by chance
    assert max(distance.values()) < 4.5, max(distance, key=lambda name: distance[name])
    assert np.sqrt(np.mean(np.square(list(distance.values())))) == pytest.approx(1.0, abs=0.35)


def test_a_doctorate_is_worth_much_in_core_ai_and_nothing_in_product_roles() -> None:
    worth = {f: planted.EDUCATION["doctorate"] + more for f, more in planted.DOCTORATE_BY_FAMILY.items()}
    assert worth["core AI"] >= 0.25
    assert worth["non-technical AI"] == pytest.approx(0.0, abs=1e-12)


def test_the_fading_skill_falls_to_nothing() -> None:
    premia = list(planted.FADING_PREMIUM.values())
    assert premia == sorted(premia, reverse=True)
    assert premia[-1] == 0.0


def test_pay_mix_by_size_comes_back() -> None:
    people = demo.population(ROWS, seed=12, columns=["org_size", "base_usd", "bonus_usd", "equity_usd"])
    ratios = people.group_by("org_size").agg(
        (pl.col(f"{part}_usd") / pl.col("base_usd")).mean().alias(part) for part in ("bonus", "equity")
    )
    for size, bonus, equity in ratios.iter_rows():
        base_share, bonus_share, equity_share = planted.PAY_MIX[size]
        assert bonus == pytest.approx(bonus_share / base_share, rel=0.03)
        assert equity == pytest.approx(equity_share / base_share, rel=0.03)


def test_shares_add_up_to_one() -> None:
    tables = [makeup.ROLE, makeup.EDUCATION, makeup.INDUSTRY, makeup.ORG_SIZE, makeup.FIELDS]
    rows = [row for table in tables for row in table.values()] + [*makeup.SENIORITY, *planted.PAY_MIX.values()]
    rows += [makeup.YEAR, makeup.ROLE_FAMILY, tuple(place.share for place in places.PLACES)]
    rows += [tuple(t.values()) for t in (makeup.EMPLOYMENT, makeup.FULL_HOURS, makeup.PART_HOURS, makeup.GENDER)]
    assert [sum(row) for row in rows] == pytest.approx([1.0] * len(rows))


def test_makeup_is_declared_in_the_order_of_the_equation() -> None:
    families = tuple(planted.ROLE_FAMILY)
    by_family = [makeup.ROLE, makeup.EDUCATION, makeup.INDUSTRY, makeup.REMOTE, makeup.SKILL_AREAS, makeup.FIELDS]
    assert all(tuple(table) == families for table in (*by_family, planted.ROLES, planted.DOCTORATE_BY_FAMILY))
    assert tuple(makeup.ORG_SIZE) == tuple(makeup.TRADES) == tuple(planted.INDUSTRY)
    assert tuple(makeup.EXPERIENCE_SCALE) == tuple(planted.EDUCATION)
    assert tuple(planted.NOISE) == tuple(makeup.LEADS_PEOPLE) == tuple(planted.SENIORITY)


def test_asking_for_fewer_columns_gives_the_same_workers() -> None:
    whole = demo.population(500, seed=3)
    some = demo.population(500, seed=3, columns=["work_mode", "pay_hourly_usd"])
    assert some.equals(whole.select("work_mode", "pay_hourly_usd"))
    assert all(whole.schema[name] == schema.column(name).dtype for name in whole.columns)


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(VocabularyError, match="did you mean 'education'"):
        demo.population(5, columns=["educaton"])
