"""Demo: a made-up survey with planted truth, generated from a seed; synthetic wherever it is shown.

``population`` draws clean workers of any number, ``survey`` gives the raw files of a seed with all their
dirt, ``write`` puts those of the committed seed into ``data/raw/demo/``, ``check`` compares.
"""

from salarylab.demo.dirt import DirtLog
from salarylab.demo.population import SEED, population
from salarylab.demo.write import Survey, check, make, survey, write

__all__ = ["SEED", "DirtLog", "Survey", "check", "make", "population", "survey", "write"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
