from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import DataError
from salarylab.records.audit import Ledger
from salarylab.records.waves import join
from salarylab.sources import koodiklinikka

# a rate of its own for each month shows which one is taken
RATES = pl.DataFrame(
    {
        "currency": ["EUR"] * 4,
        "year": [2021, 2023, 2025, 2025],
        "month": [2, 9, 1, 12],
        "per_usd": [0.5, 0.8, 0.5, 1.5],
    }
)

INVENTED: dict[int, dict[str, str]] = {
    2021: {
        "told": "02/15/2021 1:02:03",
        "town": "Oulu",
        "age": "31-35 v",
        "gender": "Nainen",
        "experience": "5,5",
        "kind": "Työntekijä / palkollinen",
        "working_time": "100%",
        "title": "majakanvartija",
        "remote_class": "Noin 50/50 hybridimalli",
        "monthly": "3000",
        "yearly": "41234",
    },
    2023: {
        "told": "04/09/2023 1:02:03",
        "kind": "Palkansaaja",
        "age": "41-45",
        "gender": "mies",
        "experience": "12",
        "education": "Majakkatekniikan DI",
        "town": "Tampere",
        "org_kind": "Tuotetalossa, jonka core-bisnes on softa",
        "working_time": "80",
        "office": "25",
        "title": "Lighthouse keeper",
        "monthly": "4000",
        "yearly": "50000",
    },
    2025: {
        "told": "09/02/2026 1:02:03",
        "kind": "Employee",
        "age": "36-40",
        "gender": "Female",
        "experience": "10",
        "tenure": "3",
        "org_size": "11-50",
        "education": "Bachelor’s degree – AMK (insinööri, tradenomi, etc.)",
        "field_of_study": "Arts and Humanities",
        "town": "Turku",
        "org_kind": "Consulting",
        "hours": "37.5",
        "office": "0",
        "title": "Developer, Full-Stack",
        "seniority": "Manager or People Lead",
        "monthly": "5000",
        "commission": "100",
        "holiday_bonus": "2500",
        "bonus": "300",
        "equity": "1000",
        "languages": "Go, C#",
        "platforms": "Docker, CI/CD (Lamp Relay, Foghorn CI)",
        "databases": 'Redis, "a quote that nothing closes',
    },
}


def raw(year: int, *people: dict[str, str], header: list[str] | None = None) -> bytes:
    """A wave's file of invented people, each told by what differs from the invented one; one column is not kept."""
    wave = koodiklinikka.WAVES[year]
    lines = ["\t".join(header or [*(header for _, header in wave.questions), "Vapaa sana"])]
    for told in people:
        answers = INVENTED[year] | told
        lines.append("\t".join([*(answers.get(name, "") for name, _ in wave.questions), "a remark"]))
    return "\r\n".join(lines).encode()


def cleaned(year: int, *people: dict[str, str], repair_units: bool = True, gender: bool = False) -> Ledger:
    answers = join([koodiklinikka.read(raw(year, *people), koodiklinikka.WAVES[year])], koodiklinikka.WAVES)
    return koodiklinikka.clean(answers, repair_units=repair_units, gender=gender, rates=RATES)


def touched(ledger: Ledger) -> dict[str, int]:
    return {step.rule: step.touched for step in ledger.steps if step.touched}


def values(ledger: Ledger, expected: dict[str, object]) -> dict[str, object]:
    row = ledger.rows.row(0, named=True)
    return {name: row[name] for name in expected}


def test_a_row_of_2021_at_the_rate_of_its_month() -> None:
    expected = {
        "record_id": "2021-results.tsv:1",
        "year": 2021,
        "pay_annual_local": 36_000.0,
        "pay_annual_usd": 72_000.0,
        "base_usd": 72_000.0,
        "pay_concept": "base",
        "gross_net": "gross",
        "currency": "EUR",
        "employment": "full-time",
        "experience_years": 5.5,
        "experience_concept": "total",
        "age": 33.5,
        "age_low": 31.0,
        "age_high": 36.0,
        "gender": None,
        "work_mode": "hybrid",
        "remote_share": None,
        "region": "Oulu",
        "country": "FI",
        "title": "majakanvartija",
    }
    ledger = cleaned(2021, {})
    assert values(ledger, expected) == expected
    assert touched(ledger) == {}
    assert cleaned(2021, {}, gender=True).rows["gender"].to_list() == ["female"]


