"""Measure the building of reports beside papermill and nbconvert, and write what was found to RESULTS.md.

Every turn is a whole process in a project of its own: the committed notebooks and the demo, nothing built. Sides take
turns; medians are told. papermill and nbconvert run in this very environment, one command after the other, as their
documentation has it.
"""

from __future__ import annotations

import datetime
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import page
from machine import load, machine, versions

ROOT = Path(__file__).resolve().parents[1]
TURNS = 3
SHORT_TURNS = 7
MANY = 50
OURS_TO_SET = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS", "PYTHONDONTWRITEBYTECODE")

SET: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("01_data_passport", {}),
    ("01_data_passport", {"prices": "side by side"}),
    ("01_data_passport", {"source": "textbook_wage1"}),
    ("01_data_passport", {"country": "US"}),
    ("02_degree", {}),
    ("02_degree", {"group": "role"}),
    ("02_degree", {"group": "industry"}),
    ("02_degree", {"source": "textbook_wage1", "degree": "bachelor", "base": "secondary"}),
    ("04_remote_and_place", {}),
    ("04_remote_and_place", {"mode": "hybrid"}),
    ("04_remote_and_place", {"country": "US"}),
    ("04_remote_and_place", {"country": "DE"}),
)
"""Three notebooks, each with four sets of parameters."""

SMALL_CELLS = (
    'source: str = "textbook_wage1"\nlevel: str = "bachelor"  # one of: bachelor | master\nturn: int = 0\n',
    "import salarylab as sl\n\nrecords = sl.load(source)\nrecords",
    "sample = sl.draw(records, sl.standard(records))\nspec = sl.Spec(factors=('education', 'experience_spline'), "
    "bases={'education': 'secondary'})\nsl.contrast(sl.fit(sl.build(spec, sample)), 'education', level)",
)


@dataclass(frozen=True, slots=True)
class Spent:
    """Hold seconds of the clock, and of the processor in the whole tree of processes."""

    clock: float
    processor: float


def main() -> None:
    """Measure, print, and write the section."""
    rows = [*cold(), *unchanged_and_small()]
    told = (
        "## Reports, beside papermill and nbconvert\n\n"
        f"{datetime.date.today()}. {machine()}. {versions('papermill', 'nbconvert', 'ipykernel', 'altair', 'polars')}. "
        f"{load()}\n\n{page.table(('work', 'salarylab', 'beside', 'its time', 'ratio', 'floor', 'aim'), rows)}\n\n"
        "The set: three notebooks, each with four sets of parameters, on the demo and on the textbook extract. "
        "papermill runs each from its command line, nbconvert makes each page from its own, one after the other, "
        "in the same environment without JupyterLab. Small reports load 526 rows, fit one equation and show one "
        "finding; their analysis alone is the same code in a plain Python process, imports included."
    )
    page.put(told)
    print(told)


def cold() -> list[tuple[str, ...]]:
    """Build the set from nothing, by us and by papermill and nbconvert in turns."""
    sides: dict[str, Callable[[Path], None]] = {
        "ours": lambda root: _build(root, "--jobs", "2"),
        "serial": lambda root: _build(root, "--jobs", "1"),
        "theirs": _peers,
    }
    taken: dict[str, list[Spent]] = {side: [] for side in sides}
    for _ in range(TURNS):
        for side, work in sides.items():
            with Project(SET) as root:
                taken[side].append(_spent(lambda work=work, root=root: work(root)))  # type: ignore[misc]
    ours, serial, theirs = (_median(taken[side]) for side in ("ours", "serial", "theirs"))
    work = f"the set of {len(SET)} reports, cold"
    return [
        (
            work,
            _told(ours),
            "papermill and nbconvert, one after the other",
            _told(theirs),
            f"**{theirs.clock / ours.clock:.1f} × faster**",
            "2 ×",
            "4 ×",
        ),
        (
            f"{work}, one at a time",
            _told(serial),
            "the same",
            _told(theirs),
            f"**{theirs.clock / serial.clock:.1f} × faster**",
            "",
            "",
        ),
    ]


