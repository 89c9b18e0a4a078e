"""Records: raw answers turned into the canonical table, each rule counted."""

from salarylab.records.table import Records, from_ledger

__all__ = ["Records", "from_ledger"]
