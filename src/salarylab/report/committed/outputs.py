"""Outputs: what a committed cell may not show: errors, a machine's marks, what differs at every run, people's data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from salarylab.records.table import SOURCE_MIME
from salarylab.report.committed import lab
from salarylab.report.committed.fault import Told
from salarylab.show.figure import VEGALITE_MIME

AGAIN = "salarylab refresh executes it"
OURS = "application/vnd.salarylab."
SHOWN = frozenset({VEGALITE_MIME, "text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml"})
"""What pages show and nbval compares, besides our own types; nbval passes over PNG and JPEG."""

MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(?:home|root|tmp|work|usr|var|opt|mnt|private|Users)/|\b[A-Z]:\\\\?(?:Users|Windows|Temp)\b"
)
VOLATILE = {
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{6,16}\b"),
    "a time of day": re.compile(r"\b(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\b"),
    "a random id": re.compile(
        r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|altair-viz-[0-9a-f]{32}"
    ),
}


def faults(cell: Any) -> Iterator[Told]:
    """Yield the faults of a code cell's outputs, each once."""
    seen = dict.fromkeys(told for output in cell.outputs for told in _faults(output))
    if any(o.get("execution_count", cell.execution_count) != cell.execution_count for o in cell.outputs):
        seen[Told("an output of another execution", f"that of execution {cell.execution_count}", AGAIN)] = None
    yield from seen


def printed(cell: Any) -> Iterator[Any]:
    """Yield the pieces of printed text of a cell, standard error left out."""
    yield from (o for o in cell.get("outputs", []) if o.output_type == "stream" and o.name != "stderr")


def warned(text: str) -> Told:
    """Return the fault of a cell that writes to standard error, named by the last line that it writes."""
    line = (text.strip().splitlines() or [""])[-1][:100]
    return Told(f"a warning among its outputs: {line}", "none", "mend what it warns of, then refresh")


def _faults(output: Any) -> Iterator[Told]:
    if output.output_type == "error":
        yield Told(f"an error among its outputs: {output.ename}", "a cell that runs to its end", "mend the cell")
        return
    if output.get("name") == "stderr":
        yield warned(output.text)
        return
    text = "\n".join(_texts(output.get("data", output.get("text", ""))))
    if found := MACHINE_PATH.search(text):
        yield Told(f"a machine's path: {text[found.start() :][:40].splitlines()[0]}", "none", "show no path")
    for what, pattern in VOLATILE.items():
        if found := pattern.search(text):
            yield Told(f"{what}: {found[0]}", "what every run repeats", "show an object of the library")
    for mime in lab.without(output.get("data", {})):
        if mime not in SHOWN and not mime.startswith(OURS):
            yield Told(f"an output of type {mime}", "tables, charts, findings", "show an object of the library")
    if not output.get("data", {}).get(SOURCE_MIME, {}).get("synthetic", True):
        yield Told("outputs of real data", "the demo, which is synthetic", "make the demo the default, and refresh")


def _texts(content: Any) -> Iterator[str]:
    """Yield every text within an output, keys included."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield key
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)
