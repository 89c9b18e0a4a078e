"""Run: execute a request, and publish its report or the record of its failure.

Everything is written into a temporary folder beside the published reports and moved into place at the
end. A failure never touches the last good report.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salarylab import paths, readlog
from salarylab.errors import ReportError, SalarylabError
from salarylab.records.table import SOURCE_MIME
from salarylab.report import exhibits, failure, manifest, notebook, page, runlog
from salarylab.report.asking.request import Request
from salarylab.report.asking.unasked import card, unasked
from salarylab.report.execution import execute, prepared
from salarylab.report.execution.limits import DEFAULT, Event, Limits
from salarylab.report.failure import Failure
from salarylab.report.key import Key, key
from salarylab.report.notebook import Notebook
from salarylab.report.publish import publish, withdraw, workroom
from salarylab.show.tabulation import SAMPLE_MIME
from salarylab.unanswered import Unanswered

FINDINGS = "findings.jsonl"
NOTEBOOK = "notebook.ipynb"
READS = "reads.jsonl"
PAGE = "index.html"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold how a run ended: where its page is, and its findings, why its question has no answer, or its failure."""

    request: Request
    folder: Path
    findings: Sequence[dict[str, Any]] = ()
    synthetic: bool = False
    lacking: Unanswered | None = None
    failure: Failure | None = None


def run(
    request: Request,
    *,
    limits: Limits = DEFAULT,
    tell: Callable[[Event], None] = lambda event: None,
    static: bool = False,
) -> Outcome:
    """Execute a request and publish what came of it; nothing is executed where the source never asked the question.

    Writes ``reports/<report>/<parameters>/`` on success, ``reports/_failed/<report>/<parameters>/``
    otherwise. Two runs from the same inputs publish the same bytes, but for ``run.json``. ``tell`` hears of each
    cell as it begins; ``static`` makes a page without scripts.
    """
    started, clock = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), time.monotonic()
    now = key(request, static=static)  # before the kernel reads the notebook: an edit meanwhile is seen later
    with workroom(paths.reports_folder()) as room:
        if unasked(request):
            executed, stopped = prepared(request), None
        else:
            executed, stopped = execute(request, room / NOTEBOOK, limits=limits, tell=tell)
        told = _canonical(executed, request)
        if stopped is None:
            try:
                outcome = _write(request, told, now, room / "report")
            except SalarylabError as error:
                stopped = Failure(None, "", type(error).__name__, str(error))
        if stopped is not None:
            return _failed(request, stopped, told, room / "failed")
        log = runlog.RunLog(
            started, time.monotonic() - clock, notebook.printed_errors(executed), readlog.reads(room / READS)
        )
        runlog.write(log, room / "report")
        publish(room / "report", outcome.folder)
        withdraw(failure.record(request), room)
    return outcome


def retell(request: Request, *, static: bool = False) -> Outcome:
    """Publish a report anew from the outputs that stand: only its title, prose or page changed since the run.

    What comes of it are the bytes that a new run would give.
    """
    now, folder = key(request, static=static), paths.reports_folder() / request.folder
    with workroom(paths.reports_folder()) as room:
        told = notebook.retold(notebook.read(folder / NOTEBOOK), notebook.read(request.notebook))
        outcome = _write(request, told, now, room / "report")
        shutil.copyfile(folder / runlog.FILE, room / "report" / runlog.FILE)
        publish(room / "report", outcome.folder)
    return outcome


def crashed(request: Request, stopped: Failure) -> Outcome:
    """Publish the record of a failure that left no notebook: a defect of the runner, or its sudden end.

    Where no record can be written either (the disk is full, the notebook is gone), the outcome alone tells of it.
    """
    try:
        with workroom(paths.reports_folder()) as room:
            return _failed(request, stopped, notebook.read(request.notebook), room / "failed")
    except (OSError, ReportError):
        return Outcome(request, failure.record(request), failure=stopped)


def _write(request: Request, told: Notebook, now: Key, room: Path) -> Outcome:
    """Write the notebook, the findings, the page and the manifest of a good run into the room.

    A report whose question has no answer holds none besides the reason: no findings, no exhibits.
    """
    room.mkdir()
    notebook.write(told, room / NOTEBOOK)
    lacking = unasked(request) or notebook.unanswered(told)
    findings = [] if lacking else notebook.findings(told)
    lines = [json.dumps(finding, sort_keys=True, ensure_ascii=False) + "\n" for finding in findings]
    (room / FINDINGS).write_text("".join(lines), encoding="utf-8")
    shown = () if lacking else exhibits.collect(told)
    exhibits.write(shown, room)
    draft = manifest.draft(
        request,
        notebook.displays(told, SOURCE_MIME) or _declared(request, lacking),
        dataclasses.asdict(now),
        samples=notebook.displays(told, SAMPLE_MIME),
        exhibits=[exhibit.record() for exhibit in shown],
        lacking=lacking,
    )
    (room / PAGE).write_text(page.report(told, draft, findings, static=now.static), encoding="utf-8")
    manifest.seal(draft, room)
    return Outcome(request, paths.reports_folder() / request.folder, findings, draft.synthetic, lacking)


def _declared(request: Request, lacking: Unanswered | None) -> list[Mapping[str, Any]]:
    """Return the source as it declares itself, for a report that says why there is no answer and showed none."""
    declared = card(request) if lacking else None
    return [declared] if declared else []


def _failed(request: Request, stopped: Failure, partial: Notebook, room: Path) -> Outcome:
    """Publish the record of a failure, apart from the good reports."""
    room.mkdir()
    notebook.write(partial, room / NOTEBOOK)
    failure.write(request, stopped, room)
    (room / PAGE).write_text(page.failed(request, stopped), encoding="utf-8")
    folder = failure.record(request)
    publish(room, folder)
    return Outcome(request, folder, failure=stopped)


def _canonical(executed: Notebook, request: Request) -> Notebook:
    """Return the notebook as it is published, the path of an own file told as pages tell it."""
    told = notebook.canonical(executed)
    for cell in notebook.tagged(told, notebook.INJECTED):
        for name, travelled in request.changed.items():
            if request.told[name] != travelled:
                cell.source = cell.source.replace(str(travelled), request.told[name])
    return told
