"""Population: drawn workers as a canonical table, before anyone rounded, mistyped or left out anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from salarylab import schema
from salarylab.demo import makeup, planted
from salarylab.demo.places import PLACES, YEARS, ppp_pay, real_pay
from salarylab.demo.workers import GROUPS, LEVELS, Codes, Workers, draw_workers
from salarylab.errors import VocabularyError, unknown
from salarylab.units import WEEKS_PER_YEAR

SEED = 20240
"""The seed of the committed files."""


def streams(seed: int) -> tuple[np.random.Generator, np.random.Generator, np.random.Generator]:
    """Return the independent generators of one seed: for workers, for postings, for dirt."""
    workers, postings, dirt = (np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(3))
    return workers, postings, dirt


def population(rows: int, seed: int = SEED, *, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Return that many workers of the generating process as a canonical table, without dirt.

    ``columns`` names the canonical columns wanted (default: all that a worker fills); the same rows and
    seed give the same workers whatever columns are asked for. Two million rows of the ten columns of an
    equation take seconds. Raises ``VocabularyError`` naming every column that workers do not fill.

    >>> population(3, columns=["education", "pay_hourly_usd"]).shape
    (3, 2)
    """
    wanted = list(FILLED if columns is None else columns)
    strays = [unknown("column of the demo's workers:", name, FILLED) for name in wanted if name not in FILLED]
    if strays:
        raise VocabularyError(*strays)
    return canonical(draw_workers(rows, streams(seed)[0]), wanted)


def canonical(workers: Workers, columns: Sequence[str]) -> pl.DataFrame:
    """Return the named canonical columns of drawn workers."""
    built = pl.DataFrame({name: _BUILD[name](workers) for name in _BUILD if name in columns})
    if "pay_annual_ppp" in columns or "pay_annual_real_usd" in columns:
        needs = pl.DataFrame({name: _BUILD[name](workers) for name in ("pay_annual_usd", "country", "year")})
        built = built.with_columns(needs.select(ppp_pay(), real_pay()).get_columns())
    return built.select(pl.col(name).cast(schema.column(name).dtype) for name in columns)


def level(workers: Workers, name: str) -> pl.Series:
    """Return a coded column as its levels: the canonical Enum, or plain text where it has none."""
    return _gather(LEVELS[name], workers.codes[name], name if name in schema.BY_NAME else "")


def _gather(levels: Sequence[str], codes: Codes, column: str = "") -> pl.Series:
    dtype = (
        schema.column(column).dtype if column and schema.column(column).levels else pl.Enum(list(dict.fromkeys(levels)))
    )
    return pl.Series(column, levels, dtype=dtype).gather(codes.astype(np.uint32))


def _annual(workers: Workers) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.exp(workers.numbers["log_hourly"]) * workers.numbers["hours_weekly"] * WEEKS_PER_YEAR


def _of_country(workers: Workers, values: Sequence[str]) -> pl.Series:
    return _gather(values, workers.codes["country"])


def _local(workers: Workers) -> pl.Series:
    rate = np.array([place.rates for place in PLACES])[workers.codes["country"], workers.codes["year"]]
    return pl.Series(_annual(workers) * rate)


def _region(workers: Workers) -> pl.Series:
    """Return regions dealt out in turn: no premium hangs on them."""
    turn = np.arange(len(workers)) % 6
    table = [[place.regions[i % len(place.regions)] for i in range(6)] for place in PLACES]
    flat = [region for regions in table for region in regions]
    return _gather(flat, workers.codes["country"] * 6 + turn)


def _home(workers: Workers) -> pl.Series:
    away = (workers.codes["country"] + workers.flags["lives_abroad"]) % len(PLACES)
    return _gather(LEVELS["country"], away)


def _employer(workers: Workers) -> pl.Series:
    names = [
        f"{stem} {word} {place.company}"
        for stem in makeup.STEMS
        for word, _ in makeup.TRADES.values()
        for place in PLACES
    ]
    stem, trade = workers.codes["employer_stem"].astype(np.int32), workers.codes["industry"].astype(np.int32)
    return pl.Series(names).gather((stem * len(makeup.TRADES) + trade) * len(PLACES) + workers.codes["country"])


def _org_kind(workers: Workers) -> pl.Series:
    """Return the kind of each employer; a start-up of 100 and more is a product company."""
    small = [kind for _, three in makeup.TRADES.values() for kind in three]
    kinds = small + ["product company" if kind == "start-up" else kind for kind in small]
    large = workers.codes["org_size"] >= LEVELS["org_size"].index("100 to 499")
    place = workers.codes["industry"] * 3 + workers.codes["employer_stem"] % 3
    return _gather(kinds, place + large * len(small), "org_kind")


