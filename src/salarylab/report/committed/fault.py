"""Fault of a cell: found, expected, what to do; the notebook and the cell's number are added where they are known."""

from __future__ import annotations

from dataclasses import dataclass

from salarylab.errors import Fault


@dataclass(frozen=True, slots=True)
class Told:
    """State what is wrong with a cell."""

    found: str
    expected: str
    remedy: str


def at(name: str, number: int, told: Told) -> Fault:
    """Return the fault of a notebook's cell, counted from 1 as a person counts.

    >>> print(at("02_degree", 3, Told("13 lines", "at most 12", "split the cell")))
    notebook 02_degree, cell 3
      found:    13 lines
      expected: at most 12
      to do:    split the cell
    """
    return Fault(f"notebook {name}, cell {number}", told.found, told.expected, told.remedy)
