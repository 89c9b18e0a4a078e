"""Quality of a crosswalk: counts worked out by hand on a few labelled titles."""

from __future__ import annotations

import polars as pl
import pytest
from records.roles.measuring import confusion, quality

from salarylab.errors import VocabularyError
from salarylab.records.roles.assignment import ROLE_MAPS
from salarylab.records.roles.quality import FAMILIES, MEASURED, Misclassification

LABELLED = pl.DataFrame(
    {
        # right; another role of the family; another family; found where none is; none found where one is
        "title": ["Data Scientist", "AI Researcher", "Data Engineer", "Developer", "Engineer"],
        "role": ["data scientist", "applied scientist", "machine learning engineer", None, "software engineer"],
        "areas": ["AI/ML", "AI/ML; security", "AI/ML;data engineering & analytics", "", None],
    }
)


def line(level: str, group: str) -> tuple[object, ...]:
    found = quality(LABELLED).filter(level=level, group=group)
    return found.select("n", "assigned", "labelled", "right", "precision", "recall").row(0)


@pytest.mark.parametrize(
    ("level", "group", "counts"),
    [
        ("role", "all", (5, 4, 4, 1, 1 / 4, 1 / 4)),
        ("role", "core AI", (5, 2, 3, 1, 1 / 2, 1 / 3)),
        ("family", "all", (5, 4, 4, 2, 2 / 4, 2 / 4)),
        ("family", "core AI", (5, 2, 3, 2, 1.0, 2 / 3)),
        ("family", "adjacent technical", (5, 1, 0, 0, 0.0, None)),
        ("family", "other tech", (5, 1, 1, 0, 0.0, 0.0)),
        ("area", "AI/ML", (5, 2, 3, 2, 1.0, 2 / 3)),
        ("area", "security", (5, 0, 1, 0, None, 0.0)),
        ("area", "all", (5, 3, 5, 3, 1.0, 3 / 5)),
    ],
)
def test_precision_and_recall_are_shares_of_what_was_assigned_and_labelled(
    level: str, group: str, counts: tuple[object, ...]
) -> None:
    assert line(level, group) == counts


def test_without_labelled_areas_no_area_is_judged() -> None:
    assert quality(LABELLED.drop("areas"))["level"].unique().sort().to_list() == ["family", "role"]


def test_lists_of_areas_are_read_as_text_is() -> None:
    lists = LABELLED.with_columns(pl.col("areas").str.replace("; ", ";").str.split(";"))
    assert quality(lists).equals(quality(LABELLED))


def test_the_confusion_counts_each_title_once_and_its_rates_add_up() -> None:
    found = confusion(LABELLED)
    assert found.n == len(LABELLED)
    assert found.rate("core AI", "core AI") == 1.0
    assert found.rate("core AI", "adjacent technical") == 1.0
    assert found.rate("none", "other tech") == 1.0
    assert found.rate("other tech", "none") == 1.0
    assert found.rate("other", "other") is None
    sums = found.frame.drop_nulls("rate").group_by("assigned").agg(pl.col("rate").sum())
    assert sums["rate"].to_list() == pytest.approx([1.0] * len(sums))


def test_wrong_labels_counts_and_families_are_refused() -> None:
    with pytest.raises(VocabularyError, match="did you mean 'data scientist'"):
        quality(LABELLED.with_columns(pl.lit("data scientits").alias("role")))
    with pytest.raises(VocabularyError, match="labelled area 'AI'"):
        quality(LABELLED.with_columns(pl.lit("AI").alias("areas")))
    with pytest.raises(VocabularyError, match="misclassification counts"):
        Misclassification("2026-11", ((1, 2), (3, 4)))
    with pytest.raises(VocabularyError, match="'core'"):
        confusion(LABELLED).rate("core", "other")


def test_what_was_measured_is_of_a_declared_version() -> None:
    for version, measured in MEASURED.items():
        assert version in ROLE_MAPS
        assert measured.version == version
        assert len(measured.counts) == len(FAMILIES)
