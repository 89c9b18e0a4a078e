"""Reports: the verbs that run notebooks and build the set."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from salarylab.cli.terminal import shown, table

if TYPE_CHECKING:
    from salarylab.report.run import Outcome

Settings = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; repeatable.")]
Keep = Annotated[
    str | None, typer.Option(metavar="NAME", help="Keep findings, source and first chart in reports/gallery/ too.")
]
Notebook = Annotated[str, typer.Argument(help="A name as in notebooks/, or the path of an .ipynb file.")]


def run(notebook: Notebook, settings: Settings = None, keep: Keep = None) -> None:
    """Run one notebook and publish its report."""
    from salarylab.report import gallery, index, request
    from salarylab.report.run import run as execute

    asked = request.ask(notebook, settings or [])
    if keep is not None:
        gallery.check_name(keep)
    typer.echo(f"running {' '.join([asked.report, *asked.settings])} …")
    outcome = execute(asked)
    rebuilt = index.rebuild()
    if outcome.failure is not None:
        _tell_failure(outcome)
        raise typer.Exit(1)
    for finding in outcome.findings:
        typer.echo(f"  - {finding['sentence']}")
    typer.echo(f"page   {shown(outcome.folder / 'index.html')}")
    typer.echo(f"index  {shown(rebuilt)}")
    if keep is not None:
        typer.echo(f"kept   {shown(gallery.keep(outcome.folder, keep))}")


def build() -> None:
    """Build the reports that notebooks/reports.toml names, one after the other."""
    from salarylab.report import index, reportset
    from salarylab.report.run import run as execute

    requests = reportset.read()
    outcomes = []
    for number, asked in enumerate(requests, start=1):
        typer.echo(f"[{number}/{len(requests)}] {' '.join([asked.report, *asked.settings])} … ", nl=False)
        clock = time.monotonic()
        outcome = execute(asked)
        outcomes.append(outcome)
        typer.echo(f"{'failed' if outcome.failure else 'good'}, {time.monotonic() - clock:.1f} s")
        if outcome.failure is not None:
            _tell_failure(outcome)
    typer.echo(f"reports: {shown(index.rebuild())}")
    typer.echo(_headline(outcomes))
    if any(outcome.failure for outcome in outcomes):
        raise typer.Exit(1)


def params(notebook: Notebook) -> None:
    """List the parameters of a notebook: type, default, choices and help."""
    from salarylab.report import notebook as notebooks
    from salarylab.report import request

    declared = request.declarations(notebooks.find(notebook))
    rows = [(p.name, p.annotation, repr(p.default), ", ".join(map(str, p.choices)), p.help) for p in declared]
    table(("name", "type", "default", "choices", "help"), rows)


def _tell_failure(outcome: Outcome) -> None:
    from salarylab.report.failure import one_screen

    assert outcome.failure is not None
    page = shown(outcome.folder / "index.html")
    typer.echo(one_screen(outcome.request, outcome.failure, page), err=True)


def _headline(outcomes: Sequence[Outcome]) -> str:
    """Return the first finding of the first report on real data, else of the first that has one."""
    telling = [outcome for outcome in outcomes if outcome.findings]
    if not telling:
        return "no finding"
    finding = next((o for o in telling if not o.synthetic), telling[0]).findings[0]
    return f"{finding['headline']}: {finding['sentence']}" if finding["headline"] else str(finding["sentence"])
