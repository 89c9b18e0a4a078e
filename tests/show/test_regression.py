"""Regression tables: equations side by side, in every format, with small cells and foreign text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab.disclosure import release, round_count
from salarylab.errors import ReportError
from salarylab.show.regression import INDENT, UNJUDGED
from salarylab.show.text import WITHHELD

Invent = Callable[..., sl.Sample]
Fit = Callable[..., sl.Estimate]


def line(table: sl.show.Table, term: str) -> list[str]:
    """Return the cells of one line, and of the one beneath it."""
    terms = table.cells["term"].to_list()
    at = next(i for i, cell in enumerate(terms) if cell.strip(INDENT) == term)
    return [cell for row in table.cells.rows()[at : at + 2] for cell in row[1:]]


def test_each_number_is_the_estimates_own_with_its_error_beneath(raw: sl.Estimate, full: sl.Estimate) -> None:
    table = sl.show.table.regression(raw, full)
    for i, estimate in enumerate((raw, full)):
        for level, b, se in estimate.terms.filter(factor="education").select("level", "log_points", "se").iter_rows():
            cells = line(table, level)
            assert cells[i] == f"{b:.3f}"
            assert float(cells[2 + i].strip("()")) == pytest.approx(se, rel=0.06)
            assert len(cells[2 + i].strip("()").replace(".", "").lstrip("0")) == 2


def test_percents_stand_above_their_interval(raw: sl.Estimate) -> None:
    cells = line(sl.show.table.regression(raw, unit="percent"), "master")
    told = raw.terms.filter(level="master").row(0, named=True)
    assert cells == [
        f"{told['percent']:+.1f}%",
        f"[{told['percent_low']:+.1f}% to {told['percent_high']:+.1f}%]",
    ]


def test_the_table_reads_as_a_person_reads_it(invented: Invent) -> None:
    modes, titles = ["remote", "on-site"] * 30, ["analyst", "engineer", "engineer"] * 20
    ages = [25.0 + i % 31 for i in range(60)]
    pay = [50_000.0 + 700 * (i % 11) + 9_000 * (i % 2 == 0) + 300 * age for i, age in enumerate(ages)]
    sample = invented(work_mode=modes, title=titles, age=ages, pay_annual_usd=pay)
    one, two = (sl.fit(sl.build(sl.Spec(factors=f), sample)) for f in (("work_mode",), ("work_mode", "title", "age")))
    table = sl.show.table.regression(one, two, labels=["raw", "more"], factors=["work_mode", "age"])
    assert [" | ".join(row) for row in table.cells.rows()] == [
        "where the work is done, compared with on-site |  | ",
        "\u00a0\u00a0remote | 0.131 | 0.131",
        " | (0.013) | (0.0086)",
        "age in years |  | 0.005",
        " |  | (0.00050)",
        "also held equal |  | ",
        "\u00a0\u00a0job title | no | yes",
        "outcome | log pay, USD a year | log pay, USD a year",
        "rows | 60 | 60",
        "R² | 0.62 | 0.85",
        "standard errors | HC2 | HC2",
    ]
    assert table.cells.columns == ["term", "(1) raw", "(2) more"]
    assert table.notes == (
        "(1) raw: log_pay ~ work_mode.",
        "(2) more: log_pay ~ work_mode + title + age.",
        "Standard errors: HC2 with Bell–McCaffrey degrees of freedom.",
        "Log points (of pay in logs), standard errors in parentheses. Counts are rounded.",
    )


def test_a_base_that_differs_is_said_in_each_column(raw: sl.Estimate, fit: Fit) -> None:
    table = sl.show.table.regression(raw, fit("education", bases={"education": "master"}))
    assert table.cells.row(0) == ("education", "base: bachelor", "base: master")
    assert line(table, "bachelor")[0] == "base"
    assert line(table, "master")[1] == "base"


def test_levels_stand_in_their_declared_order_whatever_the_base(raw: sl.Estimate, fit: Fit) -> None:
    table = sl.show.table.regression(fit("education", bases={"education": "doctorate"}), raw)
    named = [cell.strip(INDENT) for cell in table.cells["term"].to_list() if cell.startswith(INDENT)]
    assert named == list(raw.design.blocks["education"].levels)  # type: ignore[union-attr]


def test_splines_are_held_equal_and_not_listed(full: sl.Estimate, raw: sl.Estimate) -> None:
    table = sl.show.table.regression(raw, full)
    assert line(table, "experience")[:2] == ["no", "yes"]
    bent = sl.show.table.regression(full, factors=["experience_spline"])
    assert bent.cells["term"].to_list()[0] == "experience, bend 0"


def test_rows_are_rounded_and_weights_said(full: sl.Estimate) -> None:
    table = sl.show.table.regression(full)
    assert line(table, "rows")[0] == f"{round_count(full.n):,}" != f"{full.n:,}"
    assert "weights" not in table.cells["term"].to_list()


def test_stars_are_drawn_only_when_asked(raw: sl.Estimate) -> None:
    assert "*" not in str(sl.show.table.regression(raw).cells.rows())
    table = sl.show.table.regression(raw, stars=True)
    for level, p in raw.terms.filter(factor="education").select("level", "p").iter_rows():
        assert line(table, level)[0].count("*") == sum(p < most for most in (0.1, 0.05, 0.01))
    assert "* p < 0.1, ** p < 0.05, *** p < 0.01." in table.notes


def test_a_small_cell_is_withheld_in_every_format(invented: Invent) -> None:
    titles = ["engineer"] * 60 + ["analyst"] * 60 + ["swan marker"] * 4 + ["queen's remembrancer"] * 3
    table = sl.show.table.regression(sl.fit(sl.build(sl.Spec(factors=("title",)), invented(title=titles))))
    assert line(table, "(under 10 rows)") == [WITHHELD, "log pay, USD a year"]  # one line for both, no error beneath
    for written in (table.as_html(), table.as_html(page=True), table.as_latex(), table.as_typst()):
        assert WITHHELD in written
        assert "Withheld: fewer than 10 rows" in written
        assert "swan" not in written
        assert "remembrancer" not in written


def test_a_term_without_an_error_says_so(invented: Invent) -> None:
    n = 200
    titles = ["analyst" if i % 25 == 1 else "engineer" for i in range(n)] + ["analyst"] * 20
    regions = [f"region {i % 25}" for i in range(n)] + ["region 1"] * 20  # all analysts are in one
    estimate = sl.fit(sl.build(sl.Spec(factors=("title",), clusters="region"), invented(title=titles, region=regions)))
    assert estimate.unidentified[1]
    table = sl.show.table.regression(estimate)
    assert line(table, "analyst") == [f"{estimate.coefficients[1]:.3f}", UNJUDGED]
    assert any(note.startswith(UNJUDGED) for note in table.notes)
    assert line(table, "clusters")[0] == "region"


FOREIGN = r'<b>&amp; 50% of $x_1^2 #f(~{a}) \alpha "q" *b* @c [d]'


def test_foreign_text_is_text_in_every_format(invented: Invent) -> None:
    titles = ["engineer"] * 60 + [FOREIGN] * 60
    estimate = sl.fit(sl.build(sl.Spec(factors=("title",), bases={"title": "engineer"}), invented(title=titles)))
    table = sl.show.table.regression(estimate, labels=[FOREIGN])
    assert "<b>" not in table.as_html()
    latex = table.as_latex()
    escaped = r"\textless{}b\textgreater{}\&amp; 50\% of \$x\_1\textasciicircum{}2 \#f(\textasciitilde{}\{a\}) "
    assert latex.count(escaped + r"\textbackslash{}alpha") == 3  # the column, the level, the note
    assert table.as_typst().count(r"<b>&amp; 50% of $x_1^2 #f(~{a}) \\alpha \"q\" *b* @c [d]") == 3


def test_a_line_of_latex_does_not_take_what_follows_for_its_own() -> None:
    """A star or a bracket behind a line break would be read as the break's own."""
    cells = release(pl.DataFrame({"level": ["[a]", "*b"], "n": [10, 20]}), []).then(
        lambda told: told.select("level", pl.col("n").cast(pl.String))
    )
    latex = sl.show.Table(cells, "t", "s", ("note", "* p"), "x").as_latex()
    assert "\\\\\n{}*b" in latex
    assert "\\\\\n{}* p" in latex


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"labels": ["one", "two"]}, "2 for 1 estimates"),
        ({"factors": ["educaton"]}, "did you mean 'education'"),
        ({"unit": "percent", "beneath": "se"}, "a percent's error is not symmetric"),
    ],
)
def test_what_no_table_can_show_is_refused(raw: sl.Estimate, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ReportError, match=said):
        sl.show.table.regression(raw, **asked)


def test_no_estimate_is_no_table() -> None:
    with pytest.raises(ReportError, match="at least one"):
        sl.show.table.regression()


def test_the_same_estimates_give_the_same_bytes(raw: sl.Estimate, full: sl.Estimate) -> None:
    one, two = (sl.show.table.regression(raw, full) for _ in range(2))
    assert (one.as_html(), one.as_latex(), one.as_typst()) == (two.as_html(), two.as_latex(), two.as_typst())
