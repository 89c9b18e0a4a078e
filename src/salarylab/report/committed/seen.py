"""Seen: what a person sees of an output, line by line: findings' sentences, tables' rows, the data of charts."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from salarylab.finding import FINDING_MIME
from salarylab.records.table import SOURCE_MIME
from salarylab.show import embed
from salarylab.show.answer import FINDINGS_MIME
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.tabulation import TABLE_MIME

KINDS = {
    FINDINGS_MIME: "answer",
    FINDING_MIME: "finding",
    TABLE_MIME: "table",
    VEGALITE_MIME: "chart",
    SOURCE_MIME: "source",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """Hold an output as people see it (``lines``) and, type by type, as programs do (``record``)."""

    kind: str
    lines: tuple[str, ...]
    record: Mapping[str, tuple[str, ...]]


def seen(output: Any) -> Seen:
    """Return what is seen of an output."""
    if output.output_type == "stream":
        return Seen("text", tuple(output.text.splitlines()), {})
    shown = output.get("data", {})
    mimes = [mime for mime in KINDS if mime in shown]
    lines = [line for mime in mimes for line in _lines(mime, shown[mime])] if mimes else _text(shown)
    record = {mime: tuple(_json(content)) for mime, content in sorted(shown.items())}
    return Seen(KINDS[mimes[0]] if mimes else "text", tuple(" ".join(line.split()) for line in lines), record)


def _lines(mime: str, content: Any) -> Iterator[str]:
    if mime == FINDINGS_MIME:
        yield from (finding["sentence"] for finding in content)
    elif mime == FINDING_MIME:
        yield content["sentence"]
    elif mime == TABLE_MIME:
        yield from (content["title"], content["subtitle"], " | ".join(content["columns"]))
        yield from (" | ".join(row) for row in content["rows"])
        yield from content["notes"]
    elif mime == VEGALITE_MIME:
        yield from dict.fromkeys((embed.label({"title": content.get("title")}, 1), embed.label(content, 1)))
        for columns, rows in embed.data_sets(content):
            yield " | ".join(columns.values())
            yield from (" | ".join(_cell(row.get(name)) for name in columns) for row in rows)
    else:
        yield from _json(content)


def _text(shown: Mapping[str, Any]) -> list[str]:
    """Return the text of an output of another type: its HTML without marks where there is some."""
    if "text/html" not in shown:
        return str(shown.get("text/plain", "")).splitlines()
    markup = re.sub(r"<style.*?</style>", "", shown["text/html"], flags=re.DOTALL)
    cells = re.sub(r"</t[dh]>\s*(?=<t[dh])", " | ", re.sub(r"\s*\n\s*", " ", markup))
    rows = re.sub(r"</(?:tr|p|li|div|h\d)>", "\n", cells).splitlines()
    return [line for row in rows if (line := html.unescape(re.sub(r"<[^>]*>", " ", row)).strip())]


def _json(content: Any) -> Iterator[str]:
    """Yield a value as JSON, a line for each of its parts."""
    written = json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False)
    yield from (line.strip() for line in written.splitlines())


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
