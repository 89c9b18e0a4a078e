"""No dead code: every name of the library is reached from what readers meet, or waits for a page to come.

Readers meet notebooks, the command line, README and docs. From these a static walk follows names: a definition reaches
every name in its body, an attribute reaches every method of that name (generously: types are not known). What is not
reached serves nobody but its own tests.
"""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "salarylab"

WAITING = {
    "salarylab.claims.ledger.claims": "12_claims",
    "salarylab.claims.ledger.ledger_sha256": "12_claims",
    "salarylab.claims.ledger.rule": "12_claims",
    "salarylab.claims.ledger.SOURCES": "12_claims",
    "salarylab.show.coefficients.coefficients": "11_robustness",
    "salarylab.show.means.adjusted_means": "05_industry_and_employer",
    "salarylab.show.omitted.contour": "11_robustness",
    "salarylab.show.parts.oaxaca": "15_pay_gap",
    "salarylab.show.parts.shapley": "09_pay_variation",
    "salarylab.show.premia.premium_map": "05_industry_and_employer",
    "salarylab.show.profile.profile": "03_seniority",
    "salarylab.show.quantiles.quantile_process": "03_seniority",
    "salarylab.show.tables.premia": "05_industry_and_employer",
    "salarylab.show.tables.terms": "03_seniority",
    "salarylab.show.specification.specification_curve": "11_robustness",
    "salarylab.sources.acs_pums.persons": "01_data_passport",
}
"""Names that no page shows yet, and the page of a coming issue that will. Empty when the second notebooks are there."""

PAGES = re.compile(r"(0[1-9]|1[0-5])_\w+")
TEXTS = ("*.j2", "*.js", "*.typ", "*.toml", "*.md")
"""Files of the package that name attributes of its classes: templates and the like."""

BY_NAME = ("SOURCE", "FILES", "load", "load_ipython_extension")
"""Names that a folder's loader or another program looks up: sources are modules of one shape."""


class Definition(NamedTuple):
    """One name defined at the top of a module, or one method of a class there."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


class Module:
    """Read one module: what it defines, imports, and does when it is imported."""

    def __init__(self, path: Path) -> None:
        relative = path.relative_to(PACKAGE.parent).with_suffix("").as_posix().replace("/", ".")
        self.name = relative.removesuffix(".__init__")
        self.is_package = path.stem == "__init__"
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.imported: dict[str, tuple[str, str | None]] = {}
        self.bodies: dict[str, list[ast.AST]] = defaultdict(list)
        self.at_import: list[ast.AST] = []
        for node in ast.walk(self.tree):
            self._import(node)
        for statement in self.tree.body:
            self._define(statement)

    def _import(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.imported[alias.asname or alias.name.partition(".")[0]] = (alias.name, None)
        elif isinstance(node, ast.ImportFrom):
            parts = self.name.split(".")[: None if self.is_package else -1]
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, (base, node.module)))
            for alias in node.names:
                self.imported[alias.asname or alias.name] = (origin, alias.name)

    def _define(self, statement: ast.stmt) -> None:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.bodies[statement.name].append(statement)
        elif isinstance(statement, ast.ClassDef):
            self._define_class(statement)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
            for name in names:
                self.bodies[name].append(statement)
        elif not (isinstance(statement, (ast.Import, ast.ImportFrom)) or for_types_only(statement)):
            self.at_import.append(statement)

    def _define_class(self, statement: ast.ClassDef) -> None:
        """A class reaches all but its public methods; these stand by themselves, as ``Class.method``.

        Methods of a class of another library's kind may be called by that library: the class reaches them.
        """
        own = not statement.bases or all(ast.unparse(base) in {"Protocol", "Enum"} for base in statement.bases)
        for member in statement.body:
            if own and isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef)) and not member.name.startswith("_"):
                self.bodies[f"{statement.name}.{member.name}"].append(member)
            else:
                self.bodies[statement.name].append(member)
        self.bodies[statement.name] += [*statement.bases, *statement.decorator_list, *statement.keywords]


def for_types_only(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test)


@cache
def modules() -> dict[str, Module]:
    return {module.name: module for module in map(Module, sorted(PACKAGE.rglob("*.py")))}


@cache
def methods() -> dict[str, list[Definition]]:
    """Return every method of the library by its bare name."""
    found: dict[str, list[Definition]] = defaultdict(list)
    for module in modules().values():
        for name in module.bodies:
            if "." in name:
                found[name.partition(".")[2]].append(Definition(module.name, name))
    return found


def resolved(module: str, name: str) -> Definition | str | None:
    """Return the definition behind a name in a module, re-exports followed; a module's name where it is one."""
    here = modules()[module]
    if name in here.bodies:
        return Definition(module, name)
    if name not in here.imported:
        return f"{module}.{name}" if f"{module}.{name}" in modules() else None
    origin, inner = here.imported[name]
    if inner is None:
        return origin if origin in modules() else None
    if (origin, inner) == (module, name):
        return f"{origin}.{inner}"  # a package that imports its own module
    return resolved(origin, inner) if origin in modules() else None


