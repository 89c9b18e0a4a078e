"""Every figure of an estimate: drawn offline, valid in a notebook, the same bytes twice, its numbers rounded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
import vl_convert
from nbformat.v4 import new_code_cell, new_notebook, new_output

import salarylab as sl
from salarylab.disclosure import release
from salarylab.model import decompose, distribution, trust
from salarylab.model.contrast import adjusted_means, curve
from salarylab.show import embed
from salarylab.show.figure import SVG_MIME, VEGALITE_MIME

Figures = dict[str, Callable[[], Any]]


@pytest.fixture(scope="module")
def makers(raw: sl.Estimate, full: sl.Estimate) -> Figures:
    """Return how each figure is made, its result worked out once."""
    along, means = curve(full, "experience_spline", 2), adjusted_means(full, "education")
    gap, change = decompose.oaxaca(full, "work_mode", "remote"), decompose.gelbach(full, "education", "doctorate")
    quantiles = distribution.quantile_regression(raw.design, [0.1, 0.5, 0.9])
    strength = trust.omitted(full, "education", "master", benchmarks=["role_family"])
    premia = release(sl.premia(full, "education"), ["value", "low", "high"])
    shares = decompose.shapley(full, draws=19)
    said = {"headline": raw.design.sample.provenance.headline}
    return {
        "coefficients": lambda: sl.show.coefficients(raw, full, factors=["education"]),
        "profile": lambda: sl.show.profile(along),
        "adjusted means": lambda: sl.show.adjusted_means(means),
        "oaxaca": lambda: sl.show.oaxaca(gap),
        "gelbach": lambda: sl.show.gelbach(change),
        "shapley": lambda: sl.show.shapley(shares),
        "quantiles": lambda: sl.show.quantile_process(quantiles, "education[master]"),
        "contour": lambda: sl.show.contour(strength),
        "specification": lambda: sl.show.specification_curve(premia, ["level"], subject="Premium", **said),
    }


NAMES = (
    *("coefficients", "profile", "adjusted means", "oaxaca", "gelbach"),
    *("shapley", "quantiles", "contour", "specification"),
)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_drawn_by_vega_lite_5_without_any_address(makers: Figures, name: str) -> None:
    drawn = vl_convert.vegalite_to_svg(dict(makers[name]().spec), vl_version="5.20", allowed_base_urls=[])
    assert drawn.count("<path") > 3
    assert "NaN" not in drawn
    assert "e+1<" not in drawn  # no number as a power of ten


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_valid_notebook_output_that_says_its_data(makers: Figures, name: str) -> None:
    figure = makers[name]()
    shown = figure._repr_mimebundle_()
    assert set(shown) == {VEGALITE_MIME, SVG_MIME, "text/plain"}
    assert "Synthetic data" in json.dumps(shown[VEGALITE_MIME]["title"])
    assert shown[VEGALITE_MIME]["description"] == figure.summary
    nbformat.validate(new_notebook(cells=[new_code_cell("chart", outputs=[new_output("display_data", data=shown)])]))


@pytest.mark.parametrize("name", NAMES)
def test_two_drawings_are_the_same_bytes(makers: Figures, name: str) -> None:
    one, two = (json.dumps(dict(makers[name]().spec), sort_keys=True) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_rounded_before_they_are_drawn(makers: Figures, name: str) -> None:
    numbers = [
        value
        for rows in makers[name]().spec["datasets"].values()
        for row in rows
        for value in row.values()
        if isinstance(value, float)
    ]
    assert numbers
    assert all(round(value, 4) == value for value in numbers)


@pytest.mark.parametrize("name", NAMES)
def test_its_numbers_stand_below_it(makers: Figures, name: str) -> None:
    tables = embed.tables(makers[name]().spec)
    assert tables
    assert all(table.total <= embed.TABLE_ROWS for table in tables)
