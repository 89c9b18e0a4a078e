"""Roles: from job titles to roles, families and skill areas, by a versioned crosswalk whose quality is measured."""

from salarylab.records.roles.assignment import (
    ASSIGNED,
    ROLE_MAP,
    ROLE_MAPS,
    SENIORITY_WORDS,
    assign,
    classify,
    coverage,
    crosswalk,
    seniority_of,
    unmatched,
)

__all__ = [
    "ASSIGNED",
    "ROLE_MAP",
    "ROLE_MAPS",
    "SENIORITY_WORDS",
    "assign",
    "classify",
    "coverage",
    "crosswalk",
    "seniority_of",
    "unmatched",
]