def test_a_row_of_2023_whose_month_comes_second() -> None:
    expected = {
        "pay_annual_usd": 60_000.0,
        "employment": "part-time",
        "experience_concept": "professional",
        "education": "master",
        "org_kind": "product company",
        "work_mode": "hybrid",
        "remote_share": 0.75,
    }
    assert values(cleaned(2023, {}), expected) == expected


def test_a_row_of_2025_with_an_open_quote_at_the_mean_rate_of_the_year() -> None:
    expected = {
        "year": 2025,  # answered in February 2026
        "pay_annual_local": 60_000.0,
        "pay_annual_usd": 60_000.0,
        "bonus_usd": 1_200.0 + 2_500.0 + 300.0,
        "equity_usd": 1_000.0,
        "pay_hourly_usd": 60_000.0 / (52 * 37.5),
        "hours_weekly": 37.5,
        "employment": "full-time",
        "education": "bachelor",
        "field_of_study": "arts and humanities",
        "seniority": "lead",
        "track": "manager",
        "org_size": "10 to 49",
        "org_kind": "consulting",
        "work_mode": "remote",
        "remote_share": 1.0,
        "tenure_years": 3.0,
        "skills": ["Go", "C#", "Docker", "CI/CD", "Redis", '"a quote that nothing closes'],
    }
    assert values(cleaned(2025, {}), expected) == expected


@pytest.mark.parametrize(
    ("text", "monthly"),
    [("7,123€", 7_123.0), ("4567,80", 4_567.8), ("4 375", 4_375.0), ("3000 tai 4000", None), ("2500*12,5", None)],
)
def test_monthly_pay_as_people_write_it(text: str, monthly: float | None) -> None:
    ledger = cleaned(2021, {"monthly": text})
    assert ledger.rows["pay_annual_local"].to_list() == [None if monthly is None else 12 * monthly]
    assert touched(ledger) == ({} if monthly else {"monthly pay not read": 1})


def test_a_band_of_pay_keeps_its_ends_and_gives_no_figure() -> None:
    rows = cleaned(2021, {"monthly": "2100-3300"}, {"monthly": "8000+"}).rows
    assert rows["pay_annual_usd"].to_list() == [None, None]
    assert rows["pay_low_usd"].to_list() == [50_400.0, 192_000.0]
    assert rows["pay_high_usd"].to_list() == [79_200.0, float("inf")]


def test_those_who_send_invoices_have_no_pay() -> None:
    ledger = cleaned(2021, {"kind": "Yrittäjä"}, {"kind": "Freelancer", "monthly": ""}, {})
    assert ledger.rows["employment"].to_list() == ["self-employed", "freelance", "full-time"]
    assert ledger.rows["base_usd"].to_list() == ledger.rows["pay_annual_usd"].to_list() == [None, None, 72_000.0]
    assert touched(ledger) == {"sends invoices: a stated monthly pay is no wage, left out": 1}
    entrepreneur = cleaned(2025, {"kind": "Entrepreneur", "monthly": ""}).rows.row(0, named=True)
    assert [entrepreneur[name] for name in ("pay_annual_usd", "bonus_usd", "equity_usd")] == [None] * 3


def test_a_years_sum_typed_as_monthly_is_mended_unless_told_otherwise() -> None:
    odd = {"monthly": "60000", "commission": "24000"}
    mended, left = cleaned(2025, odd), cleaned(2025, odd, repair_units=False)
    assert mended.rows["pay_annual_local"].to_list() == [60_000.0]
    assert mended.rows["bonus_usd"].to_list() == [24_000.0 + 2_500.0 + 300.0]
    assert mended.rows["base_usd"].to_list() == [60_000.0]
    assert left.rows["pay_annual_local"].to_list() == [720_000.0]
    assert [step.kind for step in mended.steps if step.touched] == ["repair", "repair"]
    assert [step.kind for step in left.steps if step.touched] == ["flag", "flag"]


