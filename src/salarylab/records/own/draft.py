"""Own draft: the first mapping of a person's file, in commented TOML, written by guessing.

What can't be told is left empty and marked DECIDE; an empty value loads nothing. Beside each level stands the
number of rows that carry it; of values in fewer than ten rows no number is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from salarylab import schema
from salarylab.errors import DataError, Fault
from salarylab.records.own.draft_levels import empty_words, level_lines
from salarylab.records.own.draft_pay import pay_lines
from salarylab.records.own.file import OwnFile, read_own
from salarylab.records.own.guess import Guess, guess
from salarylab.records.own.profile import Profile, items_in, order_of, profiles
from salarylab.records.own.sniff import Sniffed, numbers_of, sniff
from salarylab.records.own.toml_lines import DECIDE, decide, key_line, one_of, quoted

FIGURES = 0.2
"""The share of its cells that hold a digit in at least one column of any table of pay."""

SENSITIVE = "sensitive: off unless you ask for it by taking away the #"


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold a drafted mapping, how the file is written, and what the guesses rest on.

    ``decisions`` name what is left to the person, ``unused`` the raw columns without a place.
    """

    text: str
    sniffed: Sniffed
    rows: int
    found: Guess
    decisions: tuple[str, ...]
    unused: tuple[str, ...]


def draft(path: Path, *, named: str | None = None, sheet: str | None = None) -> Draft:
    """Return the first mapping of a file; ``named`` is how the mapping is to name it.

    Raises ``DataError`` where the file can't be read whole.
    """
    sniffed = sniff(path, sheet=sheet)
    file = read_own(sniffed.layout)
    _require_table(file, sniffed)
    sniffed = numbers_of(file.texts, sniffed)
    if sniffed.layout.form != "csv":
        file = read_own(sniffed.layout)  # true numbers now have the marks of the texts beside them
    columns = profiles(file, sniffed.layout)
    found = guess(columns, sniffed.layout)
    unused = tuple(c for c in columns if c.name not in found.used)
    sections = [
        *_top(path, found, file),
        *_file(sniffed, named or path.name, columns),
        *pay_lines(found),
        *_year(found, columns),
        *_columns(found, unused),
        *_keep(),
    ]
    text = "\n".join(sections) + "\n"
    return Draft(text, sniffed, len(file.cells), found, _decisions(sections), tuple(c.name for c in unused))


def _require_table(file: OwnFile, sniffed: Sniffed) -> None:
    """Raise ``DataError`` for a header without rows, and for text of which no column holds figures."""
    thing, expected = f"own file {sniffed.layout.path.name}", "a header, and rows with pay below it"
    if file.cells.is_empty():
        raise DataError(Fault(thing, "a header and no row below it", expected, "name the file with the answers"))
    figures = file.cells.select(pl.all().drop_nulls().str.contains(r"\d").mean())
    if sniffed.layout.form == "csv" and not any((share or 0.0) >= FIGURES for share in figures.row(0)):
        raise DataError(Fault(thing, "text in which no column holds figures", expected, "name a table, not prose"))


