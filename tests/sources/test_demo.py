"""The demo's cleaner against the generator's own log of dirt: identities, not our output pasted back."""

from __future__ import annotations

import functools
from pathlib import Path

import polars as pl
import pytest

from salarylab import demo, paths, schema
from salarylab.demo import DirtLog
from salarylab.errors import DataError
from salarylab.records import Records
from salarylab.records.slips import RULES
from salarylab.sources.demo import load

SEEDS = (demo.SEED, 1, 2)
known = functools.cache(load)  # records are frozen: tests may share them
Pair = tuple[dict[str, DirtLog], Records]


@pytest.fixture(scope="module", params=SEEDS)
def made(request: pytest.FixtureRequest) -> Pair:
    return demo.make(request.param).dirt, known(seed=request.param)


def _step(records: Records, rule: str) -> dict[str, int]:
    found = records.audit.filter(pl.col("rule").str.contains(rule, literal=True))
    assert len(found) == 1, rule
    return found.row(0, named=True)


def _ids(records: Records, observation: str) -> set[int]:
    rows = records.table.filter(pl.col("observation") == observation)
    return set(rows["record_id"].str.split(":").list.last().cast(pl.Int64))


def test_every_asked_column_is_filled_somewhere_and_few_are_not_asked() -> None:
    records = known(gender=True)
    assert [name for name in records.asked if records.table[name].null_count() == len(records.table)] == []
    assert len(records.asked) > 0.75 * len(schema.BY_NAME)


def test_every_raw_row_is_a_record_or_lost_to_a_rule(made: Pair) -> None:
    _, records = made
    assert records.raw_rows == len(records.table) + records.audit["removed"].sum()
    assert records.raw_rows == sum(stamp.rows for stamp in records.provenance.files)


def test_exactly_the_forms_sent_twice_are_dropped(made: Pair) -> None:
    dirt, records = made
    copies = dirt["workers.csv"].rows["exact duplicates"]
    assert _step(records, "sent in twice")["removed"] == len(copies)
    rows = next(stamp.rows for stamp in records.provenance.files if stamp.name == "workers.csv")
    assert _ids(records, "worker") == set(range(1, rows + 1)) - copies


def test_slips_of_unit_are_mended_and_nothing_else_is(made: Pair) -> None:
    dirt, records = made
    unmended = load(seed=dict(records.provenance.options)["seed"], repair_units=False)
    change = records.table["pay_annual_usd"] / unmended.table["pay_annual_usd"]
    row = records.table["record_id"].str.split(":").list.last().cast(pl.Int64)
    worker = records.table["observation"] == "worker"
    planted_in_all = 0
    right = 0
    for kind, factor in (("monthly pay typed as annual", 12.0), ("thousands typed as units", 1_000.0)):
        planted = dirt["workers.csv"].rows[kind]
        found = set(row.filter(worker & ((change / factor - 1.0).abs() < 1e-9)))
        planted_in_all += len(planted)
        right += len(found & planted)
        assert len(found - planted) <= 1
    assert planted_in_all > 150
    assert right >= 0.99 * planted_in_all


def test_mended_pay_is_the_populations_pay_but_for_rounding() -> None:
    true = demo.population(8_000, seed=1, columns=["pay_annual_usd"])["pay_annual_usd"]
    found = known(seed=1).table.filter(pl.col("observation") == "worker")["pay_annual_usd"]
    log_ratio = (found / true).log()
    assert log_ratio.abs().max() < 0.11  # people round to 1,000 down to pay of 10,000
    assert log_ratio.mean() == pytest.approx(0.0, abs=5e-4)


def test_each_repair_can_be_switched_off() -> None:
    both, months = known(seed=1), load(seed=1, repair_units=["monthly"])
    thousands = _step(months, RULES["thousands"])
    assert (thousands["kind"], thousands["touched"]) == ("flag", _step(both, RULES["thousands"])["touched"])
    assert _step(months, RULES["monthly"])["kind"] == "repair"


def test_all_pairs_are_found_and_no_false_ones(made: Pair) -> None:
    dirt, records = made
    log = dirt["postings.csv"].rows
    merged = _step(records, "are one posting")
    assert merged["removed"] == len(log["high/low pairs"])
    assert merged["touched"] == 2 * len(log["high/low pairs"])
    assert _step(records, "repeats an earlier posting")["removed"] == len(log["repeats of a posting"])
    assert _ids(records, "posting") == (log["high/low pairs"] | log["single postings"]) - log["repeats of a posting"]


