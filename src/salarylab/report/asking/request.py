"""Request: one report asked for: a notebook, its title, and a value for every parameter."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from salarylab import paths
from salarylab.errors import Fault, ReportError
from salarylab.report import guard, notebook
from salarylab.report.asking import grid, origin, parameters, titles, typed
from salarylab.report.asking.parameters import Parameter


@dataclass(frozen=True)
class Request:
    """Hold what is asked for, checked: nothing in it can be refused any more.

    ``titled``: it has another title than its notebook, from the set. ``asks`` are the canonical columns without which
    its question has no answer.
    """

    notebook: Path
    title: str
    declared: tuple[Parameter, ...]
    values: Mapping[str, Any]
    titled: bool = False
    asks: tuple[str, ...] = ()

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
        if self.titled:
            return f"salarylab build --only {shlex.quote(self.folder.as_posix())}"
        home = paths.notebooks_folder()
        name = self.report if self.notebook.parent == home else self.notebook.name
        return " ".join(["salarylab run", shlex.quote(name), *(f"--set {s}" for s in self.settings)])

    @property
    def settings(self) -> list[str]:
        """The changed values as ``name=value`` texts, quoted where a shell needs it."""
        annotations = {p.name: p.annotation for p in self.declared}
        texts = {name: typed.write(self.told[name], annotations[name]) for name in self.changed}
        return [f"{name}={shlex.quote(text)}" for name, text in texts.items()]


@dataclass(frozen=True, slots=True)
class Form:
    """Hold what a notebook lets one ask: its own title, its parameters, the model that they must fit.

    ``strays`` are the faults of its code: what it reads or writes around the library. ``asks`` is as in ``Request``.
    """

    heading: str | None
    declared: tuple[Parameter, ...]
    model: Any
    strays: tuple[Fault, ...] = ()
    asks: tuple[str, ...] = ()


class Desk:
    """Take requests; each notebook and each own file is read once, however many there are."""

    def __init__(self) -> None:
        self.form = cache(_form)
        self._own = cache(origin.faults)

    def demand(
        self, path: Path, values: Mapping[str, Any], *, base: Path, title: str | None = None, where: str = ""
    ) -> Request:
        """Return the request for a notebook with typed values; relative own files start at ``base``.

        ``title`` may hold placeholders; ``where`` is told before each fault. Raises ``ReportError`` with
        everything that is wrong.
        """
        form, thing = self.form(path), f"{where}{path.stem}"
        faults = list(form.strays)
        faults += titles.faults(title, [p.name for p in form.declared], thing=thing) if title else []
        try:
            checked = parameters.check(form.declared, values, thing=thing, base=base, model=form.model, own=self._own)
        except ReportError as error:
            raise ReportError(*faults, *error.faults) from None
        if faults:
            raise ReportError(*faults)
        asked = Request(path, form.heading or path.stem, form.declared, checked, asks=form.asks)
        if not title:
            return asked
        told = titles.filled(title, asked.told, thing=thing)
        return replace(asked, title=told, titled=told != asked.title)

    def spread(
        self,
        path: Path,
        values: Mapping[str, Any],
        alternatives: Mapping[str, Any],
        *,
        base: Path,
        title: str | None = None,
        where: str = "",
    ) -> tuple[Request, ...]:
        """Return the requests of a grid, ``values`` being common to all; the rest is as in ``demand``."""
        thing, declared = f"{where}{path.stem}", self.form(path).declared
        both = [name for name in alternatives if name in values]
        faults = [Fault(f"{thing}: {name}", "set, and in the grid", "one of the two", "leave one out") for name in both]
        wrong = grid.faults(declared, alternatives, thing=f"{thing}: grid")
        faults += wrong.values()
        rest = {name: given for name, given in alternatives.items() if name not in wrong}
        requests = []
        try:
            sets = grid.expand(declared, rest, thing=f"{thing}: grid")
        except ReportError as error:
            faults += error.faults
            sets = ({},)  # what is common to all is checked all the same
        for chosen in sets:
            try:
                requests.append(self.demand(path, {**values, **chosen}, base=base, title=title, where=where))
            except ReportError as error:
                faults += error.faults
        if faults:
            raise ReportError(*dict.fromkeys(faults))
        return tuple(requests)


def declarations(path: Path) -> tuple[Parameter, ...]:
    """Return the parameters that a notebook declares; none when it has no cell tagged ``parameters``.

    Raises ``ReportError`` when several cells carry the tag, or the cell is not a list of declarations.
    """
    return _form(path).declared


def ask(name: str, settings: Sequence[str] = ()) -> Request:
    """Return the request that a command line states: a notebook and ``name=value`` texts.

    Raises ``ReportError`` with everything that is wrong with it.
    """
    (asked,) = ask_all(name, settings)
    return asked


def ask_all(name: str, settings: Sequence[str] = (), spread: Sequence[str] = ()) -> tuple[Request, ...]:
    """Return the requests that a command line states: a notebook, ``name=value`` texts, and those of its grid.

    Raises ``ReportError`` with everything that is wrong with them, and where two are the same report.
    """
    path, desk = notebook.find(name), Desk()
    declared = desk.form(path).declared
    values, faults = parameters.read(declared, settings)
    alternatives, strays = grid.read(declared, spread)
    faults += strays
    requests: tuple[Request, ...] = ()
    try:
        requests = desk.spread(path, values, alternatives, base=Path.cwd())
    except ReportError as error:
        faults += error.faults
    folders = [asked.folder for asked in requests]
    twice = dict.fromkeys(folder for folder in folders if folders.count(folder) > 1)
    faults += [
        Fault(f"{path.stem}: grid", f"{folder} a second time", "each report once", "name it once") for folder in twice
    ]
    if faults:
        raise ReportError(*faults)
    return requests


def demand(path: Path, values: Mapping[str, Any], *, base: Path, title: str | None = None) -> Request:
    """Return the request for a notebook with typed values; relative own files start at ``base``.

    Raises ``ReportError`` with everything that is wrong with the values.
    """
    return Desk().demand(path, values, base=base, title=title)


def _form(path: Path) -> Form:
    """Return what a notebook lets one ask; raises ``ReportError`` as ``declarations`` does."""
    cells = notebook.cells(path)
    tagged = [cell for cell in cells if "parameters" in cell.tags]
    if len(tagged) > 1:
        found = f"{len(tagged)} cells tagged 'parameters'"
        raise ReportError(Fault(f"notebook {path.stem}", found, "one", "merge them into the first"))
    declared = parameters.declared(tagged[0].source, notebook=path.stem) if tagged else ()
    heading = notebook.titled(cells[0].source) if cells and cells[0].kind == "markdown" else None
    strays = tuple(guard.check(cells, path.stem))
    return Form(heading, declared, parameters.modelled(declared), strays, notebook.asks(path))
