"""Index: the page over all reports, made anew from what stands in ``reports/``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salarylab import paths
from salarylab.report import failure, manifest
from salarylab.report.publish import write_whole
from salarylab.show import pages

TITLE = "Pay reports"


@dataclass(frozen=True, slots=True)
class Card:
    """Hold what the index tells of one published report."""

    title: str
    href: str
    settings: tuple[str, ...]
    synthetic: bool
    headline: str
    source: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FailedCard:
    """Hold what the index tells of one failed build; ``standing``: an earlier good report is there."""

    title: str
    href: str
    settings: tuple[str, ...]
    place: str
    error: str
    standing: bool


def rebuild() -> Path:
    """Write ``reports/index.html`` from the manifests and failure records that stand; return its path."""
    reports = paths.reports_folder()
    published = sorted(reports.glob(f"[!_.]*/*/{manifest.FILE}"), key=_order)
    cards = [_card(path, reports) for path in published]
    failed = [_failed(path, reports) for path in sorted(reports.glob(f"{failure.FOLDER}/*/*/{failure.FILE}"))]
    index = reports / "index.html"
    write_whole(index, pages.page("index.html.j2", title=TITLE, reports=cards, failed=failed))
    return index


def _order(path: Path) -> tuple[str, bool, str]:
    """Return the key by which reports are listed: by name, the one with default parameters first."""
    folder = path.parent
    return folder.parent.name, folder.name != "default", folder.name


def _card(path: Path, reports: Path) -> Card:
    made = manifest.read(path)
    findings = path.with_name("findings.jsonl").read_text(encoding="utf-8").splitlines()
    first: dict[str, Any] = made.sources[0] if made.sources else {}  # type: ignore[assignment]
    return Card(
        title=made.title,
        href=path.with_name("index.html").relative_to(reports).as_posix(),
        settings=tuple(made.settings),
        synthetic=made.synthetic,
        headline=first.get("headline", "Source not stated"),
        source=first.get("title", ""),
        sentence=json.loads(findings[0])["sentence"] if findings else "",
    )


def _failed(path: Path, reports: Path) -> FailedCard:
    told = json.loads(path.read_text(encoding="utf-8"))
    folder = path.parent.relative_to(reports / failure.FOLDER)
    stopped = failure.Failure(told["cell"], told["source"], told["error"], told["value"])
    return FailedCard(
        title=told["title"],
        href=path.with_name("index.html").relative_to(reports).as_posix(),
        settings=tuple(told["settings"]),
        place=stopped.place,
        error=f"{stopped.error}: {(stopped.value.splitlines() or [''])[0]}",
        standing=(reports / folder / manifest.FILE).is_file(),
    )
