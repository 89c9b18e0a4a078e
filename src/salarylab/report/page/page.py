"""Page: an executed notebook as one file that a reader opens: the question, its answer and whose data first."""

from __future__ import annotations

import copy
import functools
import html
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from salarylab.records.table import SOURCE_MIME
from salarylab.report.asking.request import Request
from salarylab.report.failure import Failure
from salarylab.report.manifest import Manifest
from salarylab.report.notebook import INJECTED, Notebook, found_in, heading
from salarylab.report.page.quiet import quiet
from salarylab.show import embed, pages
from salarylab.show.answer import words_of
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.tabulation import TABLE_MIME
from salarylab.unanswered import UNANSWERED_MIME

TOLD_ELSEWHERE = {"parameters", INJECTED}
SHOWN = ("text/html", "image/png", "text/plain")
EXHIBITS = (VEGALITE_MIME, TABLE_MIME)


def report(notebook: Notebook, made: Manifest, findings: Sequence[Mapping[str, Any]], *, static: bool = False) -> str:
    """Return the page of a good run; ``static``: without any script, its charts as drawings.

    First the caveat of the source, the first answer with its figure, and whose data; then the notebook with its code
    folded away, and how it was made. A question without an answer has a page that says why, and nothing else. Raises
    ``ReportError`` for a chart that cannot be drawn.
    """
    if made.unanswered:
        return pages.page("unanswered.html.j2", title=made.title, made=made)

    from salarylab.report.page import prose

    shown = copy.deepcopy(notebook)
    if heading(shown):  # the page has the title already
        shown.cells[0].source = re.sub(r"\A\s*# +.+\n?", "", shown.cells[0].source)
    # the values of the parameters are told at the foot of the page
    shown.cells = [cell for cell in shown.cells if not TOLD_ELSEWHERE & set(cell.metadata.get("tags", []))]
    screen = _parted(shown, static=static)
    written = [cell for cell in shown.cells if cell.cell_type == "markdown"]
    told = prose.tell((cell.source, cell.get("attachments", {})) for cell in written)
    for cell, markup in zip(written, told.cells, strict=True):
        cell.source = markup
    first = findings[0] if findings else {}
    answer = _shown(_alone(screen.answer), screen, made) if screen.answer else ""
    return pages.page(
        "report.html.j2",
        title=made.title,
        scripts=[] if static or not screen.charts else pages.live(),
        made=made,
        sentence="" if _plain(first.get("sentence", "")) in _plain(answer) else first["sentence"],
        answer=Markup(answer),
        population=first.get("population", ()),
        headings=[(part.level, part.id, Markup(part.text)) for part in told.headings],
        body=Markup(_shown(shown, screen, made)),
        notes=[Markup(note) for note in told.notes],
    )


def failed(request: Request, failure: Failure) -> str:
    """Return the page that tells of a failed run: the error, the cell, the parameters."""
    return pages.page("failed.html.j2", title=request.title, request=request, failure=failure)


@dataclass(slots=True)
class _Screen:
    """Hold the outputs that stand first on a page, and the exhibits of the whole page by the marks in their places."""

    answer: list[Any] = field(default_factory=list)
    exhibits: dict[str, str] = field(default_factory=dict)
    charts: int = 0


def _parted(notebook: Notebook, *, static: bool) -> _Screen:
    """Take the first answer and its figure out of a notebook; leave marks in place of exhibits, and nothing twice.

    nbconvert reads and rewrites all markup, so figures and tables join the page after it. They are numbered as in
    the manifest.
    """
    screen = _Screen()
    answer, figure = _first(notebook)
    first: dict[int, list[Any]] = {id(answer): [], id(figure): []}
    counts = dict.fromkeys(EXHIBITS, 0)
    said: list[Any] = []
    for cell in notebook.cells:
        kept: list[Any] = []
        for output in cell.get("outputs", []):
            if (statement := _statement(output)) is not None:
                if statement in said:
                    continue
                said.append(statement)
            parts = list(_parts(output, counts, screen.exhibits, static=static))
            if output is answer and TABLE_MIME in output["data"]:
                kept.append(parts.pop())  # the first screen has no room for it
            first.get(id(output), kept).extend(parts)
        if "outputs" in cell:
            cell.outputs = kept
    screen.answer = [part for parts in first.values() for part in parts]
    screen.charts = counts[VEGALITE_MIME]
    return screen


def _first(notebook: Notebook) -> tuple[Any, Any]:
    """Return the first output with a finding, and its figure: its own, or the first that no prose parts from it."""
    for _, cells in itertools.groupby(notebook.cells, key=lambda cell: cell.cell_type == "code"):
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        answer = next((output for output in outputs if found_in(output.get("data", {}))), None)
        if answer is not None:
            drawn = [output for output in outputs if VEGALITE_MIME in output.get("data", {})]
            return answer, answer if answer in drawn else next(iter(drawn), answer)
    return None, None


def _statement(output: Any) -> Any:
    """Return what an output states that need not be said a second time; None for all else."""
    content = output.get("data", {})
    return content.get(UNANSWERED_MIME) or (None if set(EXHIBITS) & set(content) else found_in(content) or None)


def _parts(output: Any, counts: dict[str, int], exhibits: dict[str, str], *, static: bool) -> Iterator[Any]:
    """Yield an output as it is shown: its words, then its figure and its table, as marks of exhibits."""
    from nbformat.v4 import new_output

    if "data" not in output:
        yield output
        return
    content = output["data"]
    held = [kind for kind in EXHIBITS if kind in content]
    if found_in(content) or not (held or SOURCE_MIME in content):  # whose data it is stands above
        words = {"text/html": words_of(content["text/html"])} if "text/html" in content else {}
        yield new_output("display_data", data=_harmless({**content, **words}))
    for kind in held:
        counts[kind] += 1
        mark = f'<div data-exhibit="{len(exhibits) + 1}"></div>'
        record = json.loads(json.dumps(content[kind], sort_keys=True))  # as files have it, whatever order it came in
        drawn = (
            embed.chart(record, counts[kind], static=static)
            if kind == VEGALITE_MIME
            else embed.table(record, counts[kind])
        )
        exhibits[mark] = drawn
        yield new_output("display_data", data={"text/html": mark})


def _alone(outputs: Sequence[Any]) -> Notebook:
    """Return a notebook of one cell without code that shows these outputs."""
    from nbformat.v4 import new_code_cell, new_notebook

    return new_notebook(cells=[new_code_cell("", outputs=list(outputs))])


def _plain(markup: str) -> str:
    """Return the words of markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def _harmless(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an output is shown: its markup where that is quiet, else its picture, else its text."""
    shown = {kind: content[kind] for kind in SHOWN if kind in content}
    if not quiet(shown.get("text/html", "")):
        del shown["text/html"]
    return shown


def _shown(notebook: Notebook, screen: _Screen, made: Manifest) -> str:
    """Return the cells as HTML, each mark replaced by its exhibit; the caveat of the source is said above, once."""
    body = _convert(notebook)
    for card in made.sources:
        body = body.replace(f"<li>{html.escape(card['headline'])}</li>", "").replace("<ul></ul>", "")
    return re.sub(r'<div data-exhibit="\d+"></div>', lambda mark: screen.exhibits.get(mark[0], ""), body)


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