def test_extras_that_nobody_stated_are_not_nothing() -> None:
    silent = dict.fromkeys(("commission", "holiday_bonus", "bonus", "equity"), "")
    rows = cleaned(2025, silent, silent | {"bonus": "0"}).rows
    assert rows["bonus_usd"].to_list() == [None, 0.0]
    assert rows["equity_usd"].to_list() == [None, None]


def test_odd_figures_are_counted_and_stay() -> None:
    ledger = cleaned(2025, {"monthly": "0"}, {"equity": "99999999"})
    assert len(ledger.rows) == 2
    # at no pay at all, a thousand of equity is more than the pay too
    assert touched(ledger) == {"pay of zero": 1, "equity above a year's base pay: perhaps a whole grant": 2}
    yearly = cleaned(2023, {"yearly": "6000"}, {"yearly": "en kerro"})
    assert touched(yearly) == {
        "yearly income not read": 1,
        "yearly income or turnover under 12,000 EUR (not used)": 1,
    }


@pytest.mark.parametrize(
    ("office", "mode"),
    [("0", "remote"), ("19", "remote"), ("20", "hybrid"), ("80", "hybrid"), ("81", "on-site"), ("100", "on-site")],
)
def test_a_day_a_week_is_the_bound_of_hybrid_work(office: str, mode: str) -> None:
    rows = cleaned(2025, {"office": office}).rows
    assert rows["work_mode"].to_list() == [mode]
    assert rows["remote_share"].item() == pytest.approx(1 - float(office) / 100)


def test_gender_as_people_spell_it() -> None:
    spellings = ["Mies", "MIES ", "m", "nainen", "Muu", "taikuri"]
    ledger = cleaned(2021, *({"gender": spelling} for spelling in spellings), gender=True)
    assert ledger.rows["gender"].to_list() == ["male", "male", "male", "female", "another", None]
    assert touched(ledger) == {"gender not read": 1}


@pytest.mark.parametrize(
    ("share", "form"),
    [("100", "full-time"), ("80", "part-time"), ("15", "part-time"), ("37.5", "employed"), ("1000", "employed")],
)
def test_a_share_of_full_time_that_may_be_hours_is_not_read(share: str, form: str) -> None:
    assert cleaned(2023, {"working_time": share}).rows["employment"].to_list() == [form]


def test_companies_and_towns() -> None:
    sizes = [{"org_size": size} for size in ("1", "2", "6-10", "101-500", "10000+")]
    assert cleaned(2025, *sizes).rows["org_size"].to_list() == [
        "just me",
        "under 10",
        "under 10",
        "100 to 499",
        "10,000 or more",
    ]
    ledger = cleaned(2025, {"org_kind": "A lighthouse", "town": "Utö"}, {"org_kind": "", "town": ""})
    assert ledger.rows["org_kind"].to_list() == ["another kind", None]
    assert ledger.rows["region"].to_list() == ["another town", None]  # they answered: no name, but a level
    assert ledger.rows["country"].to_list() == [None, None]
    assert touched(ledger)["a kind of company typed by hand, taken as another one"] == 1
    assert touched(ledger)["a town outside the five large ones, taken as another one"] == 1


def test_answers_outside_a_list_are_left_out_and_counted() -> None:
    odd = {"seniority": "Keeper of the lamp", "org_size": "a crew"}
    ledger = cleaned(2025, odd, {"seniority": "", "org_size": ""}, {})
    assert ledger.rows["seniority"].to_list() == [None, None, "lead"]
    assert ledger.rows["track"].to_list() == [None, None, "manager"]
    assert ledger.rows["org_size"].to_list() == [None, None, "10 to 49"]
    assert touched(ledger) == {
        "seniority: answers outside the list, left out": 1,
        "org_size: answers outside the list, left out": 1,
    }
    afloat = cleaned(2021, {"remote_class": "Merellä"}, {"remote_class": ""}, {})
    assert afloat.rows["work_mode"].to_list() == [None, None, "hybrid"]
    assert touched(afloat) == {"remote_class: answers outside the list, left out": 1}


