"""The committed outputs, compared strictly on other processors: no last bit of a number reaches a reader.

What a processor decides is the code that OpenBLAS, numpy and the C library choose for it. Each can be told to choose
as on another one; a probe in the same kernel sees whether it did.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from numpy._core import _multiarray_umath as numpy_features

ROOT = Path(__file__).resolve().parents[1]
HAS = {name for name, there in numpy_features.__cpu_features__.items() if there}
SWITCHED = " ".join(name for name in numpy_features.__cpu_dispatch__ if name in HAS)
"""What numpy chooses by processor and this one has; the names change with numpy's versions."""

pytestmark = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="OpenBLAS is told of x86 processors only"
)


@dataclass(frozen=True)
class Processor:
    """Hold how the libraries are told of a processor, what OpenBLAS calls it, and what this one must have for that."""

    environment: Mapping[str, str]
    architecture: str
    needs: str = "SSE3"


PROCESSORS = {
    "skylake-x": Processor({"OPENBLAS_CORETYPE": "SkylakeX", "OPENBLAS_NUM_THREADS": "2"}, "SkylakeX", "AVX512F"),
    "haswell": Processor({"OPENBLAS_CORETYPE": "Haswell", "POLARS_MAX_THREADS": "2"}, "Haswell", "AVX2"),
    "nehalem": Processor({"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": SWITCHED}, "Nehalem", "SSE42"),
    "oldest": Processor(
        {
            "OPENBLAS_CORETYPE": "Prescott",
            "NPY_DISABLE_CPU_FEATURES": SWITCHED,
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4",
            "POLARS_MAX_THREADS": "2",
            "OPENBLAS_NUM_THREADS": "2",
        },
        "Katmai",  # what OpenBLAS calls its code without AVX
    ),
}
ALONE = {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

PROBE = """\
import threadpoolctl
from numpy._core import _multiarray_umath as numpy_features
libraries = [told for told in threadpoolctl.threadpool_info() if told["internal_api"] == "openblas"]
assert {{told["architecture"] for told in libraries}} == {{{architecture!r}}}
assert [name for name in {switched!r} if numpy_features.__cpu_features__[name]] == {left!r}
"""


def write_probe(processor: Processor, path: Path) -> None:
    """Write a notebook that fails where the libraries did not choose as they were told."""
    left = [] if "NPY_DISABLE_CPU_FEATURES" in processor.environment else SWITCHED.split()
    probe = PROBE.format(architecture=processor.architecture, switched=SWITCHED.split(), left=left)
    nbformat.write(new_notebook(cells=[new_code_cell(probe, execution_count=1)]), path)


def compare(root: Path, names: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run nbval as our suite does, in a process of its own; return its exit code and what it said."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    command += [f"--rootdir={root}", "--nbval", *(f"notebooks/{name}.ipynb" for name in names)]
    ran = subprocess.run(
        command, cwd=root, env={**os.environ, **ALONE, **environment}, capture_output=True, text=True, check=False
    )
    return ran.returncode, re.sub(r"\x1b\[\d*m", "", ran.stdout + ran.stderr)


@pytest.fixture
def assert_same(project: Path) -> Callable[[str, list[str], int], None]:
    """Return a function that compares committed notebooks on a processor, a probe first."""

    def compared(name: str, notebooks: list[str], seed: int) -> None:
        processor = PROCESSORS[name]
        if processor.needs not in HAS:
            pytest.skip(f"this processor has no {processor.needs}")
        write_probe(processor, project / "notebooks" / "probe.ipynb")
        told = compare(project, ["probe", *notebooks], {**processor.environment, "PYTHONHASHSEED": str(seed)})
        assert told[0] == 0, told[1]

    return compared


def test_the_committed_outputs_are_those_of_the_oldest_processor(assert_same) -> None:
    assert_same("oldest", ["02_degree"], 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROCESSORS)
def test_all_committed_outputs_are_those_of_every_processor(assert_same, name: str) -> None:
    notebooks = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert_same(name, notebooks, list(PROCESSORS).index(name) + 2)


def test_one_digit_that_differs_is_seen_in_any_type_of_output(project: Path) -> None:
    shutil.rmtree(project / "notebooks")
    (project / "notebooks").mkdir()
    cells = []
    for mime in ("application/vnd.vegalite.v5+json", "application/vnd.salarylab.finding+json", "text/html"):
        value = {"pay": 40.1} if mime.endswith("json") else "40.1"
        source = f"display({{{mime!r}: {value!r}}}, raw=True)"
        right = new_output("display_data", {mime: value})
        wrong = new_output("display_data", {mime: {"pay": 40.2} if mime.endswith("json") else "40.2"})
        cells += [new_code_cell(source, execution_count=1, outputs=[output]) for output in (right, wrong)]
    nbformat.write(new_notebook(cells=cells), project / "notebooks" / "tiny.ipynb")
    code, said = compare(project, ["tiny"], {})
    assert (code, re.findall(r"FAILED .*::Cell (\d+)", said)) == (1, ["1", "3", "5"])
