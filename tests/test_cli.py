"""Spec: what the command line says, and with which exit code it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import salarylab
from salarylab import cli, sources
from salarylab.cli import terminal
from salarylab.disclosure import show_count
from salarylab.finding import Finding

SHARE = "Finding(question='q', subject={}, unit='share', value=0.5, n=100, smallest_cell=50, headline='Invented')"
Told = tuple[int, str, str]


def tell(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Told:
    """Run the command line in this process; return exit code, output and errors."""
    monkeypatch.setattr(sys, "argv", ["salarylab", *arguments])
    monkeypatch.setenv("COLUMNS", "200")
    code: object = 0
    try:
        cli.main()
    except SystemExit as stop:
        code = stop.code or 0
    told = capfd.readouterr()
    assert isinstance(code, int)
    return code, told.out, told.err


def sentence(level: str) -> str:
    """Return what the invented notebook finds of a level."""
    return Finding(question="q", subject=level, unit="share", value=0.5, n=100, smallest_cell=50).sentence


@pytest.fixture
def small(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose notebooks are two invented ones, of which the second breaks."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    cell = new_code_cell('level: str = "master"  # one of: bachelor | master', metadata={"tags": ["parameters"]})
    finding = f"from salarylab.finding import Finding\n{SHARE.format('level')}"
    for name, last in (("good", finding), ("broken", "raise ValueError('no [such] thing')")):
        made = new_notebook(cells=[cell, new_code_cell(last)])
        nbformat.write(made, project / "notebooks" / f"{name}.ipynb")
    entries = '[[report]]\nnotebook = "broken"\n[[report]]\nnotebook = "good"\ntitle = "A good one"\n'
    (project / "notebooks" / "reports.toml").write_text(entries, encoding="utf-8")
    monkeypatch.chdir(project)
    return project


def test_the_version_is_told(capfd, monkeypatch) -> None:
    assert tell(capfd, monkeypatch, "--version") == (0, f"salarylab {salarylab.__version__}\n", "")


def test_a_run_tells_its_findings_and_its_page(small, capfd, monkeypatch) -> None:
    code, out, err = tell(capfd, monkeypatch, "run", "good", "--set", "level=bachelor")
    assert (code, err) == (0, "")
    assert f"  - {sentence('bachelor')}\n" in out
    page = next(line.split()[-1] for line in out.splitlines() if line.startswith("page"))
    assert page.startswith("reports/good/level-bachelor-")
    assert (small / page).is_file()
    assert (small / "reports" / "index.html").is_file()


def test_a_build_goes_on_after_a_failure_and_ends_with_index_and_finding(small, capfd, monkeypatch) -> None:
    code, out, err = tell(capfd, monkeypatch, "build")
    assert code == 1
    assert out.splitlines()[-2:] == ["reports: reports/index.html", f"Invented: {sentence('master')}"]
    assert "] broken … failed" in out  # in whichever order they end
    assert "] good … good" in out
    assert "ValueError: no [such] thing" in err
    listed = (small / "reports" / "index.html").read_text(encoding="utf-8")
    assert "A good one" in listed
    assert 0 < listed.index("A good one") < listed.index("ValueError: no [such] thing")


NOT_ASKED = "from salarylab.unanswered import Unanswered\nUnanswered(f'invented never asked {level}', 'Not asked')"


def test_what_was_never_asked_is_said_and_is_no_failure(small, capfd, monkeypatch) -> None:
    import nbformat

    for name in ("good", "broken"):
        path = small / "notebooks" / f"{name}.ipynb"
        made = nbformat.read(path, as_version=4)
        made.cells[1].source = NOT_ASKED
        nbformat.write(made, path)
    code, out, err = tell(capfd, monkeypatch, "run", "good")
    assert (code, err) == (0, "")
    assert "[1/1] good … not asked" in out
    assert "not asked: good: invented never asked master\n" in out
    code, out, err = tell(capfd, monkeypatch, "build")
    assert (code, err) == (0, "")
    assert "not asked: broken: invented never asked master\n" in out
    assert out.splitlines()[-1] == "no finding"
    assert [line.split()[1] for line in tell(capfd, monkeypatch, "status")[1].splitlines()[1:]] == ["fresh", "fresh"]


def test_a_failed_run_exits_1_with_one_screen(small, capfd, monkeypatch) -> None:
    code, _, err = tell(capfd, monkeypatch, "run", "broken")
    assert code == 1
    assert "in cell 2" in err
    assert "reports/_failed/broken/default/index.html" in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 24


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["run", "goood"], "did you mean 'good'"),
        (["run", "good", "--set", "levle=master"], "did you mean 'level'"),
        (["run", "good", "--set", "level=doctorate"], "one of: bachelor, master"),
        (["fetch", "dmeo"], "did you mean 'demo'"),
        (["params", "elsewhere.ipynb"], "no such file"),
    ],
)
def test_refused_input_exits_2_without_a_traceback(small, capfd, monkeypatch, arguments, part) -> None:
    code, _, err = tell(capfd, monkeypatch, *arguments)
    assert code == 2
    assert part in err
    assert "Traceback" not in err
    assert not (small / "reports").exists()


OWN = """
[file]
path = "pay.csv"
[pay]
column = "Pay"
currency = "USD"
period = "year"
concept = "base"
[year]
value = 2024
[columns]
education = "Degree"
"""


@pytest.fixture
def own(small: Path) -> Path:
    """A mapping of twenty invented rows, in a folder of its own inside the project."""
    mapping = small / "mine" / "mapping.toml"
    mapping.parent.mkdir()
    mapping.write_text(OWN, encoding="utf-8")
    rows = "".join(f"{pay}000,bachelor\n" for pay in range(40, 60))
    mapping.with_name("pay.csv").write_text(f"Pay,Degree\n{rows}", encoding="utf-8")
    return mapping


@pytest.mark.parametrize("absolute", [False, True])
def test_an_own_file_is_fetched_by_its_mapping(small, own, capfd, monkeypatch, absolute) -> None:
    code, out, err = tell(capfd, monkeypatch, "fetch", f"own:{own if absolute else 'mine/mapping.toml'}")
    assert (code, err) == (0, "")
    assert f"{show_count(20)} raw rows, {show_count(20)} records" in out
    assert "  pay.csv  sha256 " in out
    assert not (small / "data" / "processed").exists()  # a person's rows are not copied


@pytest.mark.parametrize("name", ["../outside", "a/b", ".hidden", "", "-x", "a b", "a\n"])
def test_a_name_to_keep_is_checked_before_anything_runs(small, capfd, monkeypatch, name) -> None:
    code, _, err = tell(capfd, monkeypatch, "run", "good", f"--keep={name}")
    assert code == 2
    assert "not a plain name" in err
    assert not (small / "reports").exists()


@pytest.fixture
def asking(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook that lets its reader choose the source, where nothing is ever executed."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    cell = new_code_cell('source: str = "demo"', metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[cell]), small / "notebooks" / "asking.ipynb")
    monkeypatch.setattr("salarylab.report.run.run", lambda _: pytest.fail("a kernel was started"))


@pytest.mark.usefixtures("asking")
def test_all_faults_of_a_mapping_are_told_before_a_kernel_starts(small, own, capfd, monkeypatch) -> None:
    wrong = OWN.replace('"base"', '"bass"').replace("education =", "educaton =").replace('"Pay"', '"Pai"')
    own.write_text(wrong, encoding="utf-8")
    code, _, err = tell(capfd, monkeypatch, "run", "asking", "--set", "source=own:mine/mapping.toml")
    assert code == 2
    for part in ("3 faults", "did you mean 'base'?", "did you mean 'education'?", "did you mean 'Pay'?"):
        assert part in err
    assert not (small / "reports").exists()


@pytest.mark.usefixtures("asking", "own")
@pytest.mark.parametrize(
    ("source", "part"),
    [("own:mine/pay.csv", "no TOML mapping: this looks like the data"), ("acs", "did you mean 'acs_pums'?")],
)
def test_a_source_that_is_none_is_refused_with_a_hint(small, capfd, monkeypatch, source, part) -> None:
    code, _, err = tell(capfd, monkeypatch, "run", "asking", "--set", f"source={source}")
    assert code == 2
    assert part in err
    assert not (small / "reports").exists()


def test_an_unknown_notebook_is_refused_in_whole_sentences(small, capfd, monkeypatch) -> None:
    code, _, err = tell(capfd, monkeypatch, "run", "zzz")
    assert code == 2
    assert "to do:    a notebook elsewhere is named by its path" in err


def test_own_without_a_mapping_is_refused(small, capfd, monkeypatch) -> None:
    code, _, err = tell(capfd, monkeypatch, "fetch", "own")
    assert code == 2
    assert "no mapping" in err


def test_a_source_is_fetched_with_its_licence_first(small, capfd, monkeypatch) -> None:
    code, out, _ = tell(capfd, monkeypatch, "fetch", "demo")
    assert code == 0
    assert 0 < out.index("Licence: ") < out.index(" raw rows, ") < out.index("  workers.csv  sha256 ")


def test_the_committed_demo_is_what_the_generator_writes_to_the_byte(small, capfd, monkeypatch) -> None:
    code, out, _ = tell(capfd, monkeypatch, "demo", "--check")
    assert (code, out) == (0, "data/raw/demo is what the generator writes\n")
    workers = small / "data" / "raw" / "demo" / "workers.csv"
    workers.write_bytes(workers.read_bytes()[:-1] + b" ")
    code, out, err = tell(capfd, monkeypatch, "demo", "--check")
    assert (code, out) == (2, "")
    assert "data/raw/demo/workers.csv" in err


def test_wrong_use_exits_2(capfd, monkeypatch) -> None:
    assert tell(capfd, monkeypatch, "runn")[0] == 2


def test_a_defect_keeps_its_traceback(small, monkeypatch) -> None:
    def defective(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("salarylab.report.asking.request.ask_all", defective)
    monkeypatch.setattr(sys, "argv", ["salarylab", "run", "good"])
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_parameters_are_listed(small, capfd, monkeypatch) -> None:
    code, out, _ = tell(capfd, monkeypatch, "params", "good")
    assert code == 0
    for part in ("level", "str", "'master'", "bachelor, master"):
        assert part in out


def test_sources_are_listed_with_licence_and_headline(capfd, monkeypatch) -> None:
    code, out, _ = tell(capfd, monkeypatch, "sources")
    assert code == 0
    assert [key for key in sources.keys() if key not in out] == []  # noqa: SIM118 (a function of a module)
    assert "redistribution" in out


def test_a_light_verb_imports_nothing_heavy() -> None:
    heavy = ("papermill", "nbconvert", "nbformat", "altair", "great_tables", "statsmodels")
    code = (
        "import sys; sys.argv = ['salarylab', '--version']\nfrom salarylab import cli\n"
        "try: cli.main()\nexcept SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "[]"


def test_a_word_too_long_for_its_column_is_broken_and_not_cut_off(small, capfd, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    terminal.table(("key", "licence"), [("dou", f"a link to https://example.org/{'long' * 10}")])
    out = capfd.readouterr().out
    assert "…" not in out
    assert out.count("long") + out.count("lo\n") >= 8
