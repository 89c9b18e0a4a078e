"""Charts and tables: what a reader sees of the demo, and what a small cell may not show."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nbformat
import polars as pl
import pytest
import vl_convert
from nbformat.v4 import new_code_cell, new_notebook, new_output

import salarylab as sl
from salarylab.disclosure import release, show_count
from salarylab.passport import NOT_STATED
from salarylab.show import embed, svg
from salarylab.show.figure import SVG_MIME, VEGALITE_MIME
from salarylab.show.premia import PERCENT, TRUTH, percents
from salarylab.show.tables import SMALLER
from salarylab.show.text import WITHHELD
from salarylab.unanswered import Unanswered

Invent = Callable[..., sl.Records]


@pytest.fixture(scope="module")
def records() -> sl.Records:
    return sl.load("demo")


@pytest.fixture(scope="module")
def sample(records: sl.Records) -> sl.Sample:
    return sl.draw(records, sl.standard(records))


@pytest.fixture(scope="module")
def ladder(sample: sl.Sample) -> sl.Ladder:
    steps = [("raw gap", []), ("+ experience", ["experience_spline", "year"])]
    return sl.ladder(sample, "education", steps, bases={"education": "secondary"})


@pytest.fixture(scope="module")
def groups(sample: sl.Sample) -> sl.GroupPremia:
    found = sl.premium_by(sample, "education", "role_family", ["experience_spline", "year", "country", "region"])
    assert isinstance(found, sl.GroupPremia)
    return found


@pytest.fixture(scope="module")
def figures(records: sl.Records, sample: sl.Sample, ladder: sl.Ladder, groups: sl.GroupPremia) -> dict[str, Any]:
    return {
        "flow": sl.show.flow(sample),
        "unanswered": sl.show.unanswered(records),
        "distribution": sl.show.distribution(sample),
        "heaping": sl.show.heaping(sample),
        "fates": sl.show.fates(records),
        "ladder": sl.show.ladder(ladder),
        "one level": sl.show.ladder(ladder, levels=["doctorate"]),
        "by group": sl.show.premium_by(groups, "doctorate"),
        "map": sl.show.premium_map(groups),
    }


NAMES = ("flow", "unanswered", "distribution", "heaping", "fates", "ladder", "one level", "by group", "map")


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_drawn_by_vega_lite_5_without_any_address(figures: dict[str, Any], name: str) -> None:
    drawn = vl_convert.vegalite_to_svg(dict(figures[name].spec), vl_version="5.20", allowed_base_urls=[])
    assert drawn.count("<path") > 3
    assert "NaN" not in drawn


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_a_valid_notebook_output_that_repeats(figures: dict[str, Any], name: str) -> None:
    shown = figures[name]._repr_mimebundle_()
    assert set(shown) == {VEGALITE_MIME, SVG_MIME, "text/plain"}
    assert "Synthetic data" in json.dumps(shown[VEGALITE_MIME]["title"])
    assert shown[VEGALITE_MIME]["description"] == figures[name].summary
    nbformat.validate(new_notebook(cells=[new_code_cell("chart", outputs=[new_output("display_data", data=shown)])]))


def test_two_drawings_of_one_ladder_are_the_same_bytes(ladder: sl.Ladder) -> None:
    one, two = (json.dumps(dict(sl.show.ladder(ladder).spec), sort_keys=True) for _ in range(2))
    assert one == two


def test_numbers_are_rounded_before_they_are_drawn(figures: dict[str, Any]) -> None:
    for name in ("ladder", "by group", "map"):
        for rows in figures[name].spec["datasets"].values():
            for row in rows:
                numbers = [value for value in row.values() if isinstance(value, float)]
                assert all(round(value, 1) == value for value in numbers), (name, row)


def test_the_ladder_shows_the_planted_truth_of_the_demo(ladder: sl.Ladder) -> None:
    drawn = percents(ladder.table, "rung", "level").frame
    assert drawn[TRUTH].null_count() == 0
    assert (drawn[PERCENT] - drawn[TRUTH]).abs().max() < 25
    assert "planted truth" in json.dumps(sl.show.ladder(ladder).spec["title"])


def test_a_cell_under_ten_rows_is_grey_and_carries_no_number(groups: sl.GroupPremia) -> None:
    small = groups.table.filter(pl.col("n").is_null())
    assert len(small) > 0
    assert small.select("value", "se", "low", "high", "p").null_count().row(0) == (len(small),) * 5
    cells = next(iter(sl.show.premium_map(groups).spec["datasets"].values()))  # type: ignore[union-attr]
    grey = [cell for cell in cells if cell["told"] == "few"]
    assert len(grey) == len(small)
    assert all(cell[PERCENT] is None and cell["rows (rounded)"] is None for cell in grey)


def test_tables_round_counts_withhold_small_cells_and_name_the_equation(
    sample: sl.Sample, ladder: sl.Ladder, groups: sl.GroupPremia
) -> None:
    terms = sl.show.table.terms(ladder.last, "education")
    assert terms.cells.columns[:3] == ["level", "difference", "95% interval"]
    html = terms._repr_mimebundle_()["text/html"]
    assert "log_pay ~ education + experience_spline + year" in html
    assert "HC2 with Bell–McCaffrey" in html
    assert f"{show_count(ladder.last.n)} rows" in html
    shown = sl.show.table.premia(groups)
    assert isinstance(shown, sl.show.Table)
    assert shown.cells.filter(pl.col("difference") == WITHHELD)["95% interval"].unique().to_list() == ["–"]
    lost = sl.show.table.attrition(sample).cells
    assert not any(str(len(sample)) in cell for cell in lost["rows left"])


def test_a_table_is_the_same_bytes_twice_and_escapes_what_a_file_says(ladder: sl.Ladder) -> None:
    table = sl.show.table.ladder(ladder)
    assert table._repr_mimebundle_() == table._repr_mimebundle_()
    planted = sl.show.Table(
        release(pl.DataFrame({"<script>alert(1)</script>": ["<img src=x onerror=y>"], "n": [10]}), []),
        "t",
        "s",
        (),
        "x",
    )
    html = planted._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "<img" not in html


@pytest.fixture
def invented(make_records: Invent) -> Invent:
    """Return a function to records of invented workers who answered the columns told, their pay a little apart."""

    def make(**told: list[Any]) -> sl.Records:
        pay = [50_000.0 + 700 * (i % 11) for i in range(len(next(iter(told.values()))))]
        return make_records(**({"pay_annual_usd": pay} | told))

    return make


def cells_of(figure: Any) -> list[dict[str, Any]]:
    return next(iter(figure.spec["datasets"].values()))


def test_a_question_that_a_few_in_a_thousand_left_out_was_not_answered_by_all(
    invented: Invent,
) -> None:
    records = invented(
        age=[None] * 15 + [40.0] * 3985,
        work_mode=["remote"] * 3995 + [None] * 5,
        employment=["full-time"] * 4000,
        period=["year"] * 2000 + [None] * 2000,
    )
    drawn = sl.show.unanswered(records)
    told = {cell["question"]: cell["unanswered, percent"] for cell in cells_of(drawn)}
    assert told == {
        "age": 0.5,
        "work mode": None,
    }  # told in steps of 20 rows; five are too few; period is no question of its own
    assert "2 of 4 questions were answered by all" in drawn.spec["title"]["subtitle"]


def test_round_numbers_are_not_drawn_where_no_annual_pay_was_stated(invented: Invent) -> None:
    shown = sl.show.heaping(sl.draw(invented(period=["hour"] * 40), []))
    assert shown == Unanswered(NOT_STATED)


def test_a_long_reason_is_broken_into_lines_and_told_whole(invented: Invent) -> None:
    sample = sl.draw(invented(age=[40.0] * 30 + [None] * 30), [])
    reason = "kept only if a very long reason that no axis has the room for is met by the row in every word of it"
    steps = [cell["step"] for cell in cells_of(sl.show.flow(sample.without(pl.col("age").is_null(), reason)))]
    assert max(len(line) for line in steps[-1].split("\n")) <= 44
    assert steps[-1].replace("\n", " ") == f"2. {reason}"


def test_the_ladder_keeps_what_is_held_equal_already_apart_from_what_is_not(
    invented: Invent,
) -> None:
    titles = ["engineer", "analyst", "chief engineer", "chief analyst"] * 15
    records = invented(
        work_mode=["remote", "on-site", "hybrid"] * 20,
        title=titles,
        seniority=["lead" if title.startswith("chief") else "junior" for title in titles],
    )
    found = sl.ladder(
        sl.draw(records, []), "work_mode", [("raw gap", []), ("+ job", ["seniority", "title", "education"])]
    )
    table = sl.show.table.ladder(found)
    assert "Held equal already: seniority (given by job title)." in table.notes
    assert "Not held equal: education (never asked)." in table.notes
    assert SMALLER in table.cells.columns


def test_rare_titles_share_one_line_without_a_name(invented: Invent) -> None:
    titles = ["engineer"] * 40 + ["analyst"] * 20 + ["queen's remembrancer"] * 3 + ["swan marker"] * 3
    found = sl.ladder(sl.draw(invented(title=titles), []), "title", [("raw gap", [])])
    for table in (sl.show.table.ladder(found), sl.show.table.terms(found.last, "title")):
        assert table.cells["level"].to_list() == ["analyst", "(under 10 rows)"]


@pytest.mark.parametrize("name", ["ladder", "one level", "by group", "map"])
def test_the_numbers_stand_once_below_a_chart_of_premia(figures: dict[str, Any], name: str) -> None:
    (table,) = embed.tables(figures[name].spec)
    assert PERCENT in table.columns or "difference in pay, percent" in table.columns


def test_one_group_alone_has_its_numbers_once_and_one_line_at_zero(invented: Invent) -> None:
    found = sl.ladder(sl.draw(invented(work_mode=["remote", "on-site"] * 30), []), "work_mode", [("raw gap", [])])
    drawn = sl.show.ladder(found)
    (table,) = embed.tables(drawn.spec)
    assert [row[0] for row in table.rows] == ["everybody", "raw gap"]
    assert svg.draw(dict(drawn.spec), "chart").count("stroke-dasharray") == 1
