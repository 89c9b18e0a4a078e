"""Equations: those whose projection in the generated population is kept beside the demo.

The committed notebooks ask exactly these of the demo; employers are absorbed in a last rung whose truth is not kept.
"""

from __future__ import annotations

from salarylab.model import Spec

PERSON = ("experience_spline", "year")
PLACE = ("country", "region")
JOB = ("role", "seniority")
REMOTE = ("education", *PERSON, *PLACE, *JOB)


def _over_secondary(*factors: str) -> Spec:
    return Spec(factors=factors, bases={"education": "secondary"})


def _by(group: str) -> Spec:
    held = [name for name in REMOTE if name != group]
    return Spec(factors=("work_mode", group, *held, f"work_mode:{group}"))


EQUATIONS: tuple[Spec, ...] = (
    *(_over_secondary("education", *held) for held in ((), PERSON, (*PERSON, *PLACE), (*PERSON, *PLACE, *JOB))),
    _over_secondary("education", "age_spline", "year", *PLACE),
    _over_secondary("education", "role_family", *PERSON, *PLACE, "education:role_family"),
    *(Spec(factors=("work_mode", *REMOTE[:held])) for held in (0, 3, 5, 7)),
    _by("year"),
    _by("country"),
)
