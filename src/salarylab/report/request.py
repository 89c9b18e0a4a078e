"""Request: one report asked for: a notebook, its title, and a value for every parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from salarylab import paths
from salarylab.errors import Fault, ReportError
from salarylab.report import notebook, origin, parameters
from salarylab.report.parameters import Parameter


@dataclass(frozen=True)
class Request:
    """Hold what is asked for, checked: nothing in it can be refused any more."""

    notebook: Path
    title: str
    declared: tuple[Parameter, ...]
    values: Mapping[str, Any]

    @property
    def report(self) -> str:
        """The report's name: its notebook's."""
        return self.notebook.stem

    @cached_property
    def folder(self) -> Path:
        """Where the report is published, below ``reports/``."""
        return Path(self.report) / parameters.folder(self.declared, self.values)

    @property
    def changed(self) -> dict[str, Any]:
        """The values that differ from the notebook's defaults, as they travel to the kernel."""
        return {p.name: self.values[p.name] for p in self.declared if self.values[p.name] != p.default}

    @property
    def told(self) -> dict[str, Any]:
        """Every value as pages and manifests tell it."""
        return {p.name: origin.portable(self.values[p.name]) for p in self.declared}

    @property
    def command(self) -> str:
        """The command that builds this report again."""
        home = paths.notebooks_folder()
        name = self.report if self.notebook.parent == home else self.notebook.name
        return " ".join(["salarylab run", name, *(f"--set {s}" for s in self.settings)])

    @property
    def settings(self) -> list[str]:
        """The changed values as ``name=value`` texts."""
        return [f"{name}={_text(self.told[name])}" for name in self.changed]


def declarations(path: Path) -> tuple[Parameter, ...]:
    """Return the parameters that a notebook declares; none when it has no cell tagged ``parameters``.

    Raises ``ReportError`` when several cells carry the tag, or the cell is not a list of declarations.
    """
    cells = notebook.tagged(notebook.read(path), "parameters")
    if len(cells) > 1:
        found = f"{len(cells)} cells tagged 'parameters'"
        raise ReportError(Fault(f"notebook {path.stem}", found, "one", "merge them into the first"))
    return parameters.declared(cells[0].source, notebook=path.stem) if cells else ()


def ask(name: str, settings: Sequence[str] = ()) -> Request:
    """Return the request that a command line states: a notebook and ``name=value`` texts.

    Raises ``ReportError`` with everything that is wrong with it.
    """
    path = notebook.find(name)
    return demand(path, parameters.parse(declarations(path), settings), base=Path.cwd())


def demand(path: Path, values: Mapping[str, Any], *, base: Path, title: str | None = None) -> Request:
    """Return the request for a notebook with typed values; relative own files start at ``base``.

    Raises ``ReportError`` with everything that is wrong with the values.
    """
    declared = declarations(path)
    checked = parameters.check(declared, values, thing=path.stem, base=base)
    return Request(path, title or notebook.heading(notebook.read(path)) or path.stem, declared, checked)


def _text(value: Any) -> str:
    """Return a value as the command line writes it, quoted where a shell needs it."""
    import shlex

    return shlex.quote(",".join(map(str, value)) if isinstance(value, list) else str(value))
