"""Record: one line of ``findings.jsonl`` as another build or machine wrote it, checked before it is compared."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from salarylab.errors import Fault, ReportError

Record = Mapping[str, Any]

TEXTS = ("question", "subject", "unit")
OPTIONAL_TEXTS = ("outcome", "equation", "base", "covariance", "source", "headline")
NUMBERS = ("value", "low", "high", "se", "p", "n")
LISTS = ("data_sha256", "population", "caveats")
MOST = 3
"""Lines that are named when they are no records."""


def parse(text: str, where: str) -> tuple[Record, ...]:
    """Return the records of JSON lines, first written first.

    Raises ``ReportError`` that names the first lines which are no record of a finding, and counts the rest.
    """
    records, faults = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            found = faults_of(record)
        except ValueError as error:
            found, record = str(error), None
        if found:
            faults.append(f"line {number}: {found}")
        else:
            records.append(record)
    if faults:
        rest = f"; and {len(faults) - MOST} lines more" if len(faults) > MOST else ""
        found, expected = f"{'; '.join(faults[:MOST])}{rest}", "the record of a finding in each line"
        raise ReportError(Fault(where, found, expected, "compare a findings.jsonl as the runner writes it"))
    return tuple(records)


def faults_of(record: Any) -> str:
    """Return what is wrong with a record, or nothing.

    >>> faults_of({"question": "q", "subject": "s", "unit": "share", "value": "0.5"})
    'value is no finite number'
    """
    if not isinstance(record, Mapping):
        return "no JSON object"
    told = [f"{name} is no text" for name in TEXTS if not isinstance(record.get(name), str)]
    told += [f"{name} is no text" for name in OPTIONAL_TEXTS if not isinstance(record.get(name), str | None)]
    told += [f"{name} is no finite number" for name in NUMBERS if not _is_finite(record.get(name))]
    told += [f"{name} is no list of texts" for name in LISTS if not _are_texts(record.get(name))]
    return "; ".join(told)


def _is_finite(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _are_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value))
