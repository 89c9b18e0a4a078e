"""The headlines of the two pages on every source, recomputed from the publishers' files by other means.

Rows: by hand (``rows``). Estimates: dummies, a spline from scipy, statsmodels, loops (``estimators``). Agreement asked
for: 1e-8 relative of the premium, everybody's gap, the premium with the job held equal too, and the two amounts (1e-6
of maximum likelihood); 1e-6 relative of standard errors and ends of intervals; rows on both sides exactly. The table
in docs/validation.md says what the library says; ``python -m real.test_headlines`` (in tests/) writes it anew.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from _pytest.mark import ParameterSet
from real.estimators import Recomputed, answered, premium
from real.rows import ROWS, koodiklinikka

import salarylab as sl
from salarylab.model.contributors import rows_at
from salarylab.questions import Premium
from salarylab.questions.money import pay_at
from salarylab.unanswered import Unanswered

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "validation.md"
TITLE = "## Headlines, recomputed"
PAGES = {"education": "02_degree", "work_mode": "04_remote_and_place"}
PLACE, JOB = "place", "job"


@dataclass(frozen=True)
class Asked:
    """Hold what a page compares, and what it holds equal at the headline, at the job, and asks beyond."""

    level: str
    base: str
    held: tuple[str, ...]
    job: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    rule: str = "HC2"
    raw_rule: str = "HC2"
    words: tuple[str, ...] = ()

    @property
    def close(self) -> float:
        """How near two estimates of the page are, relative: maximum likelihood stops at its own tolerance."""
        return 1e-6 if self.rule == "bands" else 1e-8

    @property
    def every(self) -> tuple[str, ...]:
        return (*self.held, *self.job, *self.beyond)


MORE: dict[tuple[str, str], Asked] = {
    ("education", "demo"): Asked(
        *("bachelor", "secondary"),
        held=("experience", "year", "country", "region"),
        job=("role", "seniority"),
        beyond=("employer",),
    ),
    ("education", "textbook_wage1"): Asked(
        *("some college", "secondary"),
        held=("experience", "region"),
        job=("role",),
        beyond=("industry",),
        words=("potential experience", "region"),
    ),
    ("education", "acs_pums"): Asked(
        *("bachelor", "secondary"),
        held=("experience", "region"),
        job=("role",),
        beyond=("industry", "org_kind"),
        rule="replicates",
        raw_rule="replicates",
        words=("potential experience", "region"),
    ),
    ("education", "levels_fyi"): Asked(
        *("master", "bachelor"),
        held=("experience", "year", "region"),
        job=("role",),
        beyond=("employer",),
        rule="CR1",  # the region is absorbed
        raw_rule="CRV3",
    ),
    ("education", "dou"): Asked(
        *("bachelor or master", "some college"),
        held=("experience", "region"),
        job=("role",),
        beyond=("org_size", "org_kind"),
    ),
    ("education", "koodiklinikka"): Asked(
        *("bachelor", "secondary"),
        held=("experience", "year", "region"),
        job=("role", "seniority"),
        beyond=("org_size", "org_kind"),
    ),
    ("education", "kaggle_survey"): Asked(
        *("master", "bachelor"),
        held=("experience", "country"),
        job=("role",),
        beyond=("industry", "org_size"),
        rule="bands",
        raw_rule="bands",
        words=("coding experience", "country"),
    ),
    ("work_mode", "demo"): Asked(
        *("remote", "on-site"),
        held=("education", "experience", "year", "country", "region", "role", "seniority"),
        beyond=("employer",),
    ),
    ("work_mode", "acs_pums"): Asked(
        *("remote", "on-site"),
        held=("education", "experience", "region", "role"),
        beyond=("industry", "org_kind"),
        rule="replicates",
        raw_rule="replicates",
        words=("education", "potential experience", "region", "role"),
    ),
    ("work_mode", "aijobs"): Asked(
        *("remote", "on-site"),
        held=("year", "country", "role", "seniority"),
        beyond=("org_size",),
        rule="CRV3",
        raw_rule="CRV3",
    ),
    ("work_mode", "dou"): Asked(
        # remote workers name no region; levels read from posts follow from the roles
        *("remote", "not remote"),
        held=("education", "experience", "role"),
        beyond=("org_size", "org_kind"),
    ),
    ("work_mode", "koodiklinikka"): Asked(
        *("remote", "on-site"),
        held=("education", "experience", "year", "region", "role", "seniority"),
        beyond=("org_size", "org_kind"),
        words=(
            *("education (asked in 2023 and 2025 alone)", "experience (asked in 2023 and 2025 alone)"),
            *("year", "region", "role", "seniority (asked in 2025 alone)"),
        ),
    ),
    ("work_mode", "datajobs"): Asked(*("remote", "not remote"), held=("country", "role"), rule="CRV3", raw_rule="CRV3"),
}
"""What each page compares by its declared pair, and what it holds equal: the declared tiers less what the source did
not ask, what takes one value, what few of a level compared answered, and what costs a tenth of the rows beyond the
headline's tier."""

