"""Tabulation: a finished table as a notebook output, and as source text for other documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from salarylab.disclosure import Released
from salarylab.show import typst

TABLE_MIME = "application/vnd.salarylab.table+json"
"""Title, subtitle, columns, rows of text and notes: what the table shows, for programs."""

SAMPLE_MIME = "application/vnd.salarylab.sample+json"
"""A sample's source and the rows that each stage lost and left, as they may be told."""


COLOURS = """\
#{name} .gt_table, #{name} .gt_table :is(thead, tbody, tfoot, tr, th, td) {{
  color: var(--jp-content-font-color1, inherit); background-color: var(--jp-layout-color0, transparent);
  border-color: var(--jp-border-color1, #a8a8a8);
}}"""
"""Text, ground and lines of a table in the colours of the notebook around it: great_tables' own are for white paper."""


@dataclass(frozen=True, slots=True)
class Table:
    """Hold a finished table: its released cells as text, its title and notes; HTML by great_tables.

    ``also`` is what its display tells programs besides the cells, by MIME type.
    """

    told: Released
    title: str
    subtitle: str
    notes: tuple[str, ...]
    name: str
    also: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cells(self) -> pl.DataFrame:
        """The cells as a frame of text."""
        return self.told.frame

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        summary = f"{self.title} ({len(self.cells)} lines). {self.subtitle}"
        return {"text/html": self.as_html(), "text/plain": summary, TABLE_MIME: self.record(), **self.also}

    def record(self) -> dict[str, Any]:
        """Return what the table shows as plain JSON values, every cell as its text."""
        told = self.cells.select(pl.all().cast(pl.String).fill_null(""))
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "columns": told.columns,
            "rows": [list(row) for row in told.iter_rows()],
            "notes": list(self.notes),
        }

    def as_html(self, *, page: bool = False) -> str:
        """Return the table in HTML; as a whole ``page``, which word processors open too."""
        return str(self._made().as_raw_html(make_page=page))

    def as_latex(self) -> str:
        """Return the table in LaTeX, for a document with the packages booktabs and caption."""
        # a line break takes a star or a bracket that follows for its own
        return re.sub(r"(\\\\\s*)([*\[])", r"\1{}\2", str(self._made().as_latex()))

    def as_typst(self) -> str:
        """Return the table as source text for Typst."""
        return typst.table(self.cells, title=self.title, subtitle=self.subtitle, notes=self.notes)

    def _made(self) -> Any:
        import great_tables as gt

        made = gt.GT(self.cells, id=self.name).tab_header(title=self.title, subtitle=self.subtitle)
        first = self.cells.columns[0]
        made = made.cols_align("right", columns=[c for c in self.cells.columns if c != first])
        made = made.cols_align("left", columns=[first])
        made = made.tab_options(
            table_font_names="inherit",
            table_font_size="0.92rem",
            heading_align="left",
            heading_title_font_size="1rem",
            data_row_padding="0.3rem",
        )
        if "" in self.cells[first]:  # what stands beneath a number belongs to it
            made = made.tab_options(table_body_hlines_style="none")
        for note in self.notes:
            made = made.tab_source_note(note)
        return made.opt_css(COLOURS.format(name=self.name))
