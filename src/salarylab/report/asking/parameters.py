"""Parameters: what a notebook lets its reader choose, and the refusal of everything else.

A notebook declares them in one cell tagged ``parameters``: annotated literals, each with a trailing
comment that may state choices or a range, and helps. Nothing is executed to read them, and a value that does
not fit is refused before a kernel starts.
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
from typing import Annotated, Any

from salarylab.errors import Fault, ReportError, unknown
from salarylab.report.asking import choices, origin, stated, typed
from salarylab.report.asking.stated import Range

SLUG_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Parameter:
    """Declare one parameter: its name, type as written, default, help, and choices or a range (none: free)."""

    name: str
    annotation: str
    default: Any
    choices: tuple[Any, ...] = ()
    help: str = ""
    range: Range | None = None

    @property
    def kind(self) -> str:
        """The type without its ``| None``."""
        return self.annotation.removesuffix(" | None")

    @property
    def field(self) -> Any:
        """The type that a value must have, for pydantic: each item is among the choices, or in the range."""
        from pydantic import AfterValidator

        field: Any = Annotated[typed.TYPES[typed.item(self.kind)], AfterValidator(self._held)]
        field = list[field] if self.kind.startswith("list") else field
        return field if self.kind == self.annotation else field | None

    @property
    def known(self) -> bool:
        """Whether its choices are those of its name, not of the notebook."""
        return not self.choices and self.range is None and choices.knows(self.name, self.kind)

    @property
    def expected(self) -> str:
        """What a value must be, in words."""
        many = self.kind.startswith("list")
        if self.choices:
            return f"{'any of' if many else 'one of'}: {', '.join(map(str, self.choices))}"
        told = str(self.range) if self.range else ""
        if self.known or (self.name == "source" and self.kind == "str"):
            told = choices.EXPECTED[self.name]
        told = f"{'each ' if many else ''}{told}" if told else "finite" if "float" in self.kind else ""
        return f"{self.annotation}, {told}" if told else self.annotation

    def _held(self, value: Any) -> Any:
        """Return a value that is as stated; raises ``ValueError`` for another."""
        if (self.choices and value not in self.choices) or (self.range is not None and value not in self.range):
            raise ValueError(self.expected)
        return value


def declared(source: str, *, notebook: str) -> tuple[Parameter, ...]:
    """Return the parameters that the source text of a ``parameters`` cell declares.

    Raises ``ReportError`` naming every statement that is not an annotated literal of a known type, every name that
    is declared twice, and every comment that tries to state choices or a range and cannot be read.

    >>> declared('level: str = "master"  # one of: bachelor | master', notebook="n")[0].choices
    ('bachelor', 'master')
    """
    cell = f"{notebook}: parameters cell"
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        found = f"text that is not Python: {error.msg} in line {error.lineno}"
        raise ReportError(Fault(cell, found, _form(), "mend the cell")) from None
    comments = _comments(source)
    parameters: dict[str, Parameter] = {}
    faults = []
    for statement in statements:
        try:
            parameter = _parameter(statement, comments.pop(statement.end_lineno or 0, ""))
        except ValueError as error:
            thing = f"{notebook}: comment of {ast.unparse(statement)}"
            faults.append(Fault(thing, str(error), stated.FORM, "write it so, or begin the help with other words"))
            continue
        if parameter is None or parameter.name in parameters:
            found = ast.unparse(statement) + (" a second time" if parameter else "")
            faults.append(Fault(cell, found, _form(), "write it so, or move it elsewhere"))
        else:
            parameters[parameter.name] = parameter
    alone = [comment for comment in comments.values() if any(map(stated.tries, map(str.strip, comment.split(";"))))]
    faults += [Fault(cell, f"on its own: # {c}", "statements of values beside the parameter", "move it") for c in alone]
    if faults:
        raise ReportError(*faults)
    return tuple(parameters.values())


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
    return tuple(parameter for parameter in declared if parameter.kind in typed.TYPES)


def parse(parameters: Sequence[Parameter], settings: Iterable[str]) -> dict[str, Any]:
    """Return the values that ``name=value`` texts stand for; raises ``ReportError`` for texts without a name.

    >>> parse(declared("years: list[int] = []", notebook="n"), ["years=2023,2024"])
    {'years': [2023, 2024]}
    """
    values, faults = read(parameters, settings)
    if faults:
        raise ReportError(*faults)
    return values


def read(parameters: Sequence[Parameter], settings: Iterable[str]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the values that ``name=value`` texts stand for, and the faults of texts without a name of their own.

    Text that cannot be read by the declared type stays text, and a name that is not declared stays in: ``check``
    refuses both.
    """
    kinds = {parameter.name: parameter.annotation for parameter in parameters}
    named, faults = typed.named(settings, "--set")
    return {name: typed.read(text, kinds.get(name, "str")) for name, text in named.items()}, faults


