"""What docs/estimation.md says of the engine is so: every verb is on it, sources are the code's own, its code runs."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab import model
from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL
from salarylab.model import rules, spec
from salarylab.model.kernel import cells, normal, orthogonal, reading, solution
from salarylab.model.variance import clusters, factors, wild

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "estimation.md").read_text(encoding="utf-8")
TOLD = " ".join(PAGE.split())
SOURCES = " ".join(
    " ".join(path.read_text(encoding="utf-8") for path in Path(sl.__file__).parent.rglob("*.py")).split()
)
ROOMS = {
    "sl": [model, import_module("salarylab.model.contrast")],
    **{f"sl.{room}": [getattr(sl, room)] for room in ("decompose", "distribution", "trust")},
}
ROW = re.compile(r"^\| `(sl\.[\w.]+)` \|(.*)\|$", re.MULTILINE)


def verbs() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public function of the model storey as an analyst writes it."""
    for prefix, rooms in ROOMS.items():
        for name in sorted({name for room in rooms for name in room.__all__}):
            found = next(getattr(room, name) for room in rooms if hasattr(room, name))
            if inspect.isfunction(found):
                yield f"{prefix}.{name}", found


VERBS = dict(verbs())
TABLED = {name: [cell.strip() for cell in cells.split("|")] for name, cells in ROW.findall(PAGE)}


def told() -> Counter[str]:
    """Return the verbs of the page's tables, and of the list of those over plain numbers."""
    plain = PAGE.split("### Over plain numbers")[1].split("\n## ")[0]
    return Counter(name for name, _ in ROW.findall(PAGE)) + Counter(re.findall(r"`(sl\.[\w.]+)`", plain))


def line_for(name: str) -> str:
    """Return the line that would tell of a verb, its question and promise still to be said."""
    doc = inspect.getdoc(VERBS[name]) or ""
    sourced = doc if "**Source**" in doc else inspect.getdoc(inspect.getmodule(VERBS[name])) or ""
    cited = " ".join(sourced.partition("**Source**")[2].split("\n\n")[0].split())
    found = re.findall(r"((?:^|(?<=; ))\s*[^;()]+?) \((\d{4})\)", cited)
    source = "; ".join(f"{names.strip()} {year}" for names, year in found)
    return f"| `{name}` | {doc.splitlines()[0]} | `{returned(name)}` | {source} | what it does not promise |"


def returned(name: str) -> str:
    return str(inspect.signature(VERBS[name]).return_annotation)


def test_every_verb_is_told_once_and_nothing_else() -> None:
    lacks = [f"{line_for(name)}\n  (a verb over plain numbers goes into their list)" for name in VERBS.keys() - told()]
    assert not lacks, "add to the table of its room in docs/estimation.md:\n" + "\n".join(sorted(lacks))
    assert sorted(told().keys() - VERBS.keys()) == [], "no such verb: take the line out"
    assert [name for name, times in told().items() if times > 1] == []


def test_each_verb_stands_in_the_table_of_its_room() -> None:
    for section in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        room = re.match(r"`(sl[\w.]*)`", section)
        if room:
            assert {name.rpartition(".")[0] for name, _ in ROW.findall(section)} == {room[1]}


@pytest.mark.parametrize("name", sorted(TABLED))
def test_what_a_verb_returns_is_what_is_told(name: str) -> None:
    assert len(TABLED[name]) == 4, f"four cells after the verb: {TABLED[name]}"
    classes = set(re.findall(r"`([A-Z]\w+)`", TABLED[name][1]))
    assert classes == set(re.findall(r"\b[A-Z]\w+", returned(name)))


def cited() -> list[str]:
    """Return the works that the page's tables name, each as ``Names year``."""
    rows = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    works = [work for row in rows if len(row) == 5 for work in row[3].split(";") if work.strip()]
    return sorted({re.sub(r" \([^\d]*\)$", "", work.strip()) for work in works})


def test_every_work_named_is_a_source_in_the_code() -> None:
    works = [re.fullmatch(r"(.+) (\d{4})", work) for work in cited()]
    assert None not in works
    assert [f"{work[1]} ({work[2]})" for work in works if work and f"{work[1]} ({work[2]})" not in SOURCES] == []
    assert len(works) > 30


# The covariance rules


def test_every_rule_has_a_line() -> None:
    table = PAGE.split("## Covariance rules")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(spec.RULES)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({}, "HC2"),
        ({"absorbed": "title"}, "HC2"),
        ({"clusters": "title"}, "CRV3"),
        ({"clusters": ("title", "employer")}, "CR1"),
        ({"clusters": "title", "absorbed": "employer"}, "CR1"),
    ],
)
def test_defaults_are_those_told(asked: dict[str, Any], kind: str) -> None:
    sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    design = sl.build(replace(sl.Spec(factors=("education",)), **asked), sample)
    assert rules.rule_for(design)[0] == kind


def test_thresholds_are_those_of_the_code() -> None:
    for sentence in (
        f"fewer than {cells.FEW:.0%} seem to differ".replace("%", " %"),
        f"(rows × columns up to {solution.SMALL_ENOUGH:,})",
        f"reciprocal condition is below {normal.LEAST_RCOND:.0e}".replace("e-0", "e-"),
        f"rows × columns² exceed {orthogonal.EXTENDED:.0e}".replace("e+0", "e"),
        f"take more than {reading.HELD // 2**20} MB",
        f"under {MIN_CELL} rows ({MIN_PERCENTILE_CELL} at a percentile)",
        f"{rules.LARGE:,} rows or more, each cell compared {rules.FULL_CELL:,} or more",
        f"**Below {clusters.FEW_CLUSTERS} clusters**",
        f"fewer than {clusters.FEW_EFFECTIVE:g} effective clusters",
        f"| {wild.LEAST_CLUSTERS} clusters; one contrast at a time",
        f"Webb's six points below {factors.WEBB_BELOW} clusters",
    ):
        assert sentence in TOLD


# The code


BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_every_block_of_code_runs(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    invented().write_parquet("pay.parquet")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for block in BLOCKS:
            exec(block, {})
    own, example = said.getvalue().split("HC2 with Bell–McCaffrey degrees of freedom; rows, gram\n")
    assert own.startswith("Pay premium of plus over basic (given tenure, hours, score): ")
    assert example.startswith(
        "Pay premium of master over bachelor (given years of experience, seniority, role family): "
    )
    assert example.count("about ") >= 5  # findings say how many rows


def invented() -> pl.DataFrame:
    """Return a table that nobody gathered."""
    rng = np.random.default_rng(20_260_101)
    n = 600
    tenure = rng.integers(0, 30, n)
    return pl.DataFrame(
        {
            "plan": rng.choice(["basic", "plus"], n),
            "firm": rng.choice([f"firm {i}" for i in range(40)], n),
            "tenure": tenure,
            "hours": rng.normal(38.0, 3.0, n),
            "score": rng.normal(0.0, 1.0, n),
            "share": rng.uniform(0.5, 2.0, n),
            "pay": np.exp(8.0 + 0.02 * tenure + rng.normal(0.0, 0.3, n)),
        }
    )


def test_the_demo_is_called_synthetic_where_it_is_used() -> None:
    for block in BLOCKS:
        if 'load("demo")' in block:
            before = PAGE.split(block)[0].rstrip("`python\n").split("\n\n")[-1]
            assert "**synthetic**" in before


def test_the_worked_example_is_short() -> None:
    assert len([line for line in BLOCKS[-1].splitlines() if line]) <= 25
