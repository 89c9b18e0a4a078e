"""A replication package: complete, the same bytes each time, and without a row that may not be passed on."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from salarylab.errors import ReportError
from salarylab.report import published as reports
from salarylab.report.asking import reportset, request
from salarylab.report.package import Package, pack
from salarylab.report.package.contents import LOCK
from salarylab.report.package.crate import FILE as CRATE
from salarylab.report.run import run

ROOT = Path(__file__).resolve().parents[3]
Published = Callable[..., Path]

FILES = {
    "data/raw/demo/workers.csv": "demo",  # ours
    "data/raw/acs_pums/csv pwy.zip": "acs_pums",  # free
    "data/raw/dou/2024.csv": "dou",  # with attribution
    "data/raw/world_bank_ppp/ppp.csv": "world_bank_ppp",  # with attribution, and no source by itself
    "data/raw/levels_fyi/pay.csv": "levels_fyi",  # of unclear terms
    "data/raw/found_somewhere/pay.csv": "found_somewhere",  # declared by nobody
    "data/raw/demo/mine.csv": "own",  # a person's own, wherever it lies
    "pay/mine.csv": "own",
    "../installed/wage.csv": "textbook_wage1",  # inside a dependency
}
OURS = {"data/raw/demo/workers.csv"}
ALLOWED = OURS | {"data/raw/acs_pums/csv pwy.zip", "data/raw/dou/2024.csv", "data/raw/world_bank_ppp/ppp.csv"}


def files_of(package: Package) -> dict[str, bytes]:
    paths = (path for path in package.folder.rglob("*") if path.is_file())
    return {path.relative_to(package.folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.usefixtures("small_library")
@pytest.mark.parametrize(("with_data", "allowed"), [(False, OURS), (True, ALLOWED)])
def test_rows_leave_only_where_their_terms_allow_it(
    published: Published, tmp_path: Path, with_data: bool, allowed: set[str]
) -> None:
    package = pack(published(FILES), tmp_path / "out", with_data=with_data)
    whole = b"\0".join(files_of(package).values())
    assert {name for name in FILES if f"a row of {name}".encode() in whole} == allowed
    assert {name for name in files_of(package) if name.startswith(("data/", "pay/"))} == allowed
    told = {datum.path: datum.why_not or "" for datum in package.left_out}
    places = {name: name.replace("../installed", "textbook_wage1") for name in FILES}
    assert told.keys() == {places[name] for name in FILES.keys() - allowed}
    assert "inside an installed package" in told["textbook_wage1/wage.csv"]
    assert "do not say that it may be passed on" in told["data/raw/levels_fyi/pay.csv"]
    assert "do not say that it may be passed on" in told["data/raw/found_somewhere/pay.csv"]
    assert "own file" in told["data/raw/demo/mine.csv"]
    assert ("--with-data" in told.get("data/raw/dou/2024.csv", "")) is not with_data


@pytest.mark.usefixtures("small_library")
def test_terms_and_attribution_come_with_the_data(published: Published, tmp_path: Path) -> None:
    folder = published(FILES)
    record = folder.parents[2] / "data" / "raw" / "dou" / "2024.csv.sha256"
    record.write_text("the hash of its first arrival", encoding="utf-8")
    files = files_of(pack(folder, tmp_path / "out", with_data=True))
    assert files["data/raw/dou/2024.csv.sha256"] == record.read_bytes()
    assert {name for name in files if name.startswith("LICENSES/")} == {
        f"LICENSES/{key}.txt" for key in ("demo", "acs_pums", "dou", "world_bank_ppp")
    }
    assert b"names Publisher of dou" in files["LICENSES/dou.txt"]
    assert b"Attribution" not in files["LICENSES/acs_pums.txt"]
    assert files["LICENSE"].startswith(b"MIT License")


@pytest.mark.parametrize("with_data", [False, True])
def test_all_that_readme_and_description_name_is_there_and_all_that_is_there_is_described(
    published: Published, tmp_path: Path, with_data: bool
) -> None:
    package = pack(published(FILES), tmp_path / "out", with_data=with_data)
    files = files_of(package)
    entities = {entity["@id"]: entity for entity in json.loads(files[CRATE])["@graph"]}
    described = {unquote(name): one for name, one in entities.items() if "File" in one["@type"]}
    assert described.keys() == files.keys() - {CRATE}
    for name, entity in described.items():
        assert entity["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert entity["contentSize"] == str(len(files[name]))
    assert {part["@id"] for part in entities["./"]["hasPart"]} == {
        n for n, e in entities.items() if "File" in e["@type"]
    }
    referred = re.findall(r'"@id": "([^"]+)"', files[CRATE].decode())
    assert {name for name in referred if not name.startswith("https://w3id.org/")} <= entities.keys()
    readme = files["README.md"].decode()
    named = {name for name in re.findall(r"`([^`\s]+(?: [^`\s/]+)?)`", readme) if "/" in name or name.isupper()}
    named -= {name for name in named if name.startswith(".venv/")}
    assert len(named) > 15
    assert {name for name in named if not (package.folder / name).exists()} == set()


@pytest.mark.usefixtures("small_library")
def test_a_title_with_braces_and_a_page_without_scripts_are_asked_for_as_they_were(
    published: Published, tmp_path: Path
) -> None:
    files = files_of(pack(published(title="What {{pay}} is", static=True), tmp_path / "out"))
    (tmp_path / "project" / "notebooks" / "reports.toml").write_bytes(files["notebooks/reports.toml"])
    (asked,) = reportset.read()
    assert asked.title == "What {pay} is"
    assert b"salarylab build --static\n" in files["Makefile"]
    plain = files_of(pack(published(), tmp_path / "plain"))
    assert b"salarylab build\n" in plain["Makefile"]


@pytest.mark.usefixtures("small_library")
def test_the_readme_has_the_sections_of_the_template_and_every_source(published: Published, tmp_path: Path) -> None:
    readme = files_of(pack(published(FILES), tmp_path / "out"))["README.md"].decode()
    assert [line[3:] for line in readme.splitlines() if line.startswith("## ")] == [
        "Overview",
        "Data Availability and Provenance Statements",
        "Dataset list",
        "Computational requirements",
        "Description of programs/code",
        "Instructions to Replicators",
        "List of tables and programs",
        "References",
    ]
    assert "- [x] Some data **cannot be made** publicly available." in readme
    for key in ("acs_pums", "dou", "levels_fyi"):
        told = (f"#### Survey of {key}", f"Licence: terms of {key}.", f"- Citation: {key} (2026).")
        assert all(text in readme for text in told)
    assert "`make report` brings the publisher's file where its terms allow that" in readme
    assert "Get the 7 files not provided (Dataset list)" in readme
    assert "| Table 1 | Pay &#124; by degree | `notebooks/tiny.ipynb` | 3 (" in readme
    assert "| `report/exhibits/01-table-pay-by-degree.csv` |" in readme
    rows = [line for line in readme.splitlines() if line.startswith("| ")]
    assert all(line.count("|") in (6, 7) for line in rows)


@pytest.mark.usefixtures("small_library")
def test_a_report_on_made_up_data_says_that_no_other_was_used(published: Published, tmp_path: Path) -> None:
    readme = files_of(pack(published(), tmp_path / "out"))["README.md"].decode()
    assert "does not involve analysis of external data" in readme
    assert "All data are here" in readme


@pytest.mark.usefixtures("small_library")
def test_a_report_whose_data_come_with_a_package_names_no_file_that_is_not_there(
    published: Published, tmp_path: Path
) -> None:
    package = pack(published({"../installed/wage.csv": "textbook_wage1"}), tmp_path / "out")
    readme = files_of(package)["README.md"].decode()
    assert "All data are here, or come with the packages" in readme
    assert "make report` brings" not in readme
    assert "LICENSES" not in readme


@pytest.mark.usefixtures("small_library")
def test_the_zip_holds_the_folder_in_order_and_tells_no_time(published: Published, tmp_path: Path) -> None:
    package = pack(published(), tmp_path / "out")
    with zipfile.ZipFile(package.zip) as archive:
        entries = archive.infolist()
        held = {entry.filename.removeprefix("tiny-default/"): archive.read(entry) for entry in entries}
    assert held == files_of(package)
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert package.sha256 == hashlib.sha256(package.zip.read_bytes()).hexdigest()


@pytest.mark.usefixtures("small_library")
def test_two_builds_give_the_same_package_but_for_the_day_of_the_run(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = pack(published(), tmp_path / "one")
    assert pack(published(seconds=60.0), tmp_path / "two").sha256 == one.sha256
    other = published(started="2027-01-02T00:00:00+00:00")
    late, first = files_of(pack(other, tmp_path / "three")), files_of(one)
    assert {name for name in first if first[name] != late[name]} == {CRATE}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795435200")
    assert pack(other, tmp_path / "four").sha256 == one.sha256
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ReportError, match="SOURCE_DATE_EPOCH"):
        pack(other, tmp_path / "five")


@pytest.mark.usefixtures("small_library")
def test_no_path_of_this_machine_and_no_host_is_told(published: Published, tmp_path: Path) -> None:
    files = files_of(pack(published(FILES), tmp_path / "out", with_data=True))
    made = {name: content for name, content in files.items() if not name.startswith(("src/", "data/"))}
    assert [name for name, content in made.items() if str(tmp_path).encode() in content] == []
    assert "report/run.json" not in files


@pytest.mark.usefixtures("small_library")
def test_a_report_that_is_not_what_its_inputs_would_give_is_refused(
    published: Published, write_notebook: Callable[..., Path], tmp_path: Path
) -> None:
    folder = published(FILES)
    (folder.parents[2] / "data/raw/dou/2024.csv").write_text("another row\n", encoding="utf-8")
    write_notebook(["2"], name="tiny")
    with pytest.raises(ReportError, match=r"code cells changed; 2024\.csv changed(.|\n)*build it again"):
        pack(folder, tmp_path / "out")
    assert not list(tmp_path.glob("out/*"))


@pytest.mark.usefixtures("small_library")
def test_an_older_package_is_replaced_and_anything_else_left_alone(published: Published, tmp_path: Path) -> None:
    folder, out = published(), tmp_path / "out"
    package = pack(folder, out)
    (package.folder / "stray.txt").write_text("", encoding="utf-8")
    assert pack(folder, out).sha256 == package.sha256
    assert not (package.folder / "stray.txt").exists()
    assert sorted(path.name for path in out.iterdir()) == ["tiny-default", "tiny-default.zip"]
    (package.folder / CRATE).unlink()
    with pytest.raises(ReportError, match="something that is no package"):
        pack(folder, out)


@pytest.mark.usefixtures("small_library")
def test_the_package_of_an_own_file_holds_its_mapping_and_no_row(
    published: Published, write_mapping: Callable[[Path], None], tmp_path: Path
) -> None:
    mine = tmp_path / "project" / "mine"
    mine.mkdir(parents=True)
    write_mapping(mine / "map.toml")
    files = {"mine/pay.csv": "own", "mine/map.toml": "own"}
    folder = published(files, settings=("source=own:mine/map.toml",))
    package = pack(folder, tmp_path / "out", with_data=True)
    held = files_of(package)
    assert held["mine/map.toml"] == (mine / "map.toml").read_bytes()
    assert b'parameters = { source = "own:mine/map.toml" }' in held["notebooks/reports.toml"]
    assert "mine/pay.csv" not in held
    assert b"50000" not in b"".join(content for name, content in held.items() if not name.startswith("src/"))
    assert [datum.path for datum in package.left_out] == ["mine/pay.csv"]

    text = (mine / "map.toml").read_text(encoding="utf-8")
    (mine / "map.toml").write_text(text.replace("pay.csv", f"{mine}/pay.csv"), encoding="utf-8")
    folder = published(files, settings=("source=own:mine/map.toml",))
    with pytest.raises(ReportError, match="write it relative to the mapping"):
        pack(folder, tmp_path / "other")


# Rebuilt from the package alone

CELLS = [
    "import salarylab as sl\n\nrecords = sl.load(source)\nrecords",
    "sample = sl.draw(records, sl.standard(records))\nsl.show.flow(sample)",
    "sl.show.table.attrition(sample)",
    "sl.passport.used(records, sample)",
]
REBUILD = """
import salarylab
from salarylab.report.asking import reportset
from salarylab.report.run import run
print(salarylab.__file__)
for asked in reportset.read():
    outcome = run(asked)
    print(outcome.failure)
