"""Committed: a file as it stands in a commit of the project's own repository."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from salarylab import paths
from salarylab.errors import Fault, ReportError, unknown

COMPARABLE = ("findings.jsonl", ".ipynb")


@dataclass(frozen=True, slots=True)
class Commit:
    """Hold a commit: the repository's folder, the name it was asked for by, and its full hash."""

    repository: Path
    name: str
    sha: str

    def text(self, path: str) -> str | None:
        """Return a file's text, or None where the commit has no such file."""
        try:
            # a blob by the commit's hash: neither part can be read as an option, and no filter is run over it
            return _git(self.repository, "cat-file", "blob", f"{self.sha}:{path}")
        except subprocess.CalledProcessError:
            return None

    def missing(self, path: str) -> ReportError:
        """Return the refusal of a file that the commit lacks, with near names."""
        listed = _git(self.repository, "ls-tree", "-r", "-z", "--name-only", self.sha).split("\0")
        known = [name for name in listed if name.endswith(COMPARABLE)]
        remedy = "a path starts at the repository's root; reports/ is built, not committed, but for its gallery"
        return ReportError(unknown(f"file of commit {self.name}", path, known, remedy))


def commit(name: str) -> Commit:
    """Return the commit that a name (branch, tag, hash, HEAD~1) stands for in the project's repository.

    Raises ``ReportError`` where git, a repository or the commit is missing.
    """
    root = paths.project_root()
    thing = f"commit {name!r}"
    if name.startswith("-"):
        raise ReportError(Fault(thing, "an option", "a branch, a tag or a hash", "name a commit"))
    try:
        sha = _git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").strip()
    except FileNotFoundError as error:
        raise ReportError(Fault(thing, "no git here", "the program git on the PATH", "install git")) from error
    except subprocess.CalledProcessError as error:
        expected = f"a commit of the repository in {root.name}"
        raise ReportError(
            Fault(thing, "no such commit", expected, "see git log; a shallow clone lacks most")
        ) from error
    return Commit(root, name, sha)


def _git(repository: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=True)
    return ran.stdout.decode("utf-8")
