"""Origin: what the parameter ``source`` may be, a source's key or ``own:FILE``, and how it is told to others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from salarylab import paths, sources
from salarylab.errors import Fault, SalarylabError, unknown

OWN = "own:"


def faults(mapping: Path) -> list[Fault]:
    """Return everything that is wrong with a mapping and with the file that it names; both are read."""
    try:
        sources.load(f"{OWN}{mapping}")
    except SalarylabError as error:
        return list(error.faults)
    return []


def located(
    value: str, base: Path, *, thing: str, own: Callable[[Path], list[Fault]] = faults
) -> tuple[str, list[Fault]]:
    """Return a source with an own file's path made absolute from ``base``, and what is wrong with it.

    An own file is read through its mapping by ``own``, so that its faults come before a kernel starts.
    """
    thing = f"{thing}: parameter 'source':"
    if value.startswith(OWN) and len(value) > len(OWN):
        path = base / os.path.expanduser(value.removeprefix(OWN))  # leaves the home of nobody as it is
        if path.is_file():
            return f"{OWN}{path.resolve()}", own(path.resolve())
        return value, [Fault(f"{thing} {value}", "no such file", "a TOML mapping", "name its path")]
    known = set(sources.keys()) - {"own"}
    if value in known:
        return value, []
    return value, [unknown(thing, value, [*sorted(known), f"{OWN}mapping.toml"])]


def portable(value: Any) -> Any:
    """Return a value as pages and manifests tell it: the path of an own file cut to what others know.

    Inside the project a path is told from the root, elsewhere by the file's name; machine paths stay at
    home.
    """
    path = _own(value)
    if path is None:
        return value
    root = paths.project_root()
    return OWN + (path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name)


def keyed(value: Any) -> Any:
    """Return a value as it enters a hash: files inside the project alike on every machine, others apart."""
    path = _own(value)
    return portable(value) if path is not None and path.is_relative_to(paths.project_root()) else value


def _own(value: Any) -> Path | None:
    """Return the path of an own file, or None for every other value."""
    return Path(value.removeprefix(OWN)) if isinstance(value, str) and value.startswith(OWN) else None
