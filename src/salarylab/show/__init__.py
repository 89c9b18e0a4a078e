"""Show: charts, tables and findings as notebook outputs; disclosure rules applied on the way out."""

from salarylab.finding import Finding
from salarylab.show import tables as table
from salarylab.show.coefficients import coefficients
from salarylab.show.contour import contour
from salarylab.show.dossier import distribution, fates, flow, heaping, unanswered
from salarylab.show.figure import Figure
from salarylab.show.means import adjusted_means
from salarylab.show.parts import gelbach, oaxaca, reweighting, shapley
from salarylab.show.premia import ladder, premium_by, premium_map
from salarylab.show.profile import profile
from salarylab.show.quantiles import quantile_process
from salarylab.show.specification import specification_curve
from salarylab.show.tabulation import Table

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
    "reweighting",
    "shapley",
    "specification_curve",
    "table",
    "unanswered",
]


def findings(*found: Finding) -> None:
    """Display findings one below the other; executed in a report, each is recorded."""
    from IPython.display import display

    for one in found:
        display(one)  # type: ignore[no-untyped-call]
