"""Reports on the publishers' files, run as a user runs them, against statsmodels' formula interface.

The regressions here start from the raw files (ACS) or the cleaned records and share nothing else with the library:
rows are picked by hand, the spline is patsy's natural cubic one, standard errors are loops written out.
Agreement asked for: 1e-8 in log points of the estimates in process; a report tells them rounded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf

import salarylab as sl
from salarylab.disclosure import round_count
from salarylab.finding import Finding
from salarylab.model.ladder import Steps

pytestmark = pytest.mark.real

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE = 1e-8
TOLD = 0.5001e-4  # a report has four decimals of a log point


def run(project: Path, mirror: Path, notebook: str, source: str) -> tuple[Path, list[dict[str, Any]]]:
    """Run `salarylab run NOTEBOOK --set source=…` and return the published page and its findings."""
    environment = os.environ | {"SALARYLAB_ROOT": str(project), "SALARYLAB_MIRROR": str(mirror)}
    command = [str(Path(sys.executable).parent / "salarylab"), "run", notebook, "--set", f"source={source}"]
    ran = subprocess.run(command, env=environment, cwd=project, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (folder,) = (project / "reports" / notebook).iterdir()
    return folder / "index.html", lines(folder / "findings.jsonl")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def assert_kept(findings: list[dict[str, Any]], name: str) -> None:
    """Assert that the gallery tells what this run found, but for the last decimal told."""
    kept = lines(ROOT / "reports" / "gallery" / f"{name}.findings.jsonl")
    assert [f["subject"] for f in kept] == [f["subject"] for f in findings]
    for found, told in zip(findings, kept, strict=True):
        assert found["value"] == pytest.approx(told["value"], abs=1.0001e-4)
        assert found["data_sha256"] == told["data_sha256"]


def premium(findings: list[dict[str, Any]], equation: str) -> dict[str, Any]:
    """Return the one finding that comes from an equation and is a premium."""
    (found,) = [f for f in findings if f["equation"] == equation and f["unit"] == "log points"]
    return found


def asked_in_process(source: str, factor: str, level: str, *ladders: Steps) -> dict[str, Finding]:
    """Return a level's premium in each equation of some ladders, by equation: not rounded."""
    records = sl.load(source)
    sample = sl.draw(records, sl.standard(records))
    asked = [sl.ladder(sample, factor, steps) for steps in ladders]  # of more and more held equal
    found = [sl.contrast(rung.estimate, factor, level) for each in asked for rung in each.rungs]
    return {str(finding.equation): finding for finding in found}


def assert_told(findings: list[dict[str, Any]], exact: Finding) -> None:
    """Assert that a report tells an equation's premium rounded, and as it is but for that."""
    told = premium(findings, str(exact.equation))
    for name in ("value", "low", "high"):
        assert told[name] == pytest.approx(getattr(exact, name), abs=TOLD)
    assert told["se"] == pytest.approx(exact.se, rel=0.05)


