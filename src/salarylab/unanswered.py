"""Unanswered: the reason why a question has no answer, which is an answer too.

A source that never asked is no failure: a question about what it never asked returns an ``Unanswered`` in place of its
answer, the notebook runs through, and its report says so.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, TypeVar, cast

UNANSWERED_MIME = "application/vnd.salarylab.unanswered+json"

Kind = Literal["Not asked", "Not compared"]
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, repr=False)
class Unanswered:
    """Hold the reason why a question has no answer, a sentence without its full stop; shown, it says so.

    ``kind`` tells a question that nobody was asked from one whose groups cannot be compared. Whatever a notebook goes
    on to ask of it (its ladder, table, figure, joint test) is unanswered for the same reason and shows nothing a
    second time; its findings are none.

    Examples
    --------
    >>> found = Unanswered("datajobs never asked education", "Not asked")
    >>> found
    Not asked: datajobs never asked education.
    >>> found.ladder.reason, found.findings, list(found.ladder.rungs)
    ('datajobs never asked education', (), [])
    """

    reason: str
    kind: Kind = "Not compared"

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}."

    __repr__ = __str__

    @property
    def findings(self) -> tuple[()]:
        """The findings of an answer: none."""
        return ()

    def record(self) -> dict[str, str]:
        """Return the kind and the reason as plain JSON values."""
        return {"kind": self.kind, "reason": self.reason}

    def __getattr__(self, name: str) -> Unanswered:
        if name.startswith("_") or name in ("reason", "kind"):  # what protocols look for, and fields not yet set
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return _Said(self.reason, self.kind)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        told = html.escape(str(self))
        return {
            "text/plain": str(self),
            "text/html": f'<blockquote class="unanswered"><p>{told}</p></blockquote>',
            UNANSWERED_MIME: self.record(),
        }


class _Said(Unanswered):
    """Hold a reason that was shown already: displayed, it shows nothing."""

    __slots__ = ()

    def _ipython_display_(self) -> None:
        """Show nothing; IPython asks for this before all else."""


def unless_unanswered(show: Callable[P, R]) -> Callable[P, R]:
    """Return a function that hands through an ``Unanswered`` among its arguments, and else does its work.

    Examples
    --------
    >>> @unless_unanswered
    ... def drawn(found):
    ...     return "a chart"
    >>> drawn(1), drawn(Unanswered("nobody was asked", "Not asked"))
    ('a chart', Not asked: nobody was asked.)
    """

    @functools.wraps(show)
    def shown(*given: P.args, **named: P.kwargs) -> R:
        lacking = next((one for one in (*given, *named.values()) if isinstance(one, Unanswered)), None)
        return show(*given, **named) if lacking is None else cast("R", lacking)

    return shown
