"""What completes after a dot is what is public, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import salarylab as sl

PACKAGES = [
    name
    for _, name, package in pkgutil.walk_packages(sl.__path__, "salarylab.")
    if package
    and "__all__" in (Path(sl.__file__).parents[1] / name.replace(".", "/") / "__init__.py").read_text("utf-8")
]
MODULES = ["salarylab.passport", "salarylab.show.tables", "salarylab.model.factor"]
"""Modules that analysts reach as ``sl.passport``, ``sl.show.table`` and ``sl.factor``."""


@pytest.mark.parametrize("name", ["salarylab", *PACKAGES, *MODULES])
def test_a_package_lists_exactly_what_is_public(name: str) -> None:
    module = importlib.import_module(name)
    assert dir(module) == sorted(module.__all__)
    assert [public for public in module.__all__ if not hasattr(module, public)] == []


def test_the_packages_of_analysts_are_among_them() -> None:
    of_methods = {f"salarylab.model.{name}" for name in ("contrast", "decompose", "distribution", "trust")}
    assert {"salarylab.show", "salarylab.model", "salarylab.disclosure", "salarylab.demo", *of_methods} <= set(PACKAGES)


def test_a_fresh_interpreter_completes_them_too() -> None:
    """Packages and figures that are imported late complete before anything asked for them."""
    asked = "import salarylab as sl; print({'trust', 'decompose', 'distribution'} <= set(dir(sl)), *dir(sl.show))"
    printed = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert printed[0] == "True"
    late = {"contour", "gelbach", "oaxaca", "quantile_process", "shapley", "specification_curve"}
    assert late <= set(printed[1:])
    assert not {"ModuleType", "TYPE_CHECKING", "import_module"} & {*dir(sl), *printed}
