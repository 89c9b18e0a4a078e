"""A PDF of a report: vectors, tags, the same bytes everywhere, and refusals that leave what stands alone."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from salarylab.errors import ReportError
from salarylab.report import pdf
from salarylab.report.pdf import printing

Publish = Callable[..., Path]


@pytest.fixture
def report(publish: Publish, invented: SimpleNamespace) -> Path:
    return publish(
        invented.cell(invented.card()),
        invented.written("## A section\n\nProse with $x^2$[^1].\n\n[^1]: A note."),
        invented.cell(invented.finding(), invented.chart(), invented.table()),
    )


def test_a_pdf_has_pages_tags_and_vectors(report: Path, tmp_path: Path) -> None:
    made = pdf.make(report, tmp_path / "new" / "report.pdf")
    content = made.read_bytes()
    assert content.startswith(b"%PDF-")
    assert pdf.pages(made) == 2
    assert b"/Subtype/Image" not in content
    for told in (b"/StructTreeRoot", b"/Lang(en)", b"pdfuaid", b"/Alt(Pay by degree: bars)", b"/Alt(x^2)", b"/S/TH"):
        assert told in content, told
    assert b"CreationDate" not in content
    assert str(tmp_path).encode() not in content
    assert [path.name for path in made.parent.iterdir()] == ["report.pdf"]


def test_papers_differ_in_size(report: Path, tmp_path: Path) -> None:
    a4, letter = (pdf.make(report, tmp_path / f"{paper}.pdf", paper=paper) for paper in ("a4", "letter"))
    assert b"/MediaBox[0 0 595.2756 841.8898]" in a4.read_bytes()
    assert b"/MediaBox[0 0 612 792]" in letter.read_bytes()
    with pytest.raises(ReportError, match="did you mean 'letter'"):
        pdf.make(report, tmp_path / "x.pdf", paper="leter")


def test_another_process_and_another_folder_print_the_same_bytes(report: Path, tmp_path: Path) -> None:
    here = pdf.make(report, tmp_path / "here.pdf")
    elsewhere = tmp_path / "another place" / "invented" / "default"
    shutil.copytree(report, elsewhere)
    code = "import sys; from pathlib import Path; from salarylab.report import pdf; pdf.make(*map(Path, sys.argv[1:]))"
    there = elsewhere / "there.pdf"
    changed = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", code, str(elsewhere), str(there)], check=True, cwd=elsewhere, env=changed)
    assert there.read_bytes() == here.read_bytes()


def test_letters_that_typst_lacks_don_t_stop_a_report(
    publish: Publish, invented: SimpleNamespace, tmp_path: Path
) -> None:
    report = publish(invented.cell(invented.table(["place", "gap"], [["東京 \U0001f600", "+1.0%"]])))
    assert pdf.pages(pdf.make(report, tmp_path / "report.pdf")) > 0


@pytest.mark.parametrize("missing", printing.EXTRA)
def test_without_the_extra_it_says_what_to_install(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(printing, "find_spec", lambda name: None if name == missing else found(name))
    with pytest.raises(ReportError, match=rf'not installed: {missing}[\s\S]*pip install -e "\.\[pdf\]"'):
        pdf.make(report, tmp_path / "report.pdf")


def test_what_cannot_be_set_is_refused_and_the_last_pdf_stays(
    publish: Publish, invented: SimpleNamespace, tmp_path: Path
) -> None:
    out = tmp_path / "report.pdf"
    out.write_bytes(b"the last good one")
    picture = {"image/png": "aGVsbG8=", "text/plain": "no picture"}
    with pytest.raises(ReportError, match="a report that Typst can set"):
        pdf.make(publish(invented.cell(picture)), out)
    assert out.read_bytes() == b"the last good one"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report.pdf"]


@pytest.mark.parametrize("code", ['#read("/etc/passwd")', '#read("../x")', '#image("report.typ")', "#panic()"])
def test_even_code_would_find_an_empty_folder(code: str) -> None:
    with pytest.raises(ReportError, match="PDF"):
        printing.compiled(code)


@pytest.mark.slow
def test_a_report_of_the_demo_is_printed(project: Path, tmp_path: Path) -> None:
    from salarylab.report.asking import request
    from salarylab.report.run import run

    outcome = run(request.ask("02_degree"))
    assert outcome.failure is None
    made = pdf.make(outcome.folder, tmp_path / "02_degree.pdf")
    content: Any = made.read_bytes()
    assert 4 <= pdf.pages(made) <= 7
    assert content.count(b"/S/Figure") >= 4
    assert content.count(b"/S/Table") >= 2
    assert b"/Subtype/Image" not in content
