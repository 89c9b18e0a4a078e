"""PDF: the verb that prints a published report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from salarylab.cli.terminal import shown


def pdf(
    report: Annotated[str, typer.Argument(metavar="REPORT", help="As 02_degree/default, 02_degree, or a folder.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file or folder to write; the working directory if unsaid.")
    ] = None,
    paper: Annotated[str, typer.Option(metavar="PAPER", help="a4 or letter.")] = "a4",
) -> None:
    """Print a published report as a PDF: charts as vectors, tables whole; needs the extra 'pdf'."""
    from salarylab.report import pdf as printer
    from salarylab.report import published

    folder = published.find(report)
    name = folder.parent.name if folder.name == "default" else f"{folder.parent.name}-{folder.name}"
    target = out or Path()
    made = printer.make(folder, target / f"{name}.pdf" if target.is_dir() else target, paper=paper)
    count = printer.pages(made)
    size = f"{made.stat().st_size / 1000:.0f} kB"
    typer.echo(f"printed {shown(made.resolve())}: {count} {'page' if count == 1 else 'pages'}, {size}")
