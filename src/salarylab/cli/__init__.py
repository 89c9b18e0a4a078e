"""Command line: run notebooks into reports, list sources, fetch data, map a file of one's own."""

from salarylab.cli.door import app, main

__all__ = ["app", "main"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
