"""State: whether a published report is what its inputs would give now, and if not, why."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from salarylab import paths, readlog
from salarylab.errors import ReportError
from salarylab.report import failure, manifest, runlog
from salarylab.report.asking.request import Request
from salarylab.report.key import PAGE_ONLY, WORDS, Key
from salarylab.report.manifest import Manifest
from salarylab.report.runlog import RunLog

Verdict = Literal["fresh", "page", "stale"]


@dataclass(frozen=True, slots=True)
class State:
    """Hold why a report has to be run again, and why its page alone has to be told again; both empty: fresh."""

    rerun: tuple[str, ...] = ()
    retell: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """``stale``: to be run again; ``page``: only the page is told anew; ``fresh``: nothing is to be done."""
        return "stale" if self.rerun else "page" if self.retell else "fresh"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every reason, those to run first."""
        return self.rerun + self.retell


def state(request: Request, now: Key) -> State:
    """Return the state of a requested report, its key being ``now``."""
    folder = paths.reports_folder() / request.folder
    failed = ("its last build failed",) if (failure.record(request) / failure.FILE).is_file() else ()
    if not (folder / manifest.FILE).is_file():
        return State(("never built", *failed))
    try:
        made = manifest.read(folder / manifest.FILE)
        log = runlog.read(folder)
        parts = dict(made.key)
    except (ReportError, OSError, ValueError, KeyError, TypeError):
        return State(("built by another version of salarylab",))
    changed = [name for name, part in dataclasses.asdict(now).items() if parts.get(name) != part]
    broken = _broken(folder, made)
    rerun = [WORDS[name] for name in changed if name not in PAGE_ONLY]
    rerun += [*_other_packages(made), *_other_files(log), *_others_at_hand(log.at_hand)]
    rerun += [f"{name} is not as it was built" for name in broken if name == "notebook.ipynb"]
    retell = [WORDS[name] for name in changed if name in PAGE_ONLY]
    retell += [f"{name} is not as it was built" for name in broken if name != "notebook.ipynb"]
    return State((*rerun, *failed), tuple(retell))


def _other_packages(made: Manifest) -> Iterator[str]:
    for name, then in made.packages.items():
        now = _installed(name)
        if now != then:
            yield f"{name} {now} instead of {then}"


@functools.cache
def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _other_files(log: RunLog) -> Iterator[str]:
    """Yield what became of the files that were read.

    One of the same size and time is not read again, unless it changed after the run began: perhaps after its reading.
    """
    began = datetime.fromisoformat(log.started).timestamp() * 1e9
    for read in log.reads:
        path = Path(read.path)
        if not path.is_file():
            yield f"{path.name} is gone"
            continue
        found = readlog.stamp(path)
        same = found == (read.bytes, read.changed_ns) and read.changed_ns < began
        if not same and _content(path, *found) != read.sha256:
            yield f"{path.name} changed"


@functools.cache
def _content(path: Path, _bytes: int, _changed: int) -> str | None:
    """Return the sha256 of a raw file; several reports rest on one, and it may be large."""
    return readlog.digest(path)


def _others_at_hand(kept: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the files that lie beside those that were read, and did not then: a source may read what is there."""
    for folder, names in kept.items():
        now = runlog.listed(paths.project_root() / "data" / "raw" / folder)
        yield from (f"{name} came to data/raw/{folder}" for name in now if name not in names)


def _broken(folder: Path, made: Manifest) -> list[str]:
    """Return the files of a report that are gone or not what the manifest says."""
    found = {name: (folder / name).is_file() and readlog.digest(folder / name) for name in made.outputs}
    return [name for name, sha256 in made.outputs.items() if found[name] != sha256]
