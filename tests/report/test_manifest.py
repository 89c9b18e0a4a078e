"""Manifest: what a report was made from, written so that two machines can compare it, read only as it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from salarylab.errors import ReportError
from salarylab.report import manifest
from salarylab.report.asking import request
from salarylab.report.manifest import Manifest

CARD = {
    "key": "demo",
    "synthetic": True,
    "files": [{"name": "a.csv", "sha256": "0" * 64, "rows": 1200}],
    "raw_rows": 1200,
    "records": 1100,
}
SAMPLE = {"source": "demo", "stages": [{"stage": "raw", "reason": "rows", "rows_lost": 0, "rows_left": 1200}]}
PARAMETERS = 'source: str = "demo"\nseed: int = 7\n'

Draft = Callable[..., Manifest]


@pytest.fixture
def draft(write_notebook: Callable[..., Path]) -> Draft:
    """Return a function that drafts the manifest of an invented report."""

    def make(*, parameters: str = PARAMETERS, settings: tuple[str, ...] = (), **told: Any) -> Manifest:
        path = write_notebook(["1"], parameters=parameters)
        return manifest.draft(request.ask(path.stem, settings), [CARD], {"lock": "1" * 64}, **told)

    return make


def test_a_manifest_comes_back_as_it_was_written(draft: Draft, tmp_path: Path) -> None:
    room = tmp_path / "report" / "default"
    (room / "exhibits").mkdir(parents=True)
    for name in ("page.html", "exhibits/01-table.csv"):
        (room / name).write_text(name, encoding="utf-8")
    made = draft(samples=[SAMPLE], exhibits=[{"number": "Table 1"}])
    manifest.seal(made, room)
    read = manifest.read(room / manifest.FILE)
    hashes = {n: hashlib.sha256(n.encode()).hexdigest() for n in ("exhibits/01-table.csv", "page.html")}
    assert read.outputs == hashes
    assert (read.exhibits, read.stages) == ([{"number": "Table 1"}], [SAMPLE])
    assert (read.seed, read.lock) == (7, "1" * 64)
    text = (room / manifest.FILE).read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def test_the_seed_is_the_parameter_of_that_name(draft: Draft) -> None:
    assert draft(settings=("seed=11",)).seed == 11
    assert draft(parameters='source: str = "demo"\n').seed is None


def test_the_command_makes_the_same_kind_of_page(write_notebook: Callable[..., Path]) -> None:
    asked = request.ask(write_notebook(["1"]).stem)
    commands = [manifest.draft(asked, [CARD], {"static": static}).command for static in (False, True)]
    assert commands == ["salarylab run tiny", "salarylab run tiny --static"]


def test_a_source_without_a_shown_sample_tells_raw_rows_and_records(draft: Draft) -> None:
    (stages,) = draft().stages
    told = [(stage["stage"], stage["rows_left"]) for stage in stages["stages"]]
    assert (stages["source"], told) == ("demo", [("raw", 1200), ("clean", 1100)])
    assert draft(samples=[SAMPLE]).stages == [SAMPLE]


def older(content: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in content.items() if name != "stages"})


def newer(content: dict[str, Any]) -> str:
    return json.dumps(content | {"invented": 1})


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (older, "built by an older salarylab.*\n.*\n.*build again"),
        (newer, "built by an older salarylab, or a newer one"),
        (lambda _: "[]", "built by an older salarylab"),
        (lambda _: "{", "build the report again"),
    ],
)
def test_a_manifest_of_another_form_is_refused(
    draft: Draft, tmp_path: Path, damage: Callable[[dict[str, Any]], str], told: str
) -> None:
    manifest.seal(draft(), tmp_path)
    path = tmp_path / manifest.FILE
    path.write_text(damage(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    with pytest.raises(ReportError, match=told):
        manifest.read(path)