def to_pandas(table: pl.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(table.with_columns(pl.col(pl.Enum).cast(pl.String)).to_dict(as_series=False))


DEGREES = {20: "associate", 21: "bachelor", 22: "master", 23: "professional", 24: "doctorate"}
USED = ["ST", "SCHL", "AGEP", "SOCP", "COW", "WAGP", "WKHP", "WKW", "PWGTP", *(f"PWGTP{r}" for r in range(1, 81))]
USED += ["FWAGP", "FWKHP", "FWKWP", "FSCHLP", "FAGEP", "FOCCP"]
YEARS_OF_SCHOOL = {16: 12, 17: 12, 18: 12.5, 19: 13, 20: 14, 21: 16, 22: 18, 23: 19, 24: 21}


@pytest.fixture
def acs_rows(project: Path, mirror: Path) -> pd.DataFrame:
    """Return full-time full-year ACS employees of working age who stated wage, hours and weeks: from the raw files."""
    tables = []
    for path in sorted((mirror / "acs_pums_2018").glob("csv_p*.zip")):
        with zipfile.ZipFile(path) as archive:
            (member,) = (name for name in archive.namelist() if name.endswith(".csv"))
            tables.append(pd.read_csv(archive.open(member), usecols=USED, dtype={"SOCP": str}))
    raw = pd.concat(tables, ignore_index=True)
    kept = (raw.WAGP > 0) & (raw.WKHP >= 35) & (raw.WKW == 1) & raw.AGEP.between(18, 64) & ~raw.COW.isin([6, 7])
    rows = raw[kept & (raw[["FWAGP", "FWKHP", "FWKWP"]] == 0).all(axis=1)].reset_index(drop=True).copy()
    schooling = rows.SCHL.map(YEARS_OF_SCHOOL).fillna((rows.SCHL - 3).clip(lower=0))
    below = np.select([rows.SCHL <= 15, rows.SCHL <= 17], ["below secondary", "secondary"], "some college")
    return rows.assign(
        pay_hourly_usd=rows.WAGP / (52 * rows.WKHP),
        education=rows.SCHL.map(DEGREES).fillna(pd.Series(below)),
        experience_years=(rows.AGEP - schooling - 6).clip(lower=0),
        age=rows.AGEP,
        role=rows.SOCP.str[:2],
        region=rows.ST,
        weight=rows.PWGTP,
    )


DEGREE: Steps = [
    ("raw gap", []),
    ("+ experience", ["experience_spline", "year"]),
    ("+ role", ["role_family", "role", "seniority"]),
    ("+ place", ["country", "region"]),
]
SAME_AGE: Steps = [("raw gap", []), ("same age", ["age_spline", "year"])]
REMOTE: Steps = [
    ("raw gap", []),
    ("+ person", ["education", "experience_spline", "year"]),
    ("+ job", ["role", "title", "role_family", "seniority"]),
    ("+ place", ["country", "region"]),
    ("+ employer", ["industry", "org_size"]),
]


def test_02_degree_on_acs(project: Path, mirror: Path, acs_rows: pd.DataFrame, inspect: Callable[[Path], Any]) -> None:
    page, findings = run(project, mirror, "02_degree", "acs_pums")
    assert_kept(findings, "degree_acs_2018")
    seen = inspect(page)
    assert seen.whole, seen
    # what the Bureau filled in is no answer: degree, age (so experience) and occupation, where they are asked
    flags = ["FSCHLP", "FAGEP", "FOCCP"]
    rows, by_age = (acs_rows[(acs_rows[names] == 0).all(axis=1)] for names in (flags, flags[:2]))
    replicates = rows[[f"PWGTP{r}" for r in range(1, 81)]].to_numpy(dtype=float)
    raw = "log_pay ~ education"
    degree = "C(education, Treatment('bachelor'))"
    spline = "cr(experience_years, knots=(6, 12, 20), lower_bound=2, upper_bound=32, constraints='center')"
    same_age = "cr(age, knots=(32, 40, 50), lower_bound=25, upper_bound=58, constraints='center')"
    rights = {
        raw: degree,
        f"{raw} + experience_spline": f"{degree} + {spline}",
        f"{raw} + experience_spline + role": f"{degree} + {spline} + C(role)",
        f"{raw} + experience_spline + role + region": f"{degree} + {spline} + C(role) + C(region)",
        f"{raw} + age_spline": f"{degree} + {same_age}",
    }
    exact = asked_in_process("acs_pums", "education", "doctorate", SAME_AGE, DEGREE)
    for equation, right in rights.items():
        assert_told(findings, exact[equation])
        of = by_age if "age_spline" in equation else rows
        model = smf.wls(f"np.log(pay_hourly_usd) ~ {right}", of, weights=of["weight"])
        name = f"{degree}[T.doctorate]"
        assert exact[equation].value == pytest.approx(model.fit(method="qr").params[name], abs=TOLERANCE)
        assert exact[equation].n == len(of)
        assert premium(findings, equation)["n"] == round_count(len(of))
    # 4/80 times the sum of squared differences of 80 refits, one weight after another
    for equation in (raw, f"{raw} + experience_spline + role + region"):
        model = smf.wls(f"np.log(pay_hourly_usd) ~ {rights[equation]}", rows, weights=rows["weight"])
        position = model.exog_names.index(f"{degree}[T.doctorate]")
        x, y = model.exog, model.endog
        theta = model.fit(method="qr").params.iloc[position]
        refits = [np.linalg.solve(x.T @ (w[:, None] * x), x.T @ (w * y))[position] for w in replicates.T]
        se = np.sqrt(4 / 80 * sum((refit - theta) ** 2 for refit in refits))
        assert exact[equation].se == pytest.approx(se, abs=TOLERANCE)
    assert "Six small US states" in findings[0]["headline"]
    assert "2018" in findings[0]["headline"]


def test_04_remote_and_place_on_aijobs(project: Path, mirror: Path, inspect: Callable[[Path], Any]) -> None:
    page, findings = run(project, mirror, "04_remote_and_place", "aijobs")
    assert_kept(findings, "remote_aijobs")
    seen = inspect(page)
    assert seen.whole, seen
    table = sl.load("aijobs").table.filter(
        pl.col("pay_annual_usd") > 0, ~pl.col("employment").is_in(["freelance", "part-time"])
    )
    while True:  # a posting alone at its title or country fits itself
        kept = table.filter(~pl.col("title").is_unique() & ~pl.col("country").is_unique())
        if len(kept) == len(table):
            break
        table = kept
    rows = to_pandas(
        table.select("pay_annual_usd", "work_mode", "year", "title", "country", "seniority", "org_size", "cluster")
    )
    mode, name = "C(work_mode, Treatment('on-site'))", "C(work_mode, Treatment('on-site'))[T.remote]"
    rights = {
        "log_pay ~ work_mode": mode,
        "log_pay ~ work_mode + year": f"{mode} + C(year)",
        "log_pay ~ work_mode + year + title + seniority": f"{mode} + C(year) + C(title) + C(seniority)",
        "log_pay ~ work_mode + year + title + seniority + country": (
            f"{mode} + C(year) + C(title) + C(seniority) + C(country)"
        ),
        "log_pay ~ work_mode + year + title + seniority + country + org_size": (
            f"{mode} + C(year) + C(title) + C(seniority) + C(country) + C(org_size)"
        ),
    }
    exact = asked_in_process("aijobs", "work_mode", "remote", REMOTE)
    for equation, right in rights.items():
        assert_told(findings, exact[equation])
        fitted = smf.ols(f"np.log(pay_annual_usd) ~ {right}", rows).fit(method="qr")
        assert exact[equation].value == pytest.approx(fitted.params[name], abs=TOLERANCE), equation
        assert exact[equation].n == len(rows)
        assert premium(findings, equation)["n"] == round_count(len(rows))
    assert exact["log_pay ~ work_mode + year"].se == pytest.approx(
        leave_one_cluster_out(rows, f"{mode} + C(year)", name), abs=TOLERANCE
    )
    assert findings[0]["headline"].startswith("Advertised midpoints, not pay")


def leave_one_cluster_out(rows: pd.DataFrame, right: str, name: str) -> float:
    """Return the jackknife standard error: refit without each cluster, around the full estimate."""
    model = smf.ols(f"np.log(pay_annual_usd) ~ {right}", rows)
    x, y, position = model.exog, model.endog, model.exog_names.index(name)
    gram, moment = x.T @ x, x.T @ y
    full = np.linalg.solve(gram, moment)[position]
    squares = []
    for indices in rows.groupby("cluster").indices.values():
        part = x[indices]
        refit = np.linalg.solve(gram - part.T @ part, moment - part.T @ y[indices])[position]
        squares.append((refit - full) ** 2)
    groups = len(squares)
    return float(np.sqrt((groups - 1) / groups * sum(squares)))
