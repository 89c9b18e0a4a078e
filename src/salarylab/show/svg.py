"""SVG: a chart drawn before the page is opened, its ids its own; and the scripts that draw it live."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from salarylab.errors import Fault, ReportError

TAG = re.compile(r"""<[A-Za-z](?:[^"'<>]|"[^"]*"|'[^']*')*>""")
ID = re.compile(r'(?<=\s)id="([^"]+)"')
REFERENCE = re.compile(r'(url\(#|href="#)([^)"]+)')
LABEL = re.compile(r'(?<=\s)(aria-(?:labelledby|describedby))="([^"]+)"')

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The drawing library brings the first, so no measured letter hangs on a machine's fonts; the others are as wide."""

UNSEEN = re.compile(
    r"""\s(?:(?:aria-[a-z]+|role|class|pointer-events|font-family)=(?:"[^"]*"|'[^']*')|opacity="1"(?=[\s/>]))"""
)
EMPTY = re.compile(r'<path d="(?:M0,0h0v0h0Z)?"(?: display="none")?/>')
DIGITS = re.compile(r"\d+\.\d{3,}")


def draw(spec: dict[str, Any], prefix: str) -> str:
    """Return a Vega-Lite chart as SVG in the font that it is measured with, every id beginning with the prefix.

    Raises ``ReportError`` for a chart that cannot be drawn, or that would load data from an address: a
    page may not ask the network, nor may its making.
    """
    import vl_convert

    measured = {**spec, "config": {**spec.get("config", {}), "font": FONT}}
    try:
        return renumber(vl_convert.vegalite_to_svg(measured, allowed_base_urls=[]), prefix)
    except ValueError as error:
        found = str(error).strip().splitlines()[0][:200]
        raise ReportError(Fault(prefix, found, "a chart with its data inside", "mend the chart")) from error


def renumber(svg: str, prefix: str) -> str:
    """Return an SVG with its ids, and all references to them, renamed in order of appearance.

    The drawing library numbers clip paths by a counter that lives as long as the process: a second
    drawing differs from the first, and two charts of one page may cut each other's marks. Only
    attributes inside tags are touched; text that looks like one stays.

    >>> renumber('<g id="clip7"><path clip-path="url(#clip7)"/></g>', "chart-1")
    '<g id="chart-1-0"><path clip-path="url(#chart-1-0)"/></g>'
    """
    found = dict.fromkeys(name for tag in TAG.findall(svg) for name in ID.findall(tag))
    new = {name: f"{prefix}-{number}" for number, name in enumerate(found)}

    def rewrite(tag: re.Match[str]) -> str:
        text = ID.sub(lambda match: f'id="{new[match[1]]}"', tag[0])
        text = REFERENCE.sub(lambda match: match[1] + new.get(match[2], match[2]), text)
        return LABEL.sub(lambda match: f'{match[1]}="{" ".join(new.get(i, i) for i in match[2].split())}"', text)

    return TAG.sub(rewrite, svg)


def light(svg: str) -> str:
    """Return a drawing without what a picture inside a page does not need: names of its marks, classes, fonts.

    The page tells a reader of the screen what the picture is and what its numbers are, and sets its letters.
    Places keep two decimals of a pixel: last digits differ between processors.

    >>> light('<svg class="marks"><path role="graphics-symbol" aria-label="pay: 12" d="M0.3333,0"/></svg>')
    '<svg><path d="M0.33,0"/></svg>'
    """
    return EMPTY.sub("", TAG.sub(_bare, svg))


def alone(spec: Mapping[str, Any]) -> str:
    """Return a chart as SVG that stands by itself, on white paper: what viewers without Vega-Lite show of it.

    The same specification gives the same text; its ids are its own among all charts of a document.
    """
    whole = json.dumps(spec, sort_keys=True)
    prefix = f"chart-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
    drawing = light(draw({**json.loads(whole), "background": "white", "padding": 12}, prefix))
    return drawing.replace("<svg ", f'<svg font-family="{FONT}" ', 1)


def _bare(tag: re.Match[str]) -> str:
    return DIGITS.sub(lambda number: f"{float(number[0]):.2f}", UNSEEN.sub("", tag[0]))


def width(svg: str) -> int:
    """Return the width of a drawing in pixels.

    >>> width('<svg width="560.5" height="10"></svg>')
    561
    """
    found = re.match(r'<svg[^>]*? width="([0-9.]+)"', svg)
    return math.ceil(float(found[1])) if found else 0


@functools.cache
def bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script that may stand inside a page."""
    import vl_convert

    script: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub forgets the default
    return script.replace("</script", "<\\/script")
