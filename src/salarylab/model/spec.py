"""Spec: one pay equation in factor names, before any data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.factor import HOURLY_WHERE_KNOWN, OUTCOMES, Factor, Outcome, factor
from salarylab.model.variance.small_sample import SmallSample

SURVEY = "survey"
DECLARED = "declared"
DEFAULT = "default"

RULES = ("classical", "HC0", "HC1", "HC2", "HC3", "HC4", "CR0", "CR1", "CR2", "CRV3", "wild", "replicate")
"""Covariance rules by name; ``default`` chooses among them by the data's own design."""


@dataclass(frozen=True, slots=True)
class Spec:
    """Ask one pay equation.

    ``factors`` are names from ``FACTORS``, or two joined by a colon for their interaction.
    ``bases`` overrides declared base categories. ``weights`` is ``"survey"`` (the source's point weights
    where it declares that it is weighted, none elsewhere), a column, or None. ``clusters`` is
    ``"declared"`` (the records' cluster column where the source fills it), a column, two columns, or None.
    ``covariance`` is ``"default"`` or one of ``RULES``; the default is replicate weights for a survey that
    has them, CRV3 with t(G − 1) for clusters, HC2 with Bell–McCaffrey degrees of freedom otherwise.
    ``few_clusters`` allows analytic inference below 20 clusters. ``declared`` are factors and outcomes of the analyst's
    own, beside ``FACTORS``: columns of a table, or other knots. ``absorbed`` names a column of many levels (employers,
    workers) whose coefficients are taken out and not reported. ``counts`` is a column of how many rows each row
    stands for: frequency weights, which change n, as ``weights`` never do. ``drop_collinear`` leaves out, and names,
    terms that follow from others, instead of refusing them. ``small_sample`` chooses other factors of the cluster
    rules.

    >>> Spec(factors=("education", "experience_spline")).formula
    'log_pay ~ education + experience_spline'
    """

    outcome: str = HOURLY_WHERE_KNOWN
    factors: tuple[str, ...] = ()
    bases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    weights: str | None = SURVEY
    clusters: str | tuple[str, str] | None = DECLARED
    covariance: str = DEFAULT
    few_clusters: bool = False
    declared: tuple[Factor | Outcome, ...] = ()
    absorbed: str | None = None
    counts: str | None = None
    drop_collinear: bool = False
    small_sample: SmallSample | None = None

    def __post_init__(self) -> None:
        """Refuse names that are not declared, all at once; nothing is computed here."""
        faults: list[Fault] = []
        outcomes = (HOURLY_WHERE_KNOWN, *OUTCOMES, *(own.name for own in self.declared if isinstance(own, Outcome)))
        if self.outcome not in outcomes:
            faults.append(unknown("outcome", self.outcome, outcomes))
        if self.covariance not in (DEFAULT, *RULES):
            faults.append(unknown("covariance", self.covariance, [DEFAULT, *RULES]))
        for name in dict.fromkeys(part for term in (*self.factors, *self.bases) for part in term.split(":")):
            try:
                self.factor(name)
            except ModelError as error:
                faults += error.faults
        faults += [_lonely(term, part) for term in self.factors for part in _missing_parts(term, self.factors)]
        faults += _twisted(self.factors)
        if faults:
            raise ModelError(*faults)

    def factor(self, name: str) -> Factor:
        """Return a factor of this equation by name; its own come before the house's."""
        return factor(name, self.declared)

    @property
    def formula(self) -> str:
        """The equation for people, with bases only where they differ from the declared ones."""
        right = " + ".join(self.factors) or "1"
        differ = {name: level for name, level in self.bases.items() if level != self.factor(name).base}
        changed = ", ".join(f"{name}: {level}" for name, level in sorted(differ.items()))
        taken_out = f" | {self.absorbed}" if self.absorbed else ""
        return f"{self.outcome} ~ {right}{taken_out}" + (f"  [bases {changed}]" if changed else "")


def _missing_parts(term: str, factors: tuple[str, ...]) -> list[str]:
    return [part for part in term.split(":") if ":" in term and part not in factors]


def _lonely(term: str, part: str) -> Fault:
    return Fault(
        f"interaction {term!r}",
        f"no main term {part!r}",
        "both factors of an interaction in the equation",
        f"add {part!r} to factors",
    )


def _twisted(factors: tuple[str, ...]) -> list[Fault]:
    """Return what is wrong with terms that are asked for twice, or join a factor with itself or more than two."""
    parts = [frozenset(term.split(":")) for term in factors]
    twice = [term for i, term in enumerate(factors) if parts[i] in parts[:i]]
    odd = [term for term in factors if ":" in term and (term.count(":") > 1 or len(set(term.split(":"))) < 2)]
    return [
        Fault(f"term {term!r}", "asked for twice", "each term once", "leave it out")
        for term in dict.fromkeys(twice)
        if term not in odd
    ] + [
        Fault(f"interaction {term!r}", "not of two factors", "two factors, joined by a colon", "ask two")
        for term in odd
    ]