def test_ages_that_cannot_be_are_emptied() -> None:
    ledger = cleaned(2023, *({"age": age} for age in ("13", "14", "14-20", "100", "101", "< 20", "60+", "old")))
    assert ledger.rows["age"].to_list() == [None, 14.0, 17.5, 100.0, None, None, 60.0, None]
    assert ledger.rows["age_high"].to_list() == [None, None, 21.0, None, None, 20.0, float("inf"), None]
    assert touched(ledger) == {
        "age not read": 1,
        "age outside 14 to 100, or the middle of a band that is: emptied": 3,
    }


def test_pay_that_looks_like_a_slip_is_doubted_and_stays() -> None:
    people = [*({"monthly": str(3_000 + 50 * i)} for i in range(40)), {"monthly": "48000"}]
    left = koodiklinikka.doubt_pay(cleaned(2025, *people, repair_units=False))
    assert left.rows["pay_doubt"].to_list() == [None] * 40 + ["annual again"]
    assert left.rows["pay_annual_local"][-1] == 12 * 48_000.0
    mended = koodiklinikka.doubt_pay(cleaned(2025, *people))
    assert mended.rows["pay_doubt"].null_count() == 41


def test_an_empty_line_is_removed_by_name() -> None:
    ledger = cleaned(2021, dict.fromkeys(INVENTED[2021], ""), {})
    assert (ledger.steps[0].rule, ledger.steps[0].removed) == ("an empty line", 1)
    assert ledger.rows["record_id"].to_list() == ["2021-results.tsv:2"]


def test_free_text_is_dropped_as_the_file_is_read() -> None:
    answers = koodiklinikka.read(raw(2025, {}), koodiklinikka.WAVES[2025])
    assert "a remark" not in answers.row(0)
    kept = {header for wave in koodiklinikka.WAVES.values() for _, header in wave.questions}
    assert not kept & {"Työpaikka", "Company", "Vapaa sana", "Feedback of the survey"}
    assert "employer" not in koodiklinikka.SOURCE.asked


def test_a_header_without_its_space_or_its_questions_is_refused() -> None:
    header = [header.strip() for _, header in koodiklinikka.WAVES[2025].questions]
    with pytest.raises(DataError, match="did you mean 'Years at current employer'"):
        koodiklinikka.read(raw(2025, header=[*header, "Vapaa sana"]), koodiklinikka.WAVES[2025])
    with pytest.raises(DataError) as caught:
        koodiklinikka.read(raw(2023, {}), koodiklinikka.WAVES[2021])
    assert len(caught.value.faults) > 5


def test_words_for_machine_written_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="'plenty'"):
        cleaned(2025, {"equity": "plenty"})


def test_a_year_without_a_wave_is_refused(project: Path) -> None:
    with pytest.raises(DataError, match="2022"):
        sl.load("koodiklinikka", years=[2022])


def test_nothing_is_downloaded_under_unclear_terms(project: Path) -> None:
    with pytest.raises(DataError, match="not licensed separately"):
        sl.load("koodiklinikka")
    assert not (project / "data" / "processed").exists()


# The publisher's files: counts by other hands, research notes on data, § 2.6


def audit(year: int) -> dict[str, int]:
    return dict(sl.load("koodiklinikka", years=[year]).audit.select("rule", "touched").iter_rows())