NOT_ASKED = [
    ("education", "aijobs"),
    ("education", "datajobs"),
    ("work_mode", "textbook_wage1"),
    ("work_mode", "levels_fyi"),
    ("work_mode", "kaggle_survey"),
]

FREE = ("demo", "textbook_wage1")


def every() -> list[ParameterSet]:
    """Return each page and source, those of third parties marked ``real``."""
    marks = {page: [] if page[1] in FREE else [pytest.mark.real] for page in MORE}
    return [pytest.param(*page, marks=those) for page, those in marks.items()]


@cache
def asked(factor: str, source: str) -> Premium:
    found = sl.premium(sl.draw(sl.load(source)), factor)
    assert isinstance(found, Premium)
    return found


@dataclass(frozen=True)
class Found:
    """Hold what the other means find: the headline, the gap of all and of those analysed, the job held equal too."""

    headline: Recomputed
    raw: Recomputed
    stayed: Recomputed
    job: Recomputed | None
    everybody: pd.DataFrame
    analysed: pd.DataFrame


@cache
def recomputed(factor: str, source: str, mirror: Path | None) -> Found:
    page = MORE[factor, source]
    rows = ROWS[source](mirror)  # type: ignore[arg-type]
    unlifted = koodiklinikka(mirror, lifted=False) if source == "koodiklinikka" and mirror else rows
    if source == "koodiklinikka":
        rows = rows.assign(**{factor: unlifted[factor]})  # the question itself is never lifted
    everybody = answered(rows, [factor])
    analysed = answered(rows, [factor, *page.every])
    sides = (factor, page.level, page.base)
    return Found(
        premium(analysed, *sides, page.held, page.rule),
        premium(everybody, *sides, (), page.raw_rule),
        premium(analysed, *sides, (), page.raw_rule),
        premium(analysed, *sides, (*page.held, *page.job), page.rule) if page.job else None,
        everybody,
        analysed,
    )


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path | None:
    return None if request.node.callspec.params["source"] in FREE else request.getfixturevalue("mirror")


@pytest.mark.parametrize(("factor", "source"), every())
def test_the_headline_is_what_other_means_find(factor: str, source: str, folder: Path | None) -> None:
    page, answer, found = MORE[factor, source], asked(factor, source), recomputed(factor, source, folder)
    assert (answer.level, answer.base) == (page.level, page.base)
    assert [name.removesuffix("_spline") for name in answer.rung.held] == list(page.held)
    design = answer.rung.estimate.design
    assert tuple(rows_at(design, {factor: at}) for at in (page.level, page.base)) == found.headline.rows
    assert design.n == found.headline.n
    said = answer.headline
    assert said.value == pytest.approx(found.headline.value, rel=page.close)
    assert said.se == pytest.approx(found.headline.se, rel=1e-6)
    assert (said.low, said.high) == pytest.approx(found.headline.ends, rel=1e-6)
    assert pay_at(answer.rung.estimate, factor, page.level, page.base) == pytest.approx(
        found.headline.pay, rel=page.close
    )


@pytest.mark.parametrize(("factor", "source"), every())
def test_everybodys_gap_is_what_other_means_find(factor: str, source: str, folder: Path | None) -> None:
    page, answer, found = MORE[factor, source], asked(factor, source), recomputed(factor, source, folder)
    design = answer.ladder.everybody.design
    assert tuple(rows_at(design, {factor: at}) for at in (page.level, page.base)) == found.raw.rows
    assert answer.raw.value == pytest.approx(found.raw.value, rel=page.close)
    assert answer.raw.se == pytest.approx(found.raw.se, rel=1e-6)
    if page.rule != "bands":  # a difference of mean log pay
        sides = [found.everybody[found.everybody[factor] == at] for at in (page.level, page.base)]
        means = [np.average(np.log(one["pay"]), weights=one.get("weight")) for one in sides]
        assert answer.raw.value == pytest.approx(means[0] - means[1], rel=1e-8)


@pytest.mark.parametrize(("factor", "source"), every())
def test_with_the_job_held_equal_too(factor: str, source: str, folder: Path | None) -> None:
    answer, found = asked(factor, source), recomputed(factor, source, folder)
    rungs = {rung.label: rung.estimate for rung in answer.ladder.rungs}
    if found.job is None:
        assert "with the job held equal too" not in str(answer.headline.said)
        return
    page = MORE[factor, source]
    second = sl.contrast(rungs["+ job"], factor, page.level, page.base)
    assert second.value == pytest.approx(found.job.value, rel=page.close)