def test_a_postings_pay_is_the_geometric_middle_of_its_range() -> None:
    postings = known().table.filter(pl.col("observation") == "posting")
    low, high = postings["pay_low_usd"], postings["pay_high_usd"]
    assert (postings["pay_annual_usd"] ** 2 / (low * high) - 1.0).abs().max() < 1e-9
    assert (postings["pay_arithmetic_midpoint_usd"] - (low + high) / 2).abs().max() < 1e-6
    ranged = high > low
    assert ranged.mean() == pytest.approx(0.85, abs=0.03)
    assert postings["pay_hourly_usd"].null_count() == len(postings)


def test_answers_are_missing_as_planted(made: Pair) -> None:
    dirt, records = made
    workers = records.table.filter(pl.col("observation") == "worker")
    for name in ("industry", "org_size", "work_mode"):
        planted = len(dirt["workers.csv"].rows[f"{name} not answered"])
        assert workers[name].null_count() == _step(records, f"{name} not answered")["touched"] == planted
        assert 0.04 < planted / len(workers) < 0.15


def test_pay_missing_by_its_own_value_is_off_until_chosen() -> None:
    assert _step(known(seed=1), "pay not answered")["removed"] == 0
    hidden = demo.make(1).dirt["workers.csv"].rows["pay missing by its own value"]
    chosen = load(seed=1, pay_column="pay_missing_by_value")
    assert _step(chosen, "pay not answered")["removed"] == len(hidden)
    assert not _ids(chosen, "worker") & hidden
    assert chosen.table["pay_annual_usd"].median() < known(seed=1).table["pay_annual_usd"].median()


def test_gender_is_absent_unless_asked_for() -> None:
    silent = known()
    assert "gender" not in silent.asked
    assert silent.table["gender"].null_count() == len(silent.table)
    assert known(gender=True).table["gender"].n_unique() == 4  # three answers, and null for postings


def test_years_and_repeats_are_options() -> None:
    late = load(years=[2023, 2024])
    assert late.table["year"].unique().sort().to_list() == [2023, 2024]
    assert late.provenance.truth == {}  # the projections are those of all four years
    kept = load(keep_repeats=True)
    log = demo.make().dirt
    repeats = len(log["workers.csv"].rows["exact duplicates"]) + len(log["postings.csv"].rows["repeats of a posting"])
    assert len(kept.table) == len(known().table) + repeats


def test_several_currencies_and_periods_are_read() -> None:
    workers = known().table.filter(pl.col("observation") == "worker")
    assert set(workers["currency"]) == {"USD", "GBP", "EUR", "CAD", "INR", "BRL", "PLN"}
    assert set(workers["period"]) == {"year", "month"}
    assert workers.filter(pl.col("country") == "IN")["currency"].n_unique() == 2


def test_replicates_are_a_jackknife_over_groups() -> None:
    assert known().provenance.source.replication is None  # a simple random sample needs no survey design
    records = load(survey_design=True)
    workers = records.table.filter(pl.col("observation") == "worker")
    replicates = workers["replicate_weights"]
    plan = records.provenance.source.replication
    assert plan is not None
    assert set(replicates.list.len()) == {plan.count}
    assert set(replicates.list.eval(pl.element() == 0).list.sum()) == {1}
    # over all replicates every row keeps its weight: 19 of them at 20/19
    assert (replicates.list.sum() - plan.count * workers["weight"]).abs().max() == 0.0
    assert plan.scale == pytest.approx((plan.count - 1) / plan.count)


def test_it_says_synthetic() -> None:
    records = known()
    assert records.provenance.source.synthetic
    assert "synthetic" in records.provenance.headline.lower()
    assert "synthetic" in records.provenance.source.title.lower()


def test_absent_files_are_generated_and_verified(project: Path) -> None:
    for path in paths.raw_folder("demo").glob("*.csv"):
        path.unlink()
    assert len(load().table) > 9_000
    assert demo.check() == []


def test_changed_files_are_refused_and_kept(project: Path) -> None:
    path = paths.raw_folder("demo") / "workers.csv"
    changed = path.read_bytes()[:-100]
    path.write_bytes(changed)
    with pytest.raises(DataError, match="sha256"):
        load()
    assert path.read_bytes() == changed


def test_the_planted_truth_is_found_wherever_the_package_is(project: Path) -> None:
    for path in paths.raw_folder("demo").glob("*"):
        path.unlink()
    provenance = load().provenance
    raw = provenance.truth["log_pay ~ education  [bases education: secondary]"]
    assert raw.bases == {"education": "secondary"}
    assert 0 < raw.terms["education[bachelor]"] < raw.terms["education[master]"]
    assert provenance.truth_population


def test_all_unknown_options_are_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        load(years=[2019], pay_column="pay_missing", repair_units=["month"])
    assert len(caught.value.faults) == 3
    assert "did you mean 'monthly'" in str(caught.value)