@pytest.mark.real
@pytest.mark.parametrize(("year", "answers", "empty"), [(2021, 500, 1), (2023, 896, 2), (2025, 683, 0)])
def test_rows_of_a_wave(year: int, answers: int, empty: int, project: Path, mirror: Path) -> None:
    records = sl.load("koodiklinikka", years=[year], gender=True)
    assert (len(records.table), records.raw_rows) == (answers, answers + empty)
    # once years' sums are mended, no pay is doubted
    assert {s.name for s in records.table if s.null_count() < len(s)} == records.asked - {"pay_doubt"}
    file = koodiklinikka.WAVES[year].file
    listed = pl.read_csv(mirror / "CATALOG.csv").filter(pl.col("path") == file.mirror)
    assert listed.select("sha256", "url", "rows").row(0) == (file.sha256, file.url, answers)


@pytest.mark.real
def test_counts_of_2021(project: Path, mirror: Path) -> None:
    wave = koodiklinikka.WAVES[2021]
    answers = koodiklinikka.read(mirror / str(wave.file.mirror), wave)
    assert answers["monthly"].count() == 460
    assert answers["monthly"].count() - answers["monthly"].cast(pl.Float64, strict=False).count() == 5
    assert answers["month"].drop_nulls().unique().to_list() == [2]
    told = audit(2021)
    # of the five, a euro sign and a decimal comma are read, a range and an open end are bands, two values are neither
    assert told["monthly pay not read"] == 1
    assert told["monthly pay a band: its ends kept, no single figure"] == 2
    table = sl.load("koodiklinikka", years=[2021]).table
    modes = dict(table["work_mode"].drop_nulls().value_counts().iter_rows())
    assert modes == {"remote": 208, "hybrid": 116, "on-site": 173}


@pytest.mark.real
def test_counts_of_2023(project: Path, mirror: Path) -> None:
    wave = koodiklinikka.WAVES[2023]
    answers = koodiklinikka.read(mirror / str(wave.file.mirror), wave)
    assert answers["month"].drop_nulls().unique().to_list() == [9]
    table, told = sl.load("koodiklinikka", years=[2023]).table, audit(2023)
    assert table.filter(pl.col("employment") == "self-employed").height == 114
    assert table["pay_annual_local"].count() == 779
    assert told["pay of zero"] == 1
    assert told["yearly income not read"] == 1  # the other text is a number with a space
    assert told["yearly income or turnover under 12,000 EUR (not used)"] == 39
    # 54 blank; what says no finished degree stays under an eighth of those who answered
    unmatched = told["education that says no finished degree"]
    assert table["education"].null_count() == 54 + unmatched
    assert unmatched / (896 - 54) < 1 / 8


@pytest.mark.real
def test_counts_of_2025(project: Path, mirror: Path) -> None:
    table, told = sl.load("koodiklinikka", years=[2025]).table, audit(2025)
    assert table["year"].unique().to_list() == [2025]
    assert table.filter(pl.col("employment") == "self-employed").height == 92
    assert table["pay_annual_local"].count() == 587
    assert told["pay of zero"] == 4
    assert told["over 20,000 EUR a month: a year's sum typed as monthly, divided by 12"] == 10
    left = sl.load("koodiklinikka", years=[2025], repair_units=False).table
    assert left.filter(pl.col("pay_annual_local") > 12 * 20_000).height == 10
    assert table.filter(pl.col("pay_annual_local") > 12 * 20_000).is_empty()
    assert 0 < left["pay_doubt"].count() <= 10
    rate = pl.col("pay_annual_local").sum() / pl.col("pay_annual_usd").sum()
    assert table.filter(pl.col("equity_usd") * rate > 99_999).height == 10
    assert told["seniority: answers outside the list, left out"] == 8


@pytest.mark.real
def test_all_waves_at_once(project: Path, mirror: Path) -> None:
    table = sl.load("koodiklinikka").table
    assert table["record_id"].n_unique() == len(table) == 500 + 896 + 683
    assert table["gender"].null_count() == len(table)
    paid = table.filter(pl.col("pay_annual_usd") > 0)
    invoicing = pl.col("employment").is_in(["self-employed", "freelance"])
    assert paid.filter(invoicing).is_empty()
