"""Show: charts, tables and findings as notebook outputs; disclosure rules applied on the way out."""

from salarylab.finding import Finding
from salarylab.show import tables as table
from salarylab.show.dossier import distribution, fates, flow, heaping, unanswered
from salarylab.show.figure import Figure
from salarylab.show.premia import ladder, premium_by, premium_map
from salarylab.show.tables import Table

__all__ = [
    "Figure",
    "Table",
    "distribution",
    "fates",
    "findings",
    "flow",
    "heaping",
    "ladder",
    "premium_by",
    "premium_map",
    "table",
    "unanswered",
]


def findings(*found: Finding) -> None:
    """Display findings one below the other; executed in a report, each is recorded."""
    from IPython.display import display

    for one in found:
        display(one)  # type: ignore[no-untyped-call]
