"""Show: charts, tables and findings as notebook outputs; disclosure rules applied on the way out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from salarylab.finding import Finding
from salarylab.show import tables as table
from salarylab.show.coefficients import coefficients
from salarylab.show.dossier import distribution, fates, flow, heaping, unanswered
from salarylab.show.figure import Figure
from salarylab.show.means import adjusted_means
from salarylab.show.premia import ladder, premium_by, premium_map
from salarylab.show.profile import profile
from salarylab.show.ranges import quartiles
from salarylab.show.tabulation import Table
from salarylab.unanswered import unless_unanswered

if TYPE_CHECKING:
    from salarylab.show.omitted import contour
    from salarylab.show.parts import gelbach, oaxaca, shapley
    from salarylab.show.quantiles import quantile_process
    from salarylab.show.specification import specification_curve

_LATER = {
    "contour": "omitted",
    "gelbach": "parts",
    "oaxaca": "parts",
    "quantile_process": "quantiles",
    "shapley": "parts",
    "specification_curve": "specification",
}
"""Figures that are imported when they are first asked for, with the methods that they draw."""

__all__ = [
    "Figure",
    "Table",
    "adjusted_means",
    "coefficients",
    "contour",
    "distribution",
    "fates",
    "findings",
    "flow",
    "gelbach",
    "heaping",
    "ladder",
    "oaxaca",
    "premium_by",
    "premium_map",
    "profile",
    "quantile_process",
    "quartiles",
    "shapley",
    "specification_curve",
    "table",
    "unanswered",
]


def __getattr__(name: str) -> Any:
    """Return a figure whose module is imported when it is first asked for."""
    if name in _LATER:
        return getattr(import_module(f"salarylab.show.{_LATER[name]}"), name)
    raise AttributeError(f"module 'salarylab.show' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)


@unless_unanswered
def findings(*found: Finding) -> None:
    """Display findings one below the other; executed in a report, each is recorded."""
    from IPython.display import display

    for one in found:
        display(one)  # type: ignore[no-untyped-call]
