"""Package: the verb that writes a report's replication package and tells what is left out of it, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from salarylab.cli.terminal import shown

Report = Annotated[str, typer.Argument(metavar="REPORT", help="02_degree, 02_degree/default, or a report's folder.")]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write; dist/ in the project if unsaid.")]
WithData = Annotated[
    bool, typer.Option("--with-data", help="Include raw files whose terms let them be passed on; never others.")
]


def package(report: Report, out: Out = None, with_data: WithData = False) -> None:
    """Write a report's replication package, a folder and a zip: code, lock, notebook, findings, exhibits, README."""
    from salarylab import paths
    from salarylab.report import published
    from salarylab.report.package import pack

    written = pack(published.find(report), out or paths.project_root() / "dist", with_data=with_data)
    typer.echo(f"folder  {shown(written.folder)}: {written.files} files, {_size(written.bytes)}")
    typer.echo(f"zip     {shown(written.zip)}: {_size(written.zip.stat().st_size)}, sha256 {written.sha256}")
    if written.left_out:
        typer.echo("left out")
        for datum in written.left_out:
            typer.echo(f"  {datum.path}, {_size(datum.bytes)}: {datum.why_not}")
    else:
        typer.echo("left out nothing: all data are in it")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"
