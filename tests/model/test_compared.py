"""What may be asked about is found by name, and what may not is refused with all that is wrong."""

from __future__ import annotations

import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.compared import categorical, given, level_faults, partners, refuse_levels

FACTORS = ("education", "role_family", "experience", "education:role_family")


def design(workers: sl.Records) -> sl.Design:
    return sl.build(sl.Spec(factors=FACTORS, clusters=None), sl.draw(workers, []))


def test_a_number_is_no_categorical_factor(workers: sl.Records) -> None:
    assert categorical(design(workers), "education").base == "bachelor"
    for name in ("experience", "educatoin"):
        with pytest.raises(ModelError, match="categorical factor of this equation"):
            categorical(design(workers), name)


def test_partners_are_those_of_interactions(workers: sl.Records) -> None:
    assert partners(design(workers), "role_family") == {"education"}
    assert partners(design(workers), "experience") == set()


def test_what_is_held_equal_is_all_but_what_is_compared(workers: sl.Records) -> None:
    labels = [design(workers).blocks[name].factor.label for name in ("role_family", "experience")]
    assert given(design(workers), "education") == ", ".join(labels)
    assert given(design(workers), "education", "role_family", "experience") == ""


def test_levels_are_refused_together(workers: sl.Records) -> None:
    block = categorical(design(workers), "education")
    assert level_faults(block, "master", "bachelor") == []
    assert len(level_faults(block, "mastre", "batchelor")) == 2
    assert len(level_faults(block, "mastre", "mastre")) == 1
    with pytest.raises(ModelError, match="base category"):
        refuse_levels(block, "bachelor", "bachelor")
