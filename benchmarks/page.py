"""RESULTS.md: a heading and sections, each written by its own command without touching the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"


def put(told: str, page: Path = RESULTS) -> None:
    """Write a section in place of the one of the same title, or after the last; ``told`` begins with its title."""
    sections = _sections(page.read_text(encoding="utf-8")) if page.is_file() else []
    title = told.partition("\n")[0]
    titles = [section.partition("\n")[0] for section in sections]
    place = titles.index(title) if title in titles else len(sections)
    sections[place : place + 1] = [told.strip()]
    page.write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of Markdown, all columns but the first to the right."""
    lines = [header, ["---" if not i else "---:" for i in range(len(header))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _sections(text: str) -> list[str]:
    return [section.strip() for section in re.split(r"^(?=##? )", text, flags=re.MULTILINE) if section.strip()]
