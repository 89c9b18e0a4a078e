"""Lab: what JupyterLab leaves in a notebook that it saves, and no run gives.

Its viewer of charts adds a PNG to each, and JavaScript writes 9.0 as 9.
"""

from __future__ import annotations

from typing import Any

from salarylab.show.figure import VEGALITE_MIME

PICTURE = "image/png"


def without(content: Any) -> Any:
    """Return JSON values less the pictures that stand beside charts, whole numbers written without a point.

    >>> without({"application/vnd.vegalite.v5+json": {"pay": [9.0, 9.5]}, "image/png": "AAAA"})
    {'application/vnd.vegalite.v5+json': {'pay': [9, 9.5]}}
    """
    if isinstance(content, dict):
        drawn = VEGALITE_MIME in content
        return {name: without(part) for name, part in content.items() if not (drawn and name == PICTURE)}
    if isinstance(content, list):
        return [without(part) for part in content]
    return int(content) if isinstance(content, float) and content.is_integer() else content
