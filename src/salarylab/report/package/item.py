"""Item: one file of a package: its path there, its bytes, and what it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """Hold a file's path in the package (POSIX), what it is in words, and its text or the file that it copies."""

    path: str
    about: str
    origin: Path | str
    licence: str | None = None

    @cached_property
    def content(self) -> bytes:
        """The bytes."""
        return self.origin.encode() if isinstance(self.origin, str) else self.origin.read_bytes()

    @cached_property
    def sha256(self) -> str:
        """The sha256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()
