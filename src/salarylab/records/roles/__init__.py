"""Roles: from job titles to roles, families and skill areas, by a versioned crosswalk whose quality is measured."""

from salarylab.records.roles.assignment import (
    ASSIGNED,
    ROLE_MAP,
    ROLE_MAPS,
    SENIORITY_WORDS,
    assign,
    classify,
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
    "crosswalk",
    "seniority_of",
    "unmatched",
]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
