"""The walk through a new source in CONTRIBUTING.md, walked."""

import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import salarylab as sl
from salarylab import sources
from salarylab.cli import app

WALK = (Path(__file__).resolve().parents[1] / "CONTRIBUTING.md").read_text().split("## Add a factor")[0]


@pytest.fixture
def guild(project, tmp_path, monkeypatch):
    """Do what the text says: put the module among the sources and its file among the raw data."""
    blocks = dict(re.findall(r"```(csv|python)\n(.*?)```", WALK, flags=re.DOTALL))
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "guild.py").write_text(blocks["python"])
    raw = project / "data" / "raw" / "guild"
    raw.mkdir()
    (raw / "guild_2024.csv").write_text(blocks["csv"])
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(modules)])
    yield project
    sys.modules.pop("salarylab.sources.guild", None)


def test_the_walk_through_a_new_source_ends_with_records(guild):
    records = sl.load("guild")
    assert records.raw_rows == 4
    assert records.table["pay_annual_local"].to_list() == [54_000.0, 50_400.0, 37_200.0]
    assert records.table["education"].to_list() == ["master", "bachelor", "secondary"]
    assert records.table["work_mode"].to_list() == ["remote", "on-site", "hybrid"]
    assert [(step.rule, step.removed) for step in records.steps if step.removed] == [("no pay stated", 1)]
    assert "pay_doubt" in records.asked
    assert [step.touched for step in records.steps if "stated, never mended" in step.rule] == [0, 0]
    assert (guild / "data" / "processed" / "guild.parquet").is_file()


def test_one_file_is_enough_for_the_command_line_and_the_notebooks(guild):
    listed = CliRunner().invoke(app, ["sources"])
    assert "guild" in listed.output
    from salarylab.report.asking import request

    assert request.ask("01_data_passport", ["source=guild"]).settings == ["source=guild"]


def test_a_file_that_is_not_the_declared_one_is_refused(guild):
    raw = guild / "data" / "raw" / "guild" / "guild_2024.csv"
    raw.write_text(raw.read_text().replace("4500", "45000"))
    with pytest.raises(sl.errors.DataError, match="sha256"):
        sl.load("guild")
