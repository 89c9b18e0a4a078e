"""TOML table: one [table] of a declaration written by hand, read key by key, its faults noted on the way.

A reader that stops at the first fault makes a person run it once per fault; this one reads on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from salarylab.errors import Fault, did_you_mean, unknown


class TomlTable:
    """Read one table: each value that is not of the kind expected is noted in ``faults`` and left out.

    ``known`` are the keys that the table may have; ``elsewhere`` are keys of the whole file, which TOML
    takes for keys of the table when they are written below its heading.

    >>> faults = []
    >>> table = TomlTable({"decimal": ";", "shete": "Pay"}, "pay.toml [file]", ["decimal", "sheet"], faults)
    >>> table.choice("decimal", [".", ","]) is None, len(faults)
    (True, 2)
    """

    def __init__(
        self,
        stated: Mapping[str, Any],
        where: str,
        known: Iterable[str],
        faults: list[Fault],
        elsewhere: Iterable[str] = (),
    ) -> None:
        self.stated, self.where, self.faults, self.elsewhere = stated, where, faults, tuple(elsewhere)
        names = tuple(known)
        for key in stated:
            if key not in names:
                remedy = "write it above the first [table]" if key in self.elsewhere else ""
                faults.append(unknown(f"{where}: key", key, names, remedy))

    def text(self, key: str, *, required: bool = False, blank: bool = False) -> str | None:
        """Return a text, or None; an empty one is a decision that waits, unless ``blank`` allows it."""
        found = self.stated.get(key)
        if isinstance(found, str) and (found or blank):
            return found
        if found is not None or required:
            self.refuse(key, found, "a text")
        return None

    def choice(self, key: str, options: Iterable[str], *, required: bool = False) -> str | None:
        """Return a text that is one of the options, or None."""
        found, names = self.stated.get(key), tuple(options)
        if isinstance(found, str) and found in names:
            return found
        if found is not None or required:
            self.refuse(key, found, f"one of: {', '.join(map(repr, names))}", did_you_mean(str(found), names))
        return None

    def table(self, key: str, known: Iterable[str] | None = None, *, required: bool = False) -> TomlTable:
        """Return the table under a key, empty where there is none; ``known`` None allows any key."""
        found = self.stated.get(key)
        if not isinstance(found, dict):
            if found is not None or required:
                self.refuse(key, found, f"a table [{key}]", f"write [{key}] and its keys below it")
            found = {}
        names = found if known is None else known
        return TomlTable(found, f"{self.where} [{key}]", names, self.faults, self.elsewhere)

    def refuse(self, key: str, found: object, expected: str, remedy: str = "") -> None:
        """Note the fault of one key; an empty text is one that nobody has decided yet."""
        said = "nothing" if found is None else "not decided yet" if found == "" else repr(found)
        self.faults.append(Fault(f"{self.where} {key}", said, expected, remedy or f"say {key} = …"))

    def note(self, found: str, expected: str, remedy: str) -> None:
        """Note a fault of the table as a whole."""
        self.faults.append(Fault(self.where, found, expected, remedy))
