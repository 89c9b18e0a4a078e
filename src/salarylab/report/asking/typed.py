"""Typed: the types that a parameter may have, and the texts that stand for their values on a command line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from salarylab.errors import Fault

TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list[str]": list[str],
    "list[int]": list[int],
    "list[float]": list[float],
}


def item(kind: str) -> str:
    """Return the type of one value of a type: a list's item, or the type itself.

    >>> item("list[int]"), item("int")
    ('int', 'int')
    """
    return kind.removeprefix("list[").removesuffix("]")


def read(text: str, annotation: str) -> Any:
    """Return what a text stands for under a type, or the text itself when it does not fit.

    A list is comma-separated, or JSON; a text that may be None may stand in JSON's quotation marks.

    >>> read("2023, 2024", "list[int]"), read("none", "int | None"), read("many", "int")
    ([2023, 2024], None, 'many')
    """
    kind = annotation.removesuffix(" | None")
    stripped = text.strip()
    if kind != annotation and stripped.lower() in ("", "none"):
        return None
    try:
        many = kind.startswith("list")
        if (many and stripped.startswith("[")) or (annotation == "str | None" and stripped.startswith('"')):
            return json.loads(stripped)
        if many:
            return [read(part.strip(), item(kind)) for part in stripped.split(",") if part.strip()]
        if kind == "bool":
            return {"true": True, "false": False}.get(stripped.lower(), text)
        return text if kind == "str" else TYPES[kind](stripped)
    except ValueError:
        return text


def write(value: Any, annotation: str) -> str:
    """Return the text that ``read`` reads as the value; JSON where nothing plainer is.

    >>> write([2023, 2024], "list[int]"), write(["a, b"], "list[str]")
    ('2023,2024', '["a, b"]')
    """
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if read(text, annotation) == value else json.dumps(value, ensure_ascii=False)


def named(texts: Iterable[str], option: str) -> tuple[dict[str, str], list[Fault]]:
    """Return the texts of an option ``name=text`` by name, and the faults of those without a name of their own."""
    by_name: dict[str, str] = {}
    faults = []
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name or name in by_name:
            found = "set twice" if name in by_name else text
            faults.append(Fault(f"{option} {text}", found, "name=value, each name once", f"write {option} name=value"))
        else:
            by_name[name] = value
    return by_name, faults
