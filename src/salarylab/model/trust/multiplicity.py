"""Multiplicity: one family of findings, frozen before any result, and what each is worth among the others.

The p-values are those that the verdicts rest on (against the band's edge): they are taken as they are. The verdict
is at q ≤ 0.05 by Benjamini and Yekutieli, under any dependence; Benjamini and Hochberg's stand beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import round_p
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding

Array = NDArray[np.float64]
Member = tuple[str, str]
"""A claim and the data set that it is put to."""


def benjamini_hochberg(p: Array) -> Array:
    """Return q-values that bound the share of false findings for independent or positively dependent tests, (m,).

    Raises ``ModelError`` for no p-value, or one outside 0 to 1.

    **Source** Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57(1), 289–300.

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.04, 0.04]
    """
    return _adjusted(p, "fdr_bh")


def benjamini_yekutieli(p: Array) -> Array:
    """Return q-values that bound the share of false findings under any dependence, shape (m,).

    Raises ``ModelError`` for no p-value, or one outside 0 to 1.

    **Source** Benjamini and Yekutieli (2001), Annals of Statistics 29(4), 1165–1188, theorem 1.3.

    >>> benjamini_yekutieli(np.array([0.01, 0.04])).round(6).tolist()
    [0.03, 0.06]
    """
    return _adjusted(p, "fdr_by")


def holm(p: Array) -> Array:
    """Return p-values that bound the chance of any false finding under any dependence, shape (m,).

    Raises ``ModelError`` for no p-value, or one outside 0 to 1.

    **Source** Holm (1979), Scandinavian Journal of Statistics 6(2), 65–70.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.06, 0.06]
    """
    return _adjusted(p, "holm")


def _adjusted(p: Array, method: str) -> Array:
    from statsmodels.stats.multitest import multipletests

    _refuse_p(p)
    return np.asarray(multipletests(p, method=method)[1])


def _refuse_p(p: Array) -> None:
    bad = int((~((p >= 0) & (p <= 1))).sum()) if len(p) else 1
    if bad:
        found = f"{bad} that are not numbers from 0 to 1" if len(p) else "none"
        raise ModelError(Fault("p-values", found, "numbers from 0 to 1", "give every test of the family its p-value"))


@dataclass(frozen=True, slots=True)
class Family:
    """Freeze the tests that are judged together: a name, and every (claim, data set), whatever it will show."""

    name: str
    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        """Refuse a family without members, or with one twice."""
        twice = sorted({" × ".join(m) for m in self.members if self.members.count(m) > 1})
        if twice or not self.members:
            found = f"twice: {', '.join(twice)}" if twice else "no member"
            raise ModelError(Fault(f"family {self.name!r}", found, "each claim × data set once", "list it anew"))


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Hold a family's p-values and what they are worth together, shape (m,) in the order of its members.

    ``told`` (m,) marks members with a p-value; the others stand in the family with p = 1.
    """

    family: Family
    p: Array = field(repr=False)
    told: NDArray[np.bool_] = field(repr=False)
    q_yekutieli: Array = field(repr=False)
    q_hochberg: Array = field(repr=False)
    p_holm: Array = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row a member: ``claim, data_set, p, q_yekutieli, q_hochberg, p_holm``, to two digits; null without p."""
        columns = {name: getattr(self, name) for name in ("p", "q_yekutieli", "q_hochberg", "p_holm")}
        shown = {
            name: [round_p(float(v)) if told else None for v, told in zip(values, self.told, strict=True)]
            for name, values in columns.items()
        }
        claims, sets = zip(*self.family.members, strict=True)
        names = {"claim": list(claims), "data_set": list(sets)}
        return pl.DataFrame(names | shown, schema_overrides=dict.fromkeys(columns, pl.Float64()))

    def __getitem__(self, member: Member) -> float:
        """Return Benjamini and Yekutieli's q of one member: the one that a verdict rests on."""
        return float(self.q_yekutieli[self.family.members.index(member)])


def adjust(family: Family, p: Mapping[Member, float | Finding | None]) -> Adjusted:
    """Return the adjusted p-values of a frozen family.

    ``p`` gives each member its p-value, or a finding that has one, or None where nothing was estimated. None, and a
    finding that is withheld, count as p = 1: the family stays as large as it was declared. Raises ``ModelError``
    for a member that is missing, one that was never declared, or a p-value outside 0 to 1.

    **Source** see ``benjamini_yekutieli``, ``benjamini_hochberg`` and ``holm``.

    >>> family = Family("degrees", (("C38", "demo"), ("C39", "demo")))
    >>> round(adjust(family, {("C38", "demo"): 0.01, ("C39", "demo"): None})[("C38", "demo")], 6)
    0.03
    """
    _refuse_members(family, p)
    given = [_p_of(p[member]) for member in family.members]
    told = np.array([value is not None for value in given])
    values = np.array([1.0 if value is None else float(value) for value in given])
    return Adjusted(family, values, told, benjamini_yekutieli(values), benjamini_hochberg(values), holm(values))


def _p_of(given: float | Finding | None) -> float | None:
    if isinstance(given, Finding):
        return None if given.suppressed else given.p
    return given


def _refuse_members(family: Family, given: Iterable[Member]) -> None:
    thing = f"family {family.name!r}"
    faults = [
        Fault(thing, f"no p-value for {' × '.join(member)}", "one for each member, or None", "give it, or None")
        for member in family.members
        if member not in set(given)
    ]
    declared = [" × ".join(member) for member in family.members]
    strays = [member for member in given if member not in family.members]
    faults += [unknown(f"member of family {family.name!r}:", " × ".join(member), declared) for member in strays]
    if faults:
        raise ModelError(*faults)
