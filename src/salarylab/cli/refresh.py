"""Refresh: the verb that executes committed notebooks anew and says what their outputs say now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from salarylab.cli.terminal import shown

if TYPE_CHECKING:
    from salarylab.report.committed import Refreshed
    from salarylab.report.committed.changes import Change

MOST_LINES = 8
"""Lines of a change that are shown."""


def refresh(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NOTEBOOK", help="Names as in notebooks/; all if unsaid.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where a notebook would change.")
    ] = False,
) -> None:
    """Execute committed notebooks anew on their default parameters, and show what changed in their outputs."""
    from salarylab.report import committed

    good = True
    for asked in committed.ask(names or []):
        fared = committed.refresh(asked, check=check)
        good = good and (fared.good if check else not (fared.failure or fared.faults))
        _tell(fared, check=check)
    if not good:
        raise typer.Exit(1)


def _tell(fared: Refreshed, *, check: bool) -> None:
    """Print how one notebook fared: its changes, its faults, or its failure."""
    if fared.failure is not None:
        from salarylab.report.failure import one_screen

        typer.echo(one_screen(fared.request, fared.failure, f"{fared.request.command} makes a page of it"), err=True)
        return
    typer.echo(f"{fared.request.report}: {_summary(fared)}")
    for line in _lines(fared.changes):
        typer.echo(line)
    if fared.differs:
        path = shown(fared.request.notebook)
        typer.echo(f"  to do: salarylab refresh {fared.request.report}" if check else f"  written: {path}")
    for fault in fared.faults:
        typer.echo(str(fault), err=True)


def _summary(fared: Refreshed) -> str:
    """Return how many cells changed for people, and how many for programs alone."""
    seen = {change.cell for change in fared.changes if change.seen}
    unseen = {change.cell for change in fared.changes} - seen
    told = [f"{len(seen)} of {fared.cells} code cells say something else"] if seen else []
    told += [f"{len(unseen)} differ for programs alone"] if unseen else []
    if not told:
        told = [f"{fared.cells} code cells unchanged", *(["but not the form of the file"] if fared.differs else [])]
    return ", ".join(told)


def _lines(changes: Sequence[Change]) -> list[str]:
    """Return the lines that tell the changes, each cut to a few."""
    told = []
    for change in changes:
        told.append(f"  cell {change.cell}, {change.kind}" + ("" if change.seen else ", for programs alone"))
        told += [f"    {line}" for line in change.lines[:MOST_LINES]]
        if len(change.lines) > MOST_LINES:
            told.append(f"    … {len(change.lines) - MOST_LINES} more lines")
    return told
