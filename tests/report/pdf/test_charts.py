"""Charts in print: vectors, in the page's type, on the page."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from salarylab.errors import ReportError
from salarylab.report.pdf import charts
from salarylab.report.pdf.sheet import MARGIN, sheet
from salarylab.show.figure import VEGALITE_MIME

A4 = sheet("a4")


def test_a_chart_is_a_drawing_with_its_title_above_it(invented: SimpleNamespace) -> None:
    told = charts.chart(invented.chart()[VEGALITE_MIME], 3, A4)
    assert told.startswith('#chart("<svg ')
    assert (
        'title: "Pay by degree", subtitle: "Invented people: no survey was taken", alt: "Pay by degree: bars"' in told
    )
    assert told.count("Pay by degree") == 2
    assert "number: 3," in told
    assert "<text" in told
    assert "<image" not in told


def test_letters_are_in_the_pages_type_and_text_stays_text(invented: SimpleNamespace) -> None:
    planted = 'font-family="Comic"'
    told = charts.chart(invented.chart(levels=[planted, "b"])[VEGALITE_MIME], 1, A4)
    families = re.findall(r"<text[^>]*font-family=\\\"([^\"\\]*)", told)
    assert set(families) == {"Libertinus Serif"}
    assert "Comic" in told


@pytest.mark.parametrize("height", [60, 600, 6000])
def test_a_chart_fits_its_page_and_a_tall_one_may_float(invented: SimpleNamespace, height: int) -> None:
    told = charts.chart(invented.chart(height=height)[VEGALITE_MIME], 1, A4)
    width, tall = (float(n) for n in re.search(r'<svg[^>]*? width=\\"(\d+)\\" height=\\"(\d+)\\"', told).groups())  # type: ignore[union-attr]
    printed = float(re.search(r"width: ([\d.]+)pt", told)[1])  # type: ignore[index]
    assert printed <= A4.width - 2 * MARGIN
    assert printed * tall / width <= 0.6 * (A4.height - 2 * MARGIN) + 1
    assert ("floats: true" in told) == (height > 500)


def test_a_chart_that_asks_the_network_is_refused(invented: SimpleNamespace) -> None:
    spec = invented.chart()[VEGALITE_MIME] | {"data": {"url": "https://example.org/a.csv"}}
    with pytest.raises(ReportError):
        charts.chart(spec, 1, A4)