def modelled(parameters: Sequence[Parameter]) -> Any:
    """Return the pydantic model of a notebook's parameters."""
    from pydantic import ConfigDict, Field, create_model

    config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    # fields are numbered: a parameter may have a name that a model needs for itself
    fields: dict[str, Any] = {
        f"p{number}": (parameter.field, Field(alias=parameter.name)) for number, parameter in enumerate(parameters)
    }
    return create_model("Parameters", __config__=config, **fields)


def check(
    parameters: Sequence[Parameter],
    values: Mapping[str, Any],
    *,
    thing: str,
    base: Path,
    model: Any = None,
    own: Callable[[Path], list[Fault]] = origin.faults,
) -> dict[str, Any]:
    """Return the value of every parameter, given or default, when all of them fit.

    ``source`` must be a source's key or ``own:FILE``; a relative FILE starts at ``base`` and comes out
    absolute, so that it may travel to the kernel's folder. Raises ``ReportError`` with all faults at
    once: unknown names, wrong types, values outside the stated choices, unknown sources, missing files,
    and what is wrong with a person's own mapping and file, as ``own`` tells it. ``model`` is the parameters' own,
    where it was made before.
    """
    from pydantic import ValidationError

    by_name = {parameter.name: parameter for parameter in parameters}
    checked = {parameter.name: parameter.default for parameter in parameters} | dict(values)
    wrong: list[str] = []
    try:
        checked = (model or modelled(parameters)).model_validate(checked).model_dump(by_alias=True)
    except ValidationError as error:
        wrong = list(dict.fromkeys(str(fault["loc"][0]) for fault in error.errors()))
    faults = [_refusal(name, checked[name], by_name, thing) for name in wrong]
    faults += _look_up([p for p in parameters if p.name not in wrong], checked, thing=thing, base=base, own=own)
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
    return f"lines such as `name: type = value  # help`, type one of {', '.join(typed.TYPES)}, each also `| None`"


def _comments(source: str) -> dict[int, str]:
    """Return the comment that ends each line, by line number."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT}


def _parameter(statement: ast.stmt, comment: str) -> Parameter | None:
    """Return the parameter that a statement declares, or None when it is no annotated literal."""
    if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value):
        return None
    annotation = ast.unparse(statement.annotation)
    try:
        default = ast.literal_eval(statement.value)
    except (ValueError, TypeError):
        return None
    kind = annotation.removesuffix(" | None")
    if kind not in typed.TYPES:
        return None
    told = stated.read(comment, kind)
    return Parameter(statement.target.id, annotation, default, told.choices, told.help, told.range)


def _look_up(
    parameters: Sequence[Parameter],
    checked: dict[str, Any],
    *,
    thing: str,
    base: Path,
    own: Callable[[Path], list[Fault]],
) -> list[Fault]:
    """Settle, in place, the values of names that know their choices; return their faults."""
    faults: list[Fault] = []
    source = None
    if any(p.name == "source" for p in parameters) and isinstance(checked["source"], str):
        checked["source"], faults = origin.located(checked["source"], base, thing=thing, own=own)
        source = None if faults else checked["source"]
    for parameter in parameters:
        if parameter.known:
            name, value = parameter.name, checked[parameter.name]
            checked[name] = value if value == parameter.default else choices.settled(name, value)
            faults = [*faults, *choices.faults(name, value, source=source, thing=f"{thing}: parameter {name!r}")]
    return faults


def _refusal(name: str, value: Any, by_name: Mapping[str, Parameter], thing: str) -> Fault:
    """Return the fault for one name or value that the model refused."""
    if name not in by_name:
        return unknown(f"{thing}: parameter", name, by_name)
    parameter = by_name[name]
    remedy = "mend the default" if value is parameter.default else f"set {name}=… to such a value"
    return Fault(f"{thing}: parameter {name!r}", repr(value), parameter.expected, remedy)


def _slug(value: Any) -> str:
    """Return a value in characters that every file system takes."""
    text = "+".join(map(str, value)) if isinstance(value, list) else str(value)
    return re.sub(r"[^A-Za-z0-9._+]+", "-", text).strip("-.")
