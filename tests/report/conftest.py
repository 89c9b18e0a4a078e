"""A project with small invented notebooks: what the runner needs, and nothing of the library's numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMETERS = """\
source: str = "demo"  # a source's key, or own:mapping.toml
level: str = "master"  # one of: bachelor | master | doctorate
years: list[int] = []  # empty: all
min_cell: int = 10
"""

SHOW = """\
from invented import *
card(source)
"""

INVENTED = '''
"""Stand-in for the library: displays of the same MIME types, with invented content."""
import hashlib
from IPython.display import display
from salarylab import paths, readlog
from salarylab.finding import FINDING_MIME, Finding

def card(key, headline="Invented people: no survey was taken", files=()):
    display({"application/vnd.salarylab.source+json": {
        "key": key, "title": "An invented survey", "headline": headline, "publisher": "Nobody",
        "home": "https://example.org/", "citation": "Nobody (2026), An invented survey.", "licence": "CC0",
        "synthetic": key == "demo", "files": [{"name": "a.csv", "sha256": "0" * 64, "rows": 1234}],
        "raw_rows": 1234}, "text/plain": headline, "text/html": "<p class=source>source</p>"}, raw=True)

def read(key="invented", name="pay.csv"):
    path = paths.raw_folder(key) / name
    readlog.note(path, hashlib.sha256(path.read_bytes()).hexdigest())

def finding(level="master"):
    return Finding(question="degree", subject=f"{level} against secondary", unit="log points", value=0.1, low=0.05,
                   high=0.15, n=1200, smallest_cell=100, headline="Invented people: no survey was taken")

def chart(title="Pay by degree", rows=2, **row):
    values = [{"level": f"level {i}", "pay": 40.0 + i, **row} for i in range(rows)]
    spec = {"$schema": "https://vega.github.io/schema/vega-lite/v5.20.1.json", "title": title,
            "description": f"{title}: bars", "data": {"values": values}, "mark": {"type": "bar", "clip": True},
            "encoding": {"y": {"field": "level", "type": "nominal", "title": "Degree"},
                         "x": {"field": "pay", "type": "quantitative", "title": "USD an hour"}}}
    display({"application/vnd.vegalite.v5+json": spec, "text/plain": "<chart>"}, raw=True)
'''

MAPPING = """\
[file]
path = "pay.csv"
[pay]
column = "Pay"
currency = "USD"
period = "year"
concept = "base"
[year]
value = 2024
"""

Write = Callable[..., Path]


@pytest.fixture
def write_mapping() -> Callable[[Path], None]:
    """Return a function that writes a faultless mapping at a path, and the invented file that it names."""

    def write(path: Path) -> None:
        path.write_text(MAPPING, encoding="utf-8")
        path.with_name("pay.csv").write_text("Pay\n50000\n", encoding="utf-8")

    return write


@pytest.fixture
def write_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes a notebook of code cells into a project of the test's own."""
    folder = tmp_path / "project" / "notebooks"
    folder.mkdir(parents=True)
    (folder / "reports.toml").write_text("", encoding="utf-8")
    (folder / "invented.py").write_text(INVENTED, encoding="utf-8")
    monkeypatch.setenv("SALARYLAB_ROOT", str(folder.parent))
    monkeypatch.delenv("SALARYLAB_MIRROR", raising=False)
    monkeypatch.chdir(folder.parent)

    def write(cells: Sequence[str], *, name: str = "tiny", parameters: str | None = PARAMETERS) -> Path:
        declared = [] if parameters is None else [new_code_cell(parameters, metadata={"tags": ["parameters"]})]
        body = [new_code_cell(source) for source in cells]
        path = folder / f"{name}.ipynb"
        nbformat.write(
            new_notebook(cells=[new_markdown_cell(f"# The {name} question\n\nWhy."), *declared, *body]), path
        )
        return path

    return write
