"""Prose: the markdown of a notebook as parts of one page: its headings, footnotes and formulas.

Cells are told one by one, but they are one text: headings make one list of contents, footnotes are counted
through, and a note may stand in another cell than its mark.
"""

from __future__ import annotations

import html
import itertools
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mistune.util import unikey
from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
    MathBlockParser,
    MathInlineParser,
    import_plugin,
)

from salarylab.report.page.maths import mathml
from salarylab.report.page.quiet import quiet

TAG = re.compile(r"<sup>.*?</sup>|<[^>]*>")
"""Markup within a line; a footnote's mark goes with its number."""
Attachments = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Heading:
    """Hold a heading of the page: its level, the id by which it is found, its text as markup without tags."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Hold the markup of each markdown cell, the headings of all, and the notes in the order of their marks."""

    cells: tuple[str, ...]
    headings: tuple[Heading, ...]
    notes: tuple[str, ...]


def tell(cells: Iterable[tuple[str, Attachments]]) -> Prose:
    """Return markdown cells, each with its attached pictures, as parts of a page under a title of the first level."""
    cells = list(cells)
    renderer = _Renderer()
    markdown = _markdown(renderer)
    defined = [_definitions(markdown, source) for source, _ in cells]
    everywhere = {key: text for definitions in reversed(defined) for key, text in definitions.items()}
    told = []
    for (source, attachments), own in zip(cells, defined, strict=True):
        renderer.attachments, renderer.known = attachments, everywhere | own
        told.append(_told(markdown, source, renderer.known))
    notes = [_note(markdown, text, n, renderer.marks[text]) for n, text in enumerate(renderer.marks, start=1)]
    return Prose(tuple(told), tuple(renderer.headings), tuple(notes))


def _markdown(renderer: _Renderer) -> Any:
    plugins = [import_plugin(name) for name in (*MarkdownWithMath.DEFAULT_PLUGINS, "footnotes")]
    markdown = MarkdownWithMath(renderer, MathBlockParser(), _Inline(hard_wrap=False), plugins)
    markdown.after_render_hooks.clear()  # notes stand at the end of the page, not of each cell
    return markdown


def _definitions(markdown: Any, source: str) -> dict[str, str]:
    """Return the texts of the footnotes that a cell defines, by the name of their mark."""
    state = markdown.block.state_cls()
    state.process(source.rstrip("\n") + "\n")
    markdown.block.parse(state)
    return dict(state.env.get("ref_footnotes", {}))


def _told(markdown: Any, source: str, known: Mapping[str, str]) -> str:
    state = markdown.block.state_cls()
    state.env["ref_footnotes"] = dict(known)
    return str(markdown.parse(source, state)[0])


def _note(markdown: Any, text: str, number: int, marks: int) -> str:
    """Return a footnote's text with a way back to each of its marks."""
    first, _, rest = text.strip().partition("\n")
    told = _told(markdown, f"{first}\n{textwrap.dedent(rest)}", {}).rstrip()
    back = "".join(
        f' <a class="back" href="#mark-{number}-{mark}" aria-label="Back to mark {mark} of note {number}">↩</a>'
        for mark in range(1, marks + 1)
    )
    return f"{told.removesuffix('</p>')}{back}</p>" if told.endswith("</p>") else told + back


class _Inline(MathInlineParser):  # type: ignore[misc]
    """Read what stands within a line; two sums of money are no formula.

    **Source** Pandoc User's Guide, extension ``tex_math_dollars``.
    """

    def parse_inline_math_tex(self, m: re.Match[str], state: Any) -> int:
        body, after = m.group("math_inline_tex"), state.src[m.end() : m.end() + 1]
        if body == body.strip() and not after.isdigit():
            return int(super().parse_inline_math_tex(m, state))
        state.append_token({"type": "text", "raw": "$"})
        return m.start() + 1


class _Renderer(IPythonRenderer):  # type: ignore[misc]
    """Write markup: headings with ids and in order, formulas as MathML, raw markup only where it is quiet."""

    def __init__(self) -> None:
        super().__init__(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True)
        self.headings: list[Heading] = []
        self.marks: dict[str, int] = {}
        self.known: Mapping[str, str] = {}

    def heading(self, text: str, level: int, **_: Any) -> str:
        above = self.headings[-1].level if self.headings else 1
        level = min(max(level, 2), above + 1)
        plain = TAG.sub("", text).strip()
        named, taken = f"part-{_slug(plain)}", {other.id for other in self.headings}
        free = (f"{named}-{n}" if n > 1 else named for n in itertools.count(1))
        found = Heading(level, next(name for name in free if name not in taken), plain)
        self.headings.append(found)
        return f'<h{level} id="{found.id}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        named = f' title="{html.escape(title)}"' if title else ""
        away = ' rel="noreferrer"' if url.startswith(("https://", "http://")) else ""
        return f'<a href="{self.safe_url(url)}"{named}{away}>{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        held = self.attachments.get(url.removeprefix("attachment:"), {})
        kind = next((kind for kind in held if kind.startswith("image/")), None)
        if kind is None:  # a page asks for nothing outside: what it cannot hold it points to
            return self.link(html.escape(text or url), url)
        alt = html.escape(TAG.sub("", text))
        return f'<img src="data:{html.escape(kind)};base64,{html.escape(held[kind])}" alt="{alt}">'

    def inline_html(self, html: str) -> str:
        return html if quiet(html) else str(self.escape_html(html))

    def block_html(self, html: str) -> str:
        return self.inline_html(html) + "\n"

    def inline_math(self, body: str) -> str:
        return mathml(body, block=False) or f"<code>${self.escape_html(body)}$</code>"

    def block_math(self, body: str) -> str:
        drawn = mathml(body, block=True)
        return (
            f'<span class="formula" role="group" tabindex="0" aria-label="Formula">{drawn}</span>'
            if drawn
            else f'<code class="formula">{self.escape_html(body.strip())}</code>'
        )

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def footnote_ref(self, key: str, index: int) -> str:
        text = self.known[unikey(key)]
        self.marks[text] = mark = self.marks.get(text, 0) + 1
        number = list(self.marks).index(text) + 1
        return (
            f'<sup><a id="mark-{number}-{mark}" href="#note-{number}" role="doc-noteref" '
            f'aria-label="Note {number}">{number}</a></sup>'
        )


def _slug(text: str) -> str:
    """Return a heading as part of an address: letters of all languages, digits, hyphens."""
    return re.sub(r"\W+", "-", html.unescape(text).lower()).strip("-") or "untitled"
