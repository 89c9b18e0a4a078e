"""The committed files are what the generator writes, and truth.json says what is in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from salarylab import demo, paths
from salarylab.demo import planted


def test_committed_files_are_the_generators_bytes() -> None:
    assert demo.check() == []


def test_generator_repeats_itself_and_seeds_differ() -> None:
    first, again, other = demo.survey(5), demo.survey(5), demo.survey(6)
    assert first == again
    assert first["workers.csv"] != other["workers.csv"]


def test_check_names_each_file_that_is_changed_or_gone(project: Path) -> None:
    folder = paths.raw_folder("demo")
    assert folder.is_relative_to(project)
    (folder / "truth.json").unlink()
    (folder / "workers.csv").write_bytes((folder / "workers.csv").read_bytes() + b"\n")
    faults = demo.check()
    assert [fault.thing for fault in faults] == ["data/raw/demo/workers.csv", "data/raw/demo/truth.json"]
    demo.write()
    assert demo.check() == []


def test_write_puts_down_only_what_is_asked_for(tmp_path: Path) -> None:
    written = demo.write(tmp_path, seed=5, only=["truth.json"])
    assert [path.name for path in tmp_path.iterdir()] == [path.name for path in written] == ["truth.json"]
    assert written[0].read_bytes() == demo.survey(5)["truth.json"]


def test_truth_tells_the_equation_and_counts_the_dirt() -> None:
    made = demo.make(5)
    truth = json.loads(made.files["truth.json"])
    assert truth["notice"].startswith("Synthetic data")
    assert truth["log_points_of_hourly_base_pay"]["education"] == planted.EDUCATION
    assert truth["places"]["country"]["US"] == 0.0
    for name, log in made.dirt.items():
        counts = dict(truth["dirt_rows"][name])
        assert counts.pop("rows") == made.files[name].count(b"\n") - 1
        assert counts == log.counts


def test_truth_has_sorted_keys() -> None:
    def in_order(value: object) -> bool:
        if not isinstance(value, dict):
            return True
        return list(value) == sorted(value) and all(in_order(inner) for inner in value.values())

    assert in_order(json.loads(demo.survey(5)["truth.json"]))


@pytest.mark.parametrize("name", ["workers.csv", "postings.csv"])
def test_files_are_small_text_with_unix_line_ends(name: str) -> None:
    content = demo.survey()[name]
    assert b"\r" not in content
    assert len(content) < 4_000_000
