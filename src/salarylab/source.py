"""Source: a body of raw data, where its bytes come from, and how they are verified.

A source module declares one ``Source`` and the ``RawFile``s it reads; ``fetch`` brings a file to
``data/raw/<source>/`` and hands out its path only when its sha256 is the declared one. Where the publisher
states none and we have pinned none, the sha256 of the first arrival is recorded beside the file
(``<file>.sha256``, as sha256sum writes it) and every later read is held against it; these records are the
user's, no part of the project. With ``SALARYLAB_MIRROR`` set, the file is taken from that folder instead of
the publisher's site, through the same checks.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from salarylab import readlog
from salarylab.errors import DataError, Fault
from salarylab.paths import mirror_folder, project_root, raw_folder

Redistribution = Literal["free", "attribution", "unclear"]


@dataclass(frozen=True, slots=True)
class RawFile:
    """Declare one file of a source: its name, hash, address, and place in a mirror folder.

    ``sha256`` is None where no hash is published: the first arrival's is recorded and kept to. ``packaged`` is
    the path of a file that comes inside an installed dependency or this repository: it is verified where it
    lies.
    """

    name: str
    sha256: str | None
    url: str | None = None
    mirror: str | None = None
    packaged: Path | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """Declare that figures before ``year`` may not be compared over time with those from it on.

    ``columns`` are the canonical columns whose meaning changed; empty where all figures are concerned.
    """

    year: int
    reason: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replication:
    """Declare how a survey's replicate weights give a variance: scale · Σ(θr − θ)².

    With R replicates ``scale`` is 4/R for successive differences, 1/R for balanced half-samples, 1/(R(1 − ρ)²) with
    Fay's ρ, (R − 1)/R for the jackknife over R groups. ``df`` are the degrees of freedom of the t distribution that
    goes with it.
    """

    count: int
    scale: float
    df: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Declare a body of raw data: who published it, on what terms, and what it ever asked.

    ``headline`` is what a reader must know before the first number; every page says it first.
    ``asked`` names the canonical columns that the source observes at all. ``breaks`` are years across
    which no trend may be drawn. ``weighted`` says that rows carry weights which equations are to use; a source
    with ``replication`` always does. ``years`` and ``states`` (names by postal code) are those that its ``load`` takes;
    empty where it takes none. ``clusters_are`` says what the rows of one cluster have in common. ``pay_bounds`` are the
    least and the most that pay can be, in USD a year, by what the publisher asks or publishes: pay outside is marked in
    ``pay_doubt``. ``rounding`` says how the publisher rounded pay: round figures are then nobody's own.
    """

    key: str
    title: str
    publisher: str
    home: str
    citation: str
    licence: str
    redistribution: Redistribution
    headline: str
    asked: frozenset[str]
    years: tuple[int, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    breaks: tuple[Break, ...] = ()
    replication: Replication | None = None
    weighted: bool = False
    pay_bounds: tuple[float, float] | None = None
    clusters_are: str = "cluster"
    rounding: str = ""
    synthetic: bool = False

    @property
    def has_weights(self) -> bool:
        """Whether rows carry weights that equations and medians use."""
        return self.weighted or self.replication is not None

    @property
    def median(self) -> str:
        """What a median of the source's rows is called: weighted where they carry weights."""
        return "weighted median" if self.has_weights else "median"


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Identify a raw file that records were read from."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Truth:
    """Hold what an equation is in a generated population: base of each factor, log points of each term."""

    bases: Mapping[str, str]
    terms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Say where a table's rows come from: source, files, options, and any planted truth.

    ``truth`` maps an equation, as ``spec.formula`` prints it, to what it is in the population that the
    restrictions ``truth_population`` leave; only a synthetic source has one.
    """

    source: Source
    files: tuple[FileStamp, ...]
    headline: str
    options: Mapping[str, Any] = field(default_factory=dict)
    truth: Mapping[str, Truth] = field(default_factory=dict)
    truth_population: tuple[str, ...] = ()


def fetch(source: Source, file: RawFile) -> Path:
    """Return the path of a verified raw file, bringing it first where it is not yet at hand.

    Raises ``DataError`` when the bytes are not the declared or recorded ones (nothing is deleted or
    published), when the file is nowhere to be had, or when unclear terms forbid fetching it on the user's
    behalf. Processes that fetch the same file at once each bring it whole; the first to finish keeps its copy.
    """
    if file.packaged is not None:
        return _verified(file.packaged, file)
    target = raw_folder(source.key) / file.name
    if target.exists():
        return _verified(target, file)
    mirror = mirror_folder()
    if mirror is not None and file.mirror is not None:
        return _arrive(target, file, f"the mirror's {file.mirror}", partial(_copy, mirror / file.mirror))
    if source.redistribution == "unclear" or file.url is None:
        raise DataError(_bring(source, file, target))
    _announce(source)
    return _arrive(target, file, file.url, partial(_download, file.url))


def stamp(source: Source, file: RawFile, rows: int) -> FileStamp:
    """Return the stamp of a fetched file: its name, the sha256 it was held against, and its number of rows."""
    sha256 = file.sha256 or _recorded(raw_folder(source.key) / file.name)
    assert sha256 is not None, "only a fetched file is stamped"
    return FileStamp(file.name, sha256, rows)


def _verified(path: Path, file: RawFile) -> Path:
    """Return the path if it holds the declared bytes, or those recorded when they first arrived."""
    if not path.is_file():
        raise DataError(Fault(_shown(path), "no such file", _told(file), "restore or fetch the file"))
    found = readlog.digest(path)
    _hold(found, path, file, _shown(path), "move it away, then fetch it again")
    readlog.note(path, found)
    return path


def _hold(found: str, path: Path, file: RawFile, thing: str, remedy: str) -> None:
    """Raise ``DataError`` unless a hash is the file's; the first of a file without a published one is recorded."""
    expected = file.sha256 or _recorded(path)
    if expected is None:
        _record(found, path, file)
    elif found != expected:
        if file.sha256 is None:
            remedy += f", and remove {_lock(path).name} to accept other bytes than those of its first arrival"
        raise DataError(_wrong_bytes(thing, found, expected, remedy))


def _lock(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _recorded(path: Path) -> str | None:
    """Return the sha256 recorded when a file first arrived; None where none is."""
    lock = _lock(path)
    if not lock.is_file():
        return None
    found = re.search(r"^([0-9a-f]{64}) ", lock.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        remedy = f"remove it to accept {path.name} as it is, or restore it"
        raise DataError(Fault(_shown(lock), "no sha256", "a line of 64 hexadecimal digits and a name", remedy))
    return found[1]


def _record(found: str, path: Path, file: RawFile) -> None:
    """Write the sha256 of a first arrival beside the file, whole or not at all; ``sha256sum -c`` reads it."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".arriving-") as writing:
        written = Path(writing) / _lock(path).name
        origin = f"# {file.url or file.name}: no hash is published; this is its first arrival's\n"
        written.write_text(f"{origin}{found}  {path.name}\n", encoding="utf-8")
        os.replace(written, _lock(path))


def _arrive(target: Path, file: RawFile, origin: str, bring: Callable[[Path], object]) -> Path:
    """Bring one file under a temporary name and move it into place once its hash is right."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".arriving-") as arriving:
        arrived = Path(arriving) / target.name
        try:
            bring(arrived)
        except OSError as error:
            remedy = "check the address and the network, or the folder that SALARYLAB_MIRROR names"
            raise DataError(Fault(f"{file.name} from {origin}", str(error), _told(file), remedy)) from error
        found = readlog.digest(arrived)
        _hold(found, target, file, f"{file.name} from {origin}", "fetch it again later")
        if target.exists():  # another process was first
            return _verified(target, file)
        arrived.chmod(0o444)
        os.replace(arrived, target)
    readlog.note(target, found)
    return target


def _copy(origin: Path, arrived: Path) -> None:
    """Copy a file of the mirror."""
    if not origin.is_file():
        raise FileNotFoundError("no such file in the mirror")
    shutil.copyfile(origin, arrived)


def _download(url: str, arrived: Path) -> None:
    """Download over HTTP, with a progress bar where a person watches.

    pooch's downloader is called as it is: ``pooch.retrieve`` would log the hash of every file as one that
    nobody has declared.
    """
    import pooch

    def hang_up(response: Any, *_: Any, **__: Any) -> None:
        if not response.ok:  # pooch raises and leaves the connection open
            response.close()

    download = pooch.HTTPDownloader(progressbar=os.isatty(2), hooks={"response": hang_up})
    download(url, str(arrived), None)


def _wrong_bytes(thing: str, found: str, expected: str, remedy: str) -> Fault:
    return Fault(
        thing,
        f"sha256 {found}",
        f"sha256 {expected}",
        f"incomplete, edited, or a newer release: {remedy}; nothing was changed",
    )


def _told(file: RawFile) -> str:
    """Return the hash that a file is expected to have, in words."""
    return f"sha256 {file.sha256}" if file.sha256 else "its sha256, recorded on first arrival"


def _bring(source: Source, file: RawFile, target: Path) -> Fault:
    return Fault(
        f"{source.key}: {file.name}",
        f"not at {_shown(target)}; licence: {source.licence}",
        f"the publisher's file, {_told(file)}",
        f"get it from {file.url or source.home} under its terms and put it there, or set SALARYLAB_MIRROR",
    )


def _announce(source: Source) -> None:
    """Say whose data is fetched, and on what terms, before the first byte."""
    import sys

    print(f"fetching {source.title} ({source.publisher}); licence: {source.licence}", file=sys.stderr)


def _shown(path: Path) -> str:
    """Return a path as messages show it: relative to the project where it lies inside."""
    try:
        return str(path.relative_to(project_root()))
    except ValueError:
        return path.name
