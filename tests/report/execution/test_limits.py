"""Spec: the nearer of two limits counts, and is the one that is named."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from salarylab.report.execution import Limits
from salarylab.report.execution.limits import weight
from salarylab.report.execution.watch import Watch

HERE = Path()


def patience(limits: Limits, begun: float, monkeypatch: pytest.MonkeyPatch) -> tuple[float | None, str]:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    watch = Watch(limits, print, HERE, HERE, HERE, HERE, began=100.0 - begun)
    seconds, fault = watch.patience()
    return seconds, fault.expected


@pytest.mark.parametrize(
    ("limits", "begun", "seconds", "named"),
    [
        (Limits(cell=5, report=60), 10, 5, "within 5 s, the limit of a cell"),
        (Limits(cell=5, report=60), 57, 3, "within 60 s, the limit of the report"),
        (Limits(cell=5, report=60), 70, 0, "within 60 s, the limit of the report"),
        (Limits(report=60), 10, 50, "within 60 s, the limit of the report"),
        (Limits(cell=0.5), 1000, 0.5, "within 0.5 s, the limit of a cell"),
        (Limits(), 1000, None, ""),
    ],
)
def test_the_nearer_limit_counts(
    limits: Limits, begun: float, seconds: float | None, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, told = patience(limits, begun, monkeypatch)
    assert found == seconds
    assert named in told


def test_every_form_of_output_weighs() -> None:
    assert weight({"name": "stdout", "text": "12345"}) == 5
    assert weight({"data": {"text/plain": "12", "application/x+json": [1, 2]}, "metadata": {}}) == 8
    assert weight({}) == 0
