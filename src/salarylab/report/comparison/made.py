"""Made: from what each side was made, beside each other: parameters, inputs, samples, software."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from salarylab.disclosure import show_count
from salarylab.report.comparison.side import Side

ABSENT = "–"
DIGITS = 12
"""Of a hash: enough to tell two files apart, few enough to read."""

KEYED = {"code": "code cells", "library": "the library's source", "lock": "lock"}
"""The parts of a report's key that packages and versions do not tell."""


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one named thing as both sides tell it."""

    name: str
    a: str
    b: str

    @property
    def same(self) -> bool:
        """Whether both sides tell the same."""
        return self.a == self.b

    @property
    def verdict(self) -> str:
        """In words: the same, changed, or on which side alone it is."""
        if self.same:
            return "the same"
        return "only in B" if self.a == ABSENT else "only in A" if self.b == ABSENT else "changed"


def parameters(a: Side, b: Side) -> tuple[Line, ...]:
    """Return every parameter with its value on both sides; none where a side has no manifest."""
    if a.manifest is None or b.manifest is None:
        return ()
    return _beside(*(_texts(made.get("parameters")) for made in (a.manifest, b.manifest)))


def inputs(a: Side, b: Side) -> tuple[Line, ...]:
    """Return every raw file with the beginning of its sha256 on both sides."""
    files = [_files(side) for side in (a, b)]
    if not all(files):  # hashes without names: files are told apart by nothing else
        files = [{sha[:DIGITS]: sha[:DIGITS] for sha in _hashes(side)} for side in (a, b)]
    return _beside(*files)


def samples(a: Side, b: Side) -> tuple[Line, ...]:
    """Return the rows behind findings, and the rows left at each stage where both manifests tell them."""
    manifests = (a.manifest, b.manifest) if a.manifest and b.manifest else ({}, {})
    stages = [_stages(made) for made in manifests]
    rows = [{"rows behind the findings": _rows(side)} for side in (a, b)]
    return (*_beside(*rows), *_beside(*stages))


def population(a: Side, b: Side) -> tuple[Line, ...]:
    """Return every rule by which findings say whose pay they are about, and which side keeps to it."""
    return _beside(*(dict.fromkeys(_population(side), "yes") for side in (a, b)))


def software(a: Side, b: Side) -> tuple[Line, ...]:
    """Return notebook, library, Python, lock and packages on both sides; none where a side has no manifest."""
    if a.manifest is None or b.manifest is None:
        return ()
    return _beside(_versions(a.manifest), _versions(b.manifest))


def _beside(a: Mapping[str, str], b: Mapping[str, str]) -> tuple[Line, ...]:
    return tuple(Line(name, a.get(name, ABSENT), b.get(name, ABSENT)) for name in {**a, **b})


def _files(side: Side) -> dict[str, str]:
    """Return the raw files of a side by source and name, as its manifest or its source cards tell them."""
    listed = (side.manifest or {}).get("inputs")
    if listed is None:
        listed = [{"source": card.get("key", ""), **stamp} for card in side.cards for stamp in card.get("files", ())]
    return {f"{file.get('source', '')}: {file.get('name', '')}": str(file.get("sha256", ""))[:DIGITS]
            for file in listed}  # fmt: skip


def _hashes(side: Side) -> dict[str, None]:
    """Return the hashes of raw files that manifest, cards or findings tell, in order."""
    listed = [file.get("sha256", "") for file in (side.manifest or {}).get("inputs", ())]
    listed += [stamp.get("sha256", "") for card in side.cards for stamp in card.get("files", ())]
    listed += [sha for finding in side.findings for sha in finding.get("data_sha256") or ()]
    return dict.fromkeys(map(str, listed))


def _stages(made: Mapping[str, Any]) -> dict[str, str]:
    """Return the rows left at each stage of each sample that a manifest tells, as it rounds or withholds them."""
    told: dict[str, str] = {}
    for sample in made.get("stages") or ():
        for stage in sample.get("stages") or ():
            name = f"{sample.get('source', '')}: {stage.get('reason') or stage.get('stage')}"
            again = sum(known.partition(" #")[0] == name for known in told)  # a notebook may draw several samples
            rows = stage.get("rows_left")
            told[f"{name} #{again + 1}" if again else name] = show_count(rows) if isinstance(rows, int) else "withheld"
    return told


def _rows(side: Side) -> str:
    """Return the rows behind a side's findings, from the fewest to the most."""
    counts = sorted({int(finding["n"]) for finding in side.findings if finding.get("n")})
    return " to ".join(dict.fromkeys(show_count(n) for n in (counts[:1] + counts[-1:]))) or ABSENT


def _population(side: Side) -> Iterable[str]:
    return dict.fromkeys(rule for finding in side.findings for rule in finding.get("population") or ())


def _versions(made: Mapping[str, Any]) -> dict[str, str]:
    notebook = made.get("notebook") or {}
    own = {
        f"notebook {notebook.get('name', '')}".strip(): str(notebook.get("sha256", ABSENT))[:DIGITS],
        "salarylab": str(made.get("library", ABSENT)),
        "Python": str(made.get("python", ABSENT)),
    }
    key = made.get("key") or {}
    parts = {what: str(key[name])[:DIGITS] for name, what in KEYED.items() if key.get(name)}
    return own | parts | _texts(made.get("packages"))


def _texts(values: Any) -> dict[str, str]:
    """Return a mapping with its values as text; empty ones say so."""
    told = values if isinstance(values, Mapping) else {}
    return {str(name): "empty" if value in ("", []) else _text(value) for name, value in told.items()}


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
