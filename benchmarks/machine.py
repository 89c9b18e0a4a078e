"""The machine and the packages that were measured."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

MEGABYTE = 1_000_000


def machine() -> str:
    """Return processor, cores, memory and system in words."""
    cpu = next((line.partition(": ")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = next((int(line.split()[1]) / 1e6 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    told = [cpu or platform.processor(), f"{os.cpu_count()} cores", f"{memory:.0f} GB", platform.system()]
    return ", ".join(filter(None, told))


def versions(*packages: str) -> str:
    """Return Python's version and those of packages, without importing them."""
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {_version(name)}" for name in packages)])


def load() -> str:
    """Return how many processes wanted a core in the last minute."""
    return f"Load when begun: {os.getloadavg()[0]:.1f}."


def peak() -> float:
    """Return the largest memory that this process has held, in MB; a child's counts what its parent held then."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEGABYTE


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).is_file() else []
