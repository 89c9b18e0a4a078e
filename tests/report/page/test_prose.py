"""Spec: a notebook's markdown as one text: headings, footnotes, formulas, and nothing that could act."""

from __future__ import annotations

import re

import pytest

from salarylab.report.page import maths, prose


def tell(*cells: str) -> prose.Prose:
    return prose.tell([(cell, {}) for cell in cells])


def test_headings_stand_below_the_title_in_order_each_with_an_id_of_its_own() -> None:
    told = tell("# Part\n\n#### Deep", "## Part\n\n## Part 2\n\n## größer & <b>bold</b>")
    assert [(part.level, part.id) for part in told.headings] == [
        (2, "part-part"),
        (3, "part-deep"),
        (2, "part-part-2"),
        (2, "part-part-2-2"),
        (2, "part-größer-bold"),
    ]
    assert told.headings[-1].text == "größer &amp; bold"
    assert '<h3 id="part-deep">Deep</h3>' in told.cells[0]


def test_footnotes_are_counted_through_all_cells() -> None:
    told = tell("One[^a] and two[^b].\n\n[^a]: The *first*.", "Again[^b], never[^c].\n\n[^b]: The second.")
    assert re.findall(r'href="#note-(\d)"', "".join(told.cells)) == ["1", "2", "2"]
    assert "never[^c]" in told.cells[1]
    first, second = told.notes
    assert first.startswith("<p>The <em>first</em>.")
    assert re.findall(r'href="#([^"]+)"', second) == ["mark-2-1", "mark-2-2"]
    ids = re.findall(r'id="([^"]+)"', "".join(told.cells))
    assert sorted(ids) == ["mark-1-1", "mark-2-1", "mark-2-2"]


def test_cells_may_give_the_same_name_to_different_notes() -> None:
    told = tell("A[^1]\n\n[^1]: one", "B[^1]\n\n[^1]: two\n    and more")
    assert [re.sub("<[^>]+>", "", note).strip(" ↩") for note in told.notes] == ["one", "two\nand more"]


def test_formulas_become_mathml_outside_code() -> None:
    (cell,) = tell("$y_i = \\beta$ and `$x$`:\n\n$$\n\\frac{a}{b}\n$$\n\n    $indented$\n").cells
    assert cell.count("<math ") == 2
    assert 'display="block"' in cell
    assert 'alttext="y_i = \\beta"' in cell
    assert "<code>$x$</code>" in cell
    assert "$indented$" in cell


def test_sums_of_money_are_no_formula() -> None:
    (cell,) = tell("From $50,000 to $60,000, and $5 or $6.").cells
    assert cell == "<p>From $50,000 to $60,000, and $5 or $6.</p>\n"


@pytest.mark.parametrize("text", ["a raise of $5-$10 an hour", "$50k/$60k", "$1,000–$2,000"])
def test_sums_of_money_side_by_side_are_no_formula(text: str) -> None:
    assert tell(text).cells == (f"<p>{text}</p>\n",)


@pytest.mark.parametrize(
    "formula",
    [
        r"\unheard{of}",
        r"\frac{1}",
        "{",
        "",
        r"\href{https://example.org}{x}",
        r"\style{background: url(https://example.org)}{x}",
        r"\class{found}{x}",
    ],
)
def test_a_formula_that_cannot_be_read_stays_text(formula: str) -> None:
    assert maths.mathml(formula, block=False) is None
    assert "<math" not in tell(f"a ${formula}$ b").cells[0]


def test_the_text_of_a_formula_is_never_markup() -> None:
    drawn = maths.mathml(r"\text{&lt;script&gt;alert(1)&lt;/script&gt; <b>}", block=True)
    assert drawn is not None
    assert re.findall(r"<(\w+)", drawn) == ["math", "mrow", "mtext"]


def test_markup_that_could_act_is_shown_as_text() -> None:
    planted = '<script>alert(1)</script>\n\n<b onclick="x">b</b> [x](javascript:alert(1)) <em>quiet</em>'
    (cell,) = tell(planted).cells
    assert "<script" not in cell
    assert "</script" not in cell
    assert "<b " not in cell
    assert "javascript:" not in cell
    assert "<em>quiet</em>" in cell


def test_pictures_are_inside_the_page_or_pointed_to() -> None:
    held = {"a.png": {"image/png": "AAAA"}}
    told = prose.tell([("![One](attachment:a.png) ![Two](https://example.org/b.png) ![](attachment:none.png)", held)])
    assert told.cells[0].count("<img ") == 1
    assert '<img src="data:image/png;base64,AAAA" alt="One">' in told.cells[0]
    assert '<a href="https://example.org/b.png" rel="noreferrer">Two</a>' in told.cells[0]
