"""Reach: what each notebook can be run with on records whose columns are known, read off its code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from salarylab import schema
from salarylab.model.factor import FACTORS
from salarylab.paths import notebooks_folder

ASKS = ("ladder", "premium_by", "top_level", "joint_test")
"""Verbs whose second argument is the factor that a notebook is about."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Hold a notebook's name, the columns that it can't do without and lacks, and those it leaves out."""

    notebook: str
    lacks: tuple[str, ...]
    without: tuple[str, ...]


def reaches(asked: frozenset[str]) -> tuple[Reach, ...]:
    """Return, for every notebook of the project, what records of these asked columns lack for it."""
    return tuple(_reach(path, asked) for path in sorted(notebooks_folder().glob("*.ipynb")))


def _reach(path: Path, asked: frozenset[str]) -> Reach:
    needed, named = {"pay_annual_usd", "year"}, set[str]()
    for node in _nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS:
            needed |= _columns(node.args[1]) if len(node.args) > 1 else set()
        named |= _columns(node)
    order = [name for name in schema.BY_NAME if name not in asked]
    return Reach(
        path.stem,
        tuple(name for name in order if name in needed),
        tuple(name for name in order if name in named - needed),
    )


def _nodes(path: Path) -> Iterator[ast.AST]:
    from salarylab.report import notebook

    for cell in notebook.read(path).cells:
        if cell.cell_type == "code":
            yield from ast.walk(ast.parse(cell.source))


def _columns(node: ast.AST) -> set[str]:
    """Return the canonical columns that a text in the code names, as such or by a factor."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return set()
    if node.value in FACTORS:
        return set(FACTORS[node.value].needs)
    return {node.value} & set(schema.BY_NAME)
