"""Index: the page over all reports, made anew from what stands in ``reports/``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from salarylab import paths
from salarylab.report import failure, manifest, published
from salarylab.report.publish import write_whole
from salarylab.show import pages

TITLE = "Pay reports"
LINES = 3
"""Lines of an error that the index tells: the thing, what was found, what was expected."""
ASKED = re.compile(r"~\s*(\w+)")
"""The factor asked about: the first of an equation."""


@dataclass(frozen=True, slots=True)
class Card:
    """Hold what the index tells of one published report; ``standing``: its last build failed, an earlier one stands.

    ``unanswered``: why its question has no answer.
    """

    title: str
    href: str
    settings: tuple[str, ...]
    synthetic: bool
    headline: str
    source: str
    sentence: str
    sources: tuple[str, ...]
    factors: tuple[str, ...]
    standing: bool
    unanswered: str


@dataclass(frozen=True, slots=True)
class FailedCard:
    """Hold what the index tells of one failed build; ``standing``: an earlier good report is there."""

    title: str
    href: str
    settings: tuple[str, ...]
    told: str
    standing: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """Hold a choice among reports: what it is called, its values, and for each report the numbers of its own."""

    name: str
    label: str
    values: tuple[str, ...]
    held: tuple[tuple[int, ...], ...]

    @property
    def style(self) -> str:
        """The rules that hide a report while a value is chosen that it has not; they need no script."""
        return "".join(
            f'main:has(#{self.name} [value="{i}"]:checked) .report:not(.{self.name}-{i}) {{ display: none; }}\n'
            for i in range(len(self.values))
        )

    def count(self, number: int) -> int:
        """Return how many reports have a value."""
        return sum(number in numbers for numbers in self.held)


def rebuild() -> Path:
    """Write ``reports/index.html`` from the manifests and failure records that stand; return its path."""
    reports = paths.reports_folder()
    records = sorted(reports.glob(f"{failure.FOLDER}/*/*/{failure.FILE}"))
    told = [_told(_card, folder, reports) for folder in published.folders()]
    told += [_told(_failed, record.parent, reports) for record in records]
    listed = [card for card in told if isinstance(card, Card)]
    cards = [card for card in listed if not card.unanswered]
    failed = [card for card in told if isinstance(card, FailedCard)]
    filters = list(_filters(cards))
    page = pages.page(
        "index.html.j2",
        title=TITLE,
        scripts=[pages.text("index.js")] if filters else [],
        style="".join(choice.style for choice in filters),
        reports=cards,
        unanswered=[card for card in listed if card.unanswered],
        failed=failed,
        filters=filters,
    )
    index = reports / "index.html"
    write_whole(index, page)
    return index


def _filters(cards: Sequence[Card]) -> Iterator[Filter]:
    """Yield the filters that can tell reports apart."""
    for name, label, own in (
        ("source", "Source", [card.sources for card in cards]),
        ("factor", "Factor", [card.factors for card in cards]),
    ):
        values = tuple(sorted({value for values in own for value in values}))
        if len(set(own)) > 1:
            yield Filter(name, label, values, tuple(tuple(map(values.index, mine)) for mine in own))


def _told(read: Callable[[Path, Path], Card | FailedCard], folder: Path, reports: Path) -> Card | FailedCard:
    """Return the card of a folder; one that cannot be read is told so, and keeps no other from the index."""
    try:
        return read(folder, reports)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        told = "Its record can't be read: build it again, or remove its folder."
        return FailedCard(published.name_of(folder), _href(folder, reports), (), told, standing=False)


def _card(folder: Path, reports: Path) -> Card:
    made = _json(folder / manifest.FILE)  # as it is: an older salarylab's report is listed too
    findings = published.findings(folder)
    first: Mapping[str, Any] = made["sources"][0] if made["sources"] else {}
    asked = (ASKED.search(finding["question"]) for finding in findings)
    return Card(
        title=made["title"],
        href=_href(folder, reports),
        settings=tuple(made["settings"]),
        synthetic=any(card["synthetic"] for card in made["sources"]),
        headline=first.get("headline", "Source not stated"),
        source=first.get("title", ""),
        sentence=findings[0]["sentence"] if findings else "",
        sources=tuple(dict.fromkeys(card["title"] for card in made["sources"])),
        factors=tuple(dict.fromkeys(found[1].replace("_", " ") for found in asked if found)),
        standing=(reports / failure.FOLDER / folder.relative_to(reports) / failure.FILE).is_file(),
        unanswered=made.get("unanswered", ""),
    )


def _failed(folder: Path, reports: Path) -> FailedCard:
    told = _json(folder / failure.FILE)
    good = reports / folder.relative_to(reports / failure.FOLDER)
    stopped = failure.Failure(told["cell"], told["source"], told["error"], told["value"], line=told.get("line"))
    error = f"{stopped.error}: {' '.join(' '.join(stopped.value.splitlines()[:LINES]).split())}"
    return FailedCard(
        title=told["title"],
        href=_href(folder, reports),
        settings=tuple(told["settings"]),
        told=f"Stopped {stopped.place}: {error[: LINES * failure.WIDTH]}",
        standing=(good / manifest.FILE).is_file(),
    )


def _href(folder: Path, reports: Path) -> str:
    return quote((folder / "index.html").relative_to(reports).as_posix(), safe="/+")


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
