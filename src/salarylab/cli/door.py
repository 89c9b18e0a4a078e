"""Door: the command line itself: its verbs are gathered here, each at home in a module of its own.

Refused input is told without a traceback and exits 2; a failed report exits 1; an interrupted build exits as the
signal says; anything else is a defect and keeps its traceback. Everything heavy is imported by the verb that needs it.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from salarylab.cli import compare, data, own, package, pdf, refresh, reports
from salarylab.errors import SalarylabError

app = typer.Typer(
    help="How degree, seniority, industry, remote policy and place relate to pay: reports from real data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(reports.run)
app.command("build")(reports.build)
app.command("status")(reports.status)
app.command("params")(reports.params)
app.command("sources")(data.sources)
app.command("fetch")(data.fetch)
app.command("demo")(data.demo)
app.command("compare")(compare.compare)
app.command("package")(package.package)
app.command("pdf")(pdf.pdf)
app.command("refresh")(refresh.refresh)
app.add_typer(own.app, name="own")


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
