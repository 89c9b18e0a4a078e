"""Sources: one file per publisher's body of data; ``load`` turns its raw bytes into records.

A source module declares ``SOURCE`` (a ``Source``) and ``load(**options) -> Records``, whose keyword
parameters are its options. The registry is the folder: a new file here is a new source.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import json
import os
import pkgutil
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from salarylab.errors import DataError, Fault, unknown
from salarylab.paths import processed_folder
from salarylab.records import Records
from salarylab.source import Source


def keys() -> list[str]:
    """Return the keys of all sources, sorted.

    >>> "demo" in keys()
    True
    """
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def describe(key: str) -> Source:
    """Return what a source declares of itself; raises ``DataError`` for an unknown key."""
    source = _module(key).SOURCE
    assert isinstance(source, Source)
    return source


def load(key: str, **options: Any) -> Records:
    """Load the records of a source: fetch its raw files, verify them, clean them, count every rule.

    ``key`` is a source's key, or ``own:FILE`` for a person's own data through a TOML mapping. Options are
    the source's own (``years=``, ``states=`` …); of ``years`` and ``states`` empty ones are its default. The cleaned
    table and its audit are also written to ``data/processed/`` for other tools; a person's own rows are never copied.
    Raises ``DataError`` naming every unknown option.

    >>> import salarylab as sl
    >>> sl.load("demo").provenance.source.synthetic
    True
    """
    name, _, mapping = key.partition(":")
    if mapping:
        options["mapping"] = mapping
    for choice in ("years", "states"):
        if choice in options and not options[choice]:
            del options[choice]  # a notebook's empty list, which a source without such a choice takes too
    module = _module(name)
    known = list(inspect.signature(module.load).parameters)
    strays = [unknown(f"option of source {name}:", option, known) for option in options if option not in known]
    if strays:
        raise DataError(*strays)
    if name == "own" and not mapping and "mapping" not in options:
        raise DataError(
            Fault("source 'own'", "no mapping", "own:FILE.toml", "name the TOML file that maps your columns")
        )
    records = module.load(**options)
    assert isinstance(records, Records)
    if name != "own":
        _keep_processed(name, options, records)
    return records


def _module(key: str) -> ModuleType:
    if key not in keys():
        raise DataError(unknown("source", key, keys(), "for your own file: own:mapping.toml"))
    return importlib.import_module(f"{__name__}.{key}")


def _keep_processed(key: str, options: dict[str, Any], records: Records) -> None:
    """Write records and audit to data/processed/, whole or not at all."""
    text = json.dumps(options, sort_keys=True, default=str)
    stem = f"{key}-{hashlib.sha256(text.encode()).hexdigest()[:8]}" if options else key
    folder = processed_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as writing:
        records.table.write_parquet(Path(writing) / f"{stem}.parquet")
        records.audit.write_parquet(Path(writing) / f"{stem}.audit.parquet")
        for written in sorted(Path(writing).iterdir()):
            os.replace(written, folder / written.name)