@pytest.mark.parametrize(("factor", "source"), every())
def test_who_left_is_recounted(factor: str, source: str, folder: Path | None) -> None:
    page, answer, found = MORE[factor, source], asked(factor, source), recomputed(factor, source, folder)
    attrition = answer.attrition
    left = found.everybody[~found.everybody.index.isin(found.analysed.index)]
    n = len(found.everybody)
    step = next(part * 10.0**-k for k in range(6, 0, -1) for part in (1, 2, 5) if part * 10.0**-k * n >= 10)
    assert attrition.share == pytest.approx(len(left) / n, abs=step if len(left) < step * n else 0.5001 * step)
    assert attrition.everybody == pytest.approx(found.raw.value, rel=page.close)
    assert attrition.answered == pytest.approx(found.stayed.value, rel=page.close)
    medians = [median(one) for one in (left, found.analysed)]
    if attrition.medians is not None:
        assert attrition.medians == pytest.approx(medians, rel=1e-9)
    if not attrition.matters:
        return
    said = str(answer._repr_mimebundle_()["text/plain"])
    gaps = [f"{percent(one.value):+.1f}%" for one in (found.stayed, found.raw)]
    assert [one for one in (*gaps, f"{100 * len(left) / n:.0f}%", *map(money, medians)) if one not in said] == []


def median(rows: pd.DataFrame) -> float:
    """Return median annual pay, by weight where there is one."""
    rows = rows.dropna(subset=["annual"]).sort_values("annual")
    if "weight" not in rows:
        return float(rows["annual"].median())
    return float(rows["annual"].iloc[int(np.searchsorted(rows["weight"].cumsum(), rows["weight"].sum() / 2))])


@pytest.mark.parametrize(("factor", "source"), every())
def test_the_sentence_says_these_numbers(factor: str, source: str, folder: Path | None) -> None:
    page, found = MORE[factor, source], recomputed(factor, source, folder)
    first = str(asked(factor, source)._repr_mimebundle_()["text/plain"]).split("\n")[0]
    low, high = found.headline.ends
    upper, lower = (money(amount) for amount in found.headline.pay)
    names = page.words or page.held
    job = "" if found.job is None else f"; with the job held equal too, {more(found.job.value)}"
    numbers = [
        f"goes with {more(found.headline.value)} pay",
        f"(95% interval {percent(low):+.1f}% to {percent(high):+.1f}%)",
        f", {', '.join(names[:-1])} and {names[-1]} held equal: about {upper} against {lower} US dollars{job}. ",
    ]
    assert [one for one in numbers if one not in first] == []
    ending = re.search(r"([\d,]+) (people|postings) beside ([\d,]+)\.$", first)
    assert ending is not None
    assert (ending[1], ending[3]) == tuple(f"{rounded(n):,}" for n in found.headline.rows)
    assert (ending[2] == "postings") is (source in ("aijobs", "datajobs"))


def percent(log_points: float) -> float:
    return 100 * (np.exp(log_points) - 1)


def more(log_points: float) -> str:
    return f"{abs(percent(log_points)):.1f}% {'more' if log_points >= 0 else 'less'}"


def money(amount: float) -> str:
    """Return three digits that count."""
    digits = 2 - int(np.floor(np.log10(amount)))
    kept = round(amount, digits)
    return f"{kept:,.0f}" if kept >= 100 else f"{kept:.1f}"


def rounded(count: int) -> int:
    """Return a count as pages print it: to 10 below 100, 50 below 1,000, 100 below 10,000, else 500; halves up."""
    step = 10 if count < 100 else 50 if count < 1_000 else 100 if count < 10_000 else 500
    return int(step * np.floor(count / step + 0.5))


@pytest.mark.real
@pytest.mark.parametrize(("factor", "source"), NOT_ASKED)
def test_a_source_that_never_asked_is_an_answer(factor: str, source: str, mirror: Path) -> None:
    answer = sl.premium(sl.draw(sl.load(source)), factor)
    assert isinstance(answer, Unanswered)
    assert f"{source} never asked" in answer.reason


# The table of docs/validation.md


def line(factor: str, source: str, mirror: Path | None) -> str:
    """Return a page's line: what the library says, its number, that of the other means, and the rows recounted."""
    answer, found = asked(factor, source), recomputed(factor, source, mirror)
    says = str(answer._repr_mimebundle_()["text/plain"]).split("\n")[0]
    numbers = f"{answer.headline.value:+.4f} | {found.headline.value:+.4f}"
    sides = " beside ".join(f"{rounded(n):,}" for n in found.headline.rows)
    return f"| `{PAGES[factor]}` | `{source}` | {says} | {numbers} | {sides} |"


def unasked(factor: str, source: str) -> str:
    return f"| `{PAGES[factor]}` | `{source}` | not asked | | | |"


def table(mirror: Path) -> list[str]:
    """Return the lines of the table, a page and source each, page by page."""
    lines = {page: line(*page, mirror) for page in MORE} | {page: unasked(*page) for page in NOT_ASKED}
    order = list(ROWS)
    return [lines[page] for page in sorted(lines, key=lambda page: (PAGES[page[0]], order.index(page[1])))]


def committed() -> list[str]:
    section = PAGE.read_text(encoding="utf-8").partition(TITLE)[2].partition("\n## ")[0]
    return [one for one in section.splitlines() if one.startswith("| `")]


@pytest.mark.real
def test_the_docs_say_what_the_library_says(mirror: Path) -> None:
    assert committed() == table(mirror)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    old = "\n".join(committed())
    PAGE.write_text(text.replace(old, "\n".join(table(Path(os.environ["SALARYLAB_MIRROR"])))), encoding="utf-8")
