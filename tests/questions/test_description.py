"""Descriptions: who earns what, by definition 1 of quantiles; small groups, rare text and one employer are withheld."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.disclosure import round_count, significant
from salarylab.errors import ModelError
from salarylab.questions import Description
from salarylab.show.answer import FINDINGS_MIME
from salarylab.unanswered import Unanswered

Make = Callable[..., sl.Records]
SIZES = {"secondary": 9, "associate": 29, "bachelor": 30, "master": 400}


def people(make_records: Make, **more: Any) -> tuple[sl.Sample, pl.DataFrame]:
    """Return invented people, as many of each degree as ``SIZES`` tells, and their columns."""
    rng = np.random.default_rng(3)
    degree = [level for level, size in SIZES.items() for _ in range(size)]
    columns = {
        "pay_annual_usd": np.exp(rng.normal(10.5, 0.5, len(degree))).round(-2).tolist(),
        "education": degree,
        "work_mode": rng.choice(["remote", "on-site"], len(degree)).tolist(),
        "weight": rng.integers(1, 6, len(degree)).astype(float).tolist(),
    } | {name: values for name, values in more.items() if isinstance(values, list)}
    options = {name: value for name, value in more.items() if not isinstance(value, list)}
    sample = sl.draw(make_records(**columns, **options), [])
    return sample, sample.table


def described(sample: sl.Sample, by: Any) -> Description:
    found = sl.describe(sample, by)
    assert isinstance(found, Description)
    return found


def quartiles(amounts: Any) -> list[float]:
    """Return numpy's quartiles by the inverse of the empirical distribution, in the digits of a page."""
    return [significant(float(x)) for x in np.quantile(np.asarray(amounts), [0.25, 0.5, 0.75], method="inverted_cdf")]


def told(found: Description, **where: str) -> list[float]:
    return list(found.table.filter(**where).select("usd_25", "usd_50", "usd_75").row(0))


def test_quartiles_are_numpys_of_the_inverse_distribution(make_records: Make) -> None:
    sample, rows = people(make_records)
    found = described(sample, "education")
    assert found.table["education"].to_list() == list(SIZES)  # in declared order
    for level in ("bachelor", "master"):
        assert told(found, education=level) == quartiles(rows.filter(education=level)["pay_annual_usd"])


def test_weights_are_as_rows_repeated(make_records: Make) -> None:
    sample, rows = people(make_records, weighted=True)
    found = described(sample, "education")
    for level in ("bachelor", "master"):
        mine = rows.filter(education=level)
        assert told(found, education=level) == quartiles(
            np.repeat(mine["pay_annual_usd"].to_numpy(), mine["weight"].to_numpy().astype(int))
        )
    assert found.findings[0].subject.startswith("Weighted median pay")
    # rows that carry weights of another source's kind are counted once each
    plain = described(people(make_records)[0], "education")
    assert told(plain, education="master") != told(found, education="master")
    assert plain.findings[0].subject.startswith("Median pay")


def test_groups_under_ten_and_quartiles_of_under_thirty_are_withheld(make_records: Make) -> None:
    found = described(people(make_records)[0], "education")
    rows = dict(found.table.select("education", "n").iter_rows())
    assert rows == {"secondary": None, "associate": 30, "bachelor": 30, "master": 400}
    for level in ("secondary", "associate"):
        assert told(found, education=level) == [None] * 3
    assert [one.subject for one in found.findings] == ["Median pay, bachelor", "Median pay, master"]
    assert all(one.n == round_count(one.n) for one in found.findings)
    (drawn,) = (rows for rows in found.figure.spec["datasets"].values() if "group" in rows[0])
    assert [row["group"] for row in drawn] == ["bachelor", "master"]


def test_one_employers_group_is_withheld(make_records: Make) -> None:
    degree = [level for level, size in SIZES.items() for _ in range(size)]
    employer = ["one" if level == "bachelor" else f"e{i % 40}" for i, level in enumerate(degree)]
    found = described(people(make_records, employer=employer)[0], "education")
    assert told(found, education="bachelor") == [None] * 3
    assert told(found, education="master")[1] is not None


