"""Equations: those whose projection in the generated population is kept beside the demo.

Each is a tuple of factor names as an equation prints them; the committed notebooks ask exactly these.
"""

from __future__ import annotations

LADDER = ("education", "experience_spline", "year", "role", "seniority", "country", "region")
PATH = ("work_mode", "education", "experience_spline", "year", "title", "country", "region", "industry", "org_size")
BY_FAMILY = ("education", "role_family", "experience_spline", "year", "country", "region", "education:role_family")

EQUATIONS: tuple[tuple[str, ...], ...] = (
    *(LADDER[:rungs] for rungs in (1, 3, 5, 7)),
    ("education", "age_spline", "year"),
    BY_FAMILY,
    *(PATH[:rungs] for rungs in (1, 4, 5, 7, 9)),
    ("work_mode", "year", "title", "country", "region", "work_mode:year"),
    ("work_mode", "country", "title", "year", "work_mode:country"),
)
