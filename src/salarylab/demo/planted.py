"""Planted: the pay equation of the demo, every number of it declared here and invented.

Premia are log points of hourly base pay against the level with 0.0. ``truth`` is what ``truth.json``
says of them. Nothing here was estimated from anybody's pay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LOG_HOURLY = 3.50
"""Log USD an hour: bachelor, mid, other tech, on-site, manufacturing, 100 to 499, US, 2021, no experience."""

YEAR = {2021: 0.0, 2022: 0.03, 2023: 0.05, 2024: 0.06}

EDUCATION = {
    "below secondary": -0.30,
    "secondary": -0.20,
    "some college": -0.13,
    "associate": -0.09,
    "bachelor": 0.0,
    "master": 0.09,
    "professional": 0.14,
    "doctorate": 0.08,
}

DOCTORATE_BY_FAMILY = {
    # added to the doctorate's 0.08: it is worth 0.30 in core AI and nothing in non-technical AI (product)
    "core AI": 0.22,
    "adjacent technical": 0.08,
    "non-technical AI": -0.08,
    "other tech": 0.0,
    "other": 0.02,
}

EXPERIENCE_LINEAR = 0.022
EXPERIENCE_SQUARE = -0.0004
"""Log points a year, and a squared year, of experience: concave, flat at 27.5 years."""

SENIORITY = {"junior": -0.20, "mid": 0.0, "senior": 0.18, "staff": 0.34, "lead": 0.30, "executive": 0.52}

ROLE_FAMILY = {
    "core AI": 0.22,
    "adjacent technical": 0.08,
    "non-technical AI": 0.12,
    "other tech": 0.0,
    "other": -0.12,
}

ROLES: dict[str, Mapping[str, float]] = {
    "core AI": {"machine learning engineer": 0.0, "research scientist": 0.05, "applied scientist": 0.03},
    "adjacent technical": {"data engineer": 0.0, "data scientist": 0.04, "MLOps engineer": 0.06},
    "non-technical AI": {"AI product manager": 0.0, "AI policy adviser": -0.06},
    "other tech": {"software engineer": 0.0, "systems administrator": -0.08, "security engineer": 0.05},
    "other": {"business analyst": 0.0, "project coordinator": -0.05},
}
"""Roles of each family, with their premium inside the family."""

INDUSTRY = {
    "manufacturing": 0.0,
    "retail trade": -0.14,
    "information": 0.11,
    "finance and insurance": 0.15,
    "professional, scientific, technical services": 0.05,
    "educational services": -0.17,
    "health care and social assistance": -0.06,
    "public administration": -0.12,
}

ORG_SIZE = {
    "under 20": -0.12,
    "20 to 99": -0.06,
    "100 to 499": 0.0,
    "500 to 999": 0.03,
    "1,000 to 4,999": 0.07,
    "5,000 to 9,999": 0.11,
    "10,000 or more": 0.14,
}

WORK_MODE = {"on-site": 0.0, "hybrid": 0.04, "remote": 0.07}

SKILL_AREAS = {
    "AI/ML": 0.06,
    "cloud & MLOps": 0.04,
    "security": 0.05,
    "data engineering & analytics": 0.02,
    "architecture & reliability": 0.03,
}

FADING_SKILL = "prompt engineering"
FADING_PREMIUM = {2021: 0.20, 2022: 0.12, 2023: 0.05, 2024: 0.0}
"""Log points of the fading skill, year by year."""

NOISE = {"junior": 0.19, "mid": 0.21, "senior": 0.22, "staff": 0.24, "lead": 0.25, "executive": 0.29}
"""Standard deviation of log pay around the equation, wider with seniority."""

PAY_MIX = {
    # base, bonus and equity as shares of total pay, which add up to one
    "under 20": (0.88, 0.02, 0.10),
    "20 to 99": (0.89, 0.04, 0.07),
    "100 to 499": (0.90, 0.06, 0.04),
    "500 to 999": (0.89, 0.08, 0.03),
    "1,000 to 4,999": (0.86, 0.10, 0.04),
    "5,000 to 9,999": (0.82, 0.11, 0.07),
    "10,000 or more": (0.76, 0.12, 0.12),
}


def truth() -> dict[str, Any]:
    """Return the planted equation as plain values for ``truth.json``; country premia come from ``places``."""
    return {
        "log_hourly_pay_of_the_base": LOG_HOURLY,
        "year": YEAR,
        "education": EDUCATION,
        "education_x_role_family": {"doctorate": DOCTORATE_BY_FAMILY},
        "experience": {"linear": EXPERIENCE_LINEAR, "square": EXPERIENCE_SQUARE},
        "seniority": SENIORITY,
        "role_family": ROLE_FAMILY,
        "role_within_family": ROLES,
        "industry": INDUSTRY,
        "org_size": ORG_SIZE,
        "work_mode": WORK_MODE,
        "skill_areas": SKILL_AREAS,
        "fading_skill": {"skill": FADING_SKILL, "premium_by_year": FADING_PREMIUM},
        "noise_sd_by_seniority": NOISE,
        "pay_mix_by_org_size": {size: dict(zip(MIX, shares, strict=True)) for size, shares in PAY_MIX.items()},
        "not_planted": ["gender", "age", "field_of_study", "employer", "org_kind", "track", "employment", "hours"],
    }


MIX = ("base", "bonus", "equity")
