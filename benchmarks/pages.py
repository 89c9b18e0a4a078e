"""Measure each page on each real source at hand, and write what was found to RESULTS.md.

Every turn is a whole `salarylab run` in a process of its own, in a project of its own. Start-up is the same command on
a notebook that does nothing. Pages take turns; medians are told. Needs the publishers' files: SALARYLAB_MIRROR.
"""

from __future__ import annotations

import datetime
import os
import statistics
import sys
import tempfile
from pathlib import Path

import page
from machine import load, machine, versions

from reports import ROOT, Spent, _median, _run, _spent

TURNS = 3
AIM = 20
"""Seconds of the processor beyond start-up that no page may pass."""

NOTEBOOKS = ("02_degree", "04_remote_and_place")
SOURCES = (
    "acs_pums",
    "aijobs",
    "datajobs",
    "dou",
    "kaggle_survey",
    "koodiklinikka",
    "levels_fyi",
    "textbook_wage1",
)


def main() -> None:
    """Measure, print, and write the section."""
    mirror = os.environ.get("SALARYLAB_MIRROR") or ""
    if not (ROOT / mirror / "CATALOG.csv").is_file():
        sys.exit("SALARYLAB_MIRROR names no folder with the publishers' files")
    os.environ["SALARYLAB_MIRROR"] = str((ROOT / mirror).resolve())
    asked = [(notebook, source) for notebook in NOTEBOOKS for source in SOURCES]
    turns: dict[tuple[str, str], list[Spent]] = {one: [] for one in asked}
    idle: list[Spent] = []
    with tempfile.TemporaryDirectory() as folder:
        root = _project(Path(folder))
        for _ in range(TURNS):
            idle.append(_spent(lambda: _run(_command("00_nothing"), root)))
            for one in asked:
                turns[one].append(_turn(root, *one))
    start = statistics.median(spent.processor for spent in idle)
    rows = [(notebook, source, *_cells(_median(spent), start)) for (notebook, source), spent in turns.items()]
    told = (
        "## Pages on real sources\n\n"
        f"{datetime.date.today()}. {machine()}. {versions('polars', 'statsmodels', 'altair', 'papermill')}. "
        f"{load()}\n\n"
        f"{page.table(('notebook', 'source', 'clock', 'processor', 'beyond start-up', 'aim'), rows)}\n\n"
        f"Seconds, medians of {TURNS} whole runs in turns; start-up, a notebook that does nothing, takes {start:.1f} s "
        "of the processor. A question that the source never asked is answered before a kernel starts."
    )
    page.put(told)
    print(told)


def _turn(root: Path, notebook: str, source: str) -> Spent:
    return _spent(lambda: _run(_command(notebook, "--set", f"source={source}"), root))


def _project(root: Path) -> Path:
    """Return a project with the committed notebooks, and one that does nothing."""
    import shutil

    from nbformat import write
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    declared = new_code_cell("turn: int = 0  # counts\n", metadata={"tags": ["parameters"]})
    nothing = new_notebook(cells=[new_markdown_cell("# Nothing"), declared, new_code_cell("import salarylab as sl")])
    write(nothing, root / "notebooks" / "00_nothing.ipynb")
    return root


def _command(notebook: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "salarylab", "run", notebook, *options]


def _cells(spent: Spent, start: float) -> tuple[str, ...]:
    beyond = max(spent.processor - start, 0.0)
    return f"{spent.clock:.1f}", f"{spent.processor:.1f}", f"{beyond:.1f}", f"under {AIM}"


if __name__ == "__main__":
    main()
