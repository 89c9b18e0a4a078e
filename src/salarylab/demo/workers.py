"""Workers: people drawn from the declared make-up, and what the planted equation pays them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from salarylab.demo import makeup, planted
from salarylab.demo.places import PLACES, YEARS

Array = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]

GROUPS = 20
"""Random groups for the jackknife."""

WEIGHT_STEP = GROUPS - 1
"""Weights are multiples of 19 persons, so that a replicate weight, w · 20/19, is a whole number too."""

LEVELS: dict[str, tuple[str, ...]] = {
    "year": tuple(map(str, YEARS)),
    "country": tuple(place.country for place in PLACES),
    "role_family": tuple(planted.ROLE_FAMILY),
    "role": tuple(role for roles in planted.ROLES.values() for role in roles),
    "education": tuple(planted.EDUCATION),
    "seniority": tuple(planted.SENIORITY),
    "industry": tuple(planted.INDUSTRY),
    "org_size": tuple(planted.ORG_SIZE),
    "work_mode": tuple(planted.WORK_MODE),
    "employment": tuple(makeup.EMPLOYMENT),
    "gender": tuple(makeup.GENDER),
    "field_of_study": makeup.FIELD_NAMES,
    "employer_stem": makeup.STEMS,
}
"""What each code stands for: the levels, in the order in which they are declared."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Hold drawn workers as arrays of one length: codes into ``LEVELS``, numbers, and yes or no."""

    codes: Mapping[str, Codes]
    numbers: Mapping[str, Array]
    flags: Mapping[str, Flags]

    def __len__(self) -> int:
        return len(self.numbers["log_hourly"])


def draw_workers(rows: int, rng: np.random.Generator) -> Workers:
    """Draw workers independently of each other, with their log USD of base pay an hour."""
    codes = _jobs(rows, rng)
    numbers = _careers(codes, rng)
    _workplaces(codes, rng)
    flags = _skills(codes, rng) | _lives(codes, rng)
    numbers |= _answers(codes, rng)
    numbers["log_hourly"] = expected_log_hourly(codes, numbers, flags)
    spread = np.array(list(planted.NOISE.values()))[codes["seniority"]]
    numbers["log_hourly"] += spread * rng.standard_normal(rows)
    return Workers(codes, numbers, flags)


def expected_log_hourly(codes: Mapping[str, Codes], numbers: Mapping[str, Array], flags: Mapping[str, Flags]) -> Array:
    """Return the planted equation's log USD an hour, before noise."""
    years = numbers["experience_years"]
    log_pay = planted.LOG_HOURLY + years * (planted.EXPERIENCE_LINEAR + planted.EXPERIENCE_SQUARE * years)
    log_pay += _premium(codes["country"], (place.premium for place in PLACES))
    log_pay += _premium(codes["role"], (p for roles in planted.ROLES.values() for p in roles.values()))
    declared: tuple[tuple[str, Mapping[str, float]], ...] = (
        ("education", planted.EDUCATION),
        ("seniority", planted.SENIORITY),
        ("role_family", planted.ROLE_FAMILY),
        ("industry", planted.INDUSTRY),
        ("org_size", planted.ORG_SIZE),
        ("work_mode", planted.WORK_MODE),
    )
    for name, premia in declared:
        log_pay += _premium(codes[name], premia.values())
    log_pay += _premium(codes["year"], planted.YEAR.values())
    doctorate = codes["education"] == LEVELS["education"].index("doctorate")
    log_pay += doctorate * _premium(codes["role_family"], planted.DOCTORATE_BY_FAMILY.values())
    for area, premium in planted.SKILL_AREAS.items():
        log_pay += premium * flags[area]
    return log_pay + flags[planted.FADING_SKILL] * _premium(codes["year"], planted.FADING_PREMIUM.values())


def _premium(codes: Codes, premia: Iterable[float]) -> Array:
    return np.array(list(premia))[codes]


def _pick(rng: np.random.Generator, shares: Array | Sequence[float], given: Codes) -> Codes:
    """Draw one code a row from row ``given[i]`` of a table of shares, by inverting the cumulative shares."""
    bounds = np.cumsum(np.atleast_2d(np.asarray(shares)), axis=1)[:, :-1]
    uniform = rng.random(len(given))
    codes = np.zeros(len(given), dtype=np.int8)
    for bound in bounds.T:
        codes += uniform >= bound[given]
    return codes


def _table(shares: Mapping[str, Sequence[float]]) -> Array:
    return np.array(list(shares.values()))


def _jobs(rows: int, rng: np.random.Generator) -> dict[str, Codes]:
    """Draw year, country, role and degree."""
    alike = np.zeros(rows, dtype=np.int8)
    codes = {"year": _pick(rng, makeup.YEAR, alike), "country": _pick(rng, [p.share for p in PLACES], alike)}
    codes["role_family"] = family = _pick(rng, makeup.ROLE_FAMILY, alike)
    first_role = np.cumsum([0, *(len(roles) for roles in planted.ROLES.values())])[:-1].astype(np.int8)
    codes["role"] = first_role[family] + _pick(rng, _table(makeup.ROLE), family)
    codes["education"] = _pick(rng, _table(makeup.EDUCATION), family)
    codes["field_of_study"] = _pick(rng, _table(makeup.FIELDS), family)
    return codes


