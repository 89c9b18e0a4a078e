"""Page: an executed notebook as one file that a reader opens, the source and the findings first."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup

from salarylab.report.failure import Failure
from salarylab.report.manifest import Manifest
from salarylab.report.notebook import INJECTED, Notebook, heading
from salarylab.report.request import Request
from salarylab.show import embed, pages
from salarylab.show.figure import VEGALITE_MIME

TOLD_ELSEWHERE = {"parameters", INJECTED}
SHOWN = ("text/html", "image/png", "text/plain")
ACTIVE = (
    "script",
    "iframe",
    "frame",
    "object",
    "embed",
    "link",
    "meta",
    "base",
    "form",
    "input",
    "button",
    "svg",
    "math",
)


def report(notebook: Notebook, made: Manifest, findings: Sequence[Mapping[str, Any]]) -> str:
    """Return the page of a good run.

    The headline of the source stands before any number; then what was found, the notebook with its code
    folded away, and how it was made. Raises ``ReportError`` for a chart that cannot be drawn.
    """
    shown = copy.deepcopy(notebook)
    if heading(shown):  # the page has the title already
        shown.cells[0].source = re.sub(r"\A\s*# +.+\n?", "", shown.cells[0].source)
    # the values of the parameters are told at the foot of the page
    shown.cells = [cell for cell in shown.cells if not TOLD_ELSEWHERE & set(cell.metadata.get("tags", []))]
    figures = _draw(shown)
    body = _convert(shown)
    for mark, figure in figures.items():
        body = body.replace(mark, figure)
    sentences = [finding["sentence"] for finding in findings]
    return pages.page(
        "report.html.j2", title=made.title, charts=bool(figures), made=made, sentences=sentences, body=Markup(body)
    )


def failed(request: Request, failure: Failure) -> str:
    """Return the page that tells of a failed run: the error, the cell, the parameters."""
    return pages.page("failed.html.j2", title=request.title, request=request, failure=failure)


def _draw(notebook: Notebook) -> dict[str, str]:
    """Put marks in place of charts, and text in place of markup that could act; return mark → figure.

    nbconvert reads and rewrites all markup, so the drawings join the page after it.
    """
    figures: dict[str, str] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            content = output.get("data", {})
            spec = content.get(VEGALITE_MIME)
            if spec is not None:
                number = len(figures) + 1
                mark = f'<div data-chart="{number}"></div>'
                figures[mark] = embed.chart(spec, number)
                content["text/html"] = mark
            elif not quiet(content.get("text/html", "")):
                del content["text/html"]
    return figures


def quiet(markup: str) -> bool:
    """Return whether markup only shows something: no script, handler, frame, form or outside address.

    >>> quiet("<table><tr><td>1</td></tr></table>"), quiet('<img src="x" onerror="alert(1)">')
    (True, False)
    """
    listener = _Listener()
    listener.feed(markup)
    listener.close()
    return listener.quiet


class _Listener(HTMLParser):
    """Read markup and note whether any of it could act or ask the network."""

    quiet = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE or any(_acts(name, value or "") for name, value in attrs):
            self.quiet = False


def _acts(name: str, value: str) -> bool:
    """Whether an attribute is a handler, or an address other than a plain link or a picture inside the page."""
    if name == "src":
        return not value.startswith("data:image/png;")
    if name in ("href", "xlink:href"):
        return not value.startswith(("#", "https://", "http://"))
    return name.startswith("on") or name in ("srcset", "action", "formaction", "background")


def _convert(notebook: Notebook) -> str:
    """Return the cells as HTML, by nbconvert and the house's template."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="notebook",
        extra_template_basedirs=[str(pages.TEMPLATES)],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    exporter.config.NbConvertBase.display_data_priority = list(SHOWN)
    body, _ = exporter.from_notebook_node(notebook)
    return str(body)
