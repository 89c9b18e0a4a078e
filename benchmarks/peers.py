"""The peers' side of each line, each asked as its documentation does, with every option that makes it quicker.

Columns are read by polars and handed to pandas as codes, years as doubles: quicker than the peers' own readers, and
without the overflow of a squared byte. pyfixest absorbs every factor but the degree, of whose terms it then tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
import polars as pl
from wages import ABSORBABLE, FOCUS, SIZES, SKILLS, SMALL_EQUATION, TAU, check_loss
from worker import Found, Tell

NAMES = {"Intercept": "intercept", "exper2": "exper^2", "I(exper ** 2)": "exper^2"}


def pyfixest_robust(path: str) -> Tell:
    """Fit with pyfixest, factors absorbed, HC1."""
    return _absorbed(_frame(path, tuple(SIZES)), "HC1")


def pyfixest_fullest(path: str) -> Tell:
    """Fit the fullest equation of the specification curve, and tell of its premium."""
    tell = _absorbed(_frame(path, (*SIZES, *SKILLS)), "HC1", tuple(SKILLS))
    return lambda: {"terms": {FOCUS: tell()["terms"][FOCUS]}}


def pyfixest_clustered(path: str) -> Tell:
    """Fit with pyfixest, factors absorbed, clustered by a column that is no factor."""
    return _absorbed(_frame(path, tuple(SIZES), "cluster"), {"CRV1": "cluster"})


def _absorbed(frame: pd.DataFrame, variance: str | dict[str, str], more: Sequence[str] = ()) -> Tell:
    import pyfixest as pf

    fit = pf.feols(
        f"log_pay ~ exper + exper2 + C(degree) | {' + '.join((*ABSORBABLE, *more))}",
        frame,
        vcov=variance,
        ssc=pf.ssc(k_fixef="full"),  # absorbed levels count as columns, as they do where they are dummies
        lean=True,
        store_data=False,
        copy_data=False,
    )
    return _of_pyfixest(fit)


def pyfixest_fn(path: str) -> Tell:
    """Fit the median with pyfixest's interior point."""
    return _median(path, "fn")


def pyfixest_pfn(path: str) -> Tell:
    """Fit the median with pyfixest's interior point after preprocessing."""
    return _median(path, "pfn")


def _median(path: str, method: Any) -> Tell:
    import pyfixest as pf

    fit = pf.quantreg(
        f"log_pay ~ exper + exper2 + {_dummies(SMALL_EQUATION)}",
        _frame(path, SMALL_EQUATION),
        vcov="nid",
        quantile=TAU,
        method=method,
        ssc=pf.ssc(k_adj=False, G_adj=False),  # as R's quantreg
        store_data=False,
        copy_data=False,
        seed=1,
    )
    told = _of_pyfixest(fit)

    def tell() -> Found:
        terms: Any = told()["terms"]
        return {"terms": terms, "loss": check_loss(path, terms)}

    return tell


def statsmodels_robust(path: str) -> Tell:
    """Fit a statsmodels formula, all levels as dummies, HC1."""
    import statsmodels.formula.api as smf

    formula = f"log_pay ~ exper + I(exper ** 2) + {_dummies(tuple(SIZES))}"
    fit = smf.ols(formula, _frame(path, tuple(SIZES))).fit(cov_type="HC1", use_t=True)
    fit.summary2().tables[1]
    return lambda: {"terms": _named(fit.params, fit.bse)}


def _frame(path: str, factors: Sequence[str], *more: str) -> pd.DataFrame:
    """Return the columns of an equation, levels in their own order."""
    read = pl.read_parquet(path, columns=["log_pay", "exper", *factors, *more])
    years = read["exper"].cast(pl.Float64).to_numpy()
    columns: dict[str, Any] = {"log_pay": read["log_pay"].to_numpy(), "exper": years, "exper2": years**2}
    for name in (*factors, *more):
        column = read[name]
        if isinstance(column.dtype, pl.Enum):
            codes = column.to_physical().to_numpy()
            columns[name] = pd.Categorical.from_codes(codes, column.dtype.categories.to_list())
        else:
            columns[name] = column.to_numpy()
    return pd.DataFrame(columns, copy=False)


def _dummies(factors: Sequence[str]) -> str:
    return " + ".join(f"C({name})" for name in factors)


def _of_pyfixest(fit: Any) -> Tell:
    shown = fit.tidy()
    return lambda: {"terms": _named(shown["Estimate"], shown["Std. Error"])}


def _named(b: pd.Series, se: pd.Series) -> dict[str, tuple[float, float]]:
    """Return coefficient and standard error by the names that our terms have."""
    return {_name(name): (float(b[name]), float(se[name])) for name in b.index}


def _name(theirs: str) -> str:
    """Return a term's name as ours: theirs are of the kind ``C(degree)[T.degree 01]``."""
    return NAMES.get(theirs, re.sub(r"^C\((\w+)\)\[T\.(.+)\]$", r"\1[\2]", theirs))
