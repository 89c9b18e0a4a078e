from __future__ import annotations

import pytest

from salarylab import schema
from salarylab.records.degrees import DEGREES, read_degree


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("TkT", "doctorate"),
        ("majakkatieteen tohtori", "doctorate"),
        ("Diplomi-insinööri", "master"),
        ("dipl.ins.", "master"),
        ("FM, majakkaoppi", "master"),
        ("KTM", "master"),
        ("Insinööri (YAMK)", "master"),
        ("ylempi ammattikorkeakoulu", "master"),
        ("Insinööri (AMK)", "bachelor"),
        ("Tradenomi", "bachelor"),
        ("loistotekniikan kandi", "bachelor"),
        ("Lukio", "secondary"),
        ("Datanomi, ylioppilas", "secondary"),
        ("lukio ja AMK", "bachelor"),
        ("peruskoulu", "below secondary"),
        ("Master’s degree – university (FM, KTM, DI, etc.)", "master"),
        ("Upper secondary – general (lukio / high school equivalent)", "secondary"),
        ("DI kesken", None),
        ("AMK-opiskelija", None),
        ("Yliopisto", None),
        ("elämän koulu", None),
    ],
)
def test_degrees_in_words(text: str, level: str | None) -> None:
    assert read_degree(text) == level


def test_every_degree_is_a_level_of_the_schema() -> None:
    levels = [level for level, _ in DEGREES]
    assert set(levels) <= set(schema.column("education").levels)
    assert levels == sorted(levels, key=schema.EDUCATION.index, reverse=True)