def _field(workers: Workers) -> pl.Series:
    went_to_college = workers.codes["education"] >= LEVELS["education"].index("some college")
    return (
        level(workers, "field_of_study")
        .to_frame("field")
        .select(pl.when(pl.Series(went_to_college)).then(pl.col("field").cast(pl.String)))["field"]
    )


def _areas(workers: Workers) -> pl.Series:
    return _named_lists(workers, {area: area for area in planted.SKILL_AREAS})


def _skills(workers: Workers) -> pl.Series:
    named = {area: makeup.SKILLS[area][0] for area in planted.SKILL_AREAS}
    named |= {f"second {area}": makeup.SKILLS[area][1] for area in planted.SKILL_AREAS}
    return _named_lists(workers, named | {planted.FADING_SKILL: planted.FADING_SKILL})


def _named_lists(workers: Workers, named: dict[str, str]) -> pl.Series:
    """Return, for each worker, the list of names whose flag is up."""
    flags = pl.DataFrame({flag: workers.flags[flag] for flag in named})
    picked = [pl.when(pl.col(flag)).then(pl.lit(name)) for flag, name in named.items()]
    return flags.select(pl.concat_list(picked).list.drop_nulls()).to_series()


def _replicates(workers: Workers) -> pl.Series:
    """Return jackknife weights: the weight times 20/19 outside the replicate's own group, else zero."""
    grown = workers.numbers["weight"] / (GROUPS - 1) * GROUPS
    kept = workers.numbers["group"][:, None] != np.arange(GROUPS)
    return pl.Series(grown[:, None] * kept).arr.to_list()


def _title(workers: Workers) -> pl.Series:
    words = pl.DataFrame({"rank": level(workers, "seniority"), "role": level(workers, "role")})
    text = pl.col("rank").cast(pl.String).str.to_titlecase() + " " + pl.col("role").cast(pl.String)
    return words.select(text.str.strip_prefix("Mid ").alias("title"))["title"]


_BUILD: dict[str, Callable[[Workers], pl.Series]] = {
    "record_id": lambda w: pl.select(pl.format("population:{}", pl.int_range(1, len(w) + 1))).to_series(),
    "source": lambda w: pl.repeat("demo", len(w), eager=True),
    "year": lambda w: pl.Series(np.array(YEARS)[w.codes["year"]]),
    "observation": lambda w: pl.repeat("worker", len(w), eager=True),
    "weight": lambda w: pl.Series(w.numbers["weight"]),
    "replicate_weights": _replicates,
    "cluster": _employer,
    "pay_annual_usd": lambda w: pl.Series(_annual(w)),
    "pay_hourly_usd": lambda w: pl.Series(np.exp(w.numbers["log_hourly"])),
    "pay_concept": lambda w: pl.repeat("base", len(w), eager=True),
    "gross_net": lambda w: pl.repeat("gross", len(w), eager=True),
    "base_usd": lambda w: pl.Series(_annual(w)),
    "bonus_usd": lambda w: pl.Series(_annual(w) * w.numbers["bonus_over_base"]),
    "equity_usd": lambda w: pl.Series(_annual(w) * w.numbers["equity_over_base"]),
    "currency": lambda w: _of_country(w, [place.currency for place in PLACES]),
    "pay_annual_local": _local,
    "education": lambda w: level(w, "education"),
    "field_of_study": _field,
    "experience_years": lambda w: pl.Series(w.numbers["experience_years"]),
    "experience_concept": lambda w: pl.repeat("professional", len(w), eager=True),
    "age": lambda w: pl.Series(w.numbers["age"]),
    "gender": lambda w: level(w, "gender"),
    "title": _title,
    "role": lambda w: level(w, "role"),
    "role_family": lambda w: level(w, "role_family"),
    "skill_areas": _areas,
    "skills": _skills,
    "seniority": lambda w: level(w, "seniority"),
    "track": lambda w: _gather(schema.column("track").levels, w.flags["leads_people"].astype(np.int8), "track"),
    "employment": lambda w: level(w, "employment"),
    "hours_weekly": lambda w: pl.Series(w.numbers["hours_weekly"]),
    "full_year": lambda w: pl.Series(w.flags["full_year"]),
    "country": lambda w: level(w, "country"),
    "residence_country": _home,
    "region": _region,
    "work_mode": lambda w: level(w, "work_mode"),
    "remote_share": lambda w: pl.Series(w.numbers["remote_share"]),
    "industry": lambda w: level(w, "industry"),
    "org_size": lambda w: level(w, "org_size"),
    "org_kind": _org_kind,
    "employer": _employer,
}

FILLED = (*_BUILD, "pay_annual_ppp", "pay_annual_real_usd")
"""Canonical columns that a worker of the population fills."""
