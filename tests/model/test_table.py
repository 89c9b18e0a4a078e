"""Tables that are no records: the traps of other packages, kinds of input, and lost rows."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from salarylab.model.blocks import Levels
from salarylab.model.building import build
from salarylab.model.estimate import Estimate
from salarylab.model.factor import Factor, Outcome, levels, number, polynomial, spline
from salarylab.model.fitting import fit
from salarylab.model.kernel import door, orthogonal, passes, reading, rows, stream
from salarylab.model.kernel.stream import Stream
from salarylab.model.spec import Spec
from salarylab.model.table import TableDesign

DEGREES = ["d00", "d01", "d02", "d03"]
OUTCOME = Outcome("y", "y", "y", log=False)


def wages(n: int = 4_000, seed: int = 1) -> pl.DataFrame:
    """Return invented wages: a degree, a role, years as whole numbers, hours with many values, weights, employers."""
    rng = np.random.default_rng(seed)
    degree, role = rng.integers(0, 4, n), rng.integers(0, 7, n)
    years, hours = rng.integers(0, 41, n), rng.normal(38, 4, n)
    y = 2.5 + 0.1 * degree - 0.05 * (role == 3) + 0.08 * years - 0.0012 * years**2 + 0.01 * hours
    return pl.DataFrame(
        {
            "degree": np.array(DEGREES)[degree],
            "role": [f"r{v}" for v in role],
            "years": years,
            "hours": hours,
            "y": y + rng.normal(0, 0.4, n) * (1 + years / 40),
            "weight": rng.choice([0.5, 1.0, 2.0, 3.5], n),
            "employer": rng.integers(0, 60, n),
        }
    )


def spec_of(*factors: Factor, crossed: tuple[str, ...] = (), **asked: Any) -> Spec:
    names = tuple(part.name for part in factors)
    return Spec(outcome="y", factors=names + crossed, declared=(OUTCOME, *factors), **asked)


SPEC = spec_of(levels("degree"), levels("role"), polynomial("years"), number("hours"), covariance="HC3")


def fitted(spec: Spec, table: Any, **how: Any) -> Estimate:
    return fit(build(spec, table), **how)


def numbers(estimate: Estimate) -> dict[str, tuple[float, float]]:
    """Return coefficients and standard errors by term."""
    errors = np.sqrt(np.diag(estimate.covariance)).tolist()
    names = [term.name for term in estimate.design.terms]
    return dict(zip(names, zip(estimate.coefficients.tolist(), errors, strict=True), strict=True))


def agree(one: Estimate, other: Estimate, rtol: float = 1e-10) -> None:
    a, b = numbers(one), numbers(other)
    assert a.keys() == b.keys()
    np.testing.assert_allclose([a[name] for name in a], [b[name] for name in a], rtol=rtol, atol=1e-14)


# Traps that others fall into


@pytest.mark.parametrize("kind", [pl.Int8, pl.UInt8, pl.Int16, pl.Int64])
def test_squares_of_small_integers_do_not_overflow(tmp_path: Path, kind: pl.DataType) -> None:
    wide, file = wages(), tmp_path / "wages.parquet"
    wide.with_columns(pl.col("years").cast(kind)).write_parquet(file)
    agree(fitted(SPEC, file), fitted(SPEC, wide.with_columns(pl.col("years").cast(pl.Float64))))


def test_a_base_is_no_matter_of_row_order() -> None:
    table = wages()
    as_text = fitted(SPEC, table)
    for seed in (2, 3):
        shuffled = table.sample(fraction=1.0, shuffle=True, seed=seed)
        for cast in (pl.String(), pl.Categorical()):
            again = fitted(SPEC, shuffled.with_columns(pl.col("degree").cast(cast)))
            assert again.design.base_of == as_text.design.base_of
            agree(again, as_text, 1e-12)


def test_declared_levels_keep_their_order() -> None:
    turned = pl.Enum([*reversed(DEGREES), "never met"])
    design = build(SPEC, wages().with_columns(pl.col("degree").cast(turned)))
    block = design.blocks["degree"]
    assert isinstance(block, Levels)
    assert block.levels == tuple(reversed(DEGREES))
    agree(fitted(SPEC, wages().with_columns(pl.col("degree").cast(turned))), fitted(SPEC, wages()), 1e-12)


def test_codes_of_categoricals_do_not_start_at_zero_for_us() -> None:
    # polars gives all categoricals of a process their codes from one pool
    kept = pl.Series([f"other {i}" for i in range(500)], dtype=pl.Categorical)
    table = wages().with_columns(pl.col("degree", "role").cast(pl.Categorical))
    codes = table["degree"].to_physical()
    assert int(codes.min()) >= len(kept)  # type: ignore[arg-type]
    agree(fitted(SPEC, table), fitted(SPEC, wages()), 1e-14)


def test_a_stream_reads_the_same_level_in_each_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    # polars forgets the codes of a text column's levels when nothing holds them: a later walk meets others
    monkeypatch.setattr(door, "BATCH", 500)
    monkeypatch.setattr(reading, "HELD", 0)
    table = wages().sort("degree", "role", descending=[True, False])
    table = pl.concat([table[2_500:], table[:2_500]])
    for cast in (pl.String(), pl.Categorical(), pl.Enum(DEGREES)):
        design = build(SPEC, table.with_columns(pl.col("degree").cast(cast)).lazy())
        assert isinstance(design.source, Stream)
        agree(fit(design), fitted(SPEC, pl.concat([table[::2], table[1::2]])), 1e-10)


def test_a_rule_is_told_by_its_name_and_t_is_used() -> None:
    from scipy.special import stdtrit

    table = wages()
    for rule, factor in (("HC0", 1.0), ("HC1", 4_000 / (4_000 - 13))):
        found = fitted(
            spec_of(levels("degree"), levels("role"), polynomial("years"), number("hours"), covariance=rule), table
        )
        assert rule in found.rule
        if rule == "HC0":
            plain = found.covariance
        np.testing.assert_allclose(found.covariance, plain * factor, rtol=1e-10)
    clustered = fitted(spec_of(levels("degree"), clusters="employer", covariance="CR1"), table)
    assert "t(clusters − 1)" in clustered.rule
    line = clustered.terms.row(1, named=True)
    reach = (line["ci_high"] - line["ci_low"]) / 2 / np.sqrt(clustered.covariance[1, 1])
    assert reach == pytest.approx(stdtrit(59, 0.975), rel=1e-9)
    assert reach > 1.99  # a normal's interval would reach 1.96


# Order of rows, size of blocks, number of workers


def test_numbers_do_not_depend_on_row_order() -> None:
    table = wages()
    for rule in ("HC1", "HC3"):
        spec = spec_of(levels("degree"), polynomial("years"), number("hours"), weights="weight", covariance=rule)
        agree(fitted(spec, table), fitted(spec, table.sample(fraction=1.0, shuffle=True, seed=9)), 1e-12)


@pytest.mark.parametrize("route", ["gram", "QR"])
@pytest.mark.parametrize("held", [True, False])
def test_workers_do_not_change_a_bit(route: str, held: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for room, name, size in ((rows, "BLOCK", 256), (passes, "CHUNK", 2), (door, "BATCH", 300)):
        monkeypatch.setattr(room, name, size)
    if not held:
        monkeypatch.setattr(reading, "HELD", 0)
    spec = spec_of(levels("degree"), levels("role"), number("hours"), clusters="employer", covariance="CR1")
    design = build(spec, wages().lazy())
    alone = fit(design, route=route)  # type: ignore[arg-type]
    for workers in (1, 2, 3):
        with ThreadPoolExecutor(workers) as executor:
            together = fit(design, route=route, executor=executor)  # type: ignore[arg-type]
        assert np.array_equal(alone.coefficients, together.coefficients)
        assert np.array_equal(alone.covariance, together.covariance)


def test_workers_may_be_processes() -> None:
    design = build(SPEC, wages())
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        apart = fit(design, route="gram", executor=executor)
    assert np.array_equal(fit(design, route="gram").covariance, apart.covariance)


@pytest.mark.parametrize("batch", [97, 1_000, 1 << 18])
def test_a_stream_gives_what_held_rows_give(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    crossed = spec_of(
        *(levels("degree"), levels("role"), polynomial("years"), number("hours")),
        crossed=("degree:role", "degree:years"),
        weights="weight",
        clusters="employer",
        covariance="CR1",
    )
    table = wages()
    monkeypatch.setattr(door, "BATCH", batch)
    held = [(spec, fitted(spec, table, route="gram")) for spec in (SPEC, crossed)]
    monkeypatch.setattr(reading, "HELD", 0)
    for spec, whole in held:
        design = build(spec, table.lazy())
        assert isinstance(design.source, Stream)
        streamed = fit(design)
        assert "read anew" in streamed.route
        agree(streamed, whole, 1e-13)


def test_orthonormal_columns_of_a_stream_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    years = spec_of(polynomial("year", 2), levels("degree"), covariance="HC1")
    table = wages().with_columns(year=2018 + pl.col("years") % 5)
    held = fitted(years, table, route="QR")
    monkeypatch.setattr(reading, "HELD", 0)
    monkeypatch.setattr(orthogonal, "HELD", 0)
    streamed = fitted(years, table.lazy())
    assert streamed.route.endswith("QR")
    agree(streamed, held, 1e-9)


@pytest.mark.parametrize("held", [True, False])
def test_a_stream_takes_no_more_memory_for_more_rows(
    held: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room, name, size in ((rows, "BLOCK", 4_096), (stream, "BLOCK", 4_096), (door, "BATCH", 8_192)):
        monkeypatch.setattr(room, name, size)
    if not held:
        monkeypatch.setattr(reading, "HELD", 0)
    spec = spec_of(levels("degree"), levels("role"), number("hours"), clusters="employer", covariance="CR1")
    peaks = []
    for times in (20, 80):
        file = tmp_path / f"{times}.parquet"
        pl.concat([wages(5_000)] * times).write_parquet(file, row_group_size=10_000)
        tracemalloc.start()  # numpy's arrays, not what polars reads ahead
        fitted(spec, file, route="gram")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (peaks[1] > 2.5 * peaks[0]) if held else (peaks[1] < 1.1 * peaks[0])


# Kinds of input


def as_pandas(table: pl.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(table.to_dict(as_series=False))


INPUTS: dict[str, Callable[[pl.DataFrame, Path], Any]] = {
    "polars": lambda table, _: table,
    "polars, lazy": lambda table, _: table.lazy(),
    "polars, small kinds": lambda table, _: table.with_columns(
        pl.col("years").cast(pl.Int8), pl.col("employer").cast(pl.UInt16), pl.col("role").cast(pl.Categorical)
    ),
    "Parquet": lambda table, folder: _written(table, folder / "t.parquet"),
    "Parquet, its path as text": lambda table, folder: str(_written(table, folder / "t.parquet")),
    "pandas": lambda table, _: as_pandas(table),
    "pandas, categorical": lambda table, _: as_pandas(table).astype({"degree": "category", "role": "category"}),
    "pandas, nullable": lambda table, _: as_pandas(table).astype(
        {"years": "Int64", "employer": "Int32", "y": "Float64"}
    ),
    "pandas, objects": lambda table, _: as_pandas(table).astype({"degree": object, "role": object, "years": object}),
    "pandas, small kinds": lambda table, _: as_pandas(table).astype({"years": "int8", "employer": "uint16"}),
}


def _written(table: pl.DataFrame, file: Path) -> Path:
    table.write_parquet(file, row_group_size=700)
    return file


@pytest.mark.parametrize("kind", INPUTS)
def test_every_kind_of_table_gives_the_same_numbers(kind: str, tmp_path: Path) -> None:
    table = wages()
    spec = spec_of(
        *(levels("degree"), levels("role"), polynomial("years"), number("hours")),
        weights="weight",
        clusters="employer",
        covariance="CR1",
    )
    given = INPUTS[kind](table, tmp_path)
    if kind == "pandas, objects":
        given["years"] = given["years"].astype("int64")
    agree(fitted(spec, given), fitted(spec, table), 1e-13)


def test_pyarrow_gives_the_same_numbers() -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: its tables are not read")
    table = wages()
    agree(fitted(SPEC, table.to_arrow()), fitted(SPEC, table), 1e-13)


def test_single_precision_is_widened_before_any_arithmetic() -> None:
    table = wages().with_columns(pl.col("hours").cast(pl.Float32))
    wide = table.with_columns(pl.col("hours").cast(pl.Float64))
    agree(fitted(SPEC, table), fitted(SPEC, wide), 1e-14)
    agree(fitted(SPEC, as_pandas(table).astype({"hours": "float32"})), fitted(SPEC, wide), 1e-14)


def test_truths_are_levels_or_numbers() -> None:
    table = wages().with_columns(senior=pl.col("years") > 20)
    as_level = fitted(spec_of(levels("senior", "false"), covariance="HC1"), table)
    as_number = fitted(spec_of(number("senior"), covariance="HC1"), as_pandas(table))
    np.testing.assert_allclose(as_level.coefficients, as_number.coefficients, rtol=1e-12)
    np.testing.assert_allclose(as_level.covariance, as_number.covariance, rtol=1e-11)


def test_an_ordered_categorical_of_pandas_keeps_its_order() -> None:
    turned = as_pandas(wages())
    turned["degree"] = pd.Categorical(turned["degree"], categories=DEGREES[::-1], ordered=True)
    block = build(SPEC, turned).blocks["degree"]
    assert isinstance(block, Levels)
    assert block.levels == tuple(DEGREES[::-1])


def test_numbers_of_employers_may_lie_far_apart() -> None:
    table = wages().with_columns(id=pl.col("employer").cast(pl.Int64) * 3_000_000_007 - 5)
    by_number = spec_of(levels("degree"), clusters="id", covariance="CR1")
    agree(
        fitted(by_number, table), fitted(spec_of(levels("degree"), clusters="employer", covariance="CR1"), table), 1e-13
    )
    amounts = table.with_columns(capital=pl.col("years").cast(pl.Int64) ** 5 * 1_000)
    as_float = amounts.with_columns(pl.col("capital").cast(pl.Float64))
    agree(fitted(spec_of(number("capital")), amounts), fitted(spec_of(number("capital")), as_float), 1e-13)
    unsigned = table.with_columns(id=pl.col("employer").cast(pl.UInt64) + 2**63)
    agree(fitted(by_number, unsigned), fitted(by_number, table), 1e-13)


# Rows without an answer


MISSING = {
    "degree": [None, "d01"],
    "years": [None, 3],
    "hours": [None, 40.0],
    "y": [None, 3.0],
    "weight": [None, 1.0],
    "employer": [None, 1],
}


@pytest.mark.parametrize("source", ["polars", "pandas", "pandas, nullable"])
@pytest.mark.parametrize("column", MISSING)
def test_lost_rows_are_counted(column: str, source: str) -> None:
    table, spec = (
        wages(),
        spec_of(
            *(levels("degree"), polynomial("years"), number("hours")),
            weights="weight",
            clusters="employer",
            covariance="CR1",
        ),
    )
    gone = pl.int_range(pl.len()) % 40 == 7
    holed = table.with_columns(pl.when(gone).then(None).otherwise(column).alias(column))
    given: Any = holed
    if source != "polars":
        given = as_pandas(holed)
        if source == "pandas, nullable":
            given = given.convert_dtypes()
    design = build(spec, given)
    assert isinstance(design, TableDesign)
    assert (design.n, design.lost) == (3_900, 100)
    told = design.sample.attrition.select("rows_lost", "rows_left").rows()
    assert told == [(0, 4_000), (100, 3_900)]
    agree(fit(design), fitted(spec, table.filter(~gone)), 1e-12)


def test_an_interaction_with_an_empty_corner_has_no_term_for_it() -> None:
    table = wages(300).with_columns(
        a=pl.when(pl.col("years") < 20).then(pl.lit("p")).otherwise(pl.lit("q")),
        b=pl.when(pl.col("years") < 10).then(pl.lit("v")).otherwise(pl.lit("u")),
    )
    found = fitted(spec_of(levels("a", "p"), levels("b", "u"), crossed=("a:b",), covariance="HC1"), table)
    assert [term.name for term in found.design.terms] == ["intercept", "a[q]", "b[v]"]


def test_a_spline_is_the_same_whether_years_are_whole_or_not() -> None:
    spec = spec_of(spline("years", (2.0, 10.0, 20.0, 35.0)), covariance="HC3")
    agree(fitted(spec, wages()), fitted(spec, wages().with_columns(pl.col("years").cast(pl.Float64))), 1e-10)


def test_dollars_have_no_percent() -> None:
    found = fitted(spec_of(levels("degree"), covariance="HC1"), wages().with_columns(pl.col("y") * 1e5))
    line = found.terms.row(1, named=True)
    assert line["percent"] is None
    assert abs(line["log_points"]) > 1_000
