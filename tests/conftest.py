"""Fixtures: the publishers' files where they are at hand, and a project of the test's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import polars as pl
import pytest

from salarylab import schema
from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.source import Break, FileStamp, Provenance, Replication, Source

# no wall clock decides a test, and the same examples are tried everywhere
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point SALARYLAB_MIRROR at the publishers' files, or skip where there are none."""
    named = os.environ.get("SALARYLAB_MIRROR") or "../shared/mirror"
    folder = (ROOT / named).resolve()
    if not (folder / "CATALOG.csv").is_file():
        pytest.skip(f"no publishers' files at {named} (set SALARYLAB_MIRROR)")
    monkeypatch.setenv("SALARYLAB_MIRROR", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a project of the test's own: notebooks and demo copied, nothing else."""
    root = tmp_path / "project"
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(ROOT / "data" / "raw" / "demo", root / "data" / "raw" / "demo", dirs_exist_ok=True)
    monkeypatch.setenv("SALARYLAB_ROOT", str(root))
    monkeypatch.delenv("SALARYLAB_MIRROR", raising=False)
    return root


# Invented records

Make = Callable[..., Records]


@pytest.fixture(scope="session")
def make_records() -> Make:
    """Return a function from canonical columns (lists) to records of an invented source, cleaned as told."""

    def make(
        *,
        replication: Replication | None = None,
        weighted: bool = False,
        rounding: str = "",
        clusters_are: str = "cluster",
        breaks: tuple[Break, ...] = (),
        truth: Any = None,
        clean: Callable[[Ledger], Ledger] = lambda ledger: ledger,
        **columns: Any,
    ) -> Records:
        n = len(next(iter(columns.values())))
        identity = {
            "record_id": [f"r{i}" for i in range(n)],
            "source": ["invented"] * n,
            "year": [2024] * n,
            "observation": ["worker"] * n,
            "pay_concept": ["base"] * n,
        }
        values = identity | columns
        table = pl.DataFrame(
            [pl.Series(name, value, dtype=schema.BY_NAME[name].dtype) for name, value in values.items()]
        )
        source = Source(
            key="invented",
            title="Invented rows",
            publisher="a test",
            home="",
            citation="",
            licence="MIT",
            redistribution="free",
            headline="Invented rows",
            asked=frozenset(values),
            replication=replication,
            weighted=weighted,
            rounding=rounding,
            clusters_are=clusters_are,
            breaks=breaks,
            synthetic=True,
        )
        return from_ledger(
            clean(Ledger(table, weighted=weighted)),
            Provenance(source, (FileStamp("none", "0" * 64, n),), "Invented rows", truth=truth or {}),
        )

    return make


# Pages, opened in a browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SETTLED = """() => [...document.querySelectorAll("figure.chart")].every(
  f => f.dataset.live || f.dataset.error || !f.querySelector(":scope > script"))"""
COUNT = """() => ({
  charts: document.querySelectorAll("figure.chart").length,
  drawn: [...document.querySelectorAll("figure.chart svg")].filter(svg => svg.clientHeight > 9).length,
  scripts: document.scripts.length,
  live: document.querySelectorAll("figure.chart[data-live] .chart-live svg").length,
  wide: Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
  ran: window.ran === true,
})"""
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Seen:
    """Hold what a browser saw on a page."""

    charts: int
    drawn: int
    live: int
    scripts: int
    wide: int
    ran: bool
    requests: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Every chart drawn, nothing asked for, nothing wrong, no script of anybody else's run, fit for a phone."""
        return self.live == self.drawn == self.charts and self._quiet

    @property
    def still(self) -> bool:
        """Every chart drawn without any script, and else as ``whole``."""
        return self.drawn == self.charts and not (self.live or self.scripts) and self._quiet

    @property
    def _quiet(self) -> bool:
        return not (self.wide or self.ran or self.requests or self.errors)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start a headless Chromium, or skip where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on the PATH: pages are not opened")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def inspect(browser: Any) -> Callable[[Path], Seen]:
    """Return a function that opens a page on a phone's screen with the network off, and says what was seen."""
    return lambda page_path: _inspect(browser, page_path)


def _inspect(browser: Any, page_path: Path) -> Seen:
    from playwright.sync_api import TimeoutError as Late

    context = browser.new_context(offline=True, viewport=PHONE)
    tab = context.new_page()
    requests: list[str] = []
    errors: list[str] = []
    own = page_path.resolve().as_uri()
    tab.on("request", lambda request: requests.append(request.url) if not request.url.startswith(own) else None)
    tab.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(own)
    try:
        tab.wait_for_function(SETTLED, timeout=20_000)
    except Late:
        errors.append("charts were not drawn in time")
    counted = tab.evaluate(COUNT)
    context.close()
    return Seen(**counted, requests=tuple(requests), errors=tuple(errors))


AXE = ROOT / "tests" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
OPEN = """() => document.querySelectorAll("details").forEach(folded => { folded.open = true; })"""
RULES = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  found => `${found.impact}: ${found.id}: ${found.nodes.map(node => node.html.slice(0, 200)).join(" | ")}`)"""
SCREENS = {"light": {"width": 1400, "height": 900}, "dark": PHONE}


@pytest.fixture
def judge(browser: Any) -> Callable[..., list[str]]:
    """Return a function that lists what axe-core finds wrong with a page: unsaid, light on a desk and dark on a phone.

    The policy of the page stays in force: the rules come through the browser's door for tools. Everything that is
    folded is opened first.
    """
    if not AXE.is_file():
        pytest.skip("no axe-core in tests/axe (npm ci --prefix tests/axe): pages are not judged")
    return lambda page_path, *schemes: [
        found for scheme in schemes or SCREENS for found in _judged(browser, page_path, scheme)
    ]


def _judged(browser: Any, page_path: Path, scheme: str) -> list[str]:
    context = browser.new_context(offline=True, viewport=SCREENS[scheme], color_scheme=scheme)
    tab = context.new_page()
    tab.goto(page_path.resolve().as_uri())
    tab.wait_for_function(SETTLED, timeout=20_000)
    tab.evaluate(OPEN)
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = [f"{scheme}: {told}" for told in tab.evaluate(RULES)]
    context.close()
    return found
