"""Door: the verbs of the command line.

Refused input is told without a traceback and exits 2; a failed report exits 1; anything else is a
defect and keeps its traceback. Everything heavy is imported by the verb that needs it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salarylab.cli import own
from salarylab.cli.terminal import shown, table
from salarylab.errors import DataError, SalarylabError

if TYPE_CHECKING:
    from salarylab.report.run import Outcome

app = typer.Typer(
    help="How degree, seniority, industry, remote policy and place relate to pay: reports from real data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(own.app, name="own")
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; repeatable.")]
Keep = Annotated[
    str | None, typer.Option(metavar="NAME", help="Keep findings, source and first chart in reports/gallery/ too.")
]
Notebook = Annotated[str, typer.Argument(help="A name as in notebooks/, or the path of an .ipynb file.")]


def main() -> None:
    """Run the command line; the entry point of the package."""
    try:
        app()
    except SalarylabError as error:
        typer.echo(f"{typer.style('refused', fg='red')}: {error}", err=True)
        sys.exit(2)


@app.callback(invoke_without_command=True)
def version(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Tell the version.")] = False
) -> None:
    """Tell the version where it is asked for; the verbs do the rest."""
    import salarylab

    if version:
        typer.echo(f"salarylab {salarylab.__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
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


@app.command()
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


@app.command()
def params(notebook: Notebook) -> None:
    """List the parameters of a notebook: type, default, choices and help."""
    from salarylab.report import notebook as notebooks
    from salarylab.report import request

    declared = request.declarations(notebooks.find(notebook))
    rows = [(p.name, p.annotation, repr(p.default), ", ".join(map(str, p.choices)), p.help) for p in declared]
    table(("name", "type", "default", "choices", "help"), rows)


@app.command()
def sources() -> None:
    """List the sources: title, licence, redistribution, and what to know before the first number."""
    from salarylab import sources as registry

    declared = map(registry.describe, registry.keys())
    rows = [(s.key, s.title, s.licence, s.redistribution, s.headline) for s in declared]
    table(("key", "title", "licence", "redistribution", "headline"), rows)


@app.command()
def fetch(
    key: Annotated[str, typer.Argument(help="A source's key, or own:FILE.toml.")], settings: Settings = None
) -> None:
    """Fetch, verify and clean the data of a source; its licence is told first."""
    from salarylab import sources as registry
    from salarylab.disclosure import show_count
    from salarylab.report import parameters

    name = key.partition(":")[0]
    declared = registry.describe(name)
    typer.echo(f"{declared.title}, {declared.publisher}. Licence: {declared.licence}. {declared.citation}")
    options = parameters.of_function(import_module(f"{registry.__name__}.{name}").load)
    values = parameters.parse(options, settings or [])
    parameters.check(options, values, thing=f"source {name}", base=Path.cwd())
    records = registry.load(key, **values)
    counts = f"{show_count(records.raw_rows)} raw rows, {show_count(len(records.table))} records"
    typer.echo(f"{records.provenance.headline}: {counts}")
    for stamp in records.provenance.files:
        typer.echo(f"  {stamp.name}  sha256 {stamp.sha256}")


@app.command()
def demo(
    check: Annotated[bool, typer.Option("--check", help="Compare the committed files with the generator.")] = False,
) -> None:
    """Write the synthetic demo survey anew, or check that the committed one is what the generator writes."""
    from salarylab import demo as generator

    if check:
        faults = generator.check()
        if faults:
            raise DataError(*faults)
        typer.echo("data/raw/demo is what the generator writes")
    else:
        generator.write()
        typer.echo("data/raw/demo is written")


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