def _decisions(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the keys that wait for a person, each after the name of its table."""
    table, waiting = "", []
    for line in lines:
        table = line.partition("]")[0] + "]" if line.startswith("[") else table
        if DECIDE in line and not line.startswith("#"):
            waiting.append(f"{table} {line.partition(' = ')[0]}".strip())
    return tuple(waiting)


def _top(path: Path, found: Guess, file: OwnFile) -> list[str]:
    """Return the keys of the whole file."""
    lines = [
        f"# Drafted from {path.name}; every guess is yours to mend. Lines marked DECIDE wait for you.",
        "# What each key means: docs/own-data.md. Then: salarylab own check THIS-FILE",
        "",
        key_line("observation", '"worker"', "who speaks: worker, or posting for job advertisements"),
    ]
    if "experience_years" in found.columns:
        choices = one_of(schema.column("experience_concept").levels)
        profile = found.columns["experience_years"]
        said = "professional" if profile.says("professional* | ammatti* | berufs* | työkokemus*") else "total"
        lines.append(key_line("experience_concept", quoted(said), f"what the years count: {choices}"))
    return lines


def _file(sniffed: Sniffed, named: str, columns: Sequence[Profile]) -> list[str]:
    """Return the table [file], with what tells each mark."""
    layout, because = sniffed.layout, sniffed.because
    lines = ["", "[file]", key_line("path", quoted(named), "relative to this mapping")]
    if layout.sheet is not None:
        lines.append(key_line("sheet", quoted(layout.sheet), because.get("sheet", "")))
    if layout.header is not None:
        lines.append(key_line("header", str(layout.header), because["header"]))
    keys = [key for key in ("separator", "encoding", "decimal") if key in because]
    lines += [key_line(key, quoted(getattr(layout, key)), because[key]) for key in keys]
    if "decimal" in because:
        lines.append(key_line("thousands", quoted(layout.thousands), '"" for none'))
    words = sorted({value for c in columns for value in c.counts()["value"].head(200) if empty_words(value)})
    told = ", ".join(map(quoted, [*layout.missing[1:], *words]))
    return [*lines, f'missing = [{told}]  # cells that mean "not answered"; empty ones always do']


def _year(found: Guess, columns: Sequence[Profile]) -> list[str]:
    """Return the table [year]."""
    if found.year is None:
        near = [c.name for c in columns if c.dates > 0]
        hint = f"; dates stand in {', '.join(map(quoted, near))}" if near else ""
        return ["", "[year]", decide("value", f"the year that pay refers to, such as 2024 (no quotes){hint}")]
    lines = ["", "[year]", key_line("column", quoted(found.year.name), "the year that pay refers to; or value = 2024")]
    order = order_of(found.year)
    if order is not None:
        lines.append(key_line("order", quoted(order), "how dates are written"))
    elif found.year.cells.str.contains(r"^\d{1,2}[./-]\d{1,2}[./-]\d{2}(?:\D|$)").any():
        lines.append(decide("order", "day/month/year, month/day/year or year/month/day"))
    elif found.year.cells.str.contains(r"^\d{1,2}[./-]\d{1,2}[./-]").any():
        lines.append('# order = "day/month/year"   # without it the month is not read, only the year')
    return lines


def _columns(found: Guess, unused: Sequence[Profile]) -> list[str]:
    """Return the tables [columns] and [levels.…], and the raw columns that have no place."""
    lines = ["", "[columns]  # canonical column = raw column; take a line away and it is not asked"]
    maps: list[str] = []
    for name, profile in found.columns.items():
        column = schema.column(name)
        off = "# " if column.sensitive else ""
        note = SENSITIVE if column.sensitive else profile.label
        lines.append(off + key_line(name, _place(name, profile), note))
        maps += [off + line if line else "" for line in level_lines(name, profile)]
    if unused:
        lines += ["", "# Columns without a place yet:"]
        lines += [f"#   {quoted(c.name)}{f'  {c.label}' if c.label else ''}" for c in unused]
    return [*lines, *maps]


def _place(name: str, profile: Profile) -> str:
    """Return a raw column, with the separator of lists and the unit of shares."""
    if isinstance(schema.column(name).dtype, pl.List):
        return f"{{ column = {quoted(profile.name)}, separator = {quoted(items_in(profile) or ';')} }}"
    if name == "remote_share" and (profile.cells.str.len_chars().max() or 0):
        percent = profile.cells.str.extract(r"^(\d+)").cast(pl.Float64).max()
        if percent is not None and float(str(percent)) > 1.0:
            return f'{{ column = {quoted(profile.name)}, unit = "percent" }}'
    return quoted(profile.name)


def _keep() -> list[str]:
    return ["", "# To leave rows out, name a raw column and the values to keep; the rest is counted:", "# [keep]",
            '# "Country" = ["Finland"]']  # fmt: skip
