"""The rules by which acs_pums and aijobs are cleaned, in pandas: the peer that ``make bench`` times.

Vectorised throughout, numbers parsed while reading, maps over categories rather than rows: as quick as the
author knows to write it. Where salarylab builds a list of 80 replicate weights in each row, this leaves
them a matrix, which costs less. The declared tables are salarylab's own, the code is not.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salarylab import schema
from salarylab.disclosure import MIN_PERCENTILE_CELL
from salarylab.records.audit import Step
from salarylab.records.postings import TIES
from salarylab.sources import acs_pums, aijobs
from salarylab.units import WEEKS_PER_YEAR

PAY = "pay_annual_usd"


class Audited:
    """Hold rows and the steps that led to them, as salarylab's Ledger does; ``weight`` names a column of weights."""

    def __init__(self, rows: pd.DataFrame, weight: str | None = None) -> None:
        self.rows = rows
        self.weight = weight
        self.steps: list[Step] = []

    def reject(self, rule: str, bad: pd.Series) -> None:
        """Remove the rows for which ``bad`` holds."""
        before, removed = self.rows, self.rows[bad]
        self.rows = before[~bad]
        self._count(rule, "reject", before, int(bad.sum()), median(removed, self.weight))

    def flag(self, rule: str, found: pd.Series) -> None:
        """Count the rows for which ``found`` holds."""
        self._count(rule, "flag", self.rows, int(found.sum()))

    def merge(self, rule: str, merged: pd.DataFrame, touched: int) -> None:
        """Take on a shorter table."""
        before, self.rows = self.rows, merged
        self._count(rule, "merge", before, touched)

    def _count(self, rule: str, kind: Any, before: pd.DataFrame, touched: int, gone: float | None = None) -> None:
        removed = len(before) - len(self.rows)
        self.steps.append(
            Step(
                rule,
                kind,
                len(before),
                touched,
                removed,
                median(before, self.weight),
                median(self.rows, self.weight),
                gone,
            ),
        )


def median(rows: pd.DataFrame, weight: str | None = None) -> float | None:
    """Return median annual pay, weighted or not, or None where it is known of fewer than thirty rows."""
    if PAY not in rows or rows[PAY].count() < MIN_PERCENTILE_CELL:
        return None
    if weight is None:
        return float(rows[PAY].median())
    by_pay = rows.dropna(subset=[PAY]).groupby(PAY)[weight].sum()
    above = by_pay.sum() - by_pay.cumsum()
    even = np.isclose(above, by_pay.sum() / 2, rtol=1e-12)
    at = int(np.argmax(even | (above < by_pay.sum() / 2)))
    return float(by_pay.index[at : at + 1 + even[at]].to_numpy().mean())


