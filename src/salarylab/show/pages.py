"""Pages: one self-contained file each, under a policy that lets nothing in from outside.

A page holds its style, its drawings and, where it has charts, one bundle of scripts. The browser is told
to load nothing, and to run only these two scripts, which it knows by their hash.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from salarylab.show import svg

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """Return a template filled with values; every value is escaped unless it is ``Markup``."""
    return _environment().get_template(template).render(**values)


def page(template: str, *, title: str, scripts: Sequence[str] = (), style: str = "", **values: Any) -> str:
    """Return a whole page: the template's content in the shell, with the policy that fits its scripts.

    ``style`` joins the style of all pages.
    """
    return render(
        template,
        title=title,
        policy=Markup(policy(scripts)),  # quotation marks are part of its grammar
        style=Markup(text("page.css") + style),
        scripts=[Markup(script) for script in scripts],
        **values,
    )


def live() -> list[str]:
    """Return the scripts of a page with live charts: one bundle, however many charts, and what starts it."""
    return [svg.bundle(), text("live.js")]


@functools.cache
def text(name: str) -> str:
    """Return a file that stands beside the templates."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def policy(scripts: Sequence[str]) -> str:
    """Return the content security policy that allows these scripts and no address at all.

    Styles may stand inside the page: tables bring their own, and the live charts add one.

    **Source** W3C, Content Security Policy Level 3, § 2.3 (hash sources).

    >>> policy([]).split("; ")[:2]
    ["default-src 'none'", "script-src 'none'"]
    """
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
