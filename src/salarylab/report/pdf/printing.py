"""Printing: a published report's folder made into one PDF, by pandoc and Typst, whole or not at all."""

from __future__ import annotations

import re
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from salarylab.errors import Fault, ReportError
from salarylab.report import manifest, notebook, published
from salarylab.report.pdf import source
from salarylab.report.pdf.sheet import sheet
from salarylab.report.publish import write_whole

EXTRA = ("typst", "pypandoc")


def make(report: Path, out: Path, *, paper: str = "a4") -> Path:
    """Print a published report's folder as a PDF and return the file's path; the same report gives the same bytes.

    ``paper`` is a4 or letter. Raises ``ReportError`` where the extra ``pdf`` is not installed, for a paper that is not
    known, and for a report that cannot be set.
    """
    on = sheet(paper)
    _demand_extra()
    executed = notebook.read(report / "notebook.ipynb")
    findings = published.findings(report)
    made = manifest.read(report / manifest.FILE)
    name = f"{made.report}/{report.name}"
    write_whole(out, compiled(source.document(executed, made, findings, name=name, on=on)))
    return out


def compiled(document: str) -> bytes:
    """Return a Typst document as PDF; raises ``ReportError`` with Typst's own words for one that cannot be set.

    It sees an empty folder and Typst's own fonts, and is held to PDF/UA-1. Where these fonts lack a letter the
    machine's are asked too: the bytes are then this machine's. Last, the standard is given up, not the report.

    **Source** ISO 14289-1 (PDF/UA-1): tags, alternative text, every letter with its meaning.
    """
    import typst

    with tempfile.TemporaryDirectory() as room:
        main = Path(room) / "report.typ"
        main.write_text(document, encoding="utf-8")
        for with_machine, standard in ((False, ["ua-1"]), (True, ["ua-1"]), (True, [])):
            fonts = typst.Fonts(include_system_fonts=with_machine)
            compiler: Any = typst.Compiler(
                main, root=room, font_paths=fonts, package_path=room, package_cache_path=room
            )
            try:
                return bytes(compiler.compile(format="pdf", pdf_standards=standard, timestamp=0))
            except typst.TypstError as error:
                stopped = error
    found = " ".join(stopped.message.split())[:300]
    raise ReportError(Fault("PDF", found, "a report that Typst can set", "mend the cell")) from stopped


def pages(pdf: Path) -> int:
    """Return the number of pages of a PDF that ``make`` wrote."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def _demand_extra() -> None:
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        found = f"not installed: {', '.join(missing)}"
        raise ReportError(Fault("PDF", found, "the extra 'pdf'", 'in the clone: pip install -e ".[pdf]"'))