def _careers(codes: dict[str, Codes], rng: np.random.Generator) -> dict[str, Array]:
    """Draw experience given the degree, age given both, and seniority given experience (into ``codes``)."""
    lattice = np.array(makeup.EXPERIENCE_YEARS)
    width = np.where(lattice <= 6.0, 0.5, 1.0)
    scale = np.array(list(makeup.EXPERIENCE_SCALE.values()))[:, None]
    shares = width * (1.0 + lattice) ** 0.5 * np.exp(-lattice / scale)
    years = lattice[_pick(rng, shares / shares.sum(axis=1, keepdims=True), codes["education"])]
    band = np.digitize(years, makeup.SENIORITY_FROM_YEARS).astype(np.int8)
    codes["seniority"] = _pick(rng, np.array(makeup.SENIORITY), band)
    elsewhere = rng.integers(0, 6, len(years))
    age = np.array(makeup.FIRST_WORKING_AGE)[codes["education"]] + np.floor(years) + elsewhere
    return {"experience_years": years, "age": age.astype(np.float64)}


def _workplaces(codes: dict[str, Codes], rng: np.random.Generator) -> None:
    """Draw industry, size, employer and work mode (into ``codes``)."""
    family, year = codes["role_family"], codes["year"]
    codes["industry"] = _pick(rng, _table(makeup.INDUSTRY), family)
    codes["org_size"] = _pick(rng, _table(makeup.ORG_SIZE), codes["industry"])
    codes["employer_stem"] = codes["org_size"] * np.int8(3) + rng.integers(0, 3, len(family)).astype(np.int8)
    remote = _premium(family, makeup.REMOTE.values()) * _premium(year, makeup.REMOTE_IN_YEAR.values())
    hybrid = (1.0 - remote) * _premium(year, makeup.HYBRID_OF_REST.values())
    uniform = rng.random(len(family))
    on_site, from_home = LEVELS["work_mode"].index("on-site"), LEVELS["work_mode"].index("remote")
    mode = np.where(uniform < remote, from_home, np.where(uniform < remote + hybrid, 1, on_site))
    codes["work_mode"] = mode.astype(np.int8)


def _skills(codes: dict[str, Codes], rng: np.random.Generator) -> dict[str, Flags]:
    """Draw the areas of skill that each worker names, a second skill in each, and the fading skill."""
    rows = len(codes["year"])
    chances = _table(makeup.SKILL_AREAS)[codes["role_family"]]
    flags = {area: rng.random(rows) < chances[:, i] for i, area in enumerate(planted.SKILL_AREAS)}
    flags |= {f"second {area}": flags[area] & (rng.random(rows) < 0.5) for area in planted.SKILL_AREAS}
    flags[planted.FADING_SKILL] = rng.random(rows) < _premium(codes["year"], makeup.FADING_SKILL.values())
    return flags


def _lives(codes: dict[str, Codes], rng: np.random.Generator) -> dict[str, Flags]:
    """Draw what comes with the job (employment into ``codes``): full year, leading people, home abroad."""
    rows = len(codes["year"])
    alike = np.zeros(rows, dtype=np.int8)
    codes["employment"] = _pick(rng, list(makeup.EMPLOYMENT.values()), alike)
    codes["gender"] = _pick(rng, list(makeup.GENDER.values()), alike)
    remote = codes["work_mode"] == LEVELS["work_mode"].index("remote")
    return {
        "full_year": rng.random(rows) < makeup.FULL_YEAR,
        "leads_people": rng.random(rows) < _premium(codes["seniority"], makeup.LEADS_PEOPLE.values()),
        "lives_abroad": remote & (rng.random(rows) < makeup.LIVES_ABROAD),
    }


def _answers(codes: Mapping[str, Codes], rng: np.random.Generator) -> dict[str, Array]:
    """Draw hours, remote days, bonus and equity over base, the weight and the random group."""
    rows = len(codes["year"])
    alike = np.zeros(rows, dtype=np.int8)
    full = np.array(list(makeup.FULL_HOURS))[_pick(rng, list(makeup.FULL_HOURS.values()), alike)]
    part = np.array(list(makeup.PART_HOURS))[_pick(rng, list(makeup.PART_HOURS.values()), alike)]
    in_part = codes["employment"] == LEVELS["employment"].index("part-time")
    remote_share = np.array([0.0, 0.2, 1.0])[codes["work_mode"]]
    remote_share += (codes["work_mode"] == 1) * rng.integers(0, 4, rows) * 0.2
    base, bonus, equity = np.array(list(planted.PAY_MIX.values()))[codes["org_size"]].T
    return {
        "hours_weekly": np.where(in_part, part, full),
        "remote_share": np.round(remote_share, 1),
        "bonus_over_base": bonus / base * _luck(rng, rows),
        "equity_over_base": equity / base * _luck(rng, rows),
        "weight": rng.integers(6, 23, rows).astype(np.float64) * WEIGHT_STEP,
        "group": (rng.permutation(rows) % GROUPS).astype(np.float64),
    }


def _luck(rng: np.random.Generator, rows: int) -> Array:
    """Draw a factor of mean one around an employer's usual bonus: a fifth get none, the rest 0.5 to 2."""
    return np.where(rng.random(rows) < 0.2, 0.0, rng.uniform(0.5, 2.0, rows))
