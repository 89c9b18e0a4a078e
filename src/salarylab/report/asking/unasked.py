"""Unasked: a question that its source never asked about, seen from the parameters before anything is executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salarylab import sources
from salarylab.report.asking.request import Request
from salarylab.source import Source
from salarylab.unanswered import Unanswered


def unasked(request: Request) -> Unanswered | None:
    """Return that the source never asked what the notebook's question needs, where it declares so.

    None where the notebook states no need, and for a person's own file: only reading it tells what it holds.
    """
    source = _source(request)
    missing = [name.replace("_", " ") for name in request.asks if source and name not in source.asked]
    return Unanswered(f"{source.key} never asked {', '.join(missing)}", "Not asked") if source and missing else None


def card(request: Request) -> Mapping[str, Any] | None:
    """Return what a page tells of the source of a report that read no file; None for a person's own file."""
    source = _source(request)
    if source is None:
        return None
    told = ("key", "title", "headline", "publisher", "home", "citation", "licence", "synthetic")
    return {name: getattr(source, name) for name in told} | {"files": [], "raw_rows": None, "records": None}


def _source(request: Request) -> Source | None:
    """Return the declared source that a request names, if it does."""
    named = request.values.get("source")
    return sources.describe(named) if named in set(sources.keys()) - {"own"} else None
