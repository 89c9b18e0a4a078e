"""Package: a published report as a replication package: a folder and a zip from which anybody can make it again.

It holds code, notebook, lock, mapping, findings, exhibits and page, a README after the template of the social-science
data editors, and its description as an RO-Crate. Raw rows are in it only where their terms allow it.
"""

from salarylab.report.package.packing import Package, pack

__all__ = ["Package", "pack"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
