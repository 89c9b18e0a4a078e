"""What is told of the crosswalk's quality is what the labelled titles give, and the labels agree with each other."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from records.roles.measuring import confusion, coverage, quality

from salarylab.disclosure import round_count
from salarylab.records.roles.assignment import ROLE_MAP
from salarylab.records.roles.quality import MEASURED
from salarylab.schema import SKILL_AREAS
from salarylab.sources import load

ROOT = Path(__file__).resolve().parents[3]
FIRST, AGAIN = (
    pl.read_csv(Path(__file__).with_name(name), infer_schema=False).sort("title")
    for name in ("labelled_titles.csv", "labelled_titles_again.csv")
)


def kappa(first: list[object], again: list[object]) -> float:
    """Cohen (1960), Educational and Psychological Measurement 20(1), 37-46."""
    n, one, other = len(first), Counter(first), Counter(again)
    agreed = sum(a == b for a, b in zip(first, again, strict=True)) / n
    by_chance = sum(one[label] * other[label] for label in one) / n**2
    return (agreed - by_chance) / (1 - by_chance)


def test_the_labels_are_many_and_each_title_stands_once_in_both_labellings() -> None:
    assert len(FIRST) >= 600
    assert FIRST["title"].to_list() == AGAIN["title"].to_list()
    assert FIRST["title"].str.to_lowercase().n_unique() == len(FIRST)
    assert FIRST["language"].n_unique() >= 5


def test_two_labellings_of_the_same_titles_agree_as_the_documentation_says() -> None:
    assert round(kappa(FIRST["role"].to_list(), AGAIN["role"].to_list()), 2) == 0.99
    for area in SKILL_AREAS:
        named = [frame["areas"].fill_null("").str.contains(area, literal=True).to_list() for frame in (FIRST, AGAIN)]
        assert kappa(*named) >= 0.9, area


def test_the_counts_carried_on_are_those_of_the_labelled_titles() -> None:
    assert confusion(FIRST) == MEASURED[ROLE_MAP]
    assert MEASURED[ROLE_MAP].n == len(FIRST)


@pytest.mark.parametrize("labelled", [FIRST, AGAIN], ids=["first", "again"])
def test_precision_and_recall_are_as_the_documentation_says(labelled: pl.DataFrame) -> None:
    told = (ROOT / "docs" / "roles.md").read_text()
    for row in (
        quality(labelled if labelled is AGAIN else FIRST).filter(pl.col("level") != "area").iter_rows(named=True)
    ):
        if labelled is FIRST:
            figures = f"| {100 * row['precision']:.0f} | {100 * row['recall']:.0f} |"
            assert f"| {row['level']}, {row['group']} | {row['labelled']} {figures}" in told
        else:  # the other reader's labels give nearly the same
            of_first = quality(FIRST).filter(pl.col("level") == row["level"], pl.col("group") == row["group"])
            assert abs(row["precision"] - of_first["precision"][0]) < 0.02
            assert abs(row["recall"] - of_first["recall"][0]) < 0.03


@pytest.mark.real
def test_titles_find_a_role_as_often_as_the_documentation_says(mirror: Path) -> None:
    section = (ROOT / "docs" / "roles.md").read_text(encoding="utf-8").split("## How many titles find a role")[1]
    lines = [line.strip("|").split("|") for line in section.split("## ")[0].splitlines() if line.startswith("| ")]
    told = {source.strip(): (rows.strip(), share.strip()) for source, rows, share in lines[1:]}
    assert set(told) == {"aijobs", "levels_fyi", "datajobs", "dou", "koodiklinikka", "kaggle_survey"}
    for source, (rows, share) in told.items():
        titled, found = coverage(load(source).steps)
        assert rows == f"{round_count(titled):,}", source
        assert share == f"{100 * found / titled:.0f}", source
