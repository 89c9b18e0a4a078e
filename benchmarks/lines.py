"""Lines of the estimation benchmark: what is fitted, beside what, and what must be reached."""

from __future__ import annotations

from dataclasses import dataclass

MILLION, TEN_MILLION = 1_000_000, 10_000_000


@dataclass(frozen=True, slots=True)
class Beside:
    """Set something beside our side: ``side`` names its function, ``rounds`` how often it takes a turn.

    ``floor`` and ``aim`` are how many times faster we must be, or, where it is less work than ours (``kin``), how
    many times as long we may take. ``compared`` are the numbers that must agree.
    """

    name: str
    side: str
    rounds: int
    floor: float | None = None
    aim: float | None = None
    kin: bool = False
    compared: tuple[str, ...] = ("coefficients", "standard errors", "adjusted", "loss")


@dataclass(frozen=True, slots=True)
class Line:
    """Ask one thing of our side and of others, on so many rows.

    ``clock`` is the clock that ratios and ``floor`` and ``aim``, in seconds, are told of: ``seconds`` by the wall,
    ``whole`` those of the processor in a fresh process that has fitted nothing before. ``memory`` is the most MB.
    """

    key: str
    work: str
    rows: int
    side: str
    rounds: int
    beside: tuple[Beside, ...] = ()
    clock: str = "seconds"
    floor: float | None = None
    aim: float | None = None
    memory: float | None = None


LINES = (
    Line(
        "robust-1e6",
        "148 columns, HC1, 1e6 rows",
        MILLION,
        "ours.robust",
        5,
        (
            Beside("pyfixest, factors absorbed", "peers.pyfixest_robust", 5, 4.0, 8.0),
            Beside("statsmodels, formula", "peers.statsmodels_robust", 1, 100.0),
        ),
        memory=250.0,
    ),
    Line(
        "robust-1e7",
        "148 columns, HC1, 1e7 rows",
        TEN_MILLION,
        "ours.robust",
        3,
        (
            Beside("pyfixest, factors absorbed", "peers.pyfixest_robust", 2, 8.0),
            Beside("decoding the columns alone", "ours.decoded", 3, None, 3.0, kin=True),
        ),
        memory=600.0,
    ),
    Line(
        "clustered-1e7",
        "148 columns, CR1, 1,000 clusters that are no factor, 1e7 rows",
        TEN_MILLION,
        "ours.clustered",
        3,
        (Beside("our HC1", "ours.robust", 3, 1.5, 1.0, kin=True, compared=("coefficients",)),),
    ),
    Line(
        "clustered-1e6",
        "the same, 1e6 rows",
        MILLION,
        "ours.clustered",
        3,
        (Beside("pyfixest, factors absorbed", "peers.pyfixest_clustered", 3),),
    ),
    Line(
        "shapley",
        "Shapley shares of ten blocks, 1,024 equations of up to 148 columns, 1e6 rows, from Parquet",
        MILLION,
        "ours.shapley",
        5,
        (Beside("one fit of ours", "ours.robust", 5, 2.0, kin=True),),
    ),
    Line(
        "curve",
        "specification curve of 4,096 equations, 1e6 rows, from Parquet",
        MILLION,
        "ours.curve",
        1,
        (Beside("pyfixest, the fullest of them alone", "peers.pyfixest_fullest", 1, kin=True),),
        floor=60.0,
        aim=10.0,
    ),
    Line(
        "quantile",
        "median regression, 26 columns, with standard errors, 1e6 rows",
        MILLION,
        "ours.quantile",
        3,
        (
            Beside("pyfixest, fn", "peers.pyfixest_fn", 1, 1.0, 2.0),
            Beside("pyfixest, pfn", "peers.pyfixest_pfn", 1, 1.0, 2.0),
        ),
    ),
    Line(
        "first",
        "first fit of a process, imports included, 148 columns, HC1, 1e4 rows",
        10_000,
        "ours.robust",
        5,
        (
            Beside("pyfixest, factors absorbed", "peers.pyfixest_robust", 3),
            Beside("statsmodels, formula", "peers.statsmodels_robust", 3),
        ),
        clock="whole",
        floor=1.0,
    ),
)
