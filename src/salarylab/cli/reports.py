"""Reports: the verbs that run notebooks, build the set, and say what stands."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from salarylab.cli.progress import Progress, counted, name_of
from salarylab.cli.terminal import shown, table

if TYPE_CHECKING:
    from salarylab.report.asking.request import Request
    from salarylab.report.build import Build, Plan
    from salarylab.report.execution.limits import Limits
    from salarylab.report.run import Outcome

Settings = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; repeatable.")]
Grid = Annotated[
    list[str] | None,
    typer.Option("--grid", metavar="NAME=A,B", help="Run once for each value; several: for each combination."),
]
Keep = Annotated[
    str | None, typer.Option(metavar="NAME", help="Keep findings, source and first chart in reports/gallery/ too.")
]
Notebook = Annotated[str, typer.Argument(help="A name as in notebooks/, or the path of an .ipynb file.")]
Static = Annotated[bool, typer.Option("--static", help="Make pages without any script: smaller, their charts still.")]
Only = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="These reports only: 02_degree, or 02_degree/default.")
]
Force = Annotated[bool, typer.Option("--force", help="Run again what is fresh too.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", metavar="N", help="Run so many at a time; one a processor, at most 4.")
]
CellLimit = Annotated[float | None, typer.Option(metavar="SECONDS", min=0.1, help="The longest a cell may take.")]
Limit = Annotated[float | None, typer.Option(metavar="SECONDS", min=0.1, help="The longest a report may take.")]


def run(
    notebook: Notebook,
    settings: Settings = None,
    grid: Grid = None,
    keep: Keep = None,
    static: Static = False,
    jobs: Jobs = None,
    cell_limit: CellLimit = None,
    limit: Limit = None,
) -> None:
    """Run one notebook and publish its report, or one for each value of a grid."""
    from salarylab.errors import Fault, ReportError
    from salarylab.report import build as builder
    from salarylab.report import gallery
    from salarylab.report.asking import request

    requests = request.ask_all(notebook, settings or [], grid or [])
    if keep is not None:
        gallery.check_name(keep)
        if len(requests) > 1:
            found = f"{len(requests)} reports"
            raise ReportError(Fault(f"name to keep {keep!r}", found, "one report", "leave --grid or --keep out"))
    plans = builder.plan(requests, static=static, force=True)
    built = _built(plans, jobs, _limits(cell_limit, limit), static=static)
    for outcome in built.outcomes.values():
        if outcome.failure is None:
            _tell(outcome, alone=len(requests) == 1)
    _finish(built)
    if keep is not None:
        (outcome,) = built.outcomes.values()
        typer.echo(f"kept   {shown(gallery.keep(outcome.folder, keep))}")


def build(
    jobs: Jobs = None,
    only: Only = None,
    force: Force = False,
    static: Static = False,
    cell_limit: CellLimit = None,
    limit: Limit = None,
) -> None:
    """Build what is stale of the reports that notebooks/reports.toml names."""
    from salarylab.report import build as builder
    from salarylab.report.asking import reportset

    plans = builder.plan(builder.chosen(reportset.read(), only or []), static=static, force=force)
    built = _built(plans, jobs, _limits(cell_limit, limit), static=static)
    fresh = sum(plan.state.verdict == "fresh" for plan in plans)
    if fresh:
        typer.echo(
            f"{counted(fresh, 'report')} fresh: nothing that decides {'it' if fresh == 1 else 'them'} has changed"
        )
    typer.echo(_headline([plan.request for plan in plans]))
    _finish(built)


def status(only: Only = None, static: Static = False) -> None:
    """Say of each report of the set whether it is fresh or stale, and why."""
    from salarylab.report import build as builder
    from salarylab.report.asking import reportset

    plans = builder.plan(builder.chosen(reportset.read(), only or []), static=static)
    rows = [(name_of(plan.request), plan.state.verdict, "; ".join(plan.state.reasons)) for plan in plans]
    table(("report", "is", "because"), rows)
    stale = [plan.state.verdict for plan in plans if plan.state.verdict != "fresh"]
    if stale:
        told = [
            f"{counted(stale.count('stale'), 'report')} to run",
            f"{counted(stale.count('page'), 'page')} to tell again",
        ]
        typer.echo(f"\n{', '.join(told)}: salarylab build")


def params(notebook: Notebook) -> None:
    """List the parameters of a notebook: type, default, what is expected, and help."""
    from salarylab.report import notebook as notebooks
    from salarylab.report.asking import request

    declared = request.declarations(notebooks.find(notebook))
    table(
        ("name", "type", "default", "expected", "help"),
        [(p.name, p.annotation, repr(p.default), p.expected, p.help) for p in declared],
    )


def _limits(cell: float | None, report: float | None) -> Limits:
    from salarylab.report.execution.limits import Limits

    return Limits(cell=cell, report=report)


def _built(plans: Sequence[Plan], jobs: int | None, limits: Limits, *, static: bool) -> Build:
    from salarylab.errors import Fault, ReportError
    from salarylab.report import build as builder
    from salarylab.report.page import index

    count = min(4, os.cpu_count() or 1) if jobs is None else jobs
    with Progress([plan.request for plan in plans], sum(plan.state.verdict != "fresh" for plan in plans)) as progress:
        built = builder.build(plans, jobs=count, watch=progress, limits=limits, static=static)
    for outcome in built.unanswered:
        assert outcome.lacking is not None
        typer.echo(f"{outcome.lacking.kind.lower()}: {name_of(outcome.request)}: {outcome.lacking.reason}")
    for outcome in built.failed:
        _tell_failure(outcome)
    try:
        typer.echo(f"reports: {shown(index.rebuild())}")
    except OSError as error:  # a full disk: the reports stand as told above, the index as it was
        remedy = "make room, then build again"
        raise ReportError(Fault("reports/index.html", str(error), "a folder that can be written", remedy)) from error
    return built


def _finish(built: Build) -> None:
    """Say what was not built, and end with the exit code that tells how it went."""
    if built.signal is not None:
        typer.echo("interrupted; every published report is whole, these are as they were:", err=True)
        for plan in built.missing:
            typer.echo(f"  - {name_of(plan.request)}", err=True)
        raise typer.Exit(128 + built.signal)
    if built.failed:
        typer.echo(f"{counted(len(built.failed), 'report')} failed", err=True)
        raise typer.Exit(1)


def _tell(outcome: Outcome, *, alone: bool) -> None:
    if not alone:
        typer.echo(name_of(outcome.request))
    for finding in outcome.findings:
        typer.echo(f"  - {finding['sentence']}")
    typer.echo(f"page   {shown(outcome.folder / 'index.html')}")


def _tell_failure(outcome: Outcome) -> None:
    from salarylab.report.failure import one_screen

    assert outcome.failure is not None
    page = shown(outcome.folder / "index.html")
    typer.echo(one_screen(outcome.request, outcome.failure, page), err=True)


def _headline(requests: Iterable[Request]) -> str:
    """Return the first finding of the first published report on real data, else of the first that has one."""
    from salarylab.report import published

    telling = [told for asked in requests if (told := published.first_finding(asked.folder)) is not None]
    if not telling:
        return "no finding"
    _, finding = next((told for told in telling if not told[0]), telling[0])
    return f"{finding['headline']}: {finding['sentence']}" if finding["headline"] else str(finding["sentence"])
