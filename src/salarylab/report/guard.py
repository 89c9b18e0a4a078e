"""Guard: a notebook reads and writes no file around the library, or a report would not be what its record says.

What a report rests on is known from the files that the library reads, by their hashes; a file read by other means
could change and nobody would see it. The guard reads code: it holds the honest to the rule and cannot hold a
determined author, who can spell a name out of pieces. Behind it stand the fence, which sees what Python writes
while it runs, and the comparison of the tree, which sees what anything has written.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from salarylab.errors import Fault
from salarylab.report.notebook import INJECTED, Cell

HOUSE = "salarylab"
MAGIC = re.compile(r"\s*(?:[\w., ]+=\s*)?[%!]|.*\?\s*$")
READS = re.compile(r"(?:read|scan)_\w+|open")
WRITES = re.compile(
    r"(?:write|sink)_\w+|to_(?:csv|excel|feather|hdf|orc|parquet|pickle|sql|stata)|tofile|save(?:fig)?"
    r"|hardlink_to|mkdir|symlink_to|touch|unlink"
)
STARTS = re.compile(r"os\.(?:exec|posix_spawn|spawn)\w+")


@dataclass(frozen=True, slots=True)
class Rule:
    """State what a notebook may not do, and what it can do instead."""

    found: str
    expected: str
    remedy: str


READING = Rule(
    "a file read around the library",
    "data through sl.load, so that its hash is known and a change of it is seen",
    "sl.load(source); for a file of your own, source = own:FILE.toml (see: salarylab own new)",
)
WRITING = Rule(
    "a file written",
    "tables, charts and findings that are shown: the report keeps the data of each",
    "show it; for a file of your own, use the library outside a report",
)
OUTSIDE = Rule(
    "a process, an address or a file reached around the library",
    "an argument over records that the library has loaded",
    "take it out of the notebook; what it fetches belongs into a source",
)
HIDDEN = Rule(
    "code that is not in the cell", "code that can be read in the notebook", "write the code out, or import the module"
)
UNREADABLE = Rule("code that can't be read", "Python", "mend the line")
NO_PYTHON = Rule("a line for IPython alone", "Python", "take the line out; what it does belongs outside the notebook")

NAMES = {"open": READING, "exec": HIDDEN, "eval": HIDDEN, "__import__": HIDDEN, "get_ipython": NO_PYTHON}
FUNCTIONS = {
    **{f"numpy.{name}": READING for name in ("fromfile", "genfromtxt", "load", "loadtxt", "memmap")},
    **{f"numpy.{name}": WRITING for name in ("save", "savetxt", "savez", "savez_compressed")},
    **{f"os.{name}": READING for name in ("listdir", "scandir", "walk")},
    **{f"os.{name}": WRITING for name in ("link", "makedirs", "remove", "removedirs", "rename", "renames", "replace",
                                          "rmdir", "symlink", "truncate")},
    **{f"os.{name}": OUTSIDE for name in ("fork", "popen", "startfile", "system")},
    "sys.modules": HIDDEN,
}  # fmt: skip
MODULES = {
    **dict.fromkeys(("aiohttp", "ftplib", "http", "httpx", "multiprocessing", "pooch", "pty", "requests", "shutil",
                     "socket", "sqlite3", "subprocess", "urllib", "urllib3"), OUTSIDE),
    **dict.fromkeys(("dbm", "fileinput", "h5py", "io", "joblib", "linecache", "openpyxl", "pickle", "pyreadstat",
                     "shelve", "tarfile", "zipfile"), READING),
    **dict.fromkeys(("builtins", "ctypes", "importlib", "runpy"), HIDDEN),
}  # fmt: skip

Found = tuple[int, str, Rule]
"""Line within the cell, what stands there, the rule against it."""


def check(cells: Iterable[Cell], name: str) -> list[Fault]:
    """Return what the code cells of a notebook do around the library, cell by cell and line by line."""
    reader, faults = _Reader(), []
    mine = (cell for cell in cells if INJECTED not in cell.tags)
    for number, cell in enumerate(mine, start=1):
        for line, what, rule in reader.read(cell.source) if cell.kind == "code" else ():
            thing = f"{name}, cell {number}, line {line}: {what}"
            faults.append(Fault(thing, rule.found, rule.expected, rule.remedy))
    return faults


class _Reader(ast.NodeVisitor):
    """Read cells in order; what one imports, the next may use."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.found: list[Found] = []

    def read(self, source: str) -> list[Found]:
        """Return what is found in a cell, by line."""
        self.found = []
        tree = self._parse(source)
        if tree is not None:
            self.visit(tree)
        return sorted(self.found, key=lambda found: found[0])

    def _parse(self, source: str) -> ast.AST | None:
        """Return the syntax tree of a cell; lines that IPython alone understands are told and passed over."""
        try:
            return _tree(source)
        except SyntaxError:
            lines = source.splitlines()
        for number, line in enumerate(lines, start=1):
            if MAGIC.match(line):
                self.found.append((number, line.strip()[:60], NO_PYTHON))
                lines[number - 1] = line[: len(line) - len(line.lstrip())] + "pass"
        if lines and lines[0] == "pass" and source.lstrip().startswith("%%"):
            return None  # the whole cell is another language
        try:
            return _tree("\n".join(lines))
        except SyntaxError as error:
            self.found.append((error.lineno or 1, error.msg, UNREADABLE))
            return None

    def visit_Import(self, node: ast.Import) -> None:
        """Note the names that modules get, and the modules that reach outside."""
        for alias in node.names:
            top = alias.name.partition(".")[0]
            self.names[alias.asname or top] = alias.name if alias.asname else top
            self._add(node, f"import {alias.name}", MODULES.get(top))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note the names that parts of modules get."""
        module = node.module or ""
        for alias in node.names:
            self.names[alias.asname or alias.name] = dotted = f"{module}.{alias.name}"
            self._add(node, dotted, MODULES.get(module.partition(".")[0]) or _rule(dotted))

    def visit_Name(self, node: ast.Name) -> None:
        """See the names that Python itself gives."""
        if isinstance(node.ctx, ast.Load) and node.id not in self.names:
            self._add(node, node.id, NAMES.get(node.id))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """See functions of modules, and methods of anything."""
        dotted = self._dotted(node)
        self._add(node, dotted or f".{node.attr}", _rule(dotted or f".{node.attr}"))
        self.generic_visit(node)

    def _dotted(self, node: ast.expr) -> str | None:
        """Return the full name of an attribute of a module; None for one of a value."""
        if isinstance(node, ast.Attribute):
            base = self._dotted(node.value)
            return None if base is None else f"{base}.{node.attr}"
        return self.names.get(node.id) if isinstance(node, ast.Name) else None

    def _add(self, node: ast.expr | ast.stmt, what: str, rule: Rule | None) -> None:
        if rule is not None:
            self.found.append((node.end_lineno or node.lineno, what, rule))


def _rule(dotted: str) -> Rule | None:
    """Return the rule against a function or method, by its full name; the library's own are free."""
    base, _, name = dotted.rpartition(".")
    if base.partition(".")[0] == HOUSE:
        return None
    if dotted in FUNCTIONS:
        return FUNCTIONS[dotted]
    if STARTS.fullmatch(dotted):
        return OUTSIDE
    return READING if READS.fullmatch(name) else WRITING if WRITES.fullmatch(name) else None


def _tree(source: str) -> ast.AST:
    """Return the syntax tree of a cell, which may await; raises ``SyntaxError``."""
    if "\0" in source:
        raise SyntaxError("a null character")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes in texts: Python tells of them where the cell runs
        tree = compile(source, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    assert isinstance(tree, ast.AST)
    return tree
