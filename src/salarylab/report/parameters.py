"""Parameters: what a notebook lets its reader choose, and the refusal of everything else.

A notebook declares them in one cell tagged ``parameters``: annotated literals, each with a trailing
comment as its help. ``one of: a | b | c`` in the comment lists the choices. Nothing is executed to
read them, and a value that does not fit is refused before a kernel starts.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import io
import json
import re
import tokenize
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from salarylab.errors import Fault, ReportError, unknown
from salarylab.report import origin

TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list[str]": list[str],
    "list[int]": list[int],
}
SLUG_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Parameter:
    """Declare one parameter: its name, type as written, default, choices (none: free) and help."""

    name: str
    annotation: str
    default: Any
    choices: tuple[Any, ...] = ()
    help: str = ""

    @property
    def kind(self) -> str:
        """The type without its ``| None``."""
        return self.annotation.removesuffix(" | None")

    @property
    def field(self) -> Any:
        """The type that a value must have, choices included."""
        field: Any = TYPES[self.kind]
        if self.choices:
            chosen: Any = Literal[self.choices]
            field = list[chosen] if self.kind.startswith("list") else chosen
        return field if self.kind == self.annotation else field | None

    @property
    def expected(self) -> str:
        """What a value must be, in words."""
        if not self.choices:
            return self.annotation
        return f"{'any of' if self.kind.startswith('list') else 'one of'}: {', '.join(map(str, self.choices))}"


def declared(source: str, *, notebook: str) -> tuple[Parameter, ...]:
    """Return the parameters that the source text of a ``parameters`` cell declares.

    Raises ``ReportError`` naming every statement that is not an annotated literal of a known type.

    >>> declared('level: str = "master"  # one of: bachelor | master', notebook="n")[0].choices
    ('bachelor', 'master')
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        found = f"text that is not Python: {error.msg} in line {error.lineno}"
        raise ReportError(Fault(f"{notebook}: parameters cell", found, _form(), "mend the cell")) from None
    comments = _comments(source)
    parameters, faults = [], []
    for statement in statements:
        parameter = _parameter(statement, comments)
        if parameter is None:
            found = ast.unparse(statement)
            faults.append(Fault(f"{notebook}: parameters cell", found, _form(), "write it so, or move it elsewhere"))
        else:
            parameters.append(parameter)
    if faults:
        raise ReportError(*faults)
    return tuple(parameters)


