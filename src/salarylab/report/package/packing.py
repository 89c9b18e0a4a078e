"""Packing: gather a published report's package, and write it as a folder and a zip.

A package follows from the published report and the files that it was made from. The day that an RO-Crate must tell is
that of the run, or what ``SOURCE_DATE_EPOCH`` says; nothing else differs between two builds from the same inputs.

**Source** Reproducible Builds, SOURCE_DATE_EPOCH specification.
"""

from __future__ import annotations

import datetime
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from salarylab import paths
from salarylab.errors import Fault, ReportError
from salarylab.report import manifest, notebook, runlog
from salarylab.report.asking import request, titles
from salarylab.report.asking.request import Request
from salarylab.report.key import key
from salarylab.report.manifest import Manifest
from salarylab.report.package import archive, contents, crate, datum, readme
from salarylab.report.package.datum import Datum
from salarylab.report.package.item import Item
from salarylab.report.publish import publish, workroom
from salarylab.report.runlog import RunLog
from salarylab.report.state import state


@dataclass(frozen=True, slots=True)
class Package:
    """Hold what was written: the folder, the zip with its hash, how many files and bytes, and what is left out."""

    folder: Path
    zip: Path
    sha256: str
    files: int
    bytes: int
    left_out: tuple[Datum, ...]


def pack(folder: Path, out: Path, *, with_data: bool = False) -> Package:
    """Write the replication package of a published report below ``out``: a folder and a zip of one name.

    An older package of that name is replaced. Raises ``ReportError`` for a report that is not what its inputs would
    give now, and where something else stands at the package's place.
    """
    made = manifest.read(folder / manifest.FILE)
    asked = _fresh(folder, made)
    log = runlog.read(folder)
    raw = datum.collect(made, log.reads, with_data=with_data)
    items = _items(folder, made, asked, raw, log)
    name = "-".join(asked.folder.parts)
    target, zipped = out / name, out / f"{name}.zip"
    if target.exists() and not (target / crate.FILE).is_file():
        raise ReportError(
            Fault(f"folder {target.name}", "something that is no package", "no such folder", "move it away")
        )
    with workroom(out) as room:
        archive.write_folder(items, room / name)
        archive.write_zip(items, room / zipped.name, inside=name)
        sha256 = hashlib.sha256((room / zipped.name).read_bytes()).hexdigest()
        publish(room / name, target)
        os.replace(room / zipped.name, zipped)
    left_out = tuple(one for one in raw if not one.provided)
    return Package(target, zipped, sha256, len(items), sum(len(item.content) for item in items), left_out)


def _fresh(folder: Path, made: Manifest) -> Request:
    """Return the request that made a report, if the same request would make the same report now."""
    path = notebook.find(made.report)
    own = notebook.heading(notebook.read(path)) or path.stem
    title = (
        None if made.title == own else titles.literal(made.title)
    )  # the page names another command where a set gave the title
    asked = request.demand(path, made.parameters, base=paths.project_root(), title=title)
    if folder.resolve() != (paths.reports_folder() / asked.folder).resolve():
        expected = f"reports/{asked.folder.as_posix()}, which this project's notebook makes"
        raise ReportError(Fault(f"report {folder.name}", "a folder elsewhere", expected, "package it in its project"))
    found = state(asked, key(asked, static=bool(made.key.get("static", False))))
    if found.reasons:
        expected = "a report of these inputs, this code and this notebook"
        raise ReportError(
            Fault(f"report {asked.folder.as_posix()}", "; ".join(found.reasons), expected, "build it again")
        )
    return asked


def _items(folder: Path, made: Manifest, asked: Request, raw: tuple[Datum, ...], log: RunLog) -> list[Item]:
    """Return every file of the package: the README tells of those before it, the description of all but itself."""
    items = [*contents.items(folder, made, asked), *datum.items(raw)]
    size = sum(len(item.content) for item in items) + sum(one.bytes for one in raw if not one.provided)
    mapping = contents.mapping_path(asked)
    text = readme.readme(made, asked, raw, mapping=mapping, seconds=log.seconds, size=size)
    items.append(Item(readme.FILE, "how to make the report again, and on what terms", text))
    headlines = "".join(f" {card['headline']}." for card in made.sources)
    summary = f"Everything that makes the report {made.report} again; `make report` does it.{headlines}"
    described = crate.crate(made, items, raw, summary=summary, day=_day(log))
    return [*items, Item(crate.FILE, "the description for machines", described)]


def _day(log: RunLog) -> str:
    """Return the day of the run, or the one that SOURCE_DATE_EPOCH names."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    if said is None:
        return log.started[:10]
    try:
        return datetime.datetime.fromtimestamp(int(said), datetime.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        remedy = "unset it, or set it to a number"
        raise ReportError(Fault("SOURCE_DATE_EPOCH", said, "seconds since 1970, as a whole number", remedy)) from error
