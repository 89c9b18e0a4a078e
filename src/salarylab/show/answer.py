"""Answer: one notebook output that holds a whole answer: sentences, findings, a figure and a table."""

from __future__ import annotations

import base64
import html as markup
from collections.abc import Mapping, Sequence
from typing import Any

from salarylab.finding import Finding
from salarylab.show.figure import SVG_MIME, Figure
from salarylab.show.tabulation import Table

FINDINGS_MIME = "application/vnd.salarylab.findings+json"
"""The findings of an answer, the headline first, each as ``Finding.record`` gives it."""

EXHIBITS = "<!--exhibits-->"
"""What follows in an answer's HTML repeats its other types, for viewers that show HTML alone."""


def answer_bundle(
    html: str,
    text: str,
    findings: Sequence[Finding],
    figure: Figure | None = None,
    table: Table | None = None,
    also: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what an answer's ``_repr_mimebundle_`` emits: one output that viewers, pages and programs read.

    Parameters
    ----------
    html
        The answer in words, as markup that is safe to show: the caller escapes what it did not write.
    text
        The same for a terminal.
    findings
        The numbers behind the words, the headline first. The first finding of a report is its headline: the first
        sentence of the page, of the card in the index, and of the terminal.
    figure
        The answer's figure. Viewers that know no Vega-Lite get a drawing.
    table
        The answer's table.
    also
        Further types for programs, such as the source's card and the rows at each stage of the sample.

    Returns
    -------
    dict
        MIME type to content: ``text/html``, ``text/plain`` and the findings, those of figure and table, ``also``.

    Notes
    -----
    JupyterLab and nbconvert show the HTML of an output that has some, and nothing else. So the figure is in it once
    more as a picture, and the table as HTML, behind a comment at which a report's page cuts them off: it draws them.

    Examples
    --------
    >>> found = Finding(question="q", subject="Gap", unit="rows", value=1200.0, n=1200, smallest_cell=600)
    >>> bundle = answer_bundle("<p>A gap.</p>", "A gap.", [found])
    >>> sorted(bundle)
    ['application/vnd.salarylab.findings+json', 'text/html', 'text/plain']
    """
    bundle = {**(also or {}), FINDINGS_MIME: [found.record() for found in findings]}
    repeated = ""
    for exhibit in (figure, table):
        if exhibit is not None:
            bundle |= exhibit._repr_mimebundle_()
    if figure is not None:
        source = base64.b64encode(bundle[SVG_MIME].encode()).decode()
        repeated += f'<p><img alt="{markup.escape(figure.summary)}" src="data:image/svg+xml;base64,{source}"></p>'
    if table is not None:
        repeated += table.as_html()
    return bundle | {"text/html": html + (EXHIBITS + repeated if repeated else ""), "text/plain": text}


def words_of(html: str) -> str:
    """Return an answer's HTML without what repeats its figure and its table.

    >>> words_of("<p>A gap.</p><!--exhibits--><p>a picture</p>")
    '<p>A gap.</p>'
    """
    return html.partition(EXHIBITS)[0]
