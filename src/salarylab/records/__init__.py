"""Records: raw answers to canonical pay records, every row accounted for.

``reading`` gives text; ``recode``, ``amounts``, ``labels``, ``countries``, ``degrees`` and ``roles/`` give it meaning;
``exchange``, ``currencies``, ``prices``, ``slips``, ``doubts`` and ``top_codes`` are about money, ``postings`` and
``waves`` about how rows hang together; ``audit`` counts what each rule did, and ``table`` holds the result. ``own/``
is a person's own file.
"""

from salarylab.records.table import Records, from_ledger

__all__ = ["Records", "from_ledger"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
