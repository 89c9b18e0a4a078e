"""Terminal: tables and paths as the command line prints them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text in columns; cells that don't fit are wrapped."""
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    folded = (Column(name, overflow="fold") for name in columns)  # a long word is broken, not cut off
    printed: Any = Table(*folded, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        printed.add_row(*(Text(cell) for cell in row))  # brackets in a cell are text, not style
    Console().print(printed)


def shown(path: Path) -> str:
    """Return a path as seen from the working directory."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