def read_text(content: bytes, columns: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
    """Return a csv's columns, blank cells missing, the numbers parsed; refuse records of another width.

    pandas pads a record that is cut short, so the cells of each are counted first.
    """
    if b'"' in content:
        widths = {len(cells) for cells in csv.reader(io.StringIO(content.decode(), newline="")) if cells}
    else:
        widths = {line.count(b",") for line in content.split(b"\n") if line}
    if len(widths) > 1:
        raise ValueError(f"records of {len(widths)} widths")
    texts = {name: str for name in columns if name not in numbers}
    rows = pd.read_csv(io.BytesIO(content), usecols=columns, dtype=texts, keep_default_na=False, na_values=[""])
    rows.insert(0, "row", np.arange(1, len(rows) + 1))
    return rows


def as_numbers(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the named columns as Float64; refuse those that hold something other than plain numbers."""
    try:
        return rows[list(names)].astype("float64")
    except ValueError:
        parsed = rows[list(names)].apply(pd.to_numeric, errors="coerce")
        strays = [name for name in names if (parsed[name].isna() & rows[name].notna()).any()]
        raise ValueError(f"not numbers: {strays}") from None


def levels(values: pd.Series, into: str, known: Mapping[str, str]) -> pd.Series:
    """Return the levels of a canonical column; refuse values that the map does not know."""
    strays = set(values.dropna().unique()) - set(known)
    if strays:
        raise ValueError(f"{into}: {sorted(strays)}")
    return values.map(known).astype(pd.CategoricalDtype(schema.column(into).levels, ordered=True))


# American Community Survey


def read_acs(folder: Path, *, text: bool = False) -> pd.DataFrame:
    """Return the persons of the six small states, 2018; ``text`` leaves the numbers text."""
    numbers = () if text else (*acs_pums.NUMBERS, *acs_pums.REPLICATE_NAMES)
    states = []
    for state in acs_pums.SHA256:
        member = f"psam_p{acs_pums.STATES[state][1]}.csv"
        with zipfile.ZipFile(folder / f"csv_p{state.lower()}.zip") as archive:
            rows = read_text(archive.read(member), acs_pums.COLUMNS, numbers)
        states.append(rows.assign(file=f"2018/{member}", year=2018))
    return pd.concat(states, ignore_index=True)


def clean_acs(raw: pd.DataFrame) -> Audited:
    """Return the records of wage earners and the audit."""
    numbers = as_numbers(raw, (*acs_pums.NUMBERS, *acs_pums.REPLICATE_NAMES))
    codes = raw[["ST", "SCHL", "JWTR"]].apply(lambda column: column.str.zfill(2))
    others = raw[["file", "year", "row", "COW", "NAICSP", "SOCP", "FOD1P", *acs_pums.FLAGS]]
    if not raw[list(acs_pums.FLAGS)].isin(["0", "1"]).all(axis=None):
        raise ValueError("allocation flags other than 0 and 1")
    audited = Audited(pd.concat([numbers, codes, others], axis=1).assign(**{PAY: numbers["WAGP"]}), "PWGTP")
    audited.reject("under 15 years old: wages not asked", audited.rows["WAGP"].isna())
    audited.reject("no wages in the past 12 months", audited.rows["WAGP"] == 0)
    rows = audited.rows = audited.rows.reset_index(drop=True)
    record = _top_codes(audited) | _pay(audited) | _work(rows) | _person(rows)
    audited.rows = pd.DataFrame({**record, PAY: rows[PAY], "imputed": _imputed(rows)})
    audited.rows.attrs["replicate_weights"] = rows[list(acs_pums.REPLICATE_NAMES)].to_numpy()
    return audited


def _imputed(rows: pd.DataFrame) -> list[list[str]]:
    """Return the columns of each row that were filled in; rows of the same flags share a list."""
    order = {name: place for place, name in enumerate(schema.BY_NAME)}
    flags = rows[list(acs_pums.FLAGS)].to_numpy() == "1"
    kinds, kind = np.unique(flags @ (1 << np.arange(flags.shape[1])), return_inverse=True)
    of_flags = list(acs_pums.FLAGS.values())
    named = [
        sorted({name for i, names in enumerate(of_flags) if bits >> i & 1 for name in names}, key=order.__getitem__)
        for bits in kinds.tolist()
    ]
    return [named[place] for place in kind]


def _top_codes(audited: Audited) -> dict[str, Any]:
    rows = audited.rows
    postal = {fips: state for state, (_, fips) in acs_pums.STATES.items()}
    place = rows["ST"].map(postal) + ", " + rows["year"].astype(str)
    code = place.map(acs_pums.TOP_CODES)
    is_top = rows["WAGP"] == code
    largest = rows["WAGP"].where(rows["WAGP"] < code).groupby(place).transform("max")
    for name in sorted(place.unique()):
        if name in acs_pums.TOP_CODES:
            rule = f"top-coded in {name}: the recorded value is a mean; low = largest wage below it, high = ∞"
            audited.flag(rule, is_top & (place == name))
    if code.isna().any():
        rule = "largest wage where no top code is declared: it may be the mean of several, and nothing bounds it"
        audited.flag(rule, code.isna() & (rows["WAGP"] == rows["WAGP"].groupby(place).transform("max")))
    return {"pay_low_usd": largest.where(is_top), "pay_high_usd": is_top.map({True: np.inf, False: np.nan})}


def _pay(audited: Audited) -> dict[str, Any]:
    rows = audited.rows
    full_year = np.where(rows["year"] >= acs_pums.WEEKS_COUNTED, rows["WKW"] >= 50, rows["WKW"] == 1)
    full_year = pd.Series(full_year, dtype="boolean").mask(rows["WKW"].isna())
    hourly = rows["WAGP"] / (WEEKS_PER_YEAR * rows["WKHP"])
    hourly = hourly.where(full_year.fillna(False) & (rows["WKHP"] > 0))
    rule = f"implied hourly pay under {acs_pums.TIPPED_MINIMUM} USD, the lowest federal cash wage"
    audited.flag(rule, hourly < acs_pums.TIPPED_MINIMUM)
    return {
        "pay_hourly_usd": hourly,
        "pay_annual_real_usd": rows["WAGP"] * rows["ADJINC"] / 1e6,
        "hours_weekly": rows["WKHP"],
        "full_year": full_year,
        **constants(len(rows), pay_concept="wage income", gross_net="gross", currency="USD", period="year"),
    }


def _work(rows: pd.DataFrame) -> dict[str, Any]:
    parts = {"COW": rows["COW"], "NAICSP": rows["NAICSP"].str[:2], "SOCP": rows["SOCP"].str[:2]}
    parts = {name: part.mask(part.isin(acs_pums.UNMAPPED[name])) for name, part in parts.items()}
    known = schema.column("employment").levels
    codes = np.select(
        [rows["COW"].isin(acs_pums.SELF_EMPLOYED), rows["WKHP"] >= 35, rows["WKHP"] < 35],
        [known.index(level) for level in ("self-employed", "full-time", "part-time")],
        default=-1,
    )
    return {
        "industry": levels(parts["NAICSP"], "industry", acs_pums.INDUSTRY),
        "role_family": levels(parts["SOCP"], "role_family", acs_pums.ROLE_FAMILY),
        "role": parts["SOCP"].map(acs_pums.ROLE),
        "org_kind": levels(parts["COW"], "org_kind", acs_pums.ORG_KIND),
        "work_mode": levels(rows["JWTR"], "work_mode", acs_pums.WORK_MODE),
        "employment": pd.Categorical.from_codes(codes, known, ordered=True),
    }


def _person(rows: pd.DataFrame) -> dict[str, Any]:
    schooling = rows["SCHL"].map(acs_pums.SCHOOLING_YEARS)
    return {
        "education": levels(rows["SCHL"], "education", acs_pums.EDUCATION),
        "field_of_study": rows["FOD1P"].str[:2].map(acs_pums.FIELD_OF_STUDY),
        "experience_years": (rows["AGEP"] - schooling - 6.0).clip(lower=0.0),
        "age": rows["AGEP"],
        "region": rows["ST"].map({fips: name for name, fips in acs_pums.STATES.values()}),
        "weight": rows["PWGTP"],
        "year": rows["year"].astype("int32"),
        "record_id": rows["file"] + ":" + rows["row"].astype(str),
        **constants(len(rows), experience_concept="potential", country="US", source="acs_pums", observation="worker"),
    }


# ai-jobs


def read_aijobs(path: Path) -> pd.DataFrame:
    """Return the postings' rows in file order; pay as numbers, all else text."""
    return read_text(path.read_bytes(), aijobs.COLUMNS, ("salary", "salary_in_usd"))


def clean_aijobs(raw: pd.DataFrame) -> Audited:
    """Return the postings, range ends paired and repeats dropped, and the audit."""
    texts = raw[list(aijobs.IDENTITY)].apply(lambda column: column.str.strip())
    rows = texts.mask(texts == "")
    as_numbers(rows, ("work_year", "remote_ratio"))
    rows = pd.concat([raw["row"], rows, as_numbers(raw, ("salary", "salary_in_usd"))], axis=1)
    audited = Audited(rows)
    _collapse_pairs(audited)
    rows = audited.rows
    rows[PAY] = np.sqrt(rows["pay_low"] * rows["pay_high"])
    audited.reject("repeats an earlier posting exactly", rows.duplicated([*aijobs.IDENTITY, "pay_low", "pay_high"]))
    audited.rows = _posting(audited.rows)
    return audited


def _collapse_pairs(audited: Audited) -> None:
    rows, after = audited.rows, audited.rows.shift(-1)
    identity = list(aijobs.IDENTITY)
    agree = ((rows[identity] == after[identity]) | (rows[identity].isna() & after[identity].isna())).all(axis=1)
    could_pair = agree & (rows["salary_in_usd"] >= after["salary_in_usd"]) & (rows["row"] + 1 == after["row"])
    run = (could_pair != could_pair.shift()).cumsum()
    opens = could_pair & (could_pair.groupby(run).cumcount() % 2 == 0)
    ends = {
        "pay_high": rows["salary_in_usd"],
        "pay_low": rows["salary_in_usd"].mask(opens, after["salary_in_usd"]),
        "salary_high": rows["salary"],
        "salary_low": rows["salary"].mask(opens, after["salary"]),
    }
    closes = opens.shift(1, fill_value=False)
    merged = rows.assign(**ends, paired=opens)[~closes]
    audited.merge("two rows, high end then low end, are one posting", merged, 2 * int(opens.sum()))
    audited.flag(TIES, merged["paired"] & (merged["pay_low"] == merged["pay_high"]))


def _posting(rows: pd.DataFrame) -> pd.DataFrame:
    record = {
        PAY: rows[PAY],
        "year": rows["work_year"].astype("int32"),
        "cluster": _signature(rows),
        "seniority": levels(rows["experience_level"], "seniority", aijobs.SENIORITY),
        "employment": levels(rows["employment_type"], "employment", aijobs.EMPLOYMENT),
        "work_mode": levels(rows["remote_ratio"], "work_mode", aijobs.WORK_MODE),
        "org_size": levels(rows["company_size"], "org_size", aijobs.ORG_SIZE),
        "remote_share": rows["remote_ratio"].astype("float64") / 100.0,
        "title": rows["job_title"],
        "country": rows["company_location"],
        "residence_country": rows["employee_residence"],
        "record_id": f"{aijobs.FILE.name}:" + rows["row"].astype(str),
        "pay_low_usd": rows["pay_low"],
        "pay_high_usd": rows["pay_high"],
        "pay_arithmetic_midpoint_usd": (rows["pay_low"] + rows["pay_high"]) / 2.0,
        "pay_annual_local": np.sqrt(rows["salary_low"] * rows["salary_high"]),
        "currency": rows["salary_currency"],
        **constants(len(rows), pay_concept="advertised midpoint", gross_net="gross", period="year"),
        **constants(len(rows), source="aijobs", observation="posting"),
    }
    return pd.DataFrame(record)


def _signature(rows: pd.DataFrame) -> pd.Series:
    """Return the identity fields of each row as one JSON text, each value encoded once."""
    encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False).encode
    text: Any = "{"
    for position, name in enumerate(aijobs.IDENTITY):
        known = {value: encode(value) for value in rows[name].dropna().unique()}
        text = text + ("," if position else "") + f'"{name}":' + rows[name].map(known).fillna("null")
    return text + "}"


def constants(rows: int, **values: str) -> dict[str, pd.Categorical]:
    """Return columns of one value each, at the cost of one code a row."""
    return {name: pd.Categorical.from_codes(np.zeros(rows, dtype="int8"), [value]) for name, value in values.items()}
