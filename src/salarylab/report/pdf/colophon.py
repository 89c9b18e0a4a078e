"""Colophon: how a report was made, at the end of its print: command, sources, hashes, parameters, versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from salarylab.report.manifest import Manifest
from salarylab.show.typst import call, literal


def made(told: Manifest) -> str:
    """Return the section "How this was made" of a manifest."""
    values = [(literal(name), literal(_value(value))) for name, value in sorted(told.parameters.items())]
    files = [(literal(exhibit["number"]), literal(exhibit["file"])) for exhibit in told.exhibits]
    return "\n".join(
        [
            "== How this was made",
            "This report is built again with",
            call("printed", told.command),
            *map(_source, told.sources),
            *map(_stages, told.stages),
            *(
                ["=== Figures and tables, as data", _listing(("Exhibit", "File beside the report"), files)]
                if files
                else []
            ),
            *(["=== Parameters", _listing(("Name", "Value"), values)] if values else []),
            "=== Software",
            _software(told),
        ]
    )


def _software(told: Manifest) -> str:
    """Return the versions of the packages, and the hashes of the notebook and of the lock."""
    versions = "".join(f", {name} {version}" for name, version in sorted(told.packages.items()))
    seed = "" if told.seed is None else f" Seed {told.seed}."
    hashes = [(literal(told.notebook["name"]), _hash(told.notebook["sha256"]))]
    if told.lock:
        hashes.append((literal("lock of the packages"), _hash(told.lock)))
    told_versions = call("text", f"salarylab {told.library}, Python {told.python}{versions}.{seed}")
    return f"{told_versions}\n{_listing(('File', 'SHA-256'), hashes)}"


def _stages(sample: Mapping[str, Any]) -> str:
    """Return the rows that a sample lost and kept at each stage."""
    rows = [
        (literal(stage["reason"]), literal(_count(stage["rows_lost"])), literal(_count(stage["rows_left"])))
        for stage in sample["stages"]
    ]
    title = f"#heading(level: 3, {literal('Rows at each stage, ' + sample['source'])})"
    return f"{title}\n{_listing(('Reason', 'Rows lost', 'Rows left'), rows)}"


def _source(card: Mapping[str, Any]) -> str:
    """Return a source's citation, licence and address, and its files with rows and hashes."""
    files = [(literal(file["name"]), literal(_rows(file["rows"])), _hash(file["sha256"])) for file in card["files"]]
    home = str(card["home"])
    address = call("link", home) if home.startswith(("https://", "http://")) else call("text", home)
    return "\n".join(
        [
            f"#heading(level: 3, {literal(card['title'])})",
            call("text", f"{card['citation']} Licence: {card['licence']}. "),
            *([address] if home else []),
            *([_listing(("File", "Rows, rounded", "SHA-256"), files)] if files else []),
        ]
    )


def _listing(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = "".join(f"  ({', '.join(row)},),\n" for row in rows)
    return f"#listing(({', '.join(map(literal, head))}), (\n{lines}))\n"


def _hash(digest: str) -> str:
    return f"raw({literal(digest)})"


def _rows(count: int | None) -> str:
    return "fewer than 10" if count is None else f"{count:,}" if count else "–"


def _count(rows: int | None) -> str:
    return "not told" if rows is None else f"{rows:,}"


def _value(value: Any) -> str:
    """Return a parameter's value as a person would type it."""
    if value in ("", []):
        return "empty"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
