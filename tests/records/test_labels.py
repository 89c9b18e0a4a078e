import polars as pl
import pytest

from salarylab.errors import DataError
from salarylab.records.audit import Ledger
from salarylab.records.labels import FEW, empty_strangers, to_level

DEGREES = {"Bachelor’s degree (B.A., etc.)": "bachelor", "Master's degree": "master", "Other": None}


def _answers(strangers: int, of: int, label: str = "Licence") -> Ledger:
    known = ["Bachelor's degree (BA, etc)", "Master’s degree", "Other", None] * of
    return Ledger(pl.DataFrame({"degree": [*known[: of - strangers], *[label] * strangers]}))


def test_a_few_strangers_are_emptied_counted_and_named_where_ten_rows_carry_them():
    few, named = _answers(9, 2_000), _answers(20, 2_000)
    assert empty_strangers(few, "degree", DEGREES).steps[0].rule.endswith("left empty")
    emptied = empty_strangers(named, "degree", DEGREES)
    assert emptied.steps[0].rule.endswith("left empty (Licence)")
    assert emptied.steps[0].touched == 20
    assert emptied.rows["degree"].null_count() == named.rows["degree"].null_count() + 20


def test_many_strangers_are_another_questionnaire_and_refused_with_their_names():
    strangers = int(FEW * 1_000) + 1
    ledger = empty_strangers(_answers(strangers, 1_000), "degree", DEGREES)
    assert ledger.steps == ()
    with pytest.raises(DataError, match=f"'Licence' in {strangers} rows"):
        to_level(ledger.rows["degree"], "education", DEGREES, source="a survey")


def test_of_several_answers_one_stranger_empties_the_whole():
    ledger = Ledger(pl.DataFrame({"job": ["tester;wizard", *["tester;coder", "tester"] * 50]}))
    emptied = empty_strangers(ledger, "job", {"tester": "a", "coder": "b"}).rows["job"]
    assert emptied.null_count() == 1
    assert emptied[0] is None


def test_dots_and_apostrophes_do_not_part_labels():
    ledger = _answers(0, 40)
    assert empty_strangers(ledger, "degree", DEGREES).steps == ()
    levels = to_level(ledger.rows["degree"], "education", DEGREES, source="a survey")
    assert levels.value_counts().sort("education").rows() == [(None, 20), ("bachelor", 10), ("master", 10)]
