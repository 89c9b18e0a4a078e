"""Multiplicity: against statsmodels, and a family that stays as it was frozen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.errors import ModelError
from salarylab.finding import Finding
from salarylab.model.trust import Family, adjust, benjamini_hochberg, benjamini_yekutieli, holm

P = st.lists(st.floats(0, 1), min_size=1, max_size=30)
FAMILY = Family("degrees", (("C38", "demo"), ("C38", "acs_pums"), ("C39", "demo")))


@given(P)
def test_adjusted_p_values_are_those_of_statsmodels(values: list[float]) -> None:
    # statsmodels.stats.multitest.multipletests
    from statsmodels.stats.multitest import multipletests

    p = np.array(values)
    for ours, method in ((benjamini_hochberg, "fdr_bh"), (benjamini_yekutieli, "fdr_by"), (holm, "holm")):
        np.testing.assert_allclose(ours(p), multipletests(p, method=method)[1], atol=1e-12, rtol=0)


def test_a_member_without_a_p_value_keeps_its_place_in_the_family() -> None:
    found = adjust(FAMILY, {("C38", "demo"): 0.001, ("C38", "acs_pums"): None, ("C39", "demo"): 0.04})
    expected = benjamini_yekutieli(np.array([0.001, 1.0, 0.04]))
    assert found.q_yekutieli.tolist() == expected.tolist()
    assert found[("C39", "demo")] == expected[2]
    assert found.table["p"].to_list() == [0.001, None, 0.04]
    assert found.table["q_yekutieli"].to_list() == [0.0055, None, 0.11]


def test_the_p_value_of_a_finding_is_taken_as_it_is() -> None:
    finding = Finding(question="", subject="a", unit="p-value", value=0.03, p=0.03, n=100, smallest_cell=50)
    found = adjust(FAMILY, dict.fromkeys(FAMILY.members, finding))
    assert found.p.tolist() == [0.03] * 3


def test_adjust_gives_no_small_cell_away() -> None:
    few = Finding(question="", subject="a", unit="p-value", value=0.0314, p=0.0314, n=100, smallest_cell=9)
    p = {FAMILY.members[0]: few, FAMILY.members[1]: 0.5, FAMILY.members[2]: 0.2}
    found = adjust(FAMILY, p)
    assert found.table.row(0)[2:] == (None,) * 4
    assert found.q_yekutieli.tolist() == adjust(FAMILY, p | {FAMILY.members[0]: None}).q_yekutieli.tolist()
    assert "0.0314" not in repr(found) + str(found.table.to_dicts())


def test_a_family_is_kept_to() -> None:
    with pytest.raises(ModelError, match="no p-value for C39 × demo") as refused:
        adjust(FAMILY, {("C38", "demo"): 0.1, ("C38", "acs_pums"): 0.2, ("C40", "demo"): 0.01})
    assert len(refused.value.faults) == 2
    with pytest.raises(ModelError, match="twice: C38 × demo"):
        Family("degrees", (("C38", "demo"), ("C38", "demo")))
    for bad in ([], [0.5, np.nan], [1.1]):
        with pytest.raises(ModelError, match="p-values"):
            holm(np.array(bad))
