"""Resampling: lots of mean one, the same within a cluster, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.trust.resampling import exponential_weights


def test_lots_have_mean_and_variance_one_and_follow_the_seed() -> None:
    lots = np.array(list(exponential_weights(50, None, 4_000, seed=1)))
    np.testing.assert_allclose(lots.mean(axis=1), 1.0)
    assert lots.var() == pytest.approx(49 / 51, abs=0.03)  # of exponentials over their mean
    assert (lots == np.array(list(exponential_weights(50, None, 4_000, seed=1)))).all()


def test_rows_of_a_cluster_share_their_lot() -> None:
    codes = np.arange(100) // 4
    (lot,) = exponential_weights(100, codes, 1, seed=1)
    assert len(set(lot.tolist())) == 25
    assert (lot.reshape(25, 4) == lot[::4, None]).all()
    with pytest.raises(ModelError, match="at least 20"):
        list(exponential_weights(100, codes // 5, 1, seed=1))
