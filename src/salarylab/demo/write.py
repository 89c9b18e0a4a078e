"""Write: the demo's files from a seed, and the check that those on disk are these."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from salarylab import paths
from salarylab.demo import dirt, places, planted, postings
from salarylab.demo.population import SEED, streams
from salarylab.demo.workers import GROUPS, draw_workers
from salarylab.errors import Fault

WORKERS = 8_000
POSTINGS = 1_850
"""Distinct postings; with those posted again there are about 2,000."""

NOTICE = "Synthetic data: a made-up survey and a made-up job board with planted truth. Nobody's pay is in these files."


@dataclass(frozen=True, slots=True)
class Survey:
    """Hold the raw files of one seed, by name, and the dirt planted in the two tables."""

    files: dict[str, bytes]
    dirt: dict[str, dirt.DirtLog]


def make(seed: int = SEED) -> Survey:
    """Draw workers and postings, type them into forms with all dirt, and return the files as bytes."""
    for_workers, for_postings, for_dirt = streams(seed)
    form, faults = dirt.type_answers(draw_workers(WORKERS, for_workers), for_dirt)
    sent, worker_dirt = dirt.submit_twice(form, faults, for_dirt)
    board, posting_dirt = postings.post(draw_workers(POSTINGS, for_postings), for_dirt)
    found = {"workers.csv": worker_dirt, "postings.csv": posting_dirt}
    tables = {"workers.csv": _csv(sent), "postings.csv": _csv(board)}
    rows = {"workers.csv": len(sent), "postings.csv": len(board)}
    told = {name: {"rows": rows[name], **planted_dirt.counts} for name, planted_dirt in found.items()}
    return Survey(tables | {"truth.json": _truth(seed, told)}, found)


def survey(seed: int = SEED) -> dict[str, bytes]:
    """Return the raw files of one seed by name: workers.csv, postings.csv, truth.json.

    >>> survey(1)["workers.csv"].startswith(b"survey_year,country,")
    True
    """
    return make(seed).files


def write(folder: Path | None = None, seed: int = SEED, *, only: Collection[str] = ()) -> list[Path]:
    """Write the files of one seed to data/raw/demo or another folder, each whole or not at all.

    ``only`` names the files wanted (default: all). Returns the paths written.
    """
    target = folder or paths.raw_folder("demo")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".writing-") as writing:
        for name, content in survey(seed).items():
            if not only or name in only:
                (Path(writing) / name).write_bytes(content)
        return [_placed(written, target) for written in sorted(Path(writing).iterdir())]


def check() -> list[Fault]:
    """Return a fault for every file in data/raw/demo that is not, byte for byte, what the generator writes."""
    faults = []
    for name, expected in survey().items():
        path = paths.raw_folder("demo") / name
        found = path.read_bytes() if path.is_file() else None
        if found != expected:
            faults.append(
                Fault(
                    f"data/raw/demo/{name}",
                    "no such file" if found is None else f"sha256 {_sha256(found)}",
                    f"sha256 {_sha256(expected)}, as the generator writes it",
                    "run `salarylab demo` to write the files anew, under the locked versions",
                )
            )
    return faults


def _placed(written: Path, target: Path) -> Path:
    os.replace(written, target / written.name)
    return target / written.name


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _csv(rows: pl.DataFrame) -> bytes:
    return rows.write_csv(quote_style="necessary", line_terminator="\n").encode()


def _truth(seed: int, counts: dict[str, dict[str, int]]) -> bytes:
    """Return truth.json: every planted value and share, and how many rows of dirt this seed has."""
    truth: dict[str, Any] = {
        "notice": NOTICE,
        "seed": seed,
        "log_points_of_hourly_base_pay": planted.truth(),
        "places": places.truth(),
        "weights": {
            "meaning": "drawn independently of everything else: the truth is the same with and without them",
            "replicates": f"delete-one-group jackknife over {GROUPS} random groups",
        },
        "dirt_shares": dirt.truth() | postings.truth(),
        "dirt_rows": counts,
    }
    return (json.dumps(truth, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()