def test_rare_text_is_not_named_and_no_group_of_a_declared_level_is_hidden(make_records: Make) -> None:
    n = sum(SIZES.values())
    title = ["swan marker"] * 9 + ["engineer"] * (n - 9)
    found = described(people(make_records, title=title)[0], "title")
    assert found.table["title"].to_list() == ["engineer"]
    crossed = described(people(make_records, title=title)[0], ("title", "education"))
    assert "swan marker" not in crossed.table["title"].to_list()
    assert crossed.table["education"].to_list() == ["associate", "bachelor", "master"]


def test_two_factors_are_crossed(make_records: Make) -> None:
    sample, rows = people(make_records)
    found = described(sample, ("education", "work_mode"))
    mine = rows.filter(education="master", work_mode="remote")
    assert told(found, education="master", work_mode="remote") == quartiles(mine["pay_annual_usd"])
    n = found.table.filter(education="master", work_mode="remote")["n"].item()
    assert n == round_count(len(mine))
    assert any(one.subject == "Median pay, master × remote" for one in found.findings)


def test_the_own_currency_is_told_where_a_group_has_one(make_records: Make) -> None:
    n = sum(SIZES.values())
    degree = [level for level, size in SIZES.items() for _ in range(size)]
    local = [1_000.0 + 10 * (i % 83) for i in range(n)]
    currency = ["EUR" if i % 2 and level == "bachelor" else "SEK" for i, level in enumerate(degree)]
    found = described(people(make_records, pay_annual_local=local, currency=currency)[0], "education").table
    masters = [amount for amount, level in zip(local, degree, strict=True) if level == "master"]
    own = found.filter(education="master").select("own_25", "own_50", "own_75", "currency").row(0)
    assert own == (*quartiles(masters), "SEK")
    assert found.filter(education="bachelor").select("own_25", "own_50", "own_75", "currency").row(0) == (None,) * 4
    assert found.filter(education="associate")["currency"].item() is None  # under thirty rows


def test_of_bands_the_middles_are_described_and_that_is_said(make_records: Make) -> None:
    n = sum(SIZES.values())
    low = [10_000.0 * (1 + i % 7) for i in range(n)]
    high = [None if i % 7 == 6 else 10_000.0 * (2 + i % 7) for i in range(n)]
    sample, _ = people(make_records, pay_annual_usd=[None] * n, pay_low_usd=low, pay_high_usd=high)
    found = described(sample, "education")
    middles = [a if b is None else (a + b) / 2 for a, b in zip(low, high, strict=True)]
    assert told(found, education="master") == quartiles(middles[-400:])
    assert found.subtitle.endswith("medians, of the middles of bands")
    assert not described(people(make_records)[0], "education").subtitle.endswith("bands")


def test_what_was_never_asked_or_never_answered_is_an_answer(make_records: Make) -> None:
    sample, _ = people(make_records)
    assert sl.describe(sample, "industry") == Unanswered("invented never asked industry", "Not asked")
    crossed = sl.describe(sample, ("industry", "gender"))
    assert crossed == Unanswered("invented never asked industry and gender", "Not asked")
    silent, _ = people(make_records, seniority=[None] * sum(SIZES.values()))
    assert sl.describe(silent, "seniority") == Unanswered("nobody answered seniority")
    with pytest.raises(ModelError, match="did you mean 'education'"):
        sl.describe(sample, "educaton")


def test_a_description_shows_the_best_paid_group_first(make_records: Make) -> None:
    found = described(people(make_records)[0], "education")
    bundle = found._repr_mimebundle_()
    best = max(found.findings, key=lambda one: one.value or 0.0)
    assert bundle["text/plain"].startswith(best.sentence)
    assert len(bundle[FINDINGS_MIME]) == 2
    few = described(
        sl.draw(people(make_records)[0].origin[0], [sl.only(education=["secondary", "associate"])]), "education"
    )  # type: ignore[index]
    assert few.findings == ()
    assert few._repr_mimebundle_()["text/plain"].startswith("No group of this sample has thirty rows.")


def test_groups_are_levels_and_a_number_is_refused(make_records: Make) -> None:
    n = sum(SIZES.values())
    sample, _ = people(make_records, experience_years=[float(i % 30) for i in range(n)])
    with pytest.raises(ModelError, match=r"(?s)'experience'.*sl.band.*'experience_spline'") as refusal:
        sl.describe(sample, ("experience", "experience_spline"))
    assert len(refusal.value.faults) == 2
    cut = sl.derive(sample, career=sl.band("experience_years", [10]))
    assert described(cut, "career").table["career"].to_list() == ["under 10", "10 or more"]