def used(module: str, node: ast.AST) -> Iterator[Definition]:
    """Yield the definitions that a piece of a module's code names."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found = resolved(module, inner.id)
            if isinstance(found, Definition):
                yield found
        elif isinstance(inner, ast.Attribute):
            owner = dotted(module, inner.value)
            found = resolved(owner, inner.attr) if owner else None
            if isinstance(found, Definition):
                yield found
            yield from methods().get(inner.attr, ())
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str) and inner.value.isidentifier():
            yield from methods().get(inner.value, ())  # getattr by a listed name


def dotted(module: str, node: ast.expr) -> str | None:
    """Return the module that an expression such as ``sl.trust`` is."""
    if isinstance(node, ast.Name):
        found = resolved(module, node.id)
        return found if isinstance(found, str) else None
    if isinstance(node, ast.Attribute):
        owner = dotted(module, node.value)
        found = resolved(owner, node.attr) if owner else None
        return found if isinstance(found, str) else None
    return None


def public_path(path: str) -> Iterator[Definition]:
    """Yield what an analyst's ``sl.trust.omitted`` is, read part by part."""
    owner: str | None = "salarylab"
    for part in path.split(".")[1:]:
        found = resolved(owner, part) if owner else None
        if isinstance(found, Definition):
            yield found
        owner = found if isinstance(found, str) else None
        yield from methods().get(part, ())


def read_by_people() -> Iterator[Definition]:
    """Yield what notebooks, README, docs, templates and the command line name."""
    texts = [(ROOT / "README.md").read_text(encoding="utf-8")]
    texts += [page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("*.md"))]
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        texts += ["".join(cell["source"]) for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]]
    for text in texts:
        for alias, path in re.findall(r"^(\w+) = (sl(?:\.\w+)+)$", text, flags=re.MULTILINE):
            text = re.sub(rf"\b{alias}\.", f"{path}.", text)  # noqa: PLW2901
        for path in set(re.findall(r"\b(?:sl|salarylab)(?:\.\w+)+", text)):
            yield from public_path(path)
        for attribute in set(re.findall(r"\.(\w+)", text)):
            yield from methods().get(attribute, ())
    for kind in TEXTS:
        for path in PACKAGE.rglob(kind):
            for word in set(re.findall(r"\w+", path.read_text(encoding="utf-8"))):
                yield from methods().get(word, ())
    for module in modules().values():
        named_by_loader = [Definition(module.name, name) for name in BY_NAME if name in module.bodies]
        commands = [Definition(module.name, name) for name in module.bodies] if ".cli" in module.name else []
        yield from (*named_by_loader, *commands)
        for statement in module.at_import:
            yield from used(module.name, statement)


def reached(waiting: Iterable[str] = ()) -> set[Definition]:
    """Return every definition that the walk from the readers comes to, and from what waits for its page."""
    found: set[Definition] = set()
    ahead = {*read_by_people(), *(name for name in public() if str(name) in waiting)}
    while ahead:
        now = ahead.pop()
        if now in found or now.name not in modules()[now.module].bodies:
            continue
        found.add(now)
        if "." in now.name:
            ahead.add(Definition(now.module, now.name.partition(".")[0]))
        for node in modules()[now.module].bodies[now.name]:
            ahead.update(used(now.module, node))
    return found


def public() -> set[Definition]:
    """Return every public name that the library defines at the top of a module, and every public method."""
    return {
        Definition(module.name, name)
        for module in modules().values()
        for name in module.bodies
        if not any(part.startswith("_") for part in name.split("."))
    }


def test_every_public_name_is_reached_or_waits_for_a_page() -> None:
    assert sorted(str(name) for name in public() - reached(WAITING)) == []


def test_what_waits_is_not_reached_yet_and_names_the_page_that_will_show_it() -> None:
    met = {str(name) for name in reached()}
    assert [name for name in WAITING if name in met] == [], "a page shows it now: take it off the list"
    assert [name for name in WAITING if name not in set(map(str, public()))] == []
    assert [name for name, page in WAITING.items() if not PAGES.fullmatch(page)] == []


def test_the_walk_tells_what_is_called_from_what_is_not() -> None:
    met = reached()
    assert Definition("salarylab.model.fitting", "fit") in met  # README
    assert Definition("salarylab.report.build", "build") in met  # the command line
    assert Definition("salarylab.claims.ledger", "read_ledger") not in met  # no page yet