def unchanged_and_small() -> list[tuple[str, ...]]:
    """Build many small reports, then build them again with nothing changed."""
    many = [("small", {"turn": str(turn)}) for turn in range(MANY)]
    with Project(many) as root:
        built = _spent(lambda: _build(root, "--jobs", "2"))
        again = _median([_spent(lambda: _build(root)) for _ in range(SHORT_TURNS)])
        alone = _median([_spent(lambda: _script(root)) for _ in range(SHORT_TURNS)])
    each = built.processor / MANY
    work = f"a small report, one of {MANY}: seconds of the processor"
    more = f"**{each - alone.processor:.2f} s more**"
    return [
        (f"{MANY} reports, nothing changed", _told(again), "", "", "", "< 1 s", ""),
        (work, f"{each:.2f} s", "its analysis alone", f"{alone.processor:.2f} s", more, "< 1.5 s more", ""),
    ]


class Project:
    """A project in a temporary folder: notebooks, a set of reports, the demo; nothing built."""

    def __init__(self, reports: Sequence[tuple[str, Mapping[str, str]]]) -> None:
        self.reports = reports
        self.folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Path:
        root = Path(self.folder.name) / "project"
        shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        shutil.copytree(ROOT / "data" / "raw" / "demo", root / "data" / "raw" / "demo")
        _small_notebook(root / "notebooks" / "small.ipynb")
        (root / "notebooks" / "reports.toml").write_text("\n".join(map(_entry, self.reports)), encoding="utf-8")
        return root

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()


def _entry(report: tuple[str, Mapping[str, str]]) -> str:
    name, values = report
    told = ", ".join(f"{key} = {value if value.isdigit() else repr(value)}" for key, value in values.items())
    return f'[[report]]\nnotebook = "{name}"\nparameters = {{ {told} }}\n'


def _small_notebook(path: Path) -> None:
    from nbformat import write
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    declared, *cells = SMALL_CELLS
    tagged = new_code_cell(declared, metadata={"tags": ["parameters"]})
    write(new_notebook(cells=[new_markdown_cell("# A small report"), tagged, *map(new_code_cell, cells)]), path)


def _build(root: Path, *options: str) -> None:
    _run([sys.executable, "-m", "salarylab", "build", *options], root)


def _peers(root: Path) -> None:
    """Run each report as a user of papermill and nbconvert would."""
    for number, (name, values) in enumerate(SET):
        executed = root / f"{number}.ipynb"
        settings = [part for key, value in values.items() for part in ("-p", key, value)]
        source = str(root / "notebooks" / f"{name}.ipynb")
        _run(
            [sys.executable, "-m", "papermill", source, str(executed), "--no-progress-bar", "-k", "python3", *settings],
            root,
        )
        _run([sys.executable, "-m", "nbconvert", "--to", "html", str(executed)], root)


def _script(root: Path) -> None:
    """Do the analysis of a small report in a plain process."""
    _run([sys.executable, "-c", "\n".join(SMALL_CELLS)], root)


def _run(command: Sequence[str], root: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in OURS_TO_SET}
    environment["SALARYLAB_ROOT"] = str(root)
    ran = subprocess.run(command, cwd=root, env=environment, check=False, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"{' '.join(command)}\n{ran.stderr}")


def _spent(work: Callable[[], None]) -> Spent:
    """Return the seconds that some work takes; those of the processor count every process that it waited for."""
    clock, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(time.perf_counter() - clock, processor)


def _median(turns: Sequence[Spent]) -> Spent:
    return Spent(statistics.median(t.clock for t in turns), statistics.median(t.processor for t in turns))


def _told(spent: Spent) -> str:
    return f"{spent.clock:.2f} s ({spent.processor:.2f} s of the processor)"


if __name__ == "__main__":
    main()
