"""Side: what is known of one of the two things compared: findings always, the rest where it is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salarylab import paths
from salarylab.errors import Fault, ReportError, unknown
from salarylab.records.table import SOURCE_MIME
from salarylab.report import failure, manifest, published
from salarylab.report import notebook as notebooks
from salarylab.report.comparison import record
from salarylab.report.comparison.committed import commit
from salarylab.report.comparison.record import Record

FINDINGS = "findings.jsonl"
NOTEBOOK = "notebook.ipynb"
KEPT = f".{FINDINGS}"
GALLERY = "gallery:"
COMMITTED = re.compile(r"([^:]+):(.+)", re.DOTALL)

Shelf = Callable[[str], str | None]
"""The text of a file by its name, or None: a folder on the disk, or one of a commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Hold one side: its findings, and its manifest, source cards and notebook where it has them.

    The manifest is kept as plain JSON, not as ``Manifest``: another version of the library may have written it.
    ``lacks`` names what was not found.
    """

    name: str
    findings: tuple[Record, ...]
    manifest: Mapping[str, Any] | None = None
    cards: tuple[Mapping[str, Any], ...] = ()
    notebook: str | None = None
    lacks: tuple[str, ...] = ()

    @property
    def headlines(self) -> tuple[str, ...]:
        """The headlines of its sources, as cards or findings tell them, each once."""
        told = [card.get("headline", "") for card in self.cards] or [f.get("headline") or "" for f in self.findings]
        return tuple(dict.fromkeys(headline for headline in told if headline))

    @property
    def synthetic(self) -> bool:
        """Whether any of its sources is made up."""
        return any(card.get("synthetic") for card in self.cards)


def read(name: str) -> Side:
    """Return the side that a name stands for.

    A published report (``02_degree/default``, ``02_degree``) or the folder of one, wherever it was copied to;
    ``gallery:NAME``; a file of findings or an executed notebook; or either of these, or a folder, in a commit of
    the project: ``COMMIT:path``. Raises ``ReportError`` where there is nothing to compare.
    """
    path = Path(name).expanduser()
    if name.startswith(GALLERY):
        path = _kept(name.removeprefix(GALLERY))
    elif not path.exists():
        if named := COMMITTED.fullmatch(name):
            return _committed(*named.groups())
        path = published.find(name)
    if path.is_file():
        return _side(_told(name), path.name, _folder(path.parent))
    if not (path / FINDINGS).is_file():
        raise ReportError(_empty(name, path))
    return _side(_told(name), FINDINGS, _folder(path))


def _side(name: str, file: str, shelf: Shelf) -> Side:
    """Return the side of a file, with what lies beside it."""
    text = shelf(file) or ""
    if file.endswith(".ipynb"):
        return _executed(name, text)
    findings = record.parse(text, name)
    if file.endswith(KEPT):
        beside = f"{file.removesuffix(KEPT)}.source.json"
        cards = _json(shelf(beside), beside)
        lacks = ("a manifest", "a notebook", *(() if cards else ("a source card",)))
        return Side(name=name, findings=findings, cards=tuple(cards or ()), lacks=lacks)
    made = _json(shelf(manifest.FILE), manifest.FILE)
    executed = shelf(NOTEBOOK)
    lacks = tuple(what for what, held in (("a manifest", made), ("a notebook", executed)) if not held)
    cards = (made or {}).get("sources", ())
    return Side(name=name, findings=findings, manifest=made, cards=tuple(cards), notebook=executed, lacks=lacks)


def _executed(name: str, text: str) -> Side:
    """Return the side of an executed notebook: what its outputs tell programs."""
    shown = parsed(text, name)
    lines = "\n".join(json.dumps(finding) for finding in notebooks.findings(shown))
    cards = tuple(notebooks.displays(shown, SOURCE_MIME))
    return Side(name=name, findings=record.parse(lines, name), cards=cards, notebook=text, lacks=("a manifest",))


def parsed(text: str, name: str) -> notebooks.Notebook:
    """Return a notebook from its text; raises ``ReportError`` when it is none."""
    import nbformat

    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise ReportError(Fault(f"notebook of {name}", reason, "a Jupyter notebook", "mend the file")) from error
    return notebook


def _committed(asked: str, path: str) -> Side:
    """Return the side of a file, or of a report's folder, in a commit."""
    found = commit(asked)
    whole = path if path.endswith((FINDINGS, ".ipynb")) else f"{path.rstrip('/')}/{FINDINGS}"
    folder, slash, file = whole.rpartition("/")
    if found.text(whole) is None:
        raise found.missing(path)
    return _side(f"{asked}:{path}", file, lambda name: found.text(f"{folder}{slash}{name}"))


def _kept(name: str) -> Path:
    """Return the path of findings kept in the gallery."""
    gallery = paths.reports_folder() / "gallery"
    known = sorted(path.name.removesuffix(KEPT) for path in gallery.glob(f"*{KEPT}"))
    if name not in known:
        raise ReportError(unknown("kept findings", name, known, "salarylab run … --keep NAME keeps some"))
    return gallery / f"{name}{KEPT}"


def _folder(folder: Path) -> Shelf:
    """Return the shelf of a folder on the disk."""

    def text(name: str) -> str | None:
        path = folder / name
        try:
            return path.read_text(encoding="utf-8") if path.is_file() else None
        except UnicodeDecodeError as error:
            raise ReportError(Fault(path.name, str(error), "text in UTF-8", "compare a report's own files")) from error

    return text


def _json(text: str | None, name: str) -> Any:
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise ReportError(Fault(name, str(error), "JSON as the runner writes it", "build the report again")) from error


def _empty(name: str, folder: Path) -> Fault:
    """Return the fault of a folder without findings: a failed build's, or one that holds reports further down."""
    if (folder / failure.FILE).is_file():
        return Fault(f"report {name!r}", "the record of a failed build", "a good report", "build it first")
    inside = sorted(path.parent.relative_to(folder).as_posix() for path in folder.glob(f"**/{FINDINGS}"))[:5]
    remedy = f"further down there is: {', '.join(inside)}" if inside else "name the folder of a report"
    return Fault(f"folder {name!r}", f"no {FINDINGS}", "a report's folder", remedy)


def _told(name: str) -> str:
    """Return a name as pages tell it: of a machine's own path only the end.

    >>> _told("/home/nobody/elsewhere/02_degree/default"), _told("gallery:degree")
    ('02_degree/default', 'gallery:degree')
    """
    path = Path(name).expanduser()
    return "/".join(path.parts[-2:]) if path.is_absolute() else name
