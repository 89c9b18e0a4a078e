"""Own: the wizard for a person's own pay file: draft a mapping, then check what it makes of every value."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salarylab import schema
from salarylab.cli.terminal import shown, table

if TYPE_CHECKING:
    from salarylab.records import Records
    from salarylab.records.own.draft import Draft
    from salarylab.records.own.losses import Losses
    from salarylab.sources.own import Opened

app = typer.Typer(
    help="Your own pay file: draft a mapping, check it, then run any notebook with --set source=own:FILE.toml.",
    no_args_is_help=True,
)


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="A CSV, Excel, Parquet, Stata or SPSS file.")],
    out: Annotated[Path | None, typer.Option(help="The mapping to write; beside the file if unsaid.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of an Excel workbook; the first if unsaid.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a mapping that is there.")] = False,
) -> None:
    """Draft a mapping of a pay file: columns, marks and levels guessed, the rest left for you to decide."""
    from salarylab.disclosure import show_count
    from salarylab.sources import own

    target = out or (file.with_suffix(".toml") if file.name else file)
    drafted = own.new(file, target, sheet=sheet, force=force)
    typer.echo(f"read     {shown(file)}: {show_count(drafted.rows)} rows")
    for key, why in drafted.sniffed.because.items():
        typer.echo(f"  {key:<10} {getattr(drafted.sniffed.layout, key)!r}: {why}")
    typer.echo("guessed")
    for name, raw in _guessed(drafted):
        typer.echo(f"  {name:<18} {raw}")
    if drafted.unused:
        typer.echo(f"without a place: {', '.join(drafted.unused)}")
    typer.echo(f"wrote    {shown(target)}")
    if drafted.decisions:
        typer.echo(f"to decide, {len(drafted.decisions)} in all, each marked DECIDE:")
        for decision in drafted.decisions:
            typer.echo(f"  - {decision}")
    typer.echo(f"next     {'fill them, then: ' if drafted.decisions else ''}salarylab own check {_argument(target)}")


@app.command()
def check(mapping: Annotated[Path, typer.Argument(help="The mapping to check.")]) -> None:
    """Check a mapping: every fault at once, or what each raw value became and what can be run."""
    from salarylab.records.own.fates import fates
    from salarylab.records.own.losses import losses
    from salarylab.sources import own

    opened = own.opened(str(mapping))
    records = own.records(opened)
    _tell_rows(records, losses(opened.file.cells, opened.rows, opened.declared))
    typer.echo("\nwhat every raw value became")
    table(("column", "raw value", "became", "rows"), fates(opened.file.cells, opened.rows, opened.declared).rows())
    _tell_pay(records)
    _tell_reach(records, opened, mapping)


def _guessed(drafted: Draft) -> list[tuple[str, str]]:
    """Return what was guessed of each column, as name and what it is read from."""
    found = drafted.found
    pay = [("pay" if key == "column" else f"pay {key}", profile.name) for key, profile in found.pay.items()]
    said = {"currency": found.currency, "period": found.period}
    units = [(key, value if isinstance(value, str) else value.name) for key, value in said.items() if value is not None]
    year = [("year", found.year.name)] if found.year is not None else []
    columns = [(name, profile.name + (", off" if schema.column(name).sensitive else ""))
               for name, profile in found.columns.items()]  # fmt: skip
    return [*pay, *units, *year, *columns]


def _tell_rows(records: Records, lost: Losses) -> None:
    """Print the rows at each rule that touched any, and the shapes of pay that could not be read."""
    from salarylab.disclosure import show_count

    size = show_count(len(records.table))
    verdict = "check the losses" if lost.are_many else "good"
    typer.echo(f"{verdict}: {show_count(records.raw_rows)} raw rows, {size} records")
    if lost.lost:
        typer.echo(f"pay is stated in {show_count(lost.stated)} rows and lost in {show_count(lost.lost)} of them")
    if lost.shapes:
        typer.echo("pay that can't be read, each run of digits as 9; amounts in words are read as a band = …")
        for shape, count in lost.shapes:
            typer.echo(f"  {shape}: {show_count(count)} rows")
    typer.echo("")
    touching = [step for step in records.steps if step.touched]
    if touching:
        table(("rule", "kind", "rows"), [(step.rule, step.kind, show_count(step.touched)) for step in touching])
    typer.echo(f"{len(records.steps) - len(touching)} rules found nothing to remove or to count")


def _tell_pay(records: Records) -> None:
    """Print quartiles of pay, and the rows whose pay is far from them."""
    from salarylab.disclosure import show_count, significant
    from salarylab.records.own.fates import quantiles
    from salarylab.records.own.losses import TAIL, tails

    told = quantiles(records.table["pay_annual_usd"])
    if told is None:
        typer.echo("\npay: too few rows to tell quantiles")
    else:
        shares = "   ".join(f"p{100 * share:.0f} {significant(value):,.0f}" for share, value in told.items())
        typer.echo(f"\npay, USD a year: {shares}")
    far = zip((f"under 1/{TAIL:.0f} of", f"over {TAIL:.0f} times"), tails(records.table["pay_annual_usd"]), strict=True)
    for where, count in far:
        if count:
            remedy = "are decimal, thousands, period and currency right?"
            typer.echo(f"warning  pay {where} the median in {show_count(count)} rows: {remedy}")
    if "pay_doubt" in records.asked and (doubted := records.table["pay_doubt"].count()):
        typer.echo(f"pay that is doubted, by the rules above: {show_count(doubted)} rows, counted, none mended")


def _tell_reach(records: Records, opened: Opened, mapping: Path) -> None:
    """Print which notebooks can be run, and the command for the first of them that asks about a factor."""
    from salarylab.cli.reach import reaches

    found = reaches(records.asked)
    typer.echo("\nwhat can be run")
    rows = [(r.notebook, f"no: needs {', '.join(r.lacks)}" if r.lacks else "yes", ", ".join(r.without)) for r in found]
    table(("notebook", "can be run", "will say that it lacks"), rows)
    ready = [r.notebook for r in found if not r.lacks]
    named = ready[1:] or ready  # the first only describes the data
    if named:
        typer.echo(f"\nnext     salarylab run {named[0]} --set {_argument(f'source=own:{shown(mapping)}')}")


def _argument(value: Path | str) -> str:
    """Return a command line's argument, quoted where a shell needs it."""
    return shlex.quote(shown(value) if isinstance(value, Path) else value)
