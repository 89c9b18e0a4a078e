"""Parts of a gap, term by term, and their derivatives: the arithmetic of Oaxaca and Blinder.

Two groups, ``level`` and ``base``, each with means x of its columns and coefficients b of its own equation. A third
set of coefficients, the reference, may price the difference of the means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import ModelError, unknown

Array = NDArray[np.float64]
Reference = Literal["pooled", "neumark", "cotton", "reimers", "level", "base"]
MOMENTS = ("level_b", "base_b", "pooled_b", "level_x", "base_x", "share")

REFERENCES: dict[str, str] = {
    "pooled": "of one equation of both groups, with a term for the group",
    "neumark": "of one equation of both groups, without a term for the group",
    "cotton": "of the two groups, weighted by their size",
    "reimers": "of the two groups, half each",
    "level": "of the group asked about",
    "base": "of the group compared with",
}
"""Whose coefficients price the difference of the means.

**Source** pooled: Jann (2008), Stata Journal 8(4), 453–479; Neumark (1988), Journal of Human Resources 23(3), 279–295;
Cotton (1988), Review of Economics and Statistics 70(2), 236–243; Reimers (1983), ibid. 65(4), 570–579; level and base:
Oaxaca (1973), International Economic Review 14(3), 693–709, and Blinder (1973), Journal of Human Resources 8(4).
"""


@dataclass(frozen=True, slots=True)
class Moments:
    """Hold what a decomposition is a function of: coefficients and means (k,) of each group, and their sizes.

    ``share`` is the share of the weight that the level's group has; ``pooled_b`` are coefficients of both together.
    """

    level_b: Array
    base_b: Array
    pooled_b: Array
    level_x: Array
    base_x: Array
    share: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold how the terms shown follow from the columns: means = of_x · x, coefficients = of_b · b, both (K, k)."""

    of_x: Array = field(repr=False)
    of_b: Array = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one part of the gap, term by term (K,), with its derivatives (K,) in each of the moments.

    A derivative is in the term's own mean or coefficient as shown; in ``share`` it is a plain one. ``own`` says how
    often the sum over terms has the mean pay of each group, level and base, which is its means times coefficients.
    """

    name: str
    values: Array
    slopes: Mapping[str, Array]
    own: tuple[float, float]


def plain(k: int) -> Layout:
    """Return the layout that shows every column as it is."""
    return Layout(np.eye(k), np.eye(k))


def normalised(k: int, factors: Sequence[Sequence[int | None]]) -> Layout:
    """Return the layout in which each categorical factor's coefficients are deviations from their own mean.

    ``factors`` has, for each factor, the columns of its levels in order, None for the base, which is shown as well.
    Columns of no factor are shown as they are, the constant (column 0) with the factors' means added. Terms are the
    other columns first, then the factors' levels. The fit is the same; a factor's parts no longer depend on its base.

    **Source** Gardeazabal and Ugidos (2004), Review of Economics and Statistics 86(4), 1034–1036; Yun (2005),
    Economic Inquiry 43(4), 766–772.

    >>> normalised(2, [[None, 1]]).of_b.tolist()
    [[1.0, 0.5], [0.0, -0.5], [0.0, 0.5]]
    """
    unit = np.eye(k)
    taken = {j for factor in factors for j in factor if j is not None}
    of_x = [unit[j] for j in range(k) if j not in taken]
    of_b = [unit[j].copy() for j in range(k) if j not in taken]
    for factor in factors:
        columns = [j for j in factor if j is not None]
        mean = unit[columns].sum(axis=0) / len(factor)
        of_b[0] += mean
        of_x += [unit[0] - unit[columns].sum(axis=0) if j is None else unit[j] for j in factor]
        of_b += [(0.0 if j is None else unit[j]) - mean for j in factor]
    return Layout(np.stack(of_x), np.stack(of_b))


def weights_of(reference: str, share: float) -> tuple[float, float, float]:
    """Return what the reference coefficients take of the level's, the base's and the pooled ones.

    Raises ``ModelError`` for a reference that is not known.
    """
    weights = {
        "pooled": (0.0, 0.0, 1.0),
        "neumark": (0.0, 0.0, 1.0),
        "cotton": (share, 1.0 - share, 0.0),
        "reimers": (0.5, 0.5, 0.0),
        "level": (1.0, 0.0, 0.0),
        "base": (0.0, 1.0, 0.0),
    }
    if reference not in weights:
        raise ModelError(unknown("reference coefficients", reference, REFERENCES))
    return weights[reference]


def two_fold(m: Moments, to: Layout, reference: str) -> tuple[Part, ...]:
    """Return the explained part, of means at the reference coefficients, and the unexplained rest."""
    level_b, base_b, level_x, base_x = to.of_b @ m.level_b, to.of_b @ m.base_b, to.of_x @ m.level_x, to.of_x @ m.base_x
    a, c, p = weights_of(reference, m.share)
    star = a * level_b + c * base_b + p * (to.of_b @ m.pooled_b)
    apart = level_x - base_x
    by_share = apart * (level_b - base_b) if reference == "cotton" else np.zeros_like(apart)
    explained = {
        "level_x": star,
        "base_x": -star,
        "level_b": a * apart,
        "base_b": c * apart,
        "pooled_b": p * apart,
        "share": by_share,
    }
    unexplained = {
        "level_x": level_b - star,
        "base_x": star - base_b,
        "level_b": level_x - a * apart,
        "base_b": -base_x - c * apart,
        "pooled_b": -p * apart,
        "share": -by_share,
    }
    return (
        Part("explained", apart * star, explained, (0.0, 0.0)),
        Part("unexplained", level_x * (level_b - star) + base_x * (star - base_b), unexplained, (1.0, -1.0)),
    )


def three_fold(m: Moments, to: Layout) -> tuple[Part, ...]:
    """Return the parts of means at the base's coefficients, of coefficients at the base's means, and of both.

    **Source** Jones and Kelley (1984), Sociological Methods & Research 12(3), 323–343; Jann (2008), Stata Journal 8(4).
    """
    level_b, base_b, level_x, base_x = to.of_b @ m.level_b, to.of_b @ m.base_b, to.of_x @ m.level_x, to.of_x @ m.base_x
    apart, steeper = level_x - base_x, level_b - base_b
    return (
        Part("endowments", apart * base_b, {"level_x": base_b, "base_x": -base_b, "base_b": apart}, (0.0, -1.0)),
        Part("coefficients", base_x * steeper, {"base_x": steeper, "level_b": base_x, "base_b": -base_x}, (0.0, -1.0)),
        Part(
            "interaction",
            apart * steeper,
            {"level_x": steeper, "base_x": -steeper, "level_b": apart, "base_b": -apart},
            (1.0, 1.0),
        ),
    )


def parts_of(m: Moments, to: Layout, reference: str, folds: int) -> tuple[Part, ...]:
    """Return the parts of the two-fold or of the three-fold decomposition."""
    return two_fold(m, to, reference) if folds == 2 else three_fold(m, to)
