"""Maths: a formula of LaTeX as MathML, which browsers draw and read aloud without a script."""

from __future__ import annotations

import html
from typing import Any
from xml.etree.ElementTree import tostring

CHILDREN = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
"""How many parts an element of MathML has; with others a browser shows an error.

**Source** W3C, MathML Core, § 3.
"""
NO_FORMULA = ("href", "style", "id", "class")
"""Attributes that belong to pages: a formula that sets one is not drawn."""


def mathml(formula: str, *, block: bool) -> str | None:
    r"""Return a formula as one element of MathML, or None when it cannot be read.

    >>> mathml("b < 1", block=False).partition("<mrow>")[2]
    '<mi>b</mi><mo>&lt;</mo><mn>1</mn></mrow></math>'
    >>> mathml(r"\unheard{of}", block=False) is None
    True
    """
    from latex2mathml.converter import convert_to_element

    try:
        drawn = convert_to_element(formula, display="block" if block else "inline")
    except Exception:  # the library stumbles over half a formula in many ways
        return None
    for part in drawn.iter():
        part.text = html.unescape(part.text) if part.text else None  # signs come as entities
    if not formula.strip() or any(_unread(part) for part in drawn.iter()):
        return None
    drawn.set("alttext", " ".join(formula.split()))
    return tostring(drawn, encoding="unicode", short_empty_elements=False)


def _unread(part: Any) -> bool:
    """Whether part of a formula stayed a command, lacks something, or is more than mathematics."""
    return (
        (part.text or "").startswith("\\")
        or len(part) != CHILDREN.get(part.tag, len(part))
        or any(name in NO_FORMULA or name.startswith("on") for name in part.attrib)
    )
