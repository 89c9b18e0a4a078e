"""Dominance: a cell that is mostly one contributor's tells of that contributor.

The (n, k) rule with n = 1 and k = 50 %: nobody may give more than half of a cell. The contributor of a row
is its employer where that is known, else the row itself; what is given is rows, or survey weight.

**Source** the rule: Federal Committee on Statistical Methodology, Statistical Policy Working Paper 22
(2005), chapter 4, and Hundepool et al. (2012), Statistical Disclosure Control, section 4.2; the half:
Brandt et al. (2010), Guidelines for the Checking of Output Based on Microdata Research, ESSnet SDC.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, VocabularyError

DOMINANT = 0.5
"""The share of a cell above which one contributor dominates it."""


def dominated(amounts: NDArray[Any], contributors: NDArray[Any], most: float = DOMINANT) -> bool:
    """Return whether one contributor gives more than ``most`` of what a cell adds up to.

    ``amounts`` (n,) are what each row gives: one, its weight, or its pay; ``contributors`` (n,) say whose it
    is. Raises ``VocabularyError`` for a share above a half: the rule may only be made stricter.

    >>> dominated(np.ones(10), np.array([1, 1, 1, 1, 1, 1, 2, 3, 4, 5]))
    True
    """
    if not 0 < most <= DOMINANT:
        raise VocabularyError(
            Fault("most that one may give", f"{most:g}", f"at most {DOMINANT:g}", "lower it: it can't be raised")
        )
    if not len(amounts):
        return False
    given = np.bincount(np.unique(contributors, return_inverse=True)[1], weights=np.abs(amounts))
    return bool(given.max() > most * given.sum())
