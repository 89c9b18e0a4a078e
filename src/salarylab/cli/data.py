"""Data: the verbs about sources: list them, fetch one, write the demo."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from salarylab.cli.terminal import table
from salarylab.errors import DataError

Settings = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set an option; repeatable.")]


def sources() -> None:
    """List the sources: title, licence, redistribution, and what to know before the first number."""
    from salarylab import sources as registry

    declared = map(registry.describe, registry.keys())
    rows = [(s.key, s.title, s.licence, s.redistribution, s.headline) for s in declared]
    table(("key", "title", "licence", "redistribution", "headline"), rows)


def fetch(
    key: Annotated[str, typer.Argument(help="A source's key, or own:FILE.toml.")], settings: Settings = None
) -> None:
    """Fetch, verify and clean the data of a source; its licence is told first."""
    from salarylab import sources as registry
    from salarylab.disclosure import show_count
    from salarylab.report.asking import parameters

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
