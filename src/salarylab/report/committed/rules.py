"""Rules: what a committed notebook may not be, all of it at once, cell by cell.

nbval compares outputs; it compares nothing in a cell that was never executed, and less in one that is marked.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from salarylab.errors import Fault, ReportError
from salarylab.report import notebook as notebooks
from salarylab.report.committed import outputs, prose
from salarylab.report.committed.fault import Told, at
from salarylab.report.notebook import INJECTED, Notebook

MOST_LINES = 12
IMPORTS = ("import salarylab as sl", "import polars as pl")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
MARKS = ("PYTEST_VALIDATE_IGNORE_OUTPUT", "NBVAL_IGNORE_OUTPUT", "NBVAL_RAISES_EXCEPTION", "NBVAL_SKIP")
"""Comments by which nbval compares less, or lets an error pass; each is a tag too, in small letters with dashes."""
TAGS = (*(mark.lower().replace("_", "-") for mark in MARKS), "raises-exception")

RELAXED: Mapping[str, str] = {}
"""``notebook#cell id`` → why nbval compares less there."""

AGAIN = "salarylab refresh executes it"


def inspect(path: Path) -> list[Fault]:
    """Return the faults of a notebook's file: its own, those of its cells, and a form other than the canonical."""
    import nbformat

    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text)
        if (content["nbformat"], content["nbformat_minor"]) < (4, 5):
            stated = f"nbformat {content['nbformat']}.{content['nbformat_minor']}, whose cells have no ids"
            return [Fault(f"notebook {path.stem}", stated, "nbformat 4.5", "salarylab refresh writes it")]
        as_it_stands = nbformat.v4.reads_json(text)  # nbformat.read would mend ids before they are seen
        found = faults(as_it_stands, path.stem)
        if not any("cell id" in fault.found for fault in found):
            notebooks.read(path)
    except (ValueError, KeyError, TypeError, AttributeError):
        return list(_unreadable(path))
    except ReportError as error:
        return [*found, *error.faults]
    if not found and nbformat.writes(as_it_stands).rstrip("\n") + "\n" != text:
        found.append(
            Fault(f"notebook {path.stem}", "another form", "sorted keys, one newline at the end", "salarylab refresh")
        )
    return found


def _unreadable(path: Path) -> Iterator[Fault]:
    try:
        notebooks.read(path)
    except ReportError as error:
        yield from error.faults
    else:
        yield Fault(f"notebook {path.stem}", "cells that are none", "a Jupyter notebook", "mend the file")


def faults(notebook: Notebook, name: str) -> list[Fault]:
    """Return everything that a committed notebook may not be.

    ``notebook`` is as its file has it: ids unmended, outputs uncleaned.
    """
    found = [*_whole(notebook, name), *_marks(notebook, name)]
    for number, cell in enumerate(notebook.cells, start=1):
        told = _code(cell, name) if cell.cell_type == "code" else prose.faults(cell.source)
        found += [at(name, number, fault) for fault in told]
    return found


def _whole(notebook: Notebook, name: str) -> Iterator[Fault]:
    """Yield what is wrong with the cells taken together: parameters, ids, order."""
    thing = f"notebook {name}"
    tagged = len(notebooks.tagged(notebook, "parameters"))
    if tagged != 1:
        remedy = "merge them into the first" if tagged else "tag the cell that declares them"
        yield Fault(thing, f"{tagged} cells tagged 'parameters'", "one", remedy)
    ids = Counter(cell.get("id") for cell in notebook.cells)
    if missing := ids.pop(None, 0):
        yield Fault(thing, f"{missing} cells without a cell id", "an id for each", "save it in JupyterLab")
    for twice in [known for known, times in ids.items() if times > 1]:
        yield Fault(thing, f"the cell id {twice!r} {ids[twice]} times", "an id of its own for each", "give one another")
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if None not in counts and counts != list(range(1, len(counts) + 1)):
        told = ", ".join(map(str, counts))
        yield Fault(thing, f"cells executed in the order {told}", "from first to last, once", "salarylab refresh")


def _marks(notebook: Notebook, name: str) -> Iterator[Fault]:
    """Yield what the canonical form takes out: marks of a run, whose values vary from run to run."""
    canonical = notebooks.canonical(notebook)
    if len(canonical.cells) != len(notebook.cells) or notebooks.tagged(notebook, INJECTED):
        added = "a cell that a run added"
        yield Fault(f"notebook {name}", added, "the cells that a person wrote", "remove it")
        return
    if canonical.metadata != notebook.metadata:
        told = ", ".join(sorted(notebook.metadata.keys())) or "none"
        yield Fault(
            f"notebook {name}", f"metadata: {told}", "kernelspec and language_info, as short as they are", AGAIN
        )
    for number, (cell, kept) in enumerate(zip(notebook.cells, canonical.cells, strict=True), start=1):
        if gone := sorted(set(cell.metadata) - set(kept.metadata)):
            yield at(name, number, Told(f"metadata of a run: {', '.join(gone)}", "none", AGAIN))
        if len(list(outputs.printed(cell))) > len(list(outputs.printed(kept))):
            yield at(name, number, Told("printed text in several pieces", "one piece", AGAIN))


def _code(cell: Any, name: str) -> Iterator[Told]:
    lines = len(cell.source.strip().splitlines())
    if not lines:
        yield Told("an empty cell", "code", "remove it")
        return
    if cell.execution_count is None:
        yield Told("never executed, so nothing compares its outputs", "an execution count", AGAIN)
    if lines > MOST_LINES:
        yield Told(f"{lines} lines", f"at most {MOST_LINES}", "move the work into the library, or split the cell")
    yield from _source(cell.source)
    if f"{name}#{cell.get('id')}" not in RELAXED:
        yield from _relaxing(cell)
    yield from outputs.faults(cell)


def _source(source: str) -> Iterator[Told]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield Told(f"no Python in line {error.lineno}: {error.msg}", "plain Python without magics", "mend the line")
        return
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS):
            kind = "lambda" if isinstance(node, ast.Lambda) else f"a definition of {node.name}"
            yield Told(kind, "an argument, not a program", "define it in the library")
        if isinstance(node, (ast.Import, ast.ImportFrom)) and ast.unparse(node) not in IMPORTS:
            yield Told(ast.unparse(node), f"only {' and '.join(IMPORTS)}", "let the library do it")


def _relaxing(cell: Any) -> Iterator[Told]:
    comments = {line.strip().lstrip("#").strip() for line in cell.source.splitlines() if line.strip().startswith("#")}
    tags = set(cell.metadata.get("tags", []))
    for mark in [*(mark for mark in MARKS if mark in comments), *(tag for tag in TAGS if tag in tags)]:
        remedy = "make the output stable and remove the mark, or list the cell with a reason in RELAXED"
        yield Told(f"the mark {mark}", "outputs compared strictly", remedy)
