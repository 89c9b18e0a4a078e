"""Compare: the verb that puts two reports beside each other, and fails where a finding moved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salarylab.cli.terminal import shown, table

if TYPE_CHECKING:
    from salarylab.report.comparison import Comparison

SIDE = "A report (02_degree/default), a folder, findings, an executed notebook, gallery:NAME, or COMMIT:path."


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help=SIDE)],
    b: Annotated[str, typer.Argument(metavar="B", help="The same of the other side.")],
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="X", help="Standard errors a finding may move, 1 if unsaid; 0: no change beyond rounding."
        ),
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page, charts side by side, too.")] = None,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Findings of one side alone don't count.")
    ] = False,
) -> None:
    """Compare two reports finding by finding; exit 1 when one moved more than the threshold, appeared or vanished."""
    from salarylab.report import comparison

    limit = comparison.THRESHOLD if threshold is None else threshold
    found = comparison.compare(comparison.read(a), comparison.read(b), limit)
    _tell(found)
    if html is not None:
        from salarylab.report.comparison import page
        from salarylab.report.publish import write_whole

        write_whole(html, page.page(found))
        typer.echo(f"page        {shown(html)}")
    if found.differs(allow_missing=allow_missing):
        raise typer.Exit(1)


def _tell(found: Comparison) -> None:
    """Print both sides, what they were made from where it differs, and the findings that changed."""
    from salarylab.report.comparison import made, told

    for letter, side in (("A", found.a), ("B", found.b)):
        lacks = f" (without {', '.join(side.lacks)})" if side.lacks else ""
        typer.echo(f"{letter}           {side.name}: {'; '.join(side.headlines) or 'source not stated'}{lacks}")
    typer.echo(f"parameters  {told.brief(made.parameters(found.a, found.b))}")
    typer.echo(f"inputs      {told.tally(made.inputs(found.a, found.b))}")
    typer.echo(f"samples     {told.brief(made.samples(found.a, found.b), 1, named=False)}")
    typer.echo(f"population  {told.brief(made.population(found.a, found.b))}")
    typer.echo(f"software    {told.brief(made.software(found.a, found.b))}")
    typer.echo(f"findings    {told.summary(found)}")
    changed = [row for row in told.rows(found) if not row.change.same or row.words]
    if changed:
        typer.echo("")
        columns = ("finding", "A", "B", "B − A", "in SE", "")
        lines = [("\n  ".join((r.subject, *r.words)), r.a, r.b, r.difference, r.errors, r.verdict) for r in changed]
        table(columns, lines)
        typer.echo("")
    for word in told.in_all(found):
        typer.echo(f"in all      {word}")
    for where, subject, why in told.missing(found):
        typer.echo(f"{where}   {subject}{f' ({why})' if why else ''}")
    for note in told.notes(found):
        typer.echo(f"SE          {note}")
