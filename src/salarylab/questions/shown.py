"""Shown: an answer as one notebook output: sentences in HTML and text, findings, a figure."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from salarylab.finding import Finding
from salarylab.records.table import SOURCE_MIME
from salarylab.sample import Sample
from salarylab.show import table
from salarylab.show.answer import EXHIBITS, answer_bundle
from salarylab.show.figure import Figure


def shown(
    sample: Sample, says: str, more: Sequence[str], findings: Sequence[Finding], figure: Figure | None
) -> dict[str, Any]:
    """Compose the display of an answer.

    Parameters
    ----------
    sample : Sample
        Whose data: the source's headline and the restrictions stand first.
    says : str
        The answer, one sentence or two.
    more : sequence of str
        What a reader must know beside it, a paragraph each; empty ones are left out.
    findings : sequence of Finding
        The headline first.
    figure : Figure, optional
        The answer's figure.

    Returns
    -------
    dict
        MIME type to content.
    """
    whose = f"{sample.provenance.headline}."
    among = "; ".join(sample.population)
    paragraphs = [
        f'<p class="answer-says"><strong>{html.escape(says)}</strong></p>',
        *(f"<p>{html.escape(one)}</p>" for one in more if one),
    ]
    source = f'<p class="source"><strong>{html.escape(whose)}</strong> {html.escape(among)}.</p>'
    text = "\n".join([says, *(one for one in more if one), f"{whose} {among}."])
    # what stands behind the comment is repeated elsewhere on a report's page, which leaves it out
    says_html = f'<section class="answer">{"".join(paragraphs)}</section>{EXHIBITS}{source}'
    return answer_bundle(says_html, text, findings, figure, also=_card(sample))


def _card(sample: Sample) -> dict[str, Any]:
    """Return the source's card and the rows at each stage, for programs that read notebooks."""
    records = {} if sample.origin is None else sample.origin[0]._repr_mimebundle_()
    flow = table.attrition(sample).also
    return {SOURCE_MIME: records[SOURCE_MIME], **flow} if SOURCE_MIME in records else dict(flow)
