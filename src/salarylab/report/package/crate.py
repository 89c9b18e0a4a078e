"""Crate: the description of a package for machines, as an RO-Crate.

**Source** RO-Crate Metadata Specification 1.2, https://w3id.org/ro/crate/1.2 (root data entity; data entities;
provenance of entities: software used to create files).
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from salarylab.report.manifest import Manifest
from salarylab.report.package.contents import REPORT
from salarylab.report.package.datum import Datum
from salarylab.report.package.item import Item

FILE = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.2"
MIT = "https://spdx.org/licenses/MIT"
AUTHORS = "#authors"
LIBRARY = "#salarylab"
FORMATS = {
    ".ipynb": "application/x-ipynb+json",
    ".jsonl": "application/jsonl",
    ".lock": "text/plain",
    ".toml": "application/toml",
    ".cff": "application/yaml",
    ".md": "text/markdown",
    ".j2": "text/plain",
    ".py": "text/x-python",
    ".csv": "text/csv",
}
"""Formats that machines name differently, or not at all."""

Entity = dict[str, Any]


def crate(made: Manifest, items: Sequence[Item], raw: Sequence[Datum], *, summary: str, day: str) -> str:
    """Return the description: every file with size and hash, the software, and the act that made the report."""
    files = [_file(item) for item in sorted(items, key=lambda one: one.path)]
    left_out = [_left_out(datum) for datum in raw if not datum.provided]
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Replication package: {made.title}",
        "description": summary,
        "datePublished": day,
        "license": {"@id": MIT},
        "hasPart": [_ref(entity) for entity in files],
        "mentions": [{"@id": "#build"}, *map(_ref, left_out)],
    }
    about = {"@id": FILE, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": SPECIFICATION}}
    graph = [about, root, *files, *left_out, *_around(made), _act(made, items, raw, left_out)]
    content = {"@context": f"{SPECIFICATION}/context", "@graph": graph}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _ref(entity: Mapping[str, Any]) -> Entity:
    return {"@id": entity["@id"]}


def _id(path: str) -> str:
    """Return a path as a relative address."""
    return quote(path)


def _file(item: Item) -> Entity:
    suffix = f".{item.path.rpartition('.')[2]}"
    code = item.path.startswith(("src/", "notebooks/")) and suffix in (".py", ".ipynb")
    return {
        "@id": _id(item.path),
        "@type": ["File", "SoftwareSourceCode"] if code else "File",
        "name": item.path,
        "description": item.about,
        "encodingFormat": FORMATS.get(suffix) or mimetypes.guess_type(item.path)[0] or "text/plain",
        "contentSize": str(len(item.content)),
        "sha256": item.sha256,
        "license": {"@id": _id(item.licence) if item.licence else MIT},
        **({"author": {"@id": AUTHORS}} if code else {}),
    }


def _left_out(datum: Datum) -> Entity:
    """Return what is said of a raw file that the package does not hold."""
    source = datum.source
    return {
        "@id": f"#{quote(datum.path)}",
        "@type": "CreativeWork",
        "name": datum.path,
        "description": f"{source.title}. Not in this package: {datum.why_not}.",
        "creditText": source.citation,
        "publisher": source.publisher,
        "sha256": datum.sha256,
        "usageInfo": source.licence,
        **({"url": source.home} if source.home.startswith("https://") else {}),
    }


def _around(made: Manifest) -> list[Entity]:
    """Return the entities around the files: authors, licence, library and Python."""
    packages = ", ".join(f"{name} {version}" for name, version in made.packages.items())
    return [
        {"@id": AUTHORS, "@type": "Organization", "name": "The salarylab authors"},
        {
            "@id": MIT,
            "@type": "CreativeWork",
            "name": "MIT License",
            "description": "Terms of the code and the report; raw data have their own, named at each file.",
        },
        {
            "@id": LIBRARY,
            "@type": "SoftwareApplication",
            "name": "salarylab",
            "version": made.library,
            "author": {"@id": AUTHORS},
            "softwareRequirements": f"Python {made.python}; {packages}; all versions: requirements.lock",
        },
    ]


def _act(made: Manifest, items: Sequence[Item], raw: Sequence[Datum], left_out: Sequence[Entity]) -> Entity:
    """Return the act that made the report: the notebook, run by the library on the data."""
    results = [item.path for item in items if item.path.startswith(f"{REPORT}/")]
    return {
        "@id": "#build",
        "@type": "CreateAction",
        "name": f"Build of {made.report}",
        "description": made.command,
        "instrument": [{"@id": _id(f"notebooks/{made.notebook['name']}")}, {"@id": LIBRARY}],
        "object": [*({"@id": _id(datum.path)} for datum in raw if datum.provided), *map(_ref, left_out)],
        "result": [{"@id": _id(path)} for path in sorted(results)],
    }
