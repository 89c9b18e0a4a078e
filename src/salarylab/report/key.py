"""Key: what decides a report, part by part, so that it can be said which of them changed.

The code cells, the parameters, the library, the lock and Python's version decide the numbers: when one of them
changes, the notebook is run again. Title, prose and templates decide the page alone: it is told anew from
the outputs that stand. The raw files, the third kind, are known only from a run (report/state.py).
"""

from __future__ import annotations

import functools
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salarylab import paths, readlog
from salarylab.report import notebook
from salarylab.report.asking import origin
from salarylab.report.asking.request import Request

FORMAT = 2
"""Raised when a report's files take another form."""

PACKAGE = Path(__file__).parents[1]
TEMPLATES = PACKAGE / "show" / "templates"
LOCK = "requirements.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Hold the parts of a report's key; each but ``python``, ``static`` and ``format`` is a sha256."""

    code: str
    modules: str
    parameters: str
    library: str
    lock: str | None
    python: str
    text: str
    templates: str
    static: bool
    format: int = FORMAT


WORDS = {
    "format": "the form of reports changed",
    "code": "code cells changed",
    "modules": "a module beside the notebook changed",
    "parameters": "parameters changed",
    "library": "the library's source changed",
    "lock": f"{LOCK} changed",
    "python": "another version of Python",
    "text": "title or prose changed",
    "templates": "the templates of pages changed",
    "static": "pages with scripts and pages without them were exchanged",
}
"""What the change of each part is called."""

PAGE_ONLY = ("text", "templates", "static")


def key(request: Request, *, static: bool = False) -> Key:
    """Return the key of a report as it would be built now.

    Raises ``ReportError`` when the notebook cannot be read.
    """
    code, prose = _written(request.notebook, request.notebook.stat().st_mtime_ns)
    return Key(
        code=code,
        modules=_files(sorted(_modules(request.notebook.parent)), request.notebook.parent),
        parameters=_digest({name: origin.keyed(value) for name, value in request.values.items()}),
        library=_library(),
        lock=_lock(),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        text=_digest([request.title, prose]),
        templates=_templates(),
        static=static,
    )


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@functools.cache
def _written(path: Path, _: int) -> tuple[str, str]:
    """Return the sha256 of a notebook's code and that of its prose; asked again, it is read where its time changed."""
    cells = notebook.cells(path)
    code = [(cell.source, cell.tags) for cell in cells if cell.kind == "code"]
    pictures = [cell.get("attachments") for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    prose = [(cell.kind, "" if cell.kind == "code" else cell.source) for cell in cells]
    return _digest([code, notebook.asks(path)]), _digest([prose, pictures])


def _modules(folder: Path) -> Iterator[Path]:
    """Yield the files of the modules and packages in a notebook's folder: its cells can import them."""
    yield from folder.glob("*.py")
    for package in folder.glob("*/__init__.py"):
        yield from package.parent.rglob("*.py")


@functools.cache
def _templates() -> str:
    return _files(sorted(TEMPLATES.rglob("*")), TEMPLATES)


@functools.cache
def _library() -> str:
    """Return the sha256 over every file of the package but the templates of pages."""
    files = sorted(path for path in PACKAGE.rglob("*") if "__pycache__" not in path.parts)
    return _files((path for path in files if not path.is_relative_to(TEMPLATES)), PACKAGE)


def _lock() -> str | None:
    """Return the sha256 of the project's lock, or None where it has none."""
    path = paths.project_root() / LOCK
    return readlog.digest(path) if path.is_file() else None


def _files(files: Iterable[Path], root: Path) -> str:
    """Return one sha256 over the names and contents of files."""
    whole = hashlib.sha256()
    for path in files:
        if path.is_file():
            content = path.read_bytes()
            whole.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            whole.update(content)
    return whole.hexdigest()