"""


@pytest.mark.slow
def test_a_report_is_the_same_bytes_when_it_is_made_again_from_its_package(project: Path, tmp_path: Path) -> None:
    parameters = new_code_cell('source: str = "demo"\nfirst: int = 1\n', metadata={"tags": ["parameters"]})
    cells = [new_markdown_cell("# The small question"), parameters, *map(new_code_cell, CELLS)]
    nbformat.write(new_notebook(cells=cells), project / "notebooks" / "small.ipynb")
    shutil.copyfile(ROOT / LOCK, project / LOCK)  # the lock that the package brings is part of the page
    assert run(request.ask("small", ("first=2",))).failure is None
    package = pack(reports.find("small"), tmp_path / "out")

    place = tmp_path / "elsewhere"
    with zipfile.ZipFile(package.zip) as archive:
        archive.extractall(place)
    root = place / package.folder.name
    own = {"SALARYLAB_ROOT": str(root), "PYTHONPATH": str(root / "src")}
    command = [sys.executable, "-c", REBUILD]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | own, cwd=root)
    assert ran.stdout.split() == [str(root / "src" / "salarylab" / "__init__.py"), "None"]

    (made,) = (root / "reports").glob("small/*")
    shown = [f"exhibits/{path.name}" for path in made.glob("exhibits/*")]
    names = ("notebook.ipynb", "findings.jsonl", "index.html", "manifest.json", *shown)
    assert len(names) == 6
    for name in names:
        assert (made / name).read_bytes() == (root / "report" / name).read_bytes(), name