def of_function(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Return the options of a source's ``load``: keyword parameters with a default, a sequence read as a list.

    >>> def load(years: Sequence[int] | None = None): ...
    >>> of_function(load)[0].annotation
    'list[int] | None'
    """
    declared = [
        Parameter(name, str(given.annotation).replace("Sequence[", "list["), given.default)
        for name, given in inspect.signature(function).parameters.items()
        if given.default is not given.empty  # own's mapping is part of the key, no option
    ]
    return tuple(parameter for parameter in declared if parameter.kind in TYPES)


def parse(parameters: Sequence[Parameter], settings: Iterable[str]) -> dict[str, Any]:
    """Return the values that ``name=value`` texts stand for, each read by its declared type.

    A list is comma-separated, or JSON. Text that cannot be read by the type stays text, and a name that
    is not declared stays in: ``check`` refuses both. Raises ``ReportError`` for texts without a name.

    >>> parse(declared("years: list[int] = []", notebook="n"), ["years=2023,2024"])
    {'years': [2023, 2024]}
    """
    kinds = {parameter.name: parameter for parameter in parameters}
    values: dict[str, Any] = {}
    faults = []
    for setting in settings:
        name, equals, text = setting.partition("=")
        name = name.strip()
        if not equals or not name or name in values:
            found = "set twice" if name in values else setting
            faults.append(Fault(f"--set {setting}", found, "name=value, each name once", "write --set name=value"))
        values[name] = _read(text, kinds[name].annotation) if name in kinds else text
    if faults:
        raise ReportError(*faults)
    return values


def check(parameters: Sequence[Parameter], values: Mapping[str, Any], *, thing: str, base: Path) -> dict[str, Any]:
    """Return the value of every parameter, given or default, when all of them fit.

    ``source`` must be a source's key or ``own:FILE``; a relative FILE starts at ``base`` and comes out
    absolute, so that it may travel to the kernel's folder. Raises ``ReportError`` with all faults at
    once: unknown names, wrong types, values outside the stated choices, unknown sources, missing files,
    and what is wrong with a person's own mapping and file.
    """
    from pydantic import ConfigDict, ValidationError, create_model

    by_name = {parameter.name: parameter for parameter in parameters}
    fields: dict[str, Any] = {parameter.name: (parameter.field, parameter.default) for parameter in parameters}
    config = ConfigDict(extra="forbid", strict=True, validate_default=True, protected_namespaces=())
    faults = []
    checked = {parameter.name: parameter.default for parameter in parameters} | dict(values)
    try:
        create_model("Parameters", __config__=config, **fields).model_validate(dict(values))
    except ValidationError as error:
        wrong = {str(fault["loc"][0]): None for fault in error.errors()}
        faults += [_refusal(name, checked[name], by_name, thing) for name in wrong]
    if "source" in by_name and isinstance(checked["source"], str):
        checked["source"], stray = origin.located(checked["source"], base)
        faults += stray
    if faults:
        raise ReportError(*faults)
    return checked


def folder(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> str:
    """Return the folder name of a set of values: ``default``, or what differs plus a short hash.

    >>> years = declared("years: list[int] = []", notebook="n")
    >>> folder(years, {"years": []}), folder(years, {"years": [2023, 2024]})
    ('default', 'years-2023+2024-94976f45')
    """
    differing = {p.name: values[p.name] for p in parameters if values[p.name] != p.default}
    if not differing:
        return "default"
    # The hash tells apart what the slug shortens; paths inside the project hash alike on every machine.
    keyed = {name: origin.keyed(value) for name, value in differing.items()}
    digest = hashlib.sha256(json.dumps(keyed, sort_keys=True).encode()).hexdigest()[:8]
    slug = "_".join(f"{name}-{_slug(origin.portable(differing[name]))}" for name in sorted(differing))
    return f"{slug[:SLUG_LENGTH].rstrip('-_.+')}-{digest}"


def _form() -> str:
    return f"lines such as `name: type = value  # help`, type one of {', '.join(TYPES)}, each also `| None`"


def _comments(source: str) -> dict[int, str]:
    """Return the comment that ends each line, by line number."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT}


def _parameter(statement: ast.stmt, comments: Mapping[int, str]) -> Parameter | None:
    """Return the parameter that a statement declares, or None when it is no annotated literal."""
    if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value):
        return None
    annotation = ast.unparse(statement.annotation)
    kind = annotation.removesuffix(" | None")
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        return None
    if kind not in TYPES:
        return None
    comment = comments.get(statement.end_lineno or 0, "")
    listed = re.search(r"one of:([^;]*)", comment)
    item = "int" if "int" in kind else "float" if kind == "float" else "str"
    choices = tuple(_read(text.strip(), item) for text in listed[1].split("|")) if listed else ()
    return Parameter(statement.target.id, annotation, default, choices, comment)


def _read(text: str, annotation: str) -> Any:
    """Return what a text stands for under a type, or the text itself when it does not fit."""
    kind = annotation.removesuffix(" | None")
    stripped = text.strip()
    if kind != annotation and stripped.lower() in ("", "none"):
        return None
    try:
        if kind.startswith("list"):
            if stripped.startswith("["):
                return json.loads(stripped)
            return [_read(part.strip(), kind[5:-1]) for part in stripped.split(",") if part.strip()]
        if kind == "bool":
            return {"true": True, "false": False}.get(stripped.lower(), text)
        return text if kind == "str" else TYPES[kind](stripped)
    except ValueError:
        return text


def _refusal(name: str, value: Any, by_name: Mapping[str, Parameter], thing: str) -> Fault:
    """Return the fault for one name or value that the model refused."""
    if name not in by_name:
        return unknown(f"{thing}: parameter", name, by_name)
    parameter = by_name[name]
    remedy = "mend the default" if value == parameter.default else f"set {name}=… to such a value"
    return Fault(f"{thing}: parameter {name!r}", repr(value), parameter.expected, remedy)


def _slug(value: Any) -> str:
    """Return a value in characters that every file system takes."""
    text = "+".join(map(str, value)) if isinstance(value, list) else str(value)
    return re.sub(r"[^A-Za-z0-9._+]+", "-", text).strip("-.")
