"""Page: an executed notebook as one file that a reader opens, the source and the findings first."""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from salarylab.report.asking.request import Request
from salarylab.report.failure import Failure
from salarylab.report.manifest import Manifest
from salarylab.report.notebook import INJECTED, Notebook, heading
from salarylab.report.page.quiet import quiet
from salarylab.show import embed, pages
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.tabulation import TABLE_MIME

TOLD_ELSEWHERE = {"parameters", INJECTED}
SHOWN = ("text/html", "image/png", "text/plain")


def report(notebook: Notebook, made: Manifest, findings: Sequence[Mapping[str, Any]], *, static: bool = False) -> str:
    """Return the page of a good run; ``static``: without any script, its charts as drawings.

    The headline of the source stands before any number; then what was found, the notebook with its code
    folded away, and how it was made. Raises ``ReportError`` for a chart that cannot be drawn.
    """
    from salarylab.report.page import prose

    shown = copy.deepcopy(notebook)
    exhibits = _exhibits(shown, static=static)
    if heading(shown):  # the page has the title already
        shown.cells[0].source = re.sub(r"\A\s*# +.+\n?", "", shown.cells[0].source)
    # the values of the parameters are told at the foot of the page
    shown.cells = [cell for cell in shown.cells if not TOLD_ELSEWHERE & set(cell.metadata.get("tags", []))]
    written = [cell for cell in shown.cells if cell.cell_type == "markdown"]
    told = prose.tell((cell.source, cell.get("attachments", {})) for cell in written)
    for cell, markup in zip(written, told.cells, strict=True):
        cell.source = markup
    return pages.page(
        "report.html.j2",
        title=made.title,
        scripts=[] if static or 'class="chart"' not in "".join(exhibits.values()) else pages.live(),
        made=made,
        sentences=[finding["sentence"] for finding in findings],
        headings=[(part.level, part.id, Markup(part.text)) for part in told.headings],
        body=Markup(_joined(_convert(shown), exhibits)),
        notes=[Markup(note) for note in told.notes],
    )


def failed(request: Request, failure: Failure) -> str:
    """Return the page that tells of a failed run: the error, the cell, the parameters."""
    return pages.page("failed.html.j2", title=request.title, request=request, failure=failure)


def _exhibits(notebook: Notebook, *, static: bool) -> dict[str, str]:
    """Put marks in place of figures and tables, text in place of markup that could act; return mark → exhibit.

    nbconvert reads and rewrites all markup, so the exhibits join the page after it. They are numbered as in
    the manifest.
    """
    exhibits: dict[str, str] = {}
    counts = {VEGALITE_MIME: 0, TABLE_MIME: 0}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "execute_result":
                output.output_type = "display_data"
            if "data" not in output:
                continue
            kind = next((kind for kind in counts if kind in output["data"]), None)
            if kind is not None:
                counts[kind] += 1
                mark = f'<div data-exhibit="{len(exhibits) + 1}"></div>'
                # as files have it, whatever order it came in
                content = json.loads(json.dumps(output["data"][kind], sort_keys=True))
                exhibits[mark] = (
                    embed.chart(content, counts[kind], static=static)
                    if kind == VEGALITE_MIME
                    else embed.table(content, counts[kind])
                )
                output["data"] = {"text/html": mark}
            else:
                output["data"] = _harmless(output["data"])
            output["metadata"] = {}
    return exhibits


def _harmless(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an output is shown: its markup where that is quiet, else its picture, else its text."""
    shown = {kind: content[kind] for kind in SHOWN if kind in content}
    if not quiet(shown.get("text/html", "")):
        del shown["text/html"]
    return shown


def _joined(body: str, exhibits: Mapping[str, str]) -> str:
    """Return the body with each mark replaced by its exhibit."""
    return re.sub(r'<div data-exhibit="\d+"></div>', lambda mark: exhibits.get(mark[0], ""), body)


def _convert(notebook: Notebook) -> str:
    """Return the cells as HTML, by nbconvert and the house's template."""
    body, _ = _exporter().from_notebook_node(notebook)
    return str(body)


@functools.cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="notebook",
        extra_template_basedirs=[str(pages.TEMPLATES)],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    exporter.config.NbConvertBase.display_data_priority = list(SHOWN)
    return exporter
