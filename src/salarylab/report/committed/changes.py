"""Changes: what a notebook's outputs say now that they did not say before, cell by cell."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from salarylab.report.committed.seen import Seen, seen
from salarylab.report.notebook import Notebook

WIDTH = 160


@dataclass(frozen=True, slots=True)
class Change:
    """Hold what changed in one output: its cell (from 1), what it is, and the lines taken out (-) and put in (+).

    ``seen`` is false where a person sees no difference, and the lines are of the record behind it.
    """

    cell: int
    kind: str
    seen: bool
    lines: tuple[str, ...]


def changes(before: Notebook, after: Notebook) -> tuple[Change, ...]:
    """Return the changes of the outputs between two executions of the same cells."""
    found: list[Change] = []
    for number, (old, new) in enumerate(zip(before.cells, after.cells, strict=True), start=1):
        pairs = zip_longest(_seen(old), _seen(new))
        found += [change for one, other in pairs for change in _change(number, one, other)]
    return tuple(found)


def _seen(cell: Any) -> list[Seen]:
    """Return what is seen of a cell; standard error is never kept, nor compared here."""
    return [seen(output) for output in cell.get("outputs", []) if output.get("name") != "stderr"]


def _change(number: int, one: Seen | None, other: Seen | None) -> Iterator[Change]:
    if one == other:
        return
    there = other or one
    assert there is not None  # one of a pair is always there
    nothing = Seen(there.kind, (), {})
    old, new = one or nothing, other or nothing
    if old.lines != new.lines:
        yield Change(number, there.kind, True, tuple(_difference(old.lines, new.lines)))
    else:
        yield Change(number, there.kind, False, tuple(_unseen(old, new)))


def _unseen(old: Seen, new: Seen) -> Iterator[str]:
    """Yield the types that came or went, and the lines that differ within the others."""
    for mime in sorted({*old.record, *new.record}):
        if mime in old.record and mime in new.record:
            yield from _difference(old.record[mime], new.record[mime])
        else:
            yield f"{'+' if mime in new.record else '-'} {mime}"


def _difference(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Yield the lines that only one of two texts has, in their order, a new line beside the one that it replaces."""
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            for gone, come in zip_longest(old[i:j], new[k:m]):
                yield from (f"{sign} {_short(line)}" for sign, line in (("-", gone), ("+", come)) if line is not None)


def _short(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 2]} …"
